#!/usr/bin/env python3
"""Every link of the documentation to a file of this tree leads to one, and every link to a heading to a heading.

    links.py ROOT
"""
import pathlib
import re
import sys
import urllib.parse


def prose(page):
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def anchors(page):
    """The names that headings get where such pages are shown."""
    names = set()
    for title in re.findall(r"^#+ +(.*)$", prose(page), flags=re.M):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).strip().lower()
        names.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return names


def problems(root):
    for page in [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("formats/**/README.md")]:
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", prose(page))):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = urllib.parse.unquote(target).partition("#")
            to = (page.parent / path).resolve() if path else page
            if not to.exists():
                yield f"{page.relative_to(root)}: {target} leads nowhere"
            elif anchor and to.suffix == ".md" and anchor not in anchors(to):
                yield f"{page.relative_to(root)}: {target}: no such heading"


def main():
    found = list(problems(pathlib.Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "every link leads somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
