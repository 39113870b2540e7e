#!/usr/bin/env python3
"""What a run writes and says is the same with one thread and with several, for every kind of output.

    threads.py --build BUILD [--count 300] [--jobs 2,4]

With the preset tsan it is what the thread sanitizer looks at: the program, its plugins and the threads that it lends them.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

SUPPRESSED = pathlib.Path(__file__).resolve().parent / 'thread_sanitizer.supp'

# What is given of the telegrams, and where it goes; later runs read what earlier ones wrote.
RUNS = {'files to one file': ['convert', 'files', '-o', '{}/all.jsonl', '--report', '{}/all.csv'],
        'files to a folder': ['convert', 'files', '-t', 'tei', '-o', '{}/tei/', '--resume', '--report', '{}/tei.html', '--sample', '5', '--seed', '1'],
        'one file to one file': ['convert', 'one/cables.txt', '-o', '{}/one.jsonl'],
        'one file to a folder': ['convert', 'one/cables.txt', '-t', 'json', '-o', '{}/json/'],
        'TEI to one file': ['convert', '{}/tei', '-o', '{}/back.jsonl'],
        'files to a bundle': ['convert', 'files', '-o', '{}/set.bag.zip', '-O', 'bundle.derivatives=tei,json', '--report', '{}/set.jsonl'],
        'files to several bundles': ['convert', 'files', '-o', '{}/parts.bag.zip', '-O', 'bundle.records=40', '-O', 'bundle.derivatives='],
        'a bundle to telegrams': ['convert', '{}/set.bag.zip', '-t', 'telegram', '-o', '{}/telegrams/'],
        'in workers': ['convert', 'files', '-o', '{}/isolated.jsonl', '--isolate=all'],
        'verified': ['verify', '{}/set.bag.zip', '{}/all.jsonl']}


def run(program, work, arguments, jobs):
    folder = f'with-{jobs}'
    command = [str(program), *(a.format(folder) for a in arguments), '-j', str(jobs)]
    environment = dict(os.environ, SOURCE_DATE_EPOCH='1700000000', LC_ALL='C', XDG_STATE_HOME=str(work / 'state'),
                       TSAN_OPTIONS=f'suppressions={SUPPRESSED}')
    done = subprocess.run(command, cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=600)
    if done.returncode not in (0, 1):  # 1: the dirty ones hold lines that cannot be read
        sys.exit(f'{" ".join(command)}: exit status {done.returncode}\n{done.stderr.decode(errors="replace")[-4000:]}')
    return (done.returncode, *(said.decode().replace(folder, 'FOLDER') for said in (done.stdout, done.stderr)))


def written(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob('*')
            if path.is_file() and not path.name.endswith('journal.jsonl')}  # a journal tells in which order things were done


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--build', type=pathlib.Path, required=True)
    options.add_argument('--count', type=int, default=300)
    options.add_argument('--jobs', type=lambda text: [int(n) for n in text.split(',')], default=[2, 4])
    chosen = options.parse_args()
    programs = chosen.build.resolve() / 'bin'
    with tempfile.TemporaryDirectory(prefix='dragoman-threads-') as name:
        work = pathlib.Path(name)
        for folder, more in (('files', []), ('one', ['--single-file'])):
            subprocess.run([programs / 'make_telegrams', str(chosen.count), work / folder, '--dirty', '20', *more], check=True, stdout=subprocess.DEVNULL)
        said, wrote = {}, {}
        for jobs in (1, *chosen.jobs):
            (work / f'with-{jobs}').mkdir()
            said[jobs] = {what: run(programs / 'dragoman', work, arguments, jobs) for what, arguments in RUNS.items()}
            wrote[jobs] = written(work / f'with-{jobs}')
        good = len(wrote[1]) > 2 * chosen.count
        for jobs in chosen.jobs:
            differing = [what for what in RUNS if said[jobs][what] != said[1][what]]
            differing += sorted(path for path in wrote[1].keys() | wrote[jobs].keys() if wrote[1].get(path) != wrote[jobs].get(path))
            print(f'{jobs} threads: {len(wrote[jobs])} files, {len(differing)} runs or files are not as with one thread', *differing[:10])
            good &= not differing
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
