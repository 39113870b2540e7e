#!/usr/bin/env python3
"""Prints the reference of what plugins are written against, made of the comments in its headers: the contract
(plugin.h), its helpers in C (comfort.h) and its classes in C++ (plugin.hpp).
"""
import contextlib
import io
import pathlib
import re

HEADERS = pathlib.Path(__file__).resolve().parent.parent / "sdk/include/dragoman"


def words(comment):
    """The text of a comment without its marks; lines that begin with a blank or a hyphen stay lines."""
    lines = [re.sub(r"^\s*(/\*|\*(?!/)|//) ?|\s*\*/\s*$", "", line) for line in comment.strip().splitlines()]
    return re.sub(r"(?<=[^\n])\n(?=[^\s-])", " ", "\n".join(lines)).strip()


def prose(text):
    """The same as Markdown: lines that are set in, and no list, are a listing."""
    return re.sub(r"(?:^  (?![ -]).*\n?)+(?:^  .*\n?)*", lambda lines: "\n```\n" + lines[0].rstrip() + "\n```\n", text, flags=re.M)


def shown(code):
    """A declaration as people read it, without its body and the words that only compilers need."""
    code = re.sub(r"\s*(\{(?!\})|: [a-z_:]+[({]).*", "", code.replace("() {}", "()"), flags=re.S)
    code = re.sub(r"\b(DGM_CALL|DGM_NOEXCEPT|DGM_EXPORT|static inline|inline|explicit|noexcept)\b ?", "", code)
    return re.sub(r"\s+", " ", code).strip(" ;,").replace("( *", "(*").replace("(*", " (*", 1).replace(" )", ")")


def cell(text):
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")


def statements(text):
    """(declaration, comment) of each statement of a struct or an enumeration. A comment belongs to the statement that ends on
    the line where it begins, else to the next one."""
    out, code, before = [], "", ""
    for token in re.finditer(r"(?P<comment>/\*.*?\*/)|(?P<end>[;,])|(?P<line>\n)|.", text, re.S):
        if token["comment"]:
            if out and not code.strip() and "\n" not in code:
                out[-1][1] = words(token["comment"])
            else:
                before = words(token["comment"])
        elif token["end"] and code.count("(") == code.count(")") and (token["end"] == ";" or "=" in code):
            out.append([shown(code), before])
            code, before = "", ""
        else:
            code += token[0]
    if code.strip():
        out.append([shown(code), before])
    return out


def contract():
    text = (HEADERS / "plugin.h").read_text()
    print("## The contract: plugin.h\n")
    print(prose(words(re.match(r"/\*.*?\*/", text, re.S)[0]).split("\n", 1)[1].strip()))
    print()
    text = text[text.index("/* A span of"):text.index("/* The only symbol")]
    item = re.compile(
        r"/\* -- (?P<title>[^\n]*?)(?: -+)?(?P<prose>\s*\*/|\n.*?\*/)|(?P<comment>/\*.*?\*/)|#define (?P<macro>\w+) (?P<value>\"[^\"]*\")(?P<note>[^\n]*)"
        r"|(?:typedef )?(?P<kind>struct|enum)(?: (?P<name>\w+))? \{(?P<body>.*?)\n?\}(?: \w+)?;(?P<behind>[^\n]*)", re.S)
    comment = ""
    for found in item.finditer(text):
        if found["title"]:
            said = re.sub(r"[ -]+$", "", found["title"]) + re.sub(r" -+ ?\*/", "", found["prose"])
            if ". " not in found["title"]:
                said = said.replace("\n", "\n\n", 1)
            head, _, rest = words(said).replace("\n\n", ". ", 1).partition(". ")
            print(f"\n### {head.rstrip('.')}\n")
            if rest:
                print(prose(rest) + "\n")
        elif found["comment"]:
            comment = words(found["comment"])
        elif found["macro"]:
            print(f"`{found['macro']}` is `{found['value']}`" + (f": {words(found['note'])}" if found["note"] else "") + ".\n")
        else:
            if found["name"]:
                print(f"#### {found['name']}\n")
            if comment:
                print(comment + "\n")
            print("| value | meaning |\n|---|---|" if found["kind"] == "enum" else "| member | meaning |\n|---|---|")
            for declaration, meaning in statements(found["body"] + "\n"):
                print(f"| `{declaration}` | {cell(meaning)} |")
            print()
            comment = ""


def helpers():
    print("\n## Helpers in C: comfort.h\n")
    for found in re.finditer(r"/\* -- (?P<title>[^-\n]*?) -+(?P<prose>.*?)\*/|(?P<comment>/\*(?:(?!\*/).)*\*/\n)?(?P<code>static inline [^{;]*)\{", (HEADERS / "comfort.h").read_text(), re.S):
        if found["title"]:
            head, _, rest = found["title"].partition(". ")
            print(f"\n### {head.rstrip('.')}\n\n{rest}{words(found['prose'])}".rstrip() + "\n")
        else:
            print(f"- `{shown(found['code'])}`" + (": " + cell(words(found["comment"])) if found["comment"] else ""))


def classes():
    """Classes and functions of a namespace and the public members of classes, with the comments before them."""
    print("\n## Classes in C++: plugin.hpp\n")
    comment, code, depth, public, is_class, is_table = "", "", 0, True, False, False
    for line in (HEADERS / "plugin.hpp").read_text().splitlines():
        bare = line.strip()
        opens = line.count("{") - line.count("}")
        if bare.startswith("namespace"):
            if "detail" in bare:
                depth = 100
            continue
        if bare.startswith("}  // namespace"):
            depth, comment = 0, ""
            continue
        if depth >= 100 or bare.startswith(("#", "using", "template")):
            continue
        if bare.startswith("//") and not code:
            comment += line + "\n"
            continue
        if bare in ("public:", "private:", "protected:"):
            public = bare == "public:"
        elif depth == 0 and re.match(r"(class|struct) \w+", bare) and bare.endswith("{"):
            print(f"\n### {shown(bare)}\n" + (f"\n{prose(words(comment))}\n" if comment else ""))
            public, is_class, comment, is_table = bare.startswith("struct"), True, "", "_table" in bare  # of slots, as in C
        elif (depth == 0 or (depth == 1 and is_class)) and public and not is_table and bare and not bare.startswith("}"):
            code += line + "\n"
            if re.search(r"[;{}]\s*(//.*)?$", bare):
                print(f"- `{shown(re.sub(r'//.*', '', code))}`" + (": " + cell(words(comment or line[line.find('//'):])) if comment or "//" in line else ""))
                code = comment = ""
        if not bare:
            comment = ""
        depth += opens
        if depth == 0:
            is_class, is_table, public = False, False, True


def main():
    page = io.StringIO()
    with contextlib.redirect_stdout(page):
        contract()
        helpers()
        classes()
    print(re.sub(r"\n{3,}", "\n\n", page.getvalue()).rstrip())


if __name__ == "__main__":
    main()
