"""Runs Python statements with the program `report` of the image as `report`, with its files in a folder.

report_program.py FOLDER STATEMENTS   `run_on_terminal(count)` runs its console mode, with intervals that are ten times
shorter, and prints what the terminal receives, up to this number of frames. `run_on_terminal(count, {number: then})`
calls `then` after the frame with this number.
"""
import importlib.machinery
import importlib.util
import os
import pty
import signal
import sys

sys.dont_write_bytecode = True
folder, statements = sys.argv[1:3]
path = os.path.join(os.path.dirname(__file__), '../../packer/rootfs/usr/lib/mesos-bakery/report')
loader = importlib.machinery.SourceFileLoader('report', path)
report = importlib.util.module_from_spec(importlib.util.spec_from_loader('report', loader))
loader.exec_module(report)

os.environ['PATH'] = f'{folder}/bin:{os.environ["PATH"]}'
report.ETC = f'{folder}/etc'
report.SSH = f'{folder}/ssh'
report.CLOUD_INIT = f'{folder}/cloud-init'
report.BOOTS = f'{folder}/boots'
report.FRAMES = f'{folder}/frames'
report.CONSOLE = f'{folder}/console'
for name in ('LOOK_OFTEN', 'LOOK', 'BOOTING', 'HEARTBEAT', 'REMINDER'):
    setattr(report, name, getattr(report, name) / 10)


def run_on_terminal(count, events={}):
    terminal, console = pty.openpty()
    report.CONSOLE = os.ttyname(console)
    child = os.fork()
    if child == 0:
        sys.argv[1:] = ['--console']
        report.main()
    frames = 0
    with open(terminal, newline='\n') as lines:
        for line in lines:
            print(line, end='')
            if not line.startswith('mesos-bakery '):
                continue
            frames += 1
            events.get(frames, lambda: None)()
            if frames == count:
                break
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def replace(name, text):
    report.store(f'{folder}/{name}', text)


exec(statements)
