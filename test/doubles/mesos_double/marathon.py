"""The stand-in for Marathon. It does not require Java, and does not run apps."""
import json
import os
import signal
import socket
import sys
import time
import uuid

from . import glog
from .marathon_flags import OptionError, load, table

ZOOKEEPER_FAILED, ZOOKEEPER_LOST, LEADERSHIP_LOST = 100, 101, 103
NO_LIBMESOS, PORT_TAKEN, BAD_OPTIONS, TERMINATED = 109, 111, 112, 143
SYMBOL = b'Java_org_apache_mesos_MesosSchedulerDriver_initialize'
TASKS = 'double:tasks-'  # the newest number counts
LIBRARIES = ('/usr/lib/libmesos.so', '/usr/local/lib/libmesos.so')


def main(arguments):
    glog.guard_threads()
    if not has_java_bindings(library()):
        leave('Failed to load libmesos: no library with Java bindings; MESOS_NATIVE_JAVA_LIBRARY names it', NO_LIBMESOS)
    try:
        options = load(table(), arguments, os.environ)
    except OptionError as error:
        leave(f'[scallop] Error: {error}', BAD_OPTIONS)
    Marathon(options).run()


def leave(why, code):
    sys.stderr.write(f'{time.strftime("[%Y-%m-%d %H:%M:%S]")} ERROR {why}\n')
    sys.stderr.flush()
    os._exit(code)


def say(what):
    sys.stderr.write(f'{time.strftime("[%Y-%m-%d %H:%M:%S]")} INFO  {what}\n')
    sys.stderr.flush()


def library():
    named = os.environ.get('MESOS_NATIVE_JAVA_LIBRARY') or os.environ.get('MESOS_NATIVE_LIBRARY')
    return named or next((name for name in LIBRARIES if os.path.exists(name)), '')


def has_java_bindings(name):
    try:
        with open(name, 'rb') as file:
            return SYMBOL in file.read()
    except OSError:
        return False


class Marathon:
    def __init__(self, options):
        self.options = options
        self.host = options.hostname or socket.gethostname()
        self.id = f'{self.host}:{options.http_port}'
        self.leader = None
        self.framework_id = ''  # set once it is stored in ZooKeeper
        self.given_id = ''  # assigned by the master
        self.tasks = None  # set by a test, and kept in ZooKeeper for the instance that is elected next
        self._stored_tasks = None
        self.master = None
        self._session = None
        self._latch = None
        self._path = None

    @property
    def elected(self):
        return self.leader == self.id

    def run(self):
        from .ensemble import parse_url
        from .marathon_http import answers
        from .web import serve
        servers, self._path, credentials = parse_url(self.options.zk)
        self._connect(servers, credentials)
        signal.signal(signal.SIGTERM, lambda *_: self._terminate())
        try:
            serve(self.options.http_address or '0.0.0.0', self.options.http_port, answers(self))
        except OSError as error:
            leave(f'Failed to bind to port {self.options.http_port}: {error.strerror}', PORT_TAKEN)
        say(f'The stand-in for Marathon has started as {self.id}')
        self._elect()

    def _connect(self, servers, credentials):
        """Marathon waits `zk_connection_timeout` for its first connection."""
        from .names import look_up_all
        from .zookeeper import Disconnected, Session
        self._session = Session(self.options.zk_session_timeout / 1000, credentials)
        end = time.monotonic() + self.options.zk_connection_timeout / 1000
        while time.monotonic() < end:
            for address in look_up_all(servers):
                try:
                    self._session.connect(address, 2)
                    return
                except Disconnected:
                    pass
            time.sleep(0.2)
        leave('Failed to connect to ZK. Marathon will exit now.', ZOOKEEPER_FAILED)

    def _elect(self):
        """Marathon exits when it loses its connection to ZooKeeper (RichCuratorFramework), leading or not."""
        from .zookeeper import Disconnected, Expired
        try:
            self._join()
            while True:
                self._turn()
                time.sleep(0.2)
        except (Disconnected, Expired) as error:
            leave(f'Lost the connection to ZooKeeper: {error}', ZOOKEEPER_LOST)

    def _join(self):
        from .zookeeper import EPHEMERAL_SEQUENTIAL
        self._session.make_path(f'{self._path}/leader-curator')
        self._session.make_path(f'{self._path}/state')
        latch = f'{self._path}/leader-curator/_c_{uuid.uuid4()}-latch-'
        self._latch = self._session.create(latch, self.id.encode(), EPHEMERAL_SEQUENTIAL).rpartition('/')[2]

    def _turn(self):
        names = self._session.children(f'{self._path}/leader-curator')
        first = min(names, key=lambda name: name[-10:], default=None)
        was_elected, own = self.elected, first == self._latch
        if was_elected and not own:
            leave('Lost leadership; crashing', LEADERSHIP_LOST)
        self.leader = self.id if own else self._read_leader(first)
        if own and not was_elected:
            say('Elected as the leading Marathon')
            self.framework_id = self.given_id = self._read_framework_id()
            self.tasks = self._stored_tasks = self._read_tasks()
            glog.start('framework', self._lead)
        if own:
            self._keep_framework_id()
            self._keep_tasks()

    def _read_leader(self, name):
        from .zookeeper import NO_NODE, Failed
        try:
            leader = self._session.data(f'{self._path}/leader-curator/{name}').decode() if name else None
        except Failed as error:
            if error.code != NO_NODE:
                raise
            return None
        # A node that an earlier process with this ID left does not count as a leader.
        return None if leader == self.id else leader

    def _lead(self):
        """The scheduler of the leading Marathon: finds the master and reports to it, like libmesos."""
        from .framework import Framework
        Framework(self).run()

    def _read_framework_id(self):
        from .zookeeper import NO_NODE, Failed
        try:
            return self._session.data(f'{self._path}/state/framework:id').decode()
        except Failed as error:
            if error.code != NO_NODE:
                raise
            return ''

    def _keep_framework_id(self):
        if self.given_id != self.framework_id:
            self._session.create(f'{self._path}/state/framework:id', self.given_id.encode())
            self.framework_id = self.given_id

    def _read_tasks(self):
        names = [name for name in self._session.children(f'{self._path}/state') if name.startswith(TASKS)]
        return json.loads(self._session.data(f'{self._path}/state/{max(names)}')) if names else None

    def _keep_tasks(self):
        from .zookeeper import PERSISTENT_SEQUENTIAL
        tasks = self.tasks
        if tasks != self._stored_tasks:
            self._session.create(f'{self._path}/state/{TASKS}', json.dumps(tasks).encode(), PERSISTENT_SEQUENTIAL)
            self._stored_tasks = tasks

    def _terminate(self):
        """SIGTERM: the shutdown hooks of the JVM release the leader latch, and the exit code is that of the signal."""
        self._session.farewell()
        os._exit(TERMINATED)
