#!/usr/bin/env python3
"""Writes each variant of the catalogue's cases as a file of its own: seeds for the fuzzer.

    tests/telegram/fuzz_seeds.py FOLDER
"""
import pathlib
import re
import sys

CASES = pathlib.Path(__file__).resolve().parents[2] / 'formats' / 'telegram' / 'irregularities'
HEADING = b'''VZCZCXYZ0001
RR RUEHC
DE RUEHQX #0123/01 3431430
ZNY CCCCC ZZH
R 091430Z DEC 09
FM AMEMBASSY QUILMAR
TO RUEHC/SECSTATE WASHDC 0092

C O N F I D E N T I A L QUILMAR 000123

'''
LABELS = b'SIPDIS\n\nE.O. 12958: DECL: 12/09/2019\nTAGS: PREL, QX\nSUBJECT: HARBOR DUES\n\nREF: A. STATE 98765\n     B. 08 TOVARNA 1122\n\n'
TEXT = b'\n1. (C) The dues stay.\nHALVERN\n'
ESCAPES = {b'r': b'\r', b'n': b'\n', b't': b'\t', b'\\': b'\\'}


def unescaped(octets):
    return re.sub(rb'\\(x[0-9A-Fa-f]{2}|[rnt\\])',
                  lambda m: bytes([int(m[1][1:], 16)]) if m[1][:1] == b'x' else ESCAPES[m[1]], octets)


def variants(octets):
    """The telegrams of one case file."""
    parts = re.split(rb'^==== (.*)\n', octets, flags=re.M)
    for title, content in zip(parts[1::2], parts[2::2]):
        kind = re.match(rb'\w+', title)[0]
        if b'escaped' in title:
            content = unescaped(content)
        if kind == b'input':
            yield content
        elif kind == b'opening':
            yield HEADING + content + TEXT
        elif kind == b'text':
            yield HEADING + LABELS + content


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for case in sorted(CASES.glob('*.txt')):
        for n, telegram in enumerate(variants(case.read_bytes())):
            (folder / ('%s-%d' % (case.stem, n))).write_bytes(telegram)
            count += 1
    print('%d seeds in %s' % (count, folder))


if __name__ == '__main__':
    main()
