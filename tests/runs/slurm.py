#!/usr/bin/env python3
"""Runs an array of shards on a real Slurm of one node, disturbs it, and compares what it made with the work of one process.

    slurm.py --build BUILD [--count 8000]

One task is requeued while it works, one is killed. The merge, which must refuse as long as a shard is missing, is run
after each; the report, its spot checks, and all that is in the bundles must be those of a single run.

The daemons - munged, slurmctld, slurmd, with keys, ports and folders of their own - live in a process namespace with this
test as its first process: when it ends, however it does, the kernel ends them. Exit status 77: Slurm is not installed, or
this is not root.
"""
import argparse
import filecmp
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARDS = 8
REQUEUED, KILLED = 3, 5
PATIENCE = 240
SKIPPED = 77


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--build', type=pathlib.Path, required=True)
    options.add_argument('--count', type=int, default=8000)
    options.add_argument('--inside', type=pathlib.Path, help='the folder of a test that is in its namespace')
    chosen = options.parse_args()
    if chosen.inside:
        return run(chosen)
    for program in ('slurmctld', 'slurmd', 'munged', 'sbatch', 'unshare'):
        if shutil.which(program) is None:
            return skip(f'{program} is not installed')
    if os.geteuid() != 0:
        return skip('only root can start slurmd')
    namespace = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']
    if subprocess.run([*namespace, 'true'], check=False, capture_output=True).returncode:
        return skip('there are no process namespaces here')
    with tempfile.TemporaryDirectory(prefix='dragoman-slurm-') as work:
        return subprocess.run([*namespace, sys.executable, __file__, *sys.argv[1:], '--inside', work], check=False).returncode


def skip(reason):
    print(f'skipped: {reason}')
    return SKIPPED


def run(chosen):
    work = chosen.inside
    programs = chosen.build.resolve() / 'bin'
    os.environ.update(PATH=f'{programs}:{os.environ["PATH"]}', SOURCE_DATE_EPOCH='1700000000', XDG_STATE_HOME=str(work / 'state'), LC_ALL='C.UTF-8')
    start_slurm(work / 'slurm')
    subprocess.run([programs / 'make_telegrams', str(chosen.count), work / 'made', '--dirty', '20'], check=True, stdout=subprocess.DEVNULL)
    inputs = work / 'made/cables'
    take_repeats_away(inputs)
    (inputs / 'nothing.bin').write_bytes(bytes(range(256)))  # fails, everywhere

    single = work / 'single'
    single.mkdir()
    sample = ['--sample=6', '--seed=slurm']
    done = subprocess.run(['dragoman', 'convert', '-q', inputs, '-o', single / 'cables.bag.zip', '--report', single / 'report.html', *sample], check=False, stderr=subprocess.DEVNULL)
    assert done.returncode == 1, done

    folder = work / 'run'
    submit = [ROOT / 'scripts/slurm/submit.sh', '-r', sample[0], '-r', sample[1]]
    what = [str(SHARDS), folder, inputs, '-q', '-o', folder / 'cables.bag.zip']
    array, merge = printed(*submit, *what).split()
    disturb(folder, array)
    wait_for_end(array, merge)
    assert 'reports are missing of the shards 5 of 8' in (folder / 'logs/merge.log').read_text(), (folder / 'logs/merge.log').read_text()
    assert not (folder / 'report.html').exists()
    print('one task was requeued, one was killed; the merge saw that one is missing')

    before = {p: p.stat().st_mtime_ns for p in folder.glob('*.bag.zip')}
    assert len(before) == SHARDS - 1, before
    array, merge = printed(*submit, *what).split()  # all of them again: what is done stays
    wait_for_end(array, merge)
    assert {p: p.stat().st_mtime_ns for p in before} == before, 'a bundle that was done is another'
    compare(single, folder)
    print('report, spot checks and bundles are those of one process')
    return 0


def take_repeats_away(inputs):
    """That two documents bear one id is warned of in the bundle that has both: shards do not know of each other."""
    lines = printed('dragoman', 'convert', '-q', '--no-source', inputs, '-t', 'jsonl', '--report', inputs.parent / 'ids.jsonl').splitlines()
    ids = [json.loads(line)['id'] for line in lines]
    files = [pathlib.Path(json.loads(line)['id']) for line in (inputs.parent / 'ids.jsonl').read_text().splitlines()]
    assert len(ids) == len(files)
    seen = set()
    for name, file in zip(ids, files):
        if name in seen:
            file.unlink()
        seen.add(name)


def start_slurm(folder):
    """Returns when the node is idle."""
    for name in ('state', 'spool', 'munge'):
        (folder / name).mkdir(parents=True)
    key = folder / 'munge.key'
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    host = socket.gethostname().split('.')[0]
    controller, node = free_port(), free_port()
    (folder / 'slurm.conf').write_text(f'''ClusterName=solo
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=2,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
RequeueExit=75
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=16384 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
''')
    os.environ['SLURM_CONF'] = str(folder / 'slurm.conf')
    quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
    subprocess.Popen(['munged', '--foreground', '--force', f'--key-file={key}', *(f'--{what}-file={folder}/munge/{what}' for what in ('pid', 'seed', 'log')),
                      f'--socket={folder}/munge/socket'], **quiet)
    until((folder / 'munge/socket').exists, 'munged')
    subprocess.Popen(['slurmctld', '-D'], **quiet)
    subprocess.Popen(['slurmd', '-D'], **quiet)
    until(lambda: subprocess.run(['sinfo', '-h', '-o', '%T'], check=False, capture_output=True, text=True).stdout.strip() == 'idle', 'the node')


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def until(is_so, what, interval=0.1):
    latest = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > latest:
            raise AssertionError(f'waited in vain for {what}')
        time.sleep(interval)


def printed(*command):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def is_over(job):
    """Nothing of it waits or works any more. What was requeued would wait two minutes."""
    waiting = printed('squeue', '-h', '-r', '-j', job, '-t', 'PENDING', '-o', '%i %r').splitlines()
    for line in waiting:
        if 'BeginTime' in line:
            subprocess.run(['scontrol', 'update', f'JobId={line.split()[0]}', 'StartTime=now'], check=False, capture_output=True)
    return subprocess.run(['squeue', '-h', '-j', job], check=False, capture_output=True, text=True).stdout.strip() == ''


def disturb(folder, array):
    """Strikes two tasks while they write their bundles."""
    def writer(shard):
        """The process that writes the bundle of a shard, as the name of the unfinished file tells."""
        for part in folder.glob(f'.cables-s{shard:04}-of-{SHARDS:04}.bag.zip.*.part'):
            return int(re.search(r'\.(\d+)\.\d+\.part$', part.name).group(1))
        return None

    left = {REQUEUED, KILLED}
    def strike():
        for shard in sorted(left):
            process = writer(shard)
            if process is None:
                continue
            if shard == REQUEUED:
                printed('scontrol', 'requeue', f'{array}_{shard}')
            else:
                os.kill(process, 9)
            left.remove(shard)
        return not left
    until(strike, f'the shards {left} to write', 0.01)


def wait_for_end(array, merge):
    until(lambda: is_over(array) and is_over(merge), 'the jobs', 0.5)


def compare(single, folder):
    assert filecmp.cmp(single / 'report.html', folder / 'report.html', shallow=False), 'the reports differ'
    pages = {p.name: p.read_bytes() for p in (single / 'report.samples').iterdir()}
    theirs = {p.name: p.read_bytes() for p in (folder / 'report.samples').iterdir()}
    assert len(pages) == 6 and pages.keys() == theirs.keys(), f'other spot checks: {sorted(pages)}, {sorted(theirs)}'
    for name, page in pages.items():
        apart = [(a, b) for a, b in zip(page.splitlines(), theirs[name].splitlines()) if a != b]
        assert page == theirs[name], f'the spot check {name} differs: {apart[:3]}'
    bundles = sorted(folder.glob('*.bag.zip'))
    assert len(bundles) == SHARDS, bundles
    printed('dragoman', 'verify', *bundles)
    assert payload([single / 'cables.bag.zip'], *single.glob('cables-*.bag.zip')) == payload(bundles), 'the payloads differ'
    assert not list(folder.glob('.*.part')), 'a part is left'
    resumed = (folder / f'logs/shard-{REQUEUED}.log').read_text()
    assert 'stopped on request' in resumed or 'CANCELLED' in resumed or 'REQUEUED' in resumed.upper(), resumed


def payload(bundles, *more):
    """What is in them, by path in data/."""
    found = {}
    for bundle in (*bundles, *more):
        if not bundle.exists():
            continue
        with zipfile.ZipFile(bundle) as archive:
            for name in archive.namelist():
                inside = name.partition('/')[2]
                if inside.startswith('data/'):
                    assert inside not in found, f'{inside} is in two bundles'
                    found[inside] = archive.read(name)
    assert found
    return found


if __name__ == '__main__':
    sys.exit(main())
