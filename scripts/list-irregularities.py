#!/usr/bin/env python3
"""Prints the catalogue of irregularities as a table, from the cases in formats/telegram/irregularities (see the README there).

Fails when an entry of the catalogue, 1 to 110, has no case.
"""
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "formats/telegram/irregularities"
ENTRIES = 110


def read_case(path):
    """The fields of a case, its number of variants, and the codes that it reports, in order of first appearance."""
    fields, variants, codes, block = {}, 0, [], None
    for line in path.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        if line.startswith("==== "):
            block = line[5:].split(",")[0].strip()
            variants += block in ("input", "opening", "text")
        elif block is None and ": " in line:
            name, value = line.split(": ", 1)
            fields[name] = value.strip()
        elif block == "diagnostics" and line.strip():
            code = line.split()[0]
            if code not in codes:
                codes.append(code)
    return fields, variants, codes


def cell(text):
    return text.replace("|", "\\|")


def main():
    cases = {}
    for path in sorted(FOLDER.glob("[0-9][0-9][0-9]-*.txt")):
        cases.setdefault(int(path.name[:3]), []).append(path)
    missing = [n for n in range(1, ENTRIES + 1) if n not in cases]
    if missing:
        sys.exit("no case for " + ", ".join(map(str, missing)))
    print("| no. | what is found | rule | reported | seen in | case, variants |")
    print("|---:|---|---|---|---|---|")
    for number, paths in sorted(cases.items()):
        for path in paths:
            fields, variants, codes = read_case(path)
            link = f"[{path.stem[4:]}](../../formats/telegram/irregularities/{path.name}), {variants}"
            reported = " ".join(f"`{c}`" for c in codes) or "nothing"
            print(f"| {number} | {cell(fields['title'])} | {cell(fields['rule'])} | {reported} | {cell(fields['source'])} | {link} |")


if __name__ == "__main__":
    main()
