"""Writes the files that a page of the documentation shows: the code block after each `<!-- file: NAME -->`.

    extract_guide.py PAGE FOLDER
"""
import pathlib
import re
import sys

page, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
blocks = re.findall(r'^<!-- file: ([\w.-]+) -->\n```\w*\n(.*?)^```$', page.read_text(encoding='utf-8'), re.M | re.S)
if not blocks:
    sys.exit(f'{page}: no block is marked with <!-- file: NAME -->')
folder.mkdir(parents=True, exist_ok=True)
for name, text in blocks:
    (folder / name).write_text(text, encoding='utf-8')
    print(folder / name)
