#!/usr/bin/env python3
"""The runner itself: what is right passes, what is wrong fails and is shown, and --accept makes it right."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

RUNNER = pathlib.Path(__file__).with_name('run.py')


class Runner(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.base = pathlib.Path(self.folder.name)
        (self.base / 'bin').mkdir()
        program = self.base / 'bin/dragoman'
        program.write_text('#!/bin/sh\necho "out $*"; echo "err in $PWD" >&2; exit 4\n')
        program.chmod(0o755)

    def tearDown(self):
        self.folder.cleanup()

    def run_file(self, name, text, *options):
        path = self.base / name
        path.write_text(text)
        done = subprocess.run([sys.executable, RUNNER, '--build', self.base, *options, path], capture_output=True, text=True,
                              check=False)
        return done.returncode, done.stdout + done.stderr, path.read_text()

    RIGHT = 'Prose.\n== file a\nx\n== run\ncat a; dragoman y\n== stdout\nx\nout y\n== stderr\nerr in $PWD\n== exit 4\n'

    def test_right(self):
        self.assertEqual(self.run_file('a.test', self.RIGHT)[0], 0)

    def test_each_wrong_expectation_fails_and_is_shown(self):
        for old, new in (('out y', 'out z'), ('err in $PWD', 'err'), ('exit 4', 'exit 3'), ('== stderr\nerr in $PWD\n', '')):
            code, shown, _ = self.run_file('a.test', self.RIGHT.replace(old, new))
            self.assertEqual(code, 1, new)
            self.assertIn('(printed)', shown)

    def test_accept_rewrites(self):
        self.run_file('a.test', self.RIGHT.replace('out y', 'out z').replace('== exit 4\n', ''), '--accept')
        self.assertEqual((self.base / 'a.test').read_text(), self.RIGHT)

    def test_a_test_without_a_run_is_no_test(self):
        self.assertEqual(self.run_file('a.test', 'Prose.\n== file a\n')[0], 1)

    def test_missing_need_skips(self):
        self.assertEqual(self.run_file('a.test', 'Prose.\n== needs no-such-program\n== run\nfalse\n')[0], 77)

    def test_octets_and_missing_line_end(self):
        code, shown, _ = self.run_file('a.test', 'P.\n== file a\n\\xff\\x00b\\c\n== run\nwc -c <a\n== stdout\n3\n')
        self.assertEqual(code, 0, shown)

    def test_page(self):
        page = 'Text\n```console\n$ dragoman a\nout a\n...\n\n$ dragoman b\nout b\nerr in $PWD\n```\nmore\n'
        self.assertEqual(self.run_file('a.md', page)[0], 0)
        self.assertEqual(self.run_file('a.md', page.replace('out b', 'out c'))[0], 1)
        self.assertEqual(self.run_file('a.md', page.replace('out b', 'out c'), '--accept')[2], page)

    def test_page_with_a_block_that_is_not_run(self):
        page = '<!-- not run: needs a network -->\n```console\n$ false\nnever\n```\n'
        self.assertEqual(self.run_file('a.md', page)[0], 0)
        self.assertEqual(self.run_file('a.md', page.replace('<!--', '<!- '))[0], 1)
        self.assertEqual(self.run_file('a.md', '```console\nno command\n```\n')[0], 1)


if __name__ == '__main__':
    unittest.main()
