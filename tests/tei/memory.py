#!/usr/bin/env python3
"""Corpora of TEI are written and read in memory that does not grow with them.

    tests/tei/memory.py DRAGOMAN CABLE.xml

JSON Lines of 20,000 and of 40,000 cables become a teiCorpus and JSON Lines again; the peaks of each step are compared. An input
of less than 256 MiB is held in memory by the program, whatever its format, and is subtracted.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def peak(*command):
    """The largest resident size of a run, in KiB."""
    process = subprocess.Popen([str(c) for c in command])
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f'{command} failed: {status}')
    return usage.ru_maxrss


def main():
    dragoman, sample = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix='dragoman-memory-') as name:
        work = pathlib.Path(name)
        one = json.loads(subprocess.run([dragoman, 'convert', '-q', '--no-source', sample, '-t', 'json'], check=True, stdout=subprocess.PIPE).stdout)
        rows = []
        for count in (20_000, 40_000):
            lines, corpus, back = (work / f'{count}.{suffix}' for suffix in ('jsonl', 'xml', 'back.jsonl'))
            with open(lines, 'w') as out:
                for i in range(count):
                    one['id'] = f'09QUILMAR{i}'
                    out.write(json.dumps(one, separators=(',', ':')) + '\n')
            held = lines.stat().st_size // 1024
            writing = peak(dragoman, 'convert', '-q', '-j', '1', lines, '-o', corpus) - held
            held = corpus.stat().st_size // 1024
            reading = peak(dragoman, 'convert', '-q', '-j', '1', corpus, '-o', back) - held
            print(f'{count} cables, {held // 1024} MiB of TEI: writing {writing // 1024} MiB, reading {reading // 1024} MiB beside the input')
            with open(back) as again:
                if sum(1 for _ in again) < count:
                    sys.exit('cables are missing')
            rows.append((writing, reading))
            for file in (lines, corpus, back):
                file.unlink()
        for step, (once, twice) in zip(('writing', 'reading'), zip(*rows)):
            if twice > 1.25 * once + 16 * 1024:
                sys.exit(f'{step}: {once} KiB for 20,000 cables, {twice} KiB for 40,000')


main()
