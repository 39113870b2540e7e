#!/usr/bin/env python3
"""Bundles that the program writes, judged by what shares no code with it.

    tests/bags/by_others.py PROGRAM EMPTY_BAG [quick]

Every bundle is tested by the unpackers that are installed, by bagit-python where that is, and by the few lines below: RFC
8493 with hashlib, and the order of elements and the links of PREMIS 3 (by its public schema, too, when PREMIS_XSD names
it). Bundles of odd names, without payload, of several volumes, and of 70,000 files, which need ZIP64. EMPTY_BAG is
the program that makes one without payload. Which of these
judges are not installed is printed.
"""
import hashlib
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile

TELEGRAM = '''R 071126Z JUL 05
FM AMEMBASSY VELDRIK
TO SECSTATE WASHDC 0022

UNCLAS VELDRIK {:06}

E.O. 12958: N/A
TAGS: SENV, LQ
SUBJECT: SEALS ON THE NORTH SKERRY

1. The keeper counted 212 seals.

2. He asks for a boat.
OKONJO
'''
UNPACKERS = [['unzip', '-tqq'], ['7z', 't'], ['bsdtar', '-tf'], ['zip', '-T', '-q'], [sys.executable, '-m', 'zipfile', '-t']]
NS = '{http://www.loc.gov/premis/v3}'
XSI_TYPE = '{http://www.w3.org/2001/XMLSchema-instance}type'
ORDER = {  # of children, as the PREMIS 3 schema has it; '+' one or more, '*' any number, '?' none or one, '' one
    'premis:file': ['objectIdentifier+', 'objectCharacteristics+', 'originalName?', 'relationship*'],
    'premis:representation': ['objectIdentifier+', 'originalName?', 'relationship*'],
    'objectIdentifier': ['objectIdentifierType', 'objectIdentifierValue'],
    'objectCharacteristics': ['fixity*', 'size?', 'format+'],
    'fixity': ['messageDigestAlgorithm', 'messageDigest'],
    'format': ['formatDesignation', 'formatRegistry?'],
    'formatDesignation': ['formatName', 'formatVersion?'],
    'formatRegistry': ['formatRegistryName', 'formatRegistryKey'],
    'relationship': ['relationshipType', 'relationshipSubType', 'relatedObjectIdentifier+', 'relatedEventIdentifier*'],
    'event': ['eventIdentifier', 'eventType', 'eventDateTime', 'eventDetailInformation*', 'eventOutcomeInformation*', 'linkingAgentIdentifier*',
              'linkingObjectIdentifier*'],
    'eventDetailInformation': ['eventDetail'],
    'eventOutcomeInformation': ['eventOutcome', 'eventOutcomeDetail'],
    'eventOutcomeDetail': ['eventOutcomeDetailNote'],
    'linkingAgentIdentifier': ['linkingAgentIdentifierType', 'linkingAgentIdentifierValue', 'linkingAgentRole'],
    'linkingObjectIdentifier': ['linkingObjectIdentifierType', 'linkingObjectIdentifierValue', 'linkingObjectRole'],
    'agent': ['agentIdentifier', 'agentName', 'agentType', 'agentVersion?'],
}


def local(element):
    return element.tag.removeprefix(NS)


def check_order(element):
    names = [local(child) for child in element]
    rule = ORDER.get(element.get(XSI_TYPE) if local(element) == 'object' else local(element))
    if rule is not None:
        for entry in rule:
            name, times = entry.rstrip('+*?'), entry[-1] if entry[-1] in '+*?' else ''
            count = 0
            while names and names[0] == name:
                names.pop(0)
                count += 1
            assert {'+': count >= 1, '*': True, '?': count <= 1, '': count == 1}[times], f'{local(element)}: {count} times {name}'
        assert not names, f'{local(element)}: {names}'
    for child in element:
        check_order(child)


def check_premis(octets):
    root = ElementTree.fromstring(octets)
    assert root.tag == NS + 'premis' and root.get('version') == '3.0'
    kinds = [local(child) for child in root]
    assert 'object' in kinds, 'the schema wants one'
    assert kinds == sorted(kinds, key=['object', 'event', 'agent'].index), 'objects, events, agents'
    check_order(root)

    def texts(name, below=root):
        return [e.text for e in below.iter(NS + name)]

    objects, events, agents = texts('objectIdentifierValue'), texts('eventIdentifierValue'), texts('agentIdentifierValue')
    for ids in (objects, events, agents):
        assert len(ids) == len(set(ids)), 'ids stand once'
    assert set(texts('linkingObjectIdentifierValue')) == set(objects) and set(texts('linkingAgentIdentifierValue')) == set(agents), 'links'
    assert set(texts('relatedObjectIdentifierValue')) <= set(objects) and set(texts('relatedEventIdentifierValue')) <= set(events), 'relations'
    for event in root.iter(NS + 'event'):
        assert texts('linkingAgentIdentifierValue', event) and texts('linkingObjectIdentifierValue', event), 'every event has both'


def check_bag(files):
    """RFC 8493 on {path: octets}, and that each manifest and tag manifest is all that it should be."""
    assert files['bagit.txt'] == b'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'
    payload = {p for p in files if p.startswith('data/')}
    tags = {p for p in files if not p.startswith(('data/', 'tagmanifest-'))}
    for kind, listed in (('manifest', payload), ('tagmanifest', tags)):
        for algorithm in ('sha256', 'sha512'):
            lines = files[f'{kind}-{algorithm}.txt'].decode().splitlines()
            entries = dict(reversed(line.split('  ', 1)) for line in lines)
            assert len(entries) == len(lines) and set(entries) == listed, f'{kind}-{algorithm}'
            for path, digest in entries.items():
                assert hashlib.new(algorithm, files[path]).hexdigest() == digest, path
    oxum = f'{sum(len(files[p]) for p in payload)}.{len(payload)}'
    assert f'\nPayload-Oxum: {oxum}\n' in '\n' + files['bag-info.txt'].decode(), 'Payload-Oxum'


def check(path, payload_files=None):
    for unpacker in UNPACKERS:
        if shutil.which(unpacker[0]):
            done = subprocess.run([*unpacker, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=300)
            assert done.returncode == 0, f'{unpacker[0]}: {path}: {done.stderr}'
    with zipfile.ZipFile(path) as z:
        top = path.name.removesuffix('.zip') + '/'
        names = z.namelist()
        assert all(name.startswith(top) for name in names) and len(names) == len(set(names))
        files = {name.removeprefix(top): z.read(name) for name in names if not name.endswith('/')}
        # A folder has an entry of its own only where the payload is empty.
        payload = [p for p in files if p.startswith('data/')]
        assert [name for name in names if name.endswith('/')] == ([] if payload else [top + 'data/'])
        assert all(info.flag_bits & 1 << 11 or info.filename.isascii() for info in z.infolist()), 'names are marked as UTF-8'
    check_bag(files)
    check_premis(files['metadata/premis.xml'])
    if payload_files is not None:
        assert sum(p.startswith('data/') for p in files) == payload_files
    if importlib.util.find_spec('bagit'):
        import bagit
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(['unzip', '-q', str(path), '-d', folder], check=True)
            bagit.Bag(str(pathlib.Path(folder) / top)).validate()
    if os.environ.get('PREMIS_XSD'):
        subprocess.run(['xmllint', '--noout', '--schema', os.environ['PREMIS_XSD'], '-'], input=files['metadata/premis.xml'], check=True)
    return files


def convert(program, source, out, *options, expected=0):
    done = subprocess.run([program, 'convert', '-q', str(source), '-o', str(out), *options], capture_output=True, text=True, timeout=600)
    assert done.returncode == expected, done.stderr


def main(program, make_empty, *how):
    with tempfile.TemporaryDirectory() as base:
        base = pathlib.Path(base)
        odd = base / 'odd'
        names = ['Zürich/Straße.txt', 'Ελλάδα.txt', '日本 電報.txt', 'e\u0301.txt', 'a%0Ab.txt', 'x:y.txt', 'CON.txt', ' blank .txt', 'line\nend.txt', 'tab\t.txt',
                 'a' * 250 + '.txt', 'right\u202eto-left.txt', '🚢.txt']
        for number, name in enumerate(names):
            (odd / name).parent.mkdir(parents=True, exist_ok=True)
            (odd / name).write_text(TELEGRAM.format(number))
        (odd / os.fsdecode(b'latin-\xe9.txt')).write_text(TELEGRAM.format(99))
        (odd / 'unreadable.txt').write_text('no telegram')
        convert(program, odd, base / 'odd-names.bag.zip', expected=1)
        files = check(base / 'odd-names.bag.zip', 3 * (len(names) + 1) + 1)
        assert all(c not in p for p in files for c in '\n\t%:\u202e'), 'names that every system can hold'
        # They come back under the names that they had, byte for byte.
        back = base / 'back'
        back.mkdir()
        convert(program, base / 'odd-names.bag.zip', back, '-t', 'telegram', expected=1)
        originals = sorted(p.read_bytes() for p in odd.rglob('*.txt') if p.name != 'unreadable.txt')
        assert sorted(p.read_bytes() for p in back.rglob('*.txt')) == originals, 'the way back'

        for premis in ('record', 'bundle'):
            for number in (1, 2):
                (base / 'few').mkdir(exist_ok=True)
                (base / f'few/{number}.txt').write_text(TELEGRAM.format(number))
            convert(program, base / 'few', base / f'{premis}.bag.zip', '-O', f'bundle.premis={premis}')
            check(base / f'{premis}.bag.zip', 6)
        (base / 'nothing.jsonl').write_text('\n')
        for premis in ('record', 'bundle'):
            convert(program, base / 'nothing.jsonl', base / f'nothing-{premis}.bag.zip', '-f', 'jsonl', '-O', f'bundle.premis={premis}')
            assert check(base / f'nothing-{premis}.bag.zip', 1)['data/originals/nothing.jsonl'] == b'\n'
            subprocess.run([make_empty, str(base / f'empty-{premis}.bag.zip'), premis], check=True)
            assert check(base / f'empty-{premis}.bag.zip', 0)['manifest-sha512.txt'] == b''
            assert subprocess.run([program, 'verify', '-q', str(base / f'empty-{premis}.bag.zip')], stdout=subprocess.DEVNULL).returncode == 0
        convert(program, base / 'few', base / 'volumes.bag.zip', '-O', 'bundle.records=1')
        check(base / 'volumes-0001.bag.zip', 3)
        check(base / 'volumes-0002.bag.zip', 3)
        if 'quick' not in how:
            many = base / 'many'
            many.mkdir()
            for number in range(70_000):
                (many / f'{"Zürich-" if number % 1000 == 0 else ""}{number}.txt').write_text(TELEGRAM.format(number))
            convert(program, many, base / 'many.bag.zip', '-O', 'bundle.records=1000000', '-O', 'bundle.derivatives=')
            check(base / 'many.bag.zip', 70_000)
            assert (base / 'many.bag.zip').read_bytes().count(b'PK\6\6') == 1, 'ZIP64'
            assert subprocess.run([program, 'verify', '-q', str(base / 'many.bag.zip')], stdout=subprocess.DEVNULL).returncode == 0
    absent = [u[0] for u in UNPACKERS if not shutil.which(u[0])] + ['bagit-python'] * (importlib.util.find_spec('bagit') is None)
    absent += ['the schema of PREMIS'] * (not os.environ.get('PREMIS_XSD'))
    print('not asked, since not here:', ', '.join(absent) or 'nobody')
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
