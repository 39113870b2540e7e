#!/usr/bin/env python3
"""Runs with a clock that jumps a day with each reading, and is a year behind when a run goes on.

    clock.py --build BUILD
"""
import argparse
import calendar
import filecmp
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import zipfile

THEN, BEFORE = 1_700_000_000, 1_660_000_000
DAY = 86_400


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--build', type=pathlib.Path, required=True)
    build = options.parse_args().build.resolve()
    with tempfile.TemporaryDirectory(prefix='dragoman-clock-') as name:
        work = pathlib.Path(name)
        subprocess.run([build / 'bin/make_telegrams', '400', work / 'made', '--dirty', '20'], check=True, stdout=subprocess.DEVNULL)
        (work / 'made/cables').rename(work / 'cables')

        calm = convert(build, work, 'calm', THEN)
        assert calm.wait() == 0, calm
        dates = dates_of(work / 'calm/out.bag.zip')
        assert len(dates) == 1 and abs(dates.pop() - THEN) <= 2 * DAY, dates  # one reading for all, whatever the clock did

        killed = convert(build, work, 'killed', THEN, killed=True)
        killed.wait()
        first = journal_of(work / 'killed')
        assert convert(build, work, 'killed', BEFORE).wait() == 0
        assert journal_of(work / 'killed')[-1] == first[0], 'the run that went on has another beginning'
        assert filecmp.cmp(work / 'calm/report.jsonl', work / 'killed/report.jsonl', shallow=False)
        assert dates_of(work / 'killed/out.bag.zip') == {first[0]}
        print('the clock jumped, and nothing came of it')
    return 0


def convert(build, work, folder, begin, killed=False):
    (work / folder).mkdir(exist_ok=True)
    environment = {**os.environ, 'LD_PRELOAD': str(build / 'tests/runs/clock.so'), 'CLOCK_BEGIN': str(begin), 'XDG_STATE_HOME': str(work / 'state')}
    environment.pop('SOURCE_DATE_EPOCH', None)
    process = subprocess.Popen([build / 'bin/dragoman', 'convert', '-q', '../cables', '-o', 'out.bag.zip', '--resume', '--report', 'report.jsonl'],
                               cwd=work / folder, env=environment, stderr=subprocess.DEVNULL)
    if killed:
        latest = time.monotonic() + 60
        while not list((work / folder).glob('.out.bag.zip.*.part')):
            assert process.poll() is None and time.monotonic() < latest, 'nothing is written'
        process.kill()
    return process


def journal_of(folder):
    return [int(n) for n in re.findall(r'"started":(\d+)', (folder / '.out.bag.zip.journal.jsonl').read_text())]


def dates_of(bundle):
    """Seconds since 1970 of everything in it that has a time, and of its Bagging-Date where that is another day."""
    with zipfile.ZipFile(bundle) as archive:
        premis = archive.read('out.bag/metadata/premis.xml').decode()
        day = re.search(r'Bagging-Date: (\S+)', archive.read('out.bag/bag-info.txt').decode()).group(1)
    times = set(re.findall(r'<premis:eventDateTime>([^<]+)', premis))
    assert {t[:10] for t in times} == {day}, (times, day)
    return {calendar_seconds(t) for t in times}


def calendar_seconds(text):
    return calendar.timegm(time.strptime(text, '%Y-%m-%dT%H:%M:%SZ'))


if __name__ == '__main__':
    sys.exit(main())
