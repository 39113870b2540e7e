#!/usr/bin/env python3
"""Archives that are made to harm who opens them, each through the program: `convert`, `verify` and `extract`.

    tests/archives/hostile.py PROGRAM [NAME...]

Each ends in its code, in bounded time and memory; nothing is written outside of the target; the run goes on with the
next input. The archives are made here, and none of them is kept.
"""
import gzip
import hashlib
import os
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib

sys.dont_write_bytecode = True
from forge import TAR_END, Zip, tar_entry

SECONDS = 2       # of processor time, which no load of the machine changes
HANG = 60         # of the clock
MEMORY = 200      # MiB
MiB = 1 << 20
TELEGRAM = b'''R 071126Z JUL 05
FM AMEMBASSY VELDRIK
TO SECSTATE WASHDC 0022

UNCLAS VELDRIK 000502

E.O. 12958: N/A
TAGS: SENV, LQ
SUBJECT: SEALS ON THE NORTH SKERRY

1. The keeper counted 212 seals.

2. He asks for a boat.
OKONJO
'''

CASES = []  # (name, file name, octets or function, code, severity, options)


def case(name, octets, code, options=(), suffix='.zip', severity='error'):
    CASES.append((name, name + suffix, octets, 'bundle.' + code, severity, options))


def one(name='a.txt', octets=TELEGRAM, **lies):
    return Zip().add(name, octets, **lies)


# ---------------------------------------------------------------- names

SLIPS = ['../a.txt', '../../../../tmp/a.txt', 'a/../../b.txt', 'a/..', '..', '/a.txt', '/etc/passwd', '//host/share/a.txt', 'C:/a.txt',
         'c:a.txt', '..\\a.txt', 'a\\..\\..\\b.txt', '\\a.txt', '\\\\host\\share\\a.txt', '\\\\?\\C:\\a.txt', 'a\0.txt', 'a\n.txt',
         'a\x1b[2J.txt', 'a\x7f.txt', 'a/../b/../../c.txt', './../a.txt', 'a/./../../b.txt']
for number, slip in enumerate(SLIPS):
    case(f'slip-{number}', one(slip).octets(), 'entry-name')
    if '\0' not in slip:
        case(f'tar-slip-{number}', tar_entry(slip, TELEGRAM) + TAR_END, 'entry-name', suffix='.tar')
case('name-empty', one('').octets(), 'entry-name')
case('name-not-utf8', one(b'\xff.txt', flags=1 << 11).octets(), 'entry-name')
case('name-control-c1', one('a\x85.txt', flags=1 << 11).octets(), 'entry-name')
case('name-overlong', one(b'..\xc0\xaf..\xc0\xafa.txt', flags=1 << 11).octets(), 'entry-name')
case('name-of-the-unicode-field', one('a.txt', extra=struct.pack('<HHBI', 0x7075, 5 + 8, 1, zlib.crc32(b'a.txt')) + b'../b.txt').octets(),
     'entry-name')
case('name-guessed', one(b'\x81.txt').octets(), 'name-guessed', severity='warning')
case('name-cleaned', one('./a//b.txt').octets(), 'name-cleaned', severity='warning')
case('path-long', one('/'.join(['x' * 200] * 6) + '.txt').octets(), 'limit-path')
case('segment-long', one('x' * 256).octets(), 'limit-path')
case('path-deep', one('a/' * 40 + 'b.txt').octets(), 'limit-path')

# ---------------------------------------------------------------- one name for two

for number, (first, second) in enumerate([('a.txt', 'a.txt'), ('a', 'a/b.txt'), ('a/b.txt', 'a'), ('é.txt', 'e\u0301.txt'), ('a.txt', './a.txt'),
                                          ('a/b', 'a//b')]):
    case(f'duplicate-{number}', one(first, flags=1 << 11).add(second, TELEGRAM, flags=1 << 11).octets(), 'entry-duplicate')
case('tar-duplicate', tar_entry('a.txt', TELEGRAM) * 2 + TAR_END, 'entry-duplicate', suffix='.tar')
case('clash-of-case', one('a.txt').add('A.TXT', TELEGRAM).octets(), 'name-clash', severity='warning')
case('clash-of-folding', one('straße', flags=1 << 11).add('STRASSE', TELEGRAM).octets(), 'name-clash', severity='warning')

# ---------------------------------------------------------------- things that are no files

for kind, mode in {'link': 0o120777, 'device': 0o060600, 'character-device': 0o020600, 'pipe': 0o010600, 'socket': 0o140600}.items():
    case(f'zip-{kind}', one('a', b'/etc/passwd', mode=mode).octets(), 'entry-type')
for kind, flag in {'hard-link': b'1', 'link': b'2', 'character-device': b'3', 'device': b'4', 'pipe': b'6'}.items():
    case(f'tar-{kind}', tar_entry('a', b'', flag, b'/etc/passwd') + TAR_END, 'entry-type', suffix='.tar')
case('tar-through-a-link', tar_entry('a', b'', b'2', b'/tmp') + tar_entry('a/b.txt', TELEGRAM) + TAR_END, 'entry-type', suffix='.tar')

# ---------------------------------------------------------------- parts that contradict each other

case('crc-wrong', one(crc=7, local_crc=7).octets(), 'zip-inconsistent')
case('local-crc-other', one(local_crc=7).octets(), 'zip-inconsistent')
case('local-size-other', one(local_size=7).octets(), 'zip-inconsistent')
case('local-name-other', one(local_name=b'b.txt').octets(), 'zip-inconsistent')
case('local-method-other', one(method=8, local_method=0).octets(), 'zip-inconsistent')
case('local-flags-other', one(local_flags=1 << 11).octets(), 'zip-inconsistent')
case('descriptor-other', one(descriptor=struct.pack('<IIII', 0x08074B50, 7, 7, 7)).octets(), 'zip-inconsistent')
case('size-too-small', one(method=8, size=10, local_size=10).octets(), 'zip-inconsistent')
case('size-too-large', one(method=8, size=10000, local_size=10000).octets(), 'zip-inconsistent')
case('stored-with-two-sizes', one(size=10, local_size=10).octets(), 'zip-inconsistent')
case('deflate-is-noise', one(raw=b'\xff' * 50, method=8).octets(), 'zip-inconsistent')
case('folder-with-content', one('a/', b'x').octets(), 'zip-inconsistent')
case('zip64-field-twice', one(zip64=True, extra=struct.pack('<HHQQ', 1, 16, 1, 1)).octets(), 'zip-inconsistent')
case('zip64-field-short', one(extra=struct.pack('<HHQ', 1, 8, 1), size=0xFFFFFFFF, local_size=0xFFFFFFFF).octets(), 'zip-inconsistent')


def whole(**lies):
    z = one().add('b.txt', TELEGRAM)
    for name, value in lies.items():
        setattr(z, name, value)
    return z.octets()


for name, lies in {'count-too-small': {'stated_count': 1}, 'count-too-large': {'stated_count': 3}, 'directory-size-other': {'stated_size': 20},
                   'directory-elsewhere': {'stated_offset': 10**6}, 'several-disks': {'disks': 1}, 'zip64-count-other': {'zip64': True, 'zip64_count': 1},
                   'two-ends': {'comment': Zip().octets()}}.items():
    case(name, whole(**lies), 'zip-inconsistent')
case('trailing', whole(trailing=b'junk'), 'trailing', severity='warning')
case('directory-in-front', whole(stated_offset=3), 'zip-truncated')

# ---------------------------------------------------------------- encrypted, or packed by methods of others

for bit in (0, 6, 13):
    case(f'encrypted-{bit}', one(flags=1 << bit).octets(), 'zip-encrypted')
for method in (1, 6, 9, 12, 14, 93, 95, 98, 99):
    case(f'method-{method}', one(method=method).octets(), 'zip-method')

# ---------------------------------------------------------------- bombs


def one_place_bomb():
    """Every entry has the same packed octets, and the header of the first."""
    z, kernel = Zip(), Zip.packed(b'\0' * 10 * MiB, 8)
    z.add('0', b'\0' * 10 * MiB, method=8)
    for i in range(1, 50):
        z.add(str(i), b'\0' * 10 * MiB, method=8, raw=b'', packed=len(kernel), header_at=0)
    return z.octets()


def quoting_bomb(count=50):
    """Fifield's: the data of each entry quotes the next one's header in a block of its own and goes on into its data."""
    content, data, parts = b'\0' * 10 * MiB, Zip.packed(b'\0' * 10 * MiB, 8), []
    for i in reversed(range(count)):
        alone = Zip().add(f'{i:02}', content, method=8, raw=data)
        header = bytes(alone.body[:-len(data)])
        parts.insert(0, (header, alone.directory))
        content = header + content
        data = struct.pack('<BHH', 0, len(header), len(header) ^ 0xFFFF) + header + data
        if len(content) > 11 * MiB or i == 0:
            break
    z = Zip()
    z.body += data[5:]
    for number, (header, directory) in enumerate(parts):
        struct.pack_into('<I', directory, 42, number * (len(header) + 5))
        z.directory += directory
        z.count += 1
    return z.octets()


def nested_bomb(levels=6):
    inner = one('a.txt', b'\0' * 100 * MiB, method=8).octets()
    for level in range(levels):
        outer = Zip()
        for i in range(10):
            outer.add(f'{level}-{i}.zip', inner, method=8)
        inner = outer.octets()
    return inner


case('bomb-of-one-place', one_place_bomb, 'zip-inconsistent')
case('bomb-of-quotes', quoting_bomb, 'zip-overlap')
case('entry-in-the-directory', lambda: one().add('b.txt', TELEGRAM, header_at=10_000).octets(), 'zip-overlap')
case('bomb-of-ratio', lambda: one('a.txt', b'\0' * 200 * MiB, method=8).octets(), 'limit-ratio')
case('bomb-of-total-ratio', lambda: Zip().add('a', b'\0' * 60 * MiB, method=8).add('b', b'\0' * 60 * MiB, method=8).octets(), 'limit-ratio',
     ('max-ratio=2000',))
case('bomb-that-understates', lambda: one('a.txt', raw=Zip.packed(b'\0' * 300 * MiB, 8), method=8, size=100, local_size=100).octets(),
     'zip-inconsistent')
case('bomb-of-gzip', lambda: gzip.compress(tar_entry('a.txt', b'\0' * 200 * MiB) + TAR_END), 'limit-ratio', suffix='.tar.gz')
case('bomb-in-bombs', nested_bomb, 'archive-in-archive')
case('entry-large', lambda: one().octets(), 'limit-entry', ('max-entry=100', 'max-payload=100'))
case('entry-large-zip64', lambda: one('a.txt', b'', size=1 << 62, packed=10, method=8, raw=b'x' * 10, zip64=True).octets(), 'limit-entry')
case('bomb-in-bombs-opened', lambda: nested_bomb(3), 'limit-ratio', ('recurse=3',))
case('total-large', lambda: Zip().add('a', TELEGRAM).add('b', TELEGRAM).octets(), 'limit-total', ('max-total=300',))
case('entries-many', lambda: Zip().add('a', TELEGRAM).add('b', TELEGRAM).octets(), 'limit-entries', ('max-entries=1',))
case('tar-entries-many', lambda: tar_entry('a', TELEGRAM) + tar_entry('b', TELEGRAM) + TAR_END, 'limit-entries', ('max-entries=1',), '.tar')
case('entries-claimed', lambda: whole(zip64=True, zip64_count=1 << 60), 'limit-entries')
case('directory-large', lambda: one().octets(), 'limit-directory', ('max-directory=10',))
case('directory-claimed', lambda: whole(stated_size=0xFFFFFFF0), 'zip-inconsistent')

# ---------------------------------------------------------------- cut


def cut(make, at):
    return lambda: make()[:at]


def sample():
    return one(descriptor=b'').add('b.txt', TELEGRAM, method=8)


honest = sample()
honest.zip64 = True
length = len(honest.octets())
for at in sorted({b + d for b in honest.boundaries for d in (-1, 0, 1)} - {length}):
    if 30 <= at < length:  # before that it is no ZIP for anybody
        case(f'cut-at-{at}', honest.octets()[:at], 'zip-truncated')
tar = tar_entry('a.txt', TELEGRAM) + tar_entry('b.txt', TELEGRAM)
for at in (512 + 10, 1024, 1536 + 10, 2048, 2048 + 512):
    case(f'tar-cut-at-{at}', (tar + TAR_END)[:at], 'tar-truncated', suffix='.tar')
packed_tar = gzip.compress(tar_entry('a.txt', hashlib.shake_128(b'noise').digest(200_000)) + TAR_END, mtime=0)
case('tar-gz-cut', packed_tar[:-20], 'tar-truncated', suffix='.tar.gz')
case('tar-checksum', tar_entry('a.txt', TELEGRAM) + b'\1' * 512 + TAR_END, 'tar-damaged', suffix='.tar')


# ---------------------------------------------------------------- the run


def run(arguments, folder):
    """Exit code, messages, processor seconds, MiB."""
    def bounds():
        resource.setrlimit(resource.RLIMIT_CPU, (HANG, HANG))

    with tempfile.TemporaryFile() as messages:
        child = subprocess.Popen(arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=messages, preexec_fn=bounds)
        deadline = time.monotonic() + HANG
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                child.kill()
            time.sleep(0.002)
        child.returncode = os.waitstatus_to_exitcode(status)
        messages.seek(0)
        return child.returncode, messages.read().decode('utf-8', 'replace'), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def tree(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob('*'))


def check(program, base, name, file_name, octets, code, severity, options, with_limits):
    problems = []
    folder = base / name / 'inner' / 'work'
    folder.mkdir(parents=True)
    (folder / file_name).write_bytes(octets() if callable(octets) else octets)
    (folder / 'next.txt').write_bytes(TELEGRAM)
    chosen = [word for option in options for word in ('-O', 'bundle.' + option)]
    before = tree(base / name)
    for command in (['convert', file_name, 'next.txt', '-t', 'json', '-o', 'out/'], ['verify', file_name, 'next.txt'], ['extract', file_name, '-o', 'out2']):
        exit_code, messages, seconds, memory = run([program, *command, *chosen], folder)

        def wrong(what):
            problems.append(f'{name}: {" ".join(command)}: {what}\n{messages}')

        if name.startswith('bomb-in-bombs') and command[0] != 'convert':
            expected = (0,)  # opaque, and never opened
        else:
            if f'{severity}: ' not in messages or f'[{code}]' not in messages:
                wrong(f'no {severity} {code}')
            expected = (0,) if severity == 'warning' else (1, 3) if command[0] == 'extract' else (1,)
        if exit_code not in expected:
            wrong(f'exit code {exit_code}')
        if with_limits and seconds > SECONDS:
            wrong(f'{seconds:.1f} s')
        if with_limits and memory > MEMORY:
            wrong(f'{memory:.0f} MiB')
        worst['seconds'], worst['memory'] = max(worst['seconds'], (seconds, name)), max(worst['memory'], (memory, name))
        if command[0] == 'convert' and not (folder / 'out/next.json').is_file():
            wrong('the run did not go on')
    inside = [p for p in tree(base / name) if p not in before and not p.startswith(('inner/work/out/', 'inner/work/out2/')) and
              p not in ('inner/work/out', 'inner/work/out2')]
    if inside:
        problems.append(f'{name}: written outside of the target: {inside}')
    return problems


worst = {'seconds': (0, ''), 'memory': (0, '')}


def main(program, *wanted):
    # Under sanitizers, time and memory say nothing.
    with_limits = not os.environ.get('DRAGOMAN_NO_LIMITS')
    problems = []
    with tempfile.TemporaryDirectory() as base:
        for arguments in CASES:
            if not wanted or arguments[0] in wanted:
                problems += check(program, pathlib.Path(base), *arguments, with_limits)
    for problem in problems:
        print(problem)
    print(f'{len(CASES)} archives; at most {worst["seconds"][0]:.2f} s ({worst["seconds"][1]}) and {worst["memory"][0]:.0f} MiB ({worst["memory"][1]})')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
