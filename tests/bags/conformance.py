#!/usr/bin/env python3
"""Runs `dragoman verify` on LibraryOfCongress/bagit-conformance-suite and counts the verdicts that are right.

    tests/bags/conformance.py PROGRAM

A validator that always fails, or that crashes, would be right on half of the suite: so a good bag must pass and a changed one
must fail with exit code 1 before anything is counted. Skips when the suite is not in DRAGOMAN_CORPORA.
"""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77
EXPECTED = {'default': 58, 'lenient': 60}
ROOT = pathlib.Path(__file__).resolve().parents[2]


def verify(program, bag, *options):
    done = subprocess.run([program, 'verify', '--quiet', *options, bag], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f'{bag}: exit code {done.returncode}\n{done.stderr}')
    return done.returncode == 0


def make_bag(folder, content):
    """A bag of one file, whose manifest is that of the content 'good'."""
    (folder / 'data').mkdir(parents=True)
    (folder / 'bagit.txt').write_text('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n')
    (folder / 'data/a.txt').write_text(content)
    digest = hashlib.sha256(b'good').hexdigest()
    (folder / 'manifest-sha256.txt').write_text(f'{digest}  data/a.txt\n')
    return folder


def main(program):
    corpora = pathlib.Path(os.environ.get('DRAGOMAN_CORPORA', ROOT.parent / 'shared/corpora'))
    suite = corpora / 'bagit-conformance-suite'
    if not suite.is_dir():
        print('skipped: no bagit-conformance-suite in DRAGOMAN_CORPORA')
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        assert verify(program, make_bag(pathlib.Path(folder) / 'good', 'good')), 'a good bag must pass'
        assert not verify(program, make_bag(pathlib.Path(folder) / 'bad', 'evil')), 'a changed bag must fail'
    # The other kinds are unsafe on some system, so on all.
    bags = [(bag, kind.name in ('valid', 'warning')) for version in sorted(suite.glob('v*')) for kind in sorted(version.iterdir())
            for bag in sorted(kind.iterdir()) if bag.is_dir()]
    assert len(bags) == 60, f'{len(bags)} bags'
    failed = False
    for mode, options in (('default', ()), ('lenient', ('--lenient',))):
        wrong = [bag for bag, is_valid in bags if verify(program, bag, *options) != is_valid]
        print(f'{mode}: {len(bags) - len(wrong)} of {len(bags)} right', *(f'\n  not: {bag}' for bag in wrong), sep='')
        failed |= len(bags) - len(wrong) != EXPECTED[mode]
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
