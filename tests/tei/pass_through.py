#!/usr/bin/env python3
"""TEI that others wrote goes through every format and is the same: equal Canonical XML, the same verdict of jing on tei_all.

    tests/tei/pass_through.py --build BUILD [--schema tei_all.rng] FOLDER...

Files are counted, not failures only. A file that is refused must be refused by name. Exit code 77: nothing to do here.
"""
import argparse
import collections
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

REFUSALS = {'tei.p4', 'tei.not-tei', 'tei.entity', 'tei.attribute-default'}
CHAINS = {'tei': [], 'json': ['json'], 'jsonl': ['jsonl'], 'bundle': ['zip'], 'json, jsonl, bundle': ['json', 'jsonl', 'zip']}


def run(*command):
    return subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors='replace')


def canonical(path):
    done = subprocess.run(['xmllint', '--nonet', '--c14n', str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout if done.returncode == 0 else None


def verdicts(schema, folder):
    """What jing says of each file, places left out."""
    files = sorted(folder.glob('*.xml'))
    said = collections.defaultdict(list)
    for line in run('jing', schema, *files).stdout.splitlines():
        found = re.match(r'(.*?\.xml):\d+:\d+: (.*)', line)
        if found:
            said[pathlib.Path(found.group(1)).name].append(found.group(2))
    return {f.name: sorted(said[f.name]) for f in files}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', type=pathlib.Path, required=True)
    parser.add_argument('--schema', type=pathlib.Path)
    parser.add_argument('folders', type=pathlib.Path, nargs='+')
    args = parser.parse_args()
    folders = [f for f in args.folders if f.is_dir()]
    if not folders or not shutil.which('xmllint'):
        print('no folder of these is here, or xmllint is not:', *args.folders)
        return 77
    dragoman = args.build / 'bin/dragoman'
    wrong = 0
    for folder in folders:
        with tempfile.TemporaryDirectory(prefix='dragoman-tei-') as name:
            work = pathlib.Path(name)
            for sub in ('before', 'after'):
                (work / sub).mkdir()
            files, refused = sorted(folder.glob('*.xml')), collections.Counter()
            equal = collections.Counter()
            for file in files:
                before = canonical(file)
                for title, chain in CHAINS.items():
                    at, said = file, ''
                    for step, suffix in enumerate(chain + ['xml']):
                        out = work / f'{step}.{suffix}'
                        done = run(dragoman, 'convert', '--force', *(['-f', 'tei'] if at == file else []), at, '-o', out)
                        said += done.stderr
                        if done.returncode != 0:
                            at = None
                            break
                        at = out
                    if at is None:
                        codes = set(re.findall(r'error: .*\[([a-z0-9.-]+)\]', said))
                        if not codes or not codes <= REFUSALS:
                            print(f'{file.name}: through {title}: {said}')
                            wrong += 1
                        if title == 'tei':
                            refused.update(codes)
                        break
                    if before is None or canonical(at) != before:
                        print(f'{file.name}: through {title}: not the same')
                        wrong += 1
                    else:
                        equal[title] += 1
                    if title == 'tei':
                        shutil.copy(file, work / 'before' / file.name)
                        shutil.copy(at, work / 'after' / file.name)
            print(f'{folder.name}: {len(files)} files;', ', '.join(f'{n} refused by {c}' for c, n in sorted(refused.items())) or 'none refused')
            for title in CHAINS:
                print(f'  through {title}: {equal[title]} equal')
            if not equal['tei']:
                print('  none was read')
                wrong += 1
            if args.schema and args.schema.exists() and shutil.which('jing'):
                before, after = verdicts(args.schema, work / 'before'), verdicts(args.schema, work / 'after')
                same = sum(before[f] == after.get(f) for f in before)
                valid = sum(not said for said in before.values())
                print(f'  by {args.schema.name}: {valid} valid, {len(before) - valid} not; {same} of {len(before)} with the same verdict afterwards')
                wrong += len(before) - same
            else:
                print('  tei_all.rng or jing is not here: verdicts are not compared')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
