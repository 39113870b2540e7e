#!/usr/bin/env python3
"""Runs command tests (*.test) and the examples of the documentation (*.md).

    tests/command/run.py FILE...             run; shows a diff for what differs
    tests/command/run.py --accept FILE...    rewrite the expectations with what came out, for review in the diff

A .test file is a note for people that a machine can run. Prose first; then sections, each begun by a line "== ...":

    == file NAME            the lines up to the next section, put into the folder of the test before anything runs
    == file NAME < PATH     a copy of a file of this project
    == file NAME base64     the octets that these lines encode
    == run                  commands for sh, in a folder that held nothing but those files
    == stdout               what they must print; no such section: nothing
    == stderr               likewise
    == exit N               their exit code; no such section: 0
    == needs WORD           skip the file unless this is there: small-disk, seccomp, or a program

Files may hold \\xHH for octets that a text file should not hold; a last line that ends in \\c has no line end. Several
runs may follow each other in one folder. In output, the folders that differ between machines are named as the
variables that hold them: $PWD, $SAMPLES (docs/samples), $PLUGINS, $MOCK (plugins that misbehave), and $VERSION.

For commands there are `unprivileged COMMAND` (root without the right to ignore permissions) and
`on_small_disk FOLDER COMMAND` (FOLDER is a disk of 64 KiB), and `unfolded`, which joins the lines of an entry of
`dragoman plugins`: where they are folded depends on how long this machine's paths are.

In a .md file each block ```console is run, block by block in one folder that has docs/samples. Lines after "$ " are
commands ("> " continues one), the lines below what both stdout and stderr must show, where a line "..." stands for any
lines. A block that must not be run has <!-- not run: REASON --> above it.
"""
import argparse
import base64
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
TIMEOUT = 120

UNPRIVILEGED = '''#!/bin/sh
[ "$(id -u)" -eq 0 ] || exec "$@"
exec setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -dac_override,-dac_read_search "$@"
'''
ON_SMALL_DISK = '''#!/bin/sh
folder=$1; shift
[ "$(id -u)" -eq 0 ] && map= || map=-r
exec unshare -m $map sh -c 'mount -t tmpfs -o size=64k none "$0" && "$@"' "$folder" "$@"
'''
UNFOLDED = r'''#!/bin/sh
exec awk '/^        / { sub(/^ +/, " "); held = held $0; next } { if (NR > 1) print held; held = $0 } END { print held }'
'''


class Skip(Exception):
    pass


class Sandbox:
    """An empty folder with its own home, and the environment in which commands run."""

    def __init__(self, build):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix='dragoman-test-'))
        self.work, self.home, self.tools = self.base / 'work', self.base / 'home', self.base / 'tools'
        for folder in (self.work, self.home, self.tools):
            folder.mkdir()
        for name, text in (('unprivileged', UNPRIVILEGED), ('on_small_disk', ON_SMALL_DISK), ('unfolded', UNFOLDED)):
            (self.tools / name).write_text(text)
            (self.tools / name).chmod(0o755)
        version = re.search(r'DRAGOMAN_VERSION "(.*)"', (ROOT / 'sdk/include/dragoman/version.h').read_text()).group(1)
        self.variables = {
            'PWD': str(self.work), 'HOME': str(self.home), 'SAMPLES': str(ROOT / 'docs/samples'),
            'PLUGINS': str(build / 'lib/dragoman/plugins'), 'MOCK': str(build / 'tests/plugins'), 'VERSION': version}
        self.environment = {
            'PATH': f'{build / "bin"}:{self.tools}:{os.environ.get("PATH", "/usr/bin:/bin")}',
            'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'SOURCE_DATE_EPOCH': '1700000000',
            'XDG_CONFIG_HOME': str(self.home / 'config'), 'XDG_DATA_HOME': str(self.home / 'data'),
            'XDG_CACHE_HOME': str(self.home / 'cache'), 'XDG_STATE_HOME': str(self.home / 'state'), **self.variables}
        for name, value in os.environ.items():
            if name.endswith('SAN_OPTIONS'):
                self.environment[name] = value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(['chmod', '-R', 'u+rwX', str(self.base)], check=False)
        shutil.rmtree(self.base, ignore_errors=True)

    def run(self, command, merged=False):
        result = subprocess.run(['sh', '-c', command], cwd=self.work, env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT if merged else subprocess.PIPE,
                                timeout=TIMEOUT)
        return result.returncode, self.name_folders(result.stdout), self.name_folders(result.stderr or b'')

    def name_folders(self, octets):
        text = octets.decode('utf-8', 'backslashreplace')
        for name, value in sorted(self.variables.items(), key=lambda item: -len(item[1])):
            if name == 'VERSION':
                text = re.sub(rf'(?<![\d.]){re.escape(value)}(?![\d.])', '$VERSION', text)
            else:
                text = text.replace(value, f'${name}')
        # What a terminal would not show is spelt out, so that expectations are plain text.
        return re.sub(r'[\x00-\x08\x0b-\x1f\x7f]', lambda m: f'\\x{ord(m[0]):02x}', text)


# ---------------------------------------------------------------- *.test

SECTION = re.compile(r'== (file .+|run|stdout|stderr|exit \d+|needs \S+)$')


def parse_test(text):
    """The prose, and the sections as [heading, lines]."""
    prose, sections = [], []
    for line in text.split('\n')[:-1]:
        if SECTION.match(line):
            sections.append([line[3:], []])
        elif sections:
            sections[-1][1].append(line)
        else:
            prose.append(line)
    return prose, sections


def file_octets(heading, lines):
    name, _, source = heading[len('file '):].partition(' < ')
    if source:
        return name, (ROOT / source).read_bytes()
    if name.endswith(' base64'):
        return name[:-len(' base64')], base64.b64decode(''.join(lines))
    text = ''.join(line + '\n' for line in lines)
    if text.endswith('\\c\n'):
        text = text[:-3]
    octets = re.sub(rb'\\x([0-9a-fA-F]{2})', lambda m: bytes([int(m[1], 16)]), text.encode('utf-8'))
    return name, octets


def check_need(need, sandbox):
    if need == 'small-disk':
        (sandbox.base / 'disk').mkdir()
        command = ['on_small_disk', str(sandbox.base / 'disk'), 'true']
        met = subprocess.run(command, env=sandbox.environment, capture_output=True, check=False).returncode == 0
    elif need == 'seccomp':
        met = os.path.exists('/proc/sys/kernel/seccomp/actions_avail')
    else:
        met = shutil.which(need) is not None
    if not met:
        raise Skip(f'{need} is not to be had here')


def run_test(path, build):
    """What the file says, and what it would say if it were right."""
    with open(path, encoding='utf-8', newline='') as file:
        text = file.read()
    prose, sections = parse_test(text)
    if not any(prose) or not any(heading == 'run' for heading, _ in sections):
        raise SystemExit(f'{path}: a test has a line of prose and a section "== run"')
    out = list(prose)
    with Sandbox(build) as sandbox:
        for heading, lines in sections:
            if heading.startswith('file '):
                name, octets = file_octets(heading, lines)
                (sandbox.work / name).parent.mkdir(parents=True, exist_ok=True)
                (sandbox.work / name).write_bytes(octets)
            elif heading.startswith('needs '):
                check_need(heading[len('needs '):], sandbox)
        for heading, lines in sections:
            if heading in ('stdout', 'stderr') or heading.startswith('exit '):
                continue
            out += [f'== {heading}', *lines]
            if heading == 'run':
                code, stdout, stderr = sandbox.run('\n'.join(lines))
                for name, printed in (('stdout', stdout), ('stderr', stderr)):
                    if printed:
                        out += [f'== {name}', *printed.removesuffix('\n').split('\n')]
                        if not printed.endswith('\n'):
                            out[-1] += '\\c'
                if code:
                    out.append(f'== exit {code}')
    return text, '\n'.join(out) + '\n'


# ---------------------------------------------------------------- *.md

def matches(expected, printed):
    """Whether the lines are as expected, where "..." stands for any lines."""
    pattern = ''.join('(?:.*\n)*?' if line == '...' else re.escape(line) + '\n' for line in expected)
    return re.fullmatch(pattern, ''.join(line + '\n' for line in printed)) is not None


def run_markdown(path, build):
    with open(path, encoding='utf-8', newline='') as file:
        text = file.read()
    out, lines, at = [], text.split('\n'), 0
    with Sandbox(build) as sandbox:
        shutil.copytree(ROOT / 'docs/samples', sandbox.work / 'docs/samples')
        while at < len(lines):
            line = lines[at]
            out.append(line)
            at += 1
            if line.rstrip() != '```console':
                continue
            end = lines.index('```', at)
            above = next((previous for previous in reversed(out[:-1]) if previous.strip()), '')
            if re.match(r'<!-- not run: .+ -->$', above):
                out += lines[at:end]
            else:
                out += run_block(path, at, lines[at:end], sandbox)
            at = end
    return text, '\n'.join(out)


def run_block(path, number, block, sandbox):
    if not block or not block[0].startswith('$ '):
        raise SystemExit(f'{path}:{number}: a block ```console begins with "$ ", or has <!-- not run: REASON --> above it')
    out, at = [], 0
    while at < len(block):
        command = [block[at][2:]]
        out.append(block[at])
        at += 1
        while at < len(block) and block[at].startswith('> '):
            command.append(block[at][2:])
            out.append(block[at])
            at += 1
        expected = []
        while at < len(block) and not block[at].startswith('$ '):
            expected.append(block[at])
            at += 1
        _, printed, _ = sandbox.run('\n'.join(command), merged=True)
        printed = printed.removesuffix('\n').split('\n') if printed else []
        blank = [''] if expected and expected[-1] == '' and at < len(block) else []  # between two commands
        out += expected if matches(expected, printed) or matches(expected, printed + blank) else printed + blank
    return out


# ---------------------------------------------------------------- main

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--accept', action='store_true', help='rewrite the expectations')
    parser.add_argument('--build', default=str(ROOT / 'build/release'), help='build folder (build/release)')
    parser.add_argument('files', nargs='+', metavar='FILE')
    arguments = parser.parse_args()
    build = pathlib.Path(arguments.build).resolve()
    if not (build / 'bin/dragoman').exists():
        sys.exit(f'{build}/bin/dragoman is not built')

    failed = skipped = 0
    for name in arguments.files:
        path = pathlib.Path(name)
        try:
            before, after = (run_markdown if path.suffix == '.md' else run_test)(path, build)
        except Skip as reason:
            print(f'{path}: skipped: {reason}')
            skipped += 1
            continue
        except subprocess.TimeoutExpired as late:
            print(f'{path}: no end after {late.timeout} s')
            failed += 1
            continue
        if before == after:
            continue
        if arguments.accept:
            with open(path, 'w', encoding='utf-8', newline='') as file:
                file.write(after)
            print(f'{path}: rewritten')
            continue
        failed += 1
        sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), after.splitlines(True),
                                                   f'{path} (expected)', f'{path} (printed)'))
    if failed:
        sys.exit(1)
    if skipped == len(arguments.files):
        sys.exit(SKIPPED)


if __name__ == '__main__':
    main()
