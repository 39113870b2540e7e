#!/usr/bin/env python3
"""Times the program on inputs made to be hard, as a table for docs/performance.md.

    tests/telegram/extremes.py [PROGRAM]        default build/release/bin/dragoman

Each input is read by itself and written as JSON Lines; those of many telegrams come through a pipe. Peak memory is that
of the process. That the work is linear is tested by work_test, which counts it; this shows what it costs.
"""
import os
import subprocess
import sys
import tempfile
import time

HEADING = (b'VZCZCXYZ0001\nRR RUEHC\nDE RUEHQX #0123/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\n'
           b'TO RUEHC/SECSTATE WASHDC 0092\n\nC O N F I D E N T I A L QUILMAR 000123\n\nSIPDIS\n\nE.O. 12958: DECL: 12/09/2019\n')
LABELS = HEADING + b'TAGS: PREL, QX\nSUBJECT: HARBOR DUES\n\n'
TEXT = LABELS + b'1. (C) The dues stay.\n\n'
SECTION = b'C O N F I D E N T I A L SECTION 01 OF 02 QUILMAR 000123\n'


def telegrams(count):
    for n in range(1, count + 1):
        yield (b'VZCZCXYZ%04d\nRR RUEHC\nDE RUEHQX #%04d/01 3431430\nZNY CCCCC ZZH\nR 091430Z DEC 09\nFM AMEMBASSY QUILMAR\n'
               b'TO RUEHC/SECSTATE WASHDC 0092\n\nC O N F I D E N T I A L QUILMAR %06d\n\nSIPDIS\n\nE.O. 12958: DECL: 12/09/2019\n'
               b'TAGS: PREL, QX\nSUBJECT: HARBOR DUES\n\nREF: STATE 12\n\n1. (C) The dues stay.\n\n2. (C) They rise.\nHALVERN\n\n'
               % (n % 10000, n % 10000, n))


INPUTS = [
    ('50 MB of one line, of no telegram', [(b'harbor dues ', 4_200_000)]),
    ('50 MB of one line, a paragraph', [LABELS, b'1. (C) ', (b'harbor dues ', 4_200_000), b'\n']),
    ('50 MB of one word', [(b'A', 50_000_000)]),
    ('1,000,000 blank lines', [TEXT, (b'\n', 1_000_000), b'HALVERN\n']),
    ('5,000,000 line ends, CR and CR LF in turn', [TEXT, (b'x\r\r\n', 2_500_000)]),
    ('REF list of 100,000 items', [LABELS, b'REF: A. STATE 12\n', (b'     B. ORMUNDE 88 (NOTAL)\n', 100_000), b'\n1. (C) x\n']),
    ('REF line of 100,000 numbers', [LABELS, b'REF: STATE 1', (b', 2', 100_000), b'\n\n1. (C) x\n']),
    ('TAGS line of 1 MB', [HEADING, b'TAGS: ', (b'PREL, ', 170_000), b'\nSUBJECT: X\n\n1. (C) x\n']),
    ('TAGS line of 1 MB, brackets unclosed', [HEADING, b'TAGS: ', (b'[', 1_000_000), b'\nSUBJECT: X\n\n1. (C) x\n']),
    ('100,000 addressees', [HEADING[:HEADING.index(b'\n\nC O N')], (b'\nRUEHDX/AMEMBASSY TOVARNA PRIORITY 0417', 100_000), b'\n\n', SECTION, b'\n1. x\n']),
    ('bullets 100,000 deep in one line', [TEXT, (b'- ', 100_000), b'x\n']),
    ('100,000 bullets', [TEXT, (b'- x\n', 100_000)]),
    ('100,000 paragraphs', [LABELS, (b''.join(b'%d. (C) The dues stay.\n\n' % n for n in range(1, 1000)), 100)]),
    ('100,000 running headers', [TEXT, (b'x\n\nQUILMAR 00000123  002 OF 003\n\n', 100_000)]),
    ('100,000 page headers', [TEXT, (b'PAGE 02        QUILMA  00123  091430Z\n\n', 100_000)]),
    ('100,000 headers glued into text', [TEXT, (b'text QUILMAR 00000123  002 OF 003 text\n', 100_000)]),
    ('100,000 lines SECTION 01 OF 02', [HEADING, (SECTION, 100_000)]),
    ('100,000 sections of one telegram', [HEADING.replace(b'QUILMAR 000123', b'SECTION 01 OF 02 QUILMAR 000123'), b'\n1. x\nBT\n#0123\nNNNN\n\n',
                                                  (b'BT\nC O N F I D E N T I A L SECTION 02 OF 02 QUILMAR 000123\n\nx\nBT\n#0123\nNNNN\n\n', 100_000)]),
    ('100,000 signatures', [TEXT, (b'HALVERN\n', 100_000)]),
    ('100,000 ends of message', [TEXT, (b'NNNN\n', 100_000)]),
    ('100,000 notices of extracts', [(b'This record is a partial extract of the original cable.\n', 100_000)]),
    ('100,000 attributes', [b'Message Text\n\nx\n\nMessage Attributes\n\n', (b'Concepts: HARBORS\n', 100_000)]),
    ('1 MB of brackets, unclosed', [TEXT, (b'([{', 333_333), b'\n']),
    ('1 MB of character references, unclosed', [TEXT, (b'&#x0', 250_000), b'\n']),
]
PIPED = [('%s telegrams through a pipe' % format(n, ','), n) for n in (10_000, 100_000)]


def run(program, arguments, feed):
    """Seconds of the processor, and peak memory in MB, of one run; `feed` gets its standard input."""
    begin = time.monotonic()
    with open(os.devnull, 'wb') as nowhere:
        process = subprocess.Popen([program, 'convert', *arguments, '-t', 'jsonl', '-o', '-'], stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere)
        octets = feed(process.stdin)
        process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
    return octets, os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, time.monotonic() - begin


def write(file, unit, times):
    """A little at a time: what this process holds counts as the memory of the program that it starts."""
    for first in range(0, times, 10_000):
        file.write(unit * min(10_000, times - first))


def main():
    program = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/release/bin/dragoman')
    print('| input | MB | s | MB/s | peak MB | exit |\n|---|---:|---:|---:|---:|---:|')

    def tell(name, octets, code, seconds, memory, _):
        print('| %s | %.1f | %.2f | %.0f | %.0f | %d |' % (name, octets / 1e6, seconds, octets / 1e6 / max(seconds, 0.001), memory, code), flush=True)

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'input.txt')
        for name, parts in INPUTS:
            with open(path, 'wb') as file:
                for part in parts:
                    write(file, *(part if isinstance(part, tuple) else (part, 1)))
            size = os.path.getsize(path)
            tell(name, *run(program, [path, '-f', 'telegram'], lambda _: size))
    for name, count in PIPED:
        def feed(pipe, count=count):
            octets = 0
            for telegram in telegrams(count):
                pipe.write(telegram)
                octets += len(telegram)
            return octets
        tell(name, *run(program, ['-', '-f', 'telegram'], feed))


if __name__ == '__main__':
    main()
