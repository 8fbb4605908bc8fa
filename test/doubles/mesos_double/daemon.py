"""The startup that master and agent have in common."""
import os
import sys

from . import flags as settings
from . import glog
from .build import VERSION


def load(program, daemon, arguments, check):
    """The flags of `master` or `agent`. Exits for --help, --version, and errors found by `check` or the parser."""
    table = settings.table_of(daemon)
    try:
        flags = settings.load(table, arguments, os.environ)
        if flags.help:
            sys.stdout.write(settings.usage(program, table))
            sys.exit(0)
        if flags.version:
            print(f'mesos {VERSION}')
            sys.exit(0)
        check(flags)
        return flags
    except settings.FlagError as error:
        sys.stderr.write(settings.usage(program, table, error))
        sys.exit(1)


def start_logging(program, flags):
    try:
        glog.open_files(program, flags.log_dir, flags.quiet)
    except OSError as error:
        sys.stderr.write(f'Could not initialize logging: {error}\n')
        sys.exit(1)
    glog.guard_threads()
    glog.info('main.cpp:290', f'Build: this is the stand-in for {program}, made for tests')
    glog.info('main.cpp:293', f'Version: {VERSION}')


def make_folders(*folders):
    for folder in folders:
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            glog.leave('main.cpp:330', f"Failed to create directory '{folder}': {error.strerror}")


def serve(place, answer):
    """Starts the server at the address of the daemon."""
    from . import web
    try:
        web.serve(place.ip, place.port, answer)
    except OSError as error:
        where = f'{place.ip}:{place.port}'
        glog.leave('process.cpp:1100', f'Failed to initialize: Failed to bind on {where}: {error.strerror}')
