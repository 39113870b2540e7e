#!/usr/bin/env python3
"""What people and scripts see of a run while it goes on: on a terminal, in a log, and as JSON.

    progress.py --build BUILD

The runs read a list through a pipe, so that they go on only when the test says so.
"""
import argparse
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import tempfile
import time

CABLE = ('R 071126Z JUL 05\nFM AMEMBASSY VELDRIK\nTO SECSTATE WASHDC 0001\n\nUNCLAS VELDRIK 000501\n\n'
         'E.O. 12958: N/A\nTAGS: SENV, LQ\nSUBJECT: SEALS\n\n1. The keeper counted 212 seals.\nOKONJO\n')
PATIENCE = 60


class Run:
    """A run whose list of inputs is written by the test, with standard error on a pseudo-terminal or a pipe."""

    def __init__(self, program, work, *arguments, terminal=True, **environment):
        self.here, there = pty.openpty() if terminal else os.pipe()
        self.seen = b''
        self.process = subprocess.Popen([program, 'convert', '@-', '-t', 'json', *arguments], cwd=work, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=there,
                                        env={**os.environ, 'TERM': 'xterm', 'XDG_STATE_HOME': str(work / 'state'), **environment})
        os.close(there)

    def name(self, text):
        self.process.stdin.write(text.encode() + b'\n')
        self.process.stdin.flush()

    def wait_for(self, pattern):
        latest = time.monotonic() + PATIENCE
        while not re.search(pattern, self.seen):
            if time.monotonic() > latest or not self.read(1):
                raise AssertionError(f'{pattern!r} did not come: {self.seen!r}')

    def read(self, seconds):
        """False: there is no more."""
        if not select.select([self.here], [], [], seconds)[0]:
            return True
        try:
            octets = os.read(self.here, 1 << 16)
        except OSError:  # nobody has the other end of the terminal
            return False
        self.seen += octets
        return bool(octets)

    def end(self):
        out, _ = self.process.communicate(timeout=PATIENCE)
        while self.read(1):
            pass
        os.close(self.here)
        return self.process.returncode, out, self.seen


def screen(octets):
    """The lines that a terminal shows in the end."""
    lines = ['']
    for part in re.split(rb'(\r\n|\r\x1b\[K|\n)', octets):
        if part in (b'\r\n', b'\n'):
            lines.append('')
        elif part == b'\r\x1b[K':
            lines[-1] = ''
        else:
            lines[-1] += part.decode()
    return lines


def on_a_terminal(program, work):
    run = Run(program, work, '-o', 'terminal/', NO_COLOR='1')
    run.name('a.txt')
    run.wait_for(rb'1/1\+ inputs, 1 documents, \d+/s, 0 failed, still looking for inputs')
    run.name('gone.txt')  # a message comes in between
    run.wait_for(rb'2/2\+ inputs, 1 documents, \d+/s, 1 failed')
    code, out, seen = run.end()
    assert (code, out) == (1, b''), (code, out)
    shown = screen(seen)
    assert shown[0] == 'dragoman: error: gone.txt: cannot be read: No such file or directory [input.unreadable]', shown
    assert shown[-2:] == ['dragoman: converted 1 document from 2 inputs, 1 failed', ''], shown
    assert not any('/s' in line for line in shown), shown  # the line has gone


def not_between_documents(program, work):
    for arguments, environment in ((['-o', '-'], {}), (['-q', '-o', 'quiet/'], {}), (['-o', 'none/', '--progress=none'], {}), (['-o', 'dumb/'], {'TERM': 'dumb'})):
        run = Run(program, work, *arguments, **environment)
        run.name('a.txt')
        time.sleep(1)
        code, _, seen = run.end()
        assert code == 0 and b'inputs' not in seen, (arguments, seen)


def in_a_log(program, work):
    run = Run(program, work, '-o', 'log/', terminal=False)
    run.name('a.txt')
    run.wait_for(rb'inputs')
    code, _, seen = run.end()
    assert code == 0, code
    assert re.fullmatch(rb'dragoman: 1/1\+ inputs, 1 documents, 0/s, 0 failed, still looking for inputs, 0\.0 MB\n', seen), seen


def for_scripts(program, work):
    run = Run(program, work, '-o', 'json/', '--progress=json', terminal=False)
    run.name('a.txt')
    run.wait_for(rb'"event":"progress","inputs_done":1')
    code, _, seen = run.end()
    events = [json.loads(line) for line in seen.splitlines()]
    assert code == 0 and [e['event'] for e in events] == ['progress'] * (len(events) - 1) + ['end'], events
    assert events[-1]['all_found'] and not events[0]['all_found'] and events[-1]['inputs_found'] == 1, events
    assert all(a['seconds'] <= b['seconds'] for a, b in zip(events, events[1:])), events


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--build', type=pathlib.Path, required=True)
    program = options.parse_args().build.resolve() / 'bin/dragoman'
    with tempfile.TemporaryDirectory(prefix='dragoman-progress-') as folder:
        work = pathlib.Path(folder)
        (work / 'a.txt').write_text(CABLE)
        for test in (on_a_terminal, not_between_documents, in_a_log, for_scripts):
            test(program, work)
            print(f'{test.__name__}: as it should be')
    return 0


if __name__ == '__main__':
    sys.exit(main())
