#!/usr/bin/env python3
"""`dragoman verify` on a bag for every code of the table of findings, as a folder and, where that can be, as a ZIP.

    tests/bags/cases.py PROGRAM

Each case begins with a bag that is valid, which is verified first. Exit code and code are those of bundles.md 6; a warning
becomes an error with --strict. One bag in a bag, and a report of a drive of bags, are here too.
"""
import csv
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

DECLARATION = 'BagIt-Version: {}\nTag-File-Character-Encoding: UTF-8\n'
FILES = {'data/a.txt': b'alpha', 'data/sub/b.txt': b'beta'}


def digest(algorithm, octets):
    return hashlib.new(algorithm, octets).hexdigest()


class Bag:
    """A valid bag in memory; change files (path: octets) before writing."""

    def __init__(self, version='1.0', algorithms=('sha256', 'sha512'), payload=FILES):
        self.files, self.links = dict(payload), {}
        self.files['bagit.txt'] = DECLARATION.format(version).encode()
        oxum = f'{sum(map(len, payload.values()))}.{len(payload)}'
        self.files['package-info.txt' if version < '0.96' else 'bag-info.txt'] = f'Payload-Oxum: {oxum}\n'.encode()
        for a in algorithms:
            self.files[f'manifest-{a}.txt'] = ''.join(f'{digest(a, o)}  {p}\n' for p, o in sorted(payload.items())).encode()
        self.tag(algorithms)

    def tag(self, algorithms=('sha256',)):
        """Makes the tag manifests anew."""
        tags = {p: o for p, o in self.files.items() if not p.startswith(('data/', 'tagmanifest-'))}
        for a in algorithms:
            self.files[f'tagmanifest-{a}.txt'] = ''.join(f'{digest(a, o)}  {p}\n' for p, o in sorted(tags.items())).encode()
        return self

    def replace(self, path, old, new):
        assert old in self.files[path], (path, old)
        self.files[path] = self.files[path].replace(old, new)
        return self

    def add(self, path, octets):
        self.files[path] = self.files.get(path, b'') + octets
        return self

    def write(self, folder):
        for path, octets in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(octets)
        for path, target in self.links.items():
            os.symlink(target, folder / path)

    def zip(self, path, top):
        with zipfile.ZipFile(path, 'w') as z:
            for name, octets in self.files.items():
                z.writestr(f'{top}/{name}', octets)


CASES = []


def case(code, severity='error', options=(), **how):
    """A case; what is decorated makes the bag, and may be called `name_of_the_case`."""
    def keep(make):
        CASES.append((make.__name__, 'bundle.' + code, severity, tuple(options), make, how))
        return make
    return keep


def without(path):
    bag = Bag()
    del bag.files[path]
    return bag


def old(version='0.97', **how):
    return Bag(version, ('sha256',), **how)


# ---------------------------------------------------------------- bagit.txt and what must be there

@case('bagit-missing', no_zip=True)
def bagit_missing(): return without('bagit.txt')
@case('bagit-syntax')
def bagit_in_other_order(): return Bag().replace('bagit.txt', DECLARATION.format('1.0').encode(), b'Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n')
@case('bagit-syntax')
def bagit_with_a_third_line(): return Bag().add('bagit.txt', b'Something: else\n')
@case('bagit-bom')
def bagit_with_bom(): return Bag().replace('bagit.txt', b'BagIt', b'\xef\xbb\xbfBagIt')
@case('bagit-version')
def version_of_the_future(): return Bag().replace('bagit.txt', b'1.0', b'9.9')
@case('bagit-encoding')
def encoding_unknown(): return Bag().replace('bagit.txt', b'UTF-8', b'EBCDIC')
@case('limit-tag-file')
def bagit_large(): return Bag().add('bagit.txt', b'\n' * 5000)
@case("no-data")
def data_missing():
    bag = Bag(payload={})
    return bag
@case('no-manifest')
def manifests_missing():
    bag = Bag()
    for path in [p for p in bag.files if 'manifest' in p]:
        del bag.files[path]
    return bag
@case('no-manifest')
def manifest_of_unknown_algorithm_only():
    bag = manifests_missing()
    bag.files['manifest-whirlpool.txt'] = b'00  data/a.txt\n'
    return bag


# ---------------------------------------------------------------- manifests

@case('manifest-syntax')
def manifest_line_without_path(): return Bag().add('manifest-sha256.txt', b'0123\n')
@case('manifest-syntax')
def manifest_digest_short(): return Bag().replace('manifest-sha256.txt', digest('sha256', b'alpha').encode(), b'abc')
@case('manifest-encoding')
def manifest_not_utf8(): return Bag().replace('manifest-sha256.txt', b'data/a.txt', b'data/\xff.txt')
@case('manifest-duplicate')
def manifest_twice_with_other_digest(): return Bag().add('manifest-sha256.txt', b'0' * 64 + b'  data/a.txt\n')
@case('manifest-duplicate')
def manifest_twice_with_same_digest(): return Bag().add('manifest-sha256.txt', digest('sha256', b'alpha').encode() + b'  data/a.txt\n')
@case('dup-same', 'warning')
def manifest_twice_with_same_digest_of_old(): return old().add('manifest-sha256.txt', digest('sha256', b'alpha').encode() + b'  data/a.txt\n').tag()
@case('manifest-scope')
def manifest_of_a_tag_file(): return Bag().add('manifest-sha256.txt', b'0' * 64 + b'  bagit.txt\n')
@case('manifest-scope')
def tag_manifest_of_payload(): return Bag().add('tagmanifest-sha256.txt', digest('sha256', b'alpha').encode() + b'  data/a.txt\n')
@case('manifest-scope')
def tag_manifest_of_itself(): return Bag().add('tagmanifest-sha256.txt', b'0' * 64 + b'  tagmanifest-sha512.txt\n')
@case('manifests-differ')
def manifests_of_other_files(): return Bag().replace('manifest-sha512.txt', digest('sha512', b'alpha').encode() + b'  data/a.txt\n', b'')
@case('tagman-incomplete')
def tag_manifest_without_a_manifest():
    bag = Bag()
    lines = bag.files['tagmanifest-sha256.txt'].splitlines(True)
    bag.files['tagmanifest-sha256.txt'] = b''.join(line for line in lines if b'manifest-sha512.txt' not in line)
    return bag
@case('limit-line')
def manifest_line_long(): return Bag().add('manifest-sha256.txt', b'0' * 64 + b'  data/' + b'x' * 9000 + b'\n')
@case('limit-manifests')
def manifests_many():
    bag = Bag()
    for spelling in ['sha-256', 'SHA256', 'SHA-256', 'sha_256', 'Sha256', 'sHa256', 'shA256', 'SHa256', 'sha2-56', 'sh-a256', 's-ha256', 'SHA_256',
                     'sha25-6', 'S-HA256', 'SH-A256']:
        bag.files[f'manifest-{spelling}.txt'] = bag.files['manifest-sha256.txt']
    return bag


for number, path in enumerate(['/etc/passwd', '~/a', '../a', 'data/../../a', 'C:/a', 'c:a', '\\\\host\\a', '%HOME%\\a', 'data\\..\\..\\a', 'data/\0a']):
    def unsafe(path=path): return Bag().add('manifest-sha256.txt', b'0' * 64 + b'  ' + path.encode() + b'\n')
    unsafe.__name__ = f'path_unsafe_{number}'
    case('path-unsafe')(unsafe)


@case('path-unsafe')
def fetch_path_unsafe(): return Bag().add('fetch.txt', b'http://localhost/a 3 ../a\n')


# ---------------------------------------------------------------- files

@case('file-missing')
def file_missing(): return without('data/a.txt')
@case('file-unlisted')
def file_unlisted(): return Bag().add('data/c.txt', b'gamma')
@case('digest')
def file_changed(): return Bag().replace('data/a.txt', b'alpha', b'alphb')
@case('digest')
def tag_file_changed(): return Bag().replace('bag-info.txt', b'\n', b'\nNote: new\n')
@case('tag-digest', 'warning')
def tag_file_changed_of_old(): return old('0.96').replace('bag-info.txt', b'\n', b'\nNote: new\n')
@case('file-missing', 'warning', ['--lenient'])
def file_of_other_case():
    bag = without('data/a.txt')
    return bag.add('data/A.TXT', b'alpha')
@case('file-missing', 'warning', ['--lenient'])
def system_file_missing():
    bag = Bag(payload={**FILES, 'data/.DS_Store': b'x'})
    del bag.files['data/.DS_Store']
    return bag
@case('link', no_zip=True)
def link():
    bag = Bag()
    bag.links['data/link'] = '/etc/passwd'
    return bag


# ---------------------------------------------------------------- bag-info.txt and fetch.txt

@case('oxum')
def oxum_wrong(): return Bag().replace('bag-info.txt', b'9.2', b'10.2').tag(('sha256', 'sha512'))
@case('oxum-syntax')
def oxum_malformed(): return Bag().replace('bag-info.txt', b'9.2', b'nine').tag(('sha256', 'sha512'))
@case('oxum-repeated')
def oxum_twice(): return Bag().add('bag-info.txt', b'Payload-Oxum: 9.2\n').tag(('sha256', 'sha512'))
@case('info-syntax')
def info_without_colon(): return Bag().add('bag-info.txt', b'no colon\n').tag(('sha256', 'sha512'))
@case('info-syntax')
def info_with_continuation_first(): return Bag().replace('bag-info.txt', b'Payload', b' first\nPayload').tag(('sha256', 'sha512'))
@case('info-syntax')
def info_with_blank_before_colon(): return Bag().add('bag-info.txt', b'Contact-Name : nobody\n').tag(('sha256', 'sha512'))
@case('info-encoding')
def info_not_utf8(): return Bag().add('bag-info.txt', b'Contact-Name: \xff\n').tag(('sha256', 'sha512'))
@case('fetch-syntax')
def fetch_line_without_length(): return Bag().add('fetch.txt', b'http://localhost/a data/a.txt\n')
@case('fetch-syntax')
def fetch_length_no_number(): return Bag().add('fetch.txt', b'http://localhost/a many data/a.txt\n')
@case('fetch-scope')
def fetch_outside_data(): return Bag().add('fetch.txt', b'http://localhost/a 3 bagit.txt\n')
@case('fetch-pending')
def fetch_pending():
    return without('data/a.txt').add('fetch.txt', b'http://localhost/a 5 data/a.txt\n')


# ---------------------------------------------------------------- warnings

@case('weak-alg', 'warning')
def algorithm_weak(): return Bag(algorithms=('md5',))
@case('alg-unknown', 'warning')
def algorithm_unknown(): return Bag().add('manifest-whirlpool.txt', b'00  data/a.txt\n').tag(('sha256', 'sha512'))
@case('star', 'warning')
def star(): return old().replace('manifest-sha256.txt', b'  data/a.txt', b' *data/a.txt').tag()
@case('dot-slash', 'warning')
def dot_slash(): return old().replace('manifest-sha256.txt', b'  data/a.txt', b'  ./data/a.txt').tag()
@case('bom', 'warning')
def manifest_with_bom(): return old().replace('manifest-sha256.txt', digest('sha256', b'alpha').encode(), b'\xef\xbb\xbf' + digest('sha256', b'alpha').encode()).tag()
@case('percent-raw', 'warning')
def percent_raw(): return Bag(payload={'data/100%25.txt': b'x'})
@case('name-norm', 'warning')
def name_of_other_normalization():
    bag = Bag(payload={'data/e\u0301.txt': b'x'})
    for a in ('sha256', 'sha512'):
        bag.replace(f'manifest-{a}.txt', 'e\u0301'.encode(), 'é'.encode())
    return bag.tag(('sha256', 'sha512'))
@case('name-clash', 'warning')
def names_alike(): return Bag(payload={'data/a.txt': b'x', 'data/A.txt': b'y'})
@case('name-reserved', 'warning')
def name_reserved(): return Bag(payload={'data/aux.txt': b'x'})
@case('os-file', 'warning')
def system_file(): return Bag(payload={**FILES, 'data/Thumbs.db': b'x'})
@case('tag-unlisted', 'warning')
def tag_file_unlisted(): return Bag().add('notes.txt', b'x')
@case('base-name', 'warning', zip_only='other-name')
def folder_of_other_name(): return Bag()


# ---------------------------------------------------------------- the run

def verify(program, *arguments):
    done = subprocess.run([program, 'verify', *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr, done.stdout


def judge(program, name, path, code, severity, options):
    problems = []
    for strict in (False, True) if severity == 'warning' and not options else (False,):
        level = 'error' if strict else severity
        status, messages, _ = verify(program, *options, *(['--strict'] if strict else []), str(path))
        if status != (1 if level == 'error' else 0):
            problems.append(f'{name}, {path.name}{", strict" if strict else ""}: exit code {status}\n{messages}')
        if f'{level}: ' not in messages or f'[{code}]' not in messages:
            problems.append(f'{name}, {path.name}{", strict" if strict else ""}: no {level} {code}\n{messages}')
    return problems


def check_cases(program, base):
    problems = []
    for name, code, severity, options, make, how in CASES:
        folder = base / name / 'bag'
        folder.mkdir(parents=True)
        bag = make()
        top = how.get('zip_only', 'bag')
        if 'zip_only' not in how:
            bag.write(folder)
            problems += judge(program, name, folder, code, severity, options)
        if not how.get('no_zip'):
            bag.zip(base / name / 'bag.zip', top)
            problems += judge(program, name, base / name / 'bag.zip', code, severity, options)
    return problems


def check_good(program, base):
    problems = []
    for version in ('0.93', '0.94', '0.95', '0.96', '0.97', '1.0'):
        folder = base / f'good-{version}' / 'bag'
        folder.mkdir(parents=True)
        Bag(version).write(folder)
        status, messages, _ = verify(program, '--strict', str(folder))
        if status != 0:
            problems.append(f'a good bag of {version}: exit code {status}\n{messages}')
    return problems


def check_archive_in_bag(program, base):
    """An archive in the payload is opaque: its damage is no error of the bag, and its being changed is one."""
    inner = base / 'inner.zip'
    Bag().zip(inner, 'inner')
    damaged = inner.read_bytes()[:-30]
    folder = base / 'nested' / 'bag'
    folder.mkdir(parents=True)
    Bag(payload={'data/inner.zip': damaged}).write(folder)
    problems = []
    if verify(program, str(folder))[0] != 0:
        problems.append('an archive in a bag must be opaque')
    (folder / 'data/inner.zip').write_bytes(damaged[:-1])
    if '[bundle.digest]' not in verify(program, str(folder))[1]:
        problems.append('a changed archive in a bag must be found')
    return problems


def check_drive(program, base):
    """A drive of bags, with a report."""
    drive = base / 'drive'
    for name, bag in {'good/bag': Bag(), 'bad/bag': file_changed()}.items():
        (drive / name).mkdir(parents=True)
        bag.write(drive / name)
    Bag().zip(drive / 'zipped.zip', 'zipped')
    status, _, out = verify(program, '--quiet', '--recursive', str(drive), '--report', str(base / 'report.csv'))
    with open(base / 'report.csv', newline='') as file:
        rows = list(csv.DictReader(file))
    verdicts = sorted((pathlib.Path(r['input']).relative_to(drive).as_posix(), r['verdict']) for r in rows)
    expected = [('bad/bag', 'not valid'), ('bad/bag', 'not valid'), ('good/bag', 'valid'), ('zipped.zip', 'valid')]
    found = [r for r in rows if r['code'] == 'bundle.digest' and r['algorithm'] == 'sha256']
    if status != 1 or verdicts != expected or out.count('\n') != 3:
        return [f'a drive of bags: exit code {status}, {verdicts}']
    if found[0]['path'] != 'data/a.txt' or found[0]['expected'] != digest('sha256', b'alpha') or found[0]['found'] != digest('sha256', b'alphb'):
        return [f'the report of a drive: {found}']
    return []


def main(program):
    with tempfile.TemporaryDirectory() as base:
        base = pathlib.Path(base)
        problems = check_good(program, base) or check_cases(program, base) + check_archive_in_bag(program, base) + check_drive(program, base)
    print(*problems, f'{len(CASES)} cases', sep='\n')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
