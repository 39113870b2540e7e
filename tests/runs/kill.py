#!/usr/bin/env python3
"""Kills a run at random moments, starts it again each time, and compares the end with that of an undisturbed run.

    kill.py --build BUILD [--count 2000] [--kills 20] [--seed 1] [--signal KILL|TERM] folder|bundle|volumes|file

Source: bundles.md 15.6.
"""
import argparse
import filecmp
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--build', type=pathlib.Path, required=True)
    options.add_argument('--count', type=int, default=2000)
    options.add_argument('--kills', type=int, default=20)
    options.add_argument('--seed', type=int, default=1)
    options.add_argument('--signal', choices=('KILL', 'TERM'), default='KILL')
    options.add_argument('kind', choices=('folder', 'bundle', 'volumes', 'file'))
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix='dragoman-kill-') as folder:
        return run(chosen, pathlib.Path(folder))


def run(chosen, work):
    programs = chosen.build.resolve() / 'bin'
    make_inputs(programs, chosen.count, work)
    environment = dict(os.environ, SOURCE_DATE_EPOCH='1700000000', XDG_STATE_HOME=str(work / 'state'))
    output = {'folder': ['-t', 'tei', '-o', 'out/'], 'bundle': ['-o', 'out.bag.zip'],
              'volumes': ['-o', 'out.bag.zip', '-O', f'bundle.records={chosen.count // 10}', '-O', 'bundle.derivatives='], 'file': ['-o', 'out.jsonl']}[chosen.kind]
    command = [str(programs / 'dragoman'), 'convert', '-q', '../cables', *output, '--resume', '--report', 'report.jsonl', '-j2']
    for name in ('calm', 'killed'):
        (work / name).mkdir()

    begin = time.monotonic()
    calm = subprocess.run(command, cwd=work / 'calm', env=environment, stderr=subprocess.DEVNULL).returncode
    whole = time.monotonic() - begin
    assert calm in (0, 1), calm

    dice = random.Random(chosen.seed)
    stops = ends = 0
    has_kept = False
    while stops < chosen.kills and ends < 5 * chosen.kills:
        with subprocess.Popen(command, cwd=work / 'killed', env=environment, stderr=subprocess.DEVNULL) as process:
            try:
                latest = max(0.1, whole * (0.3 if chosen.kind == 'folder' else 0.9))
                process.wait(dice.uniform(0, 0.02 if stops % 3 == 0 else latest))  # every third while the run is being set up
                ends += 1  # too late: from the beginning
                shutil.rmtree(work / 'killed')
                (work / 'killed').mkdir()
            except subprocess.TimeoutExpired:
                is_heard = catches(process.pid, signal.SIGTERM)  # else the program has only begun to be loaded
                asked = time.monotonic()
                process.send_signal(getattr(signal, 'SIG' + chosen.signal))
                code = process.wait()
                took = time.monotonic() - asked
                if chosen.signal == 'TERM' and code not in (calm, 75) and (is_heard or code != -signal.SIGTERM):
                    return fail(f'SIGTERM: exit status {code}')
                if chosen.signal == 'TERM' and took > 5:
                    return fail(f'SIGTERM: {took:.1f} s to stop')
                stops += 1
        has_kept |= keeps_volumes(work / 'killed')
    last = subprocess.run(command, cwd=work / 'killed', env=environment, stderr=subprocess.PIPE, text=True)
    if last.returncode != calm:
        return fail(f'exit status {last.returncode}, of the undisturbed run {calm}: {last.stderr}')
    if chosen.kind == 'volumes' and not has_kept:
        return fail('every volume was written anew each time')
    print(f'{chosen.kind}: {stops} times ended by SIG{chosen.signal}, {ends} runs came to their end before')
    problems = differences(work / 'calm', work / 'killed')
    for problem in problems[:20]:
        print(problem)
    return 1 if problems or stops == 0 else 0


def catches(process, number):
    caught = re.search(r'^SigCgt:\s*([0-9a-f]+)', pathlib.Path(f'/proc/{process}/status').read_text(), re.MULTILINE)
    return caught is not None and bool(int(caught.group(1), 16) >> (number - 1) & 1)


def keeps_volumes(folder):
    """A run went on after volumes that a run before had finished."""
    journal = folder / '.out.bag.zip.journal.jsonl'
    return journal.exists() and b'{"kept":' in journal.read_bytes()


def make_inputs(programs, count, work):
    subprocess.run([programs / 'make_telegrams', str(count), work / 'made', '--dirty', '20'], check=True, stdout=subprocess.DEVNULL)
    (work / 'made' / 'cables').rename(work / 'cables')
    shutil.rmtree(work / 'made')
    (work / 'cables' / 'nothing.bin').write_bytes(bytes(range(256)))  # fails, in every run
    (work / 'cables' / 'empty.txt').write_bytes(b'')


def fail(text):
    print(text)
    return 1


def files(folder):
    return {str(p.relative_to(folder)) for p in folder.rglob('*') if p.is_file() and not p.name.endswith('journal.jsonl')}


def differences(calm, killed):
    a, b = files(calm), files(killed)
    lines = [f'not there: {name}' for name in sorted(a - b)] + [f'too much: {name}' for name in sorted(b - a)]
    return lines + [f'differs: {name}' for name in sorted(a & b) if not filecmp.cmp(calm / name, killed / name, shallow=False)]


if __name__ == '__main__':
    sys.exit(main())
