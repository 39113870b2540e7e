#!/usr/bin/env python3
"""What a run of several bundles keeps of a run that ended early, and when it keeps nothing.

    volumes.py --build BUILD

The end of the first run is made: its last bundles are taken away, and the end of its journal. Whatever was kept, the bundles
are those of an undisturbed run, octet for octet.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TELEGRAM = 'R 071126Z JUL 05\nFM AMEMBASSY VELDRIK\nTO SECSTATE WASHDC 0022\n\nUNCLAS VELDRIK 00{0:04}\n\nE.O. 12958: N/A\nTAGS: SENV, LQ\nSUBJECT: SEALS {0}\n\n1. {0} seals.\nOKONJO\n'
COUNT, PER_BUNDLE = 50, 10
JOURNAL = '.set.bag.zip.journal.jsonl'


class Case:
    def __init__(self, program, base, name, jobs):
        self.program, self.jobs = program, jobs
        self.folder, self.inputs = base / name, base / name / 'in'
        self.inputs.mkdir(parents=True)
        for number in range(COUNT):
            self.write(number)

    def write(self, number, text=None):
        (self.inputs / f'{number:03}.txt').write_text(TELEGRAM.format(number + 1) if text is None else text)

    def convert(self, *more):
        out = self.folder / 'out'
        out.mkdir(exist_ok=True)
        command = [self.program, 'convert', str(self.inputs), '-o', str(out / 'set.bag.zip'), '--resume', '--report', str(out / 'report.jsonl'),
                   '-j', str(self.jobs), '-O', f'bundle.records={PER_BUNDLE}', '-O', 'bundle.derivatives=', *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=dict(os.environ, SOURCE_DATE_EPOCH='1700000000', LC_ALL='C'))
        assert done.returncode in (0, 1), done.stderr
        return done.stderr

    def stop_after(self, bundles):
        """As if the run had ended when so many bundles were in place."""
        out = self.folder / 'out'
        lines = [json.loads(line) for line in (out / JOURNAL).read_text().splitlines()]
        end = next(i for i, line in enumerate(lines) if line.get('volume') == bundles) + 1
        # The bundles have got their numbers since; lines behind say so.
        keep = lines[:end] + [line for line in lines[end:] if line.get('volume', COUNT) <= bundles]
        (out / JOURNAL).write_text(''.join(json.dumps(line) + '\n' for line in keep))
        for path in out.glob('set-*.bag.zip'):
            if int(path.name[4:8]) > bundles:
                path.unlink()
        (out / 'report.jsonl').unlink()

    def files(self):
        return {p.name: p.read_bytes() for p in (self.folder / 'out').iterdir() if p.name != JOURNAL}

    def done_before(self, said):
        words = said.split(' had been done before')[0].split()
        return int(words[-2]) if 'had been done before' in said else 0


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--build', type=pathlib.Path, required=True)
    program = str(options.parse_args().build.resolve() / 'bin/dragoman')
    problems = []
    with tempfile.TemporaryDirectory(prefix='dragoman-volumes-') as base:
        base = pathlib.Path(base)

        def case(name, disturb, kept, jobs):
            """`disturb` changes what is there after the first run; then so many inputs need not be read again."""
            now = Case(program, base, f'{name}-{jobs}', jobs)
            now.convert()
            assert len(now.files()) == COUNT // PER_BUNDLE + 1, sorted(now.files())
            disturb(now)
            found = now.done_before(now.convert())
            if found != kept:
                problems.append(f'{name}, -j{jobs}: {found} inputs had been done before, not {kept}')
            have = now.files()
            shutil.rmtree(now.folder / 'out')
            now.convert()
            want = now.files()
            problems.extend(f'{name}, -j{jobs}: {n} differs' for n in sorted(have.keys() | want.keys()) if have.get(n) != want.get(n))
            if subprocess.run([program, 'verify', '-q', *map(str, (now.folder / 'out').glob('*.zip'))], stdout=subprocess.DEVNULL).returncode != 0:
                problems.append(f'{name}, -j{jobs}: not valid')

        for jobs in (1, 3):
            case('after the first', lambda c: c.stop_after(1), 10, jobs)
            case('after the third', lambda c: c.stop_after(3), 30, jobs)
            case('an input of a kept bundle has changed', lambda c: (c.stop_after(3), c.write(15, 'no telegram\n')), 0, jobs)
            case('an input more in front', lambda c: (c.stop_after(3), (c.inputs / '000-a.txt').write_text(TELEGRAM.format(99))), 0, jobs)
            case('an input less', lambda c: (c.stop_after(3), (c.inputs / '005.txt').unlink()), 0, jobs)
            case('a later input has changed', lambda c: (c.stop_after(3), c.write(45, 'no telegram\n')), 30, jobs)
            case('a kept bundle is cut', lambda c: (c.stop_after(3), os.truncate(c.folder / 'out/set-0002.bag.zip', 100)), 10, jobs)
            case('more inputs at the end of a whole run', lambda c: c.write(COUNT), 40, jobs)
    print(*problems, sep='\n')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
