"""Maintains a session with the ensemble of a zk:// URL as Mesos does. A session that is not renewed in time expires."""
import random
import re
import time

from . import glog
from .names import Addresses
from .zookeeper import Disconnected, Expired, Failed, Session

TURN = 0.2


def parse_url(url):
    """Parses zk://[user:password@]host:port,…/path into (servers, path, credentials). Raises ValueError."""
    if not url.startswith('zk://'):
        raise ValueError("Expecting 'zk://' at the beginning of the URL")
    authority, slash, path = url[len('zk://'):].strip().partition('/')
    credentials, at, hosts = authority.rpartition('@')
    if not slash or not path.strip('/'):
        raise ValueError("Expecting a (chroot) path for ZooKeeper ('/' is not supported)")
    if at and ':' not in credentials:
        raise ValueError('Expecting [username]:[password]')
    servers = [parse_server(server) for server in hosts.split(',')]
    return servers, '/' + path.strip('/'), credentials.encode() if at else None


def parse_server(server):
    match = re.fullmatch(r'([^:\s]+):(\d{1,5})', server)
    if not match:
        raise ValueError(f"Expecting host:port, got '{server}'")
    return match[1], int(match[2])


class Ensemble:
    """Calls `turn(session)` five times a second while connected, and `lost()` when a session has expired."""

    def __init__(self, url, timeout, turn, lost):
        servers, self.path, self._credentials = parse_url(url)
        self._timeout = timeout
        self._turn = turn
        self._lost = lost
        self._session = Session(timeout, self._credentials)
        self._heard = time.monotonic()
        self._tries = 0
        self._addresses = Addresses(servers, lambda: self._session.connected)

    def run(self):
        while True:
            was_connected = self._session.connected
            try:
                self._step()
            except Disconnected as error:
                self._say_lost(was_connected, error)
            except Expired:
                self._expire('ZooKeeper session expired')
            except Failed as error:
                glog.leave('group.cpp:545', f'ZooKeeper refused what was asked below {self.path}: {error}')
            self._check_time()
            time.sleep(TURN)

    def _say_lost(self, was_connected, error):
        # Logged once per outage, not for every attempt.
        if was_connected or self._tries == 0:
            glog.warning('group.cpp:452', f'Lost connection to ZooKeeper, attempting to reconnect ... ({error})')
        self._tries += 1

    def _step(self):
        if not self._session.connected:
            self._connect()
        self._turn(self._session)
        self._heard = time.monotonic()

    def _connect(self):
        addresses = self._addresses.wait()
        random.shuffle(addresses)
        trouble = Disconnected('no server')
        for address in addresses:
            try:
                # The C client divides the session timeout among the servers.
                self._session.connect(address, self._timeout / len(addresses) / 2)
                self._tries = 0
                glog.info('group.cpp:341', f'connected to ZooKeeper at {address[0]}:{address[1]}')
                return
            except Disconnected as error:
                trouble = error
        raise trouble

    def _check_time(self):
        """Mesos considers a session expired if it could not connect for the session timeout."""
        if not self._session.connected and time.monotonic() - self._heard > self._timeout:
            self._expire('Timed out waiting to connect to ZooKeeper. Forcing ZooKeeper session expiration')

    def _expire(self, why):
        if self._session.id:
            glog.warning('group.cpp:494', f'{why} (sessionId={self._session.id:x})')
        self._session.disconnect()
        had_one = self._session.id != 0
        self._session = Session(self._timeout, self._credentials)
        self._heard = time.monotonic()
        if had_one:
            self._lost()
