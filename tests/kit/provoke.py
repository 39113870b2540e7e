#!/usr/bin/env python3
"""Every test of the conformance kit finds what it is for, and finds nothing in a good plugin.

    provoke.py PROGRAM MOCK-FOLDER

The plugin contrary.dgm is good, and does one thing wrong when CONTRARY names a test. What concerns the module itself is
provoked by modules of tests/plugins/broken.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

program, mock = sys.argv[1], pathlib.Path(sys.argv[2])
samples = [str(p) for p in sorted(pathlib.Path(__file__).parent.glob('*.contrary'))]
contrary = mock / 'kit/contrary.dgm'
spoilt = {'module.exports': mock / 'broken/extra-symbol.dgm', 'module.description': mock / 'broken/option-without-help.dgm'}
expected = {'reader.truncated': 'crashed', 'reader.closed-early': 'crashed', 'writer.closed-early': 'crashed', 'reader.empty': 'timed out',
            'probe.scores': 'failed'}


def check(plugin, *options, word=None, timeout=20):
    environment = {k: v for k, v in os.environ.items() if k != 'CONTRARY'} | ({'CONTRARY': word} if word else {})
    command = [program, 'plugin', 'check', str(plugin), *samples, '--json', '--patience', '1', '--timeout', str(timeout), *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, {t['id']: t for t in json.loads(done.stdout)['tests']}


def main():
    wrong = []
    code, good = check(contrary)
    for test in good.values():
        if test['status'] != 'passed':
            wrong.append(f'good plugin: {test["id"]} {test["status"]}: {test.get("detail")}')
    if code != 0:
        wrong.append(f'good plugin: exit code {code}')
    for name in good:
        plugin = spoilt.get(name, contrary)
        timeout = 3 if expected.get(name) == 'timed out' else 20
        # What it prints is found by running what makes it print.
        chosen = ['--only', 'reader.reads', '--only', name] if name == 'module.silent' else ['--only', name]
        code, found = check(plugin, *chosen, word=name, timeout=timeout)
        status, wanted = found[name]['status'], expected.get(name, 'failed')
        print(f'{name}: {status}: {found[name].get("detail", "")}')
        if status != wanted:
            wrong.append(f'{name}: {status} instead of {wanted}')
        if code != 1:
            wrong.append(f'{name}: exit code {code}')
    print('\n'.join(wrong))
    return 1 if wrong else 0


with tempfile.TemporaryDirectory() as home:
    os.environ['HOME'] = home
    sys.exit(main())
