#!/usr/bin/env python3
"""Twice the telegrams take the same memory: peaks of whole runs over COUNT and 2 x COUNT, as files and in one file.

    memory.py --build BUILD [--count 3000] [--jobs 2] [--most MIB]
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ALLOWED = 4.0  # MiB more for twice the telegrams: what a set of names may grow by


def peak(command, folder):
    """MiB at most resident, of this command alone."""
    code = ('import os, resource, subprocess, sys; code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode;'
            'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024); sys.exit(code)')
    environment = dict(os.environ, SOURCE_DATE_EPOCH='1700000000', XDG_STATE_HOME=str(folder / 'state'))
    result = subprocess.run([sys.executable, '-c', code, *command], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    if result.returncode not in (0, 1):
        sys.exit(f'exit status {result.returncode}: {" ".join(command)}')
    return float(result.stdout)


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--build', type=pathlib.Path, required=True)
    options.add_argument('--count', type=int, default=3000)
    options.add_argument('--jobs', type=int, default=2)
    options.add_argument('--most', type=float, default=128)
    chosen = options.parse_args()
    programs = chosen.build.resolve() / 'bin'
    good = True
    with tempfile.TemporaryDirectory(prefix='dragoman-memory-') as name:
        work = pathlib.Path(name)
        for count in (chosen.count, 2 * chosen.count):
            for kind, more in (('files', []), ('one', ['--single-file'])):
                subprocess.run([programs / 'make_telegrams', str(count), work / f'{kind}{count}', '--dirty', '20', *more], check=True, stdout=subprocess.DEVNULL)
        runs = {'files to one file': lambda n: [f'../files{n}/cables', '-o', f'{n}.jsonl'],
                'files to a folder': lambda n: [f'../files{n}/cables', '-t', 'tei', '-o', f'out{n}/'],
                'files to a folder, with an account': lambda n: [f'../files{n}/cables', '-t', 'json', '-o', f'kept{n}/', '--resume', '--report', f'{n}.html'],
                'one file to one file': lambda n: [f'../one{n}/cables.txt', '-o', f'one{n}.jsonl'],
                'one file to a folder': lambda n: [f'../one{n}/cables.txt', '-t', 'json', '-o', f'one-out{n}/']}
        for what, arguments in runs.items():
            # How many outputs wait at one time is chance and costs a few MiB: what counts is the least of three runs, or of
            # up to nine while it seems too much.
            peaks = [float('inf')] * 2
            for number in range(9):
                here = work / f'{what} {number}'
                here.mkdir()
                peaks = [min(before, peak([str(programs / 'dragoman'), 'convert', '-q', *arguments(n), '-j', str(chosen.jobs)], here))
                         for before, n in zip(peaks, (chosen.count, 2 * chosen.count))]
                fine = peaks[1] - peaks[0] <= ALLOWED and max(peaks) <= chosen.most
                if fine and number >= 2:
                    break
            good &= fine
            print(f'{what}: {peaks[0]:.1f} MiB, twice as many {peaks[1]:.1f} MiB{"" if fine else "  TOO MUCH"}')
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
