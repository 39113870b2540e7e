#!/usr/bin/env python3
"""Bundles whose disk is full, or whose program is killed, at any moment.

    tests/archives/robust.py PROGRAM

A run that cannot write ends with 3 (or 1 when a volume was written before), says why, and leaves nothing behind; what was killed
leaves nothing under a final name that is not whole. The moments come from a fixed seed.
"""
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time

TELEGRAM = '''R 071126Z JUL 05
FM AMEMBASSY VELDRIK
TO SECSTATE WASHDC 0022

UNCLAS VELDRIK 00{0:04}

E.O. 12958: N/A
TAGS: SENV, LQ
SUBJECT: SEALS ON THE NORTH SKERRY {0}

'''
RECORDS, PER_VOLUME = 60, 20


def make_inputs(folder):
    noise = random.Random(7)
    folder.mkdir()
    for i in range(RECORDS):
        words = ' '.join(f'{noise.randrange(10**9)}' for _ in range(300))
        (folder / f'{i:04}.txt').write_text(TELEGRAM.format(i + 1) + f'1. {words}\nOKONJO\n')


def command(program, source, out, jobs):
    return [program, 'convert', '-q', str(source), '-o', str(out / 'set.bag.zip'), '-j', str(jobs), '-O', f'bundle.records={PER_VOLUME}', '-O', 'bundle.store=true']


def verify(program, path):
    return subprocess.run([program, 'verify', '-q', str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60).returncode == 0


def full_disks(program, source, base, whole):
    problems = []
    sizes = sorted({0, 1, 21, 22, 100, 4096} | {whole * i // 24 for i in range(1, 24)} | {whole - d for d in (1, 2, 21, 22, 23, 500)})
    for jobs in (1, 2):
        for size in sizes:
            out = base / f'full-{jobs}-{size}'
            out.mkdir()

            def bound():
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

            done = subprocess.run(command(program, source, out, jobs), capture_output=True, text=True, preexec_fn=bound, restore_signals=False, timeout=120)
            left = sorted(p.name for p in out.iterdir())
            bad = [name for name in left if name.endswith('.part') or not verify(program, out / name)]
            if bad:
                problems.append(f'{size} octets, -j {jobs}: left behind: {bad}')
            if done.returncode not in ((1, 3) if left else (3,)) or 'error: ' not in done.stderr:
                problems.append(f'{size} octets, -j {jobs}: exit code {done.returncode}, {left}\n{done.stderr}')
    return problems


def killings(program, source, base, seconds):
    problems, moments = [], random.Random(11)
    for i in range(20):
        out = base / f'killed-{i}'
        out.mkdir()
        child = subprocess.Popen(command(program, source, out, 1 + i % 2), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0, seconds * 1.05))
        child.send_signal(signal.SIGKILL)
        child.wait()
        for path in out.iterdir():
            if not path.name.endswith('.part') and not verify(program, path):
                problems.append(f'killed: {path.name} is there and not whole')
    return problems


def main(program):
    with tempfile.TemporaryDirectory() as base:
        base = pathlib.Path(base)
        make_inputs(base / 'in')
        (base / 'good').mkdir()
        began = time.monotonic()
        subprocess.run(command(program, base / 'in', base / 'good', 1), check=True, timeout=120)
        seconds = time.monotonic() - began
        made = sorted((base / 'good').iterdir())
        assert len(made) == RECORDS // PER_VOLUME and all(verify(program, path) for path in made), made
        # Stored, the ZIP is larger than any file that waits to go into it: the limit meets the one or the other.
        problems = full_disks(program, base / 'in', base, min(path.stat().st_size for path in made))
        problems += killings(program, base / 'in', base, seconds)
    print(*problems, sep='\n')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
