"""A master's part in the election: its znodes, and which master has the lowest one."""
import json

from .zookeeper import EPHEMERAL_SEQUENTIAL, NO_NODE, Disconnected, Expired, Failed

PREFIX = 'json.info_'
REPLICAS = '/log_replicas'


class Contender:
    """`turn` must be called regularly while connected. `found(info, own)` is called when another node leads, or none.
    """

    def __init__(self, path, info, found):
        self._path = path
        self._info = info
        self._found = found
        self._leading = None
        self._replicas = {}
        self.node = None

    def turn(self, session):
        if self.node is None:
            self._join(session)
        names = self._candidates(session)
        if self.node not in names:
            raise Expired()  # our node was deleted by someone else: contend again from the beginning
        try:
            self._look(session, lowest(names))
            self._read_replicas(session)
        except Failed as error:
            if error.code != NO_NODE:
                raise
            # The node was deleted between two requests; the next turn checks again.

    def forget(self):
        self.node = None
        self._leading = None
        self._replicas = {}

    def replicas(self):
        """The PIDs of all running log replicas."""
        return sorted(set(self._replicas.values()))

    def _join(self, session):
        content = json.dumps(self._info, separators=(',', ':'), sort_keys=True).encode()
        try:
            session.make_path(self._path + REPLICAS)
            # A node whose creation was not acknowledged could lead without knowing it, so the session is abandoned.
            made = session.create(f'{self._path}/{PREFIX}', content, EPHEMERAL_SEQUENTIAL)
            replica = f"log-replica(1)@{self._info['pid'].partition('@')[2]}"
            session.create(f'{self._path}{REPLICAS}/', replica.encode(), EPHEMERAL_SEQUENTIAL)
        except Disconnected:
            raise Expired() from None
        self.node = made.rpartition('/')[2]

    def _candidates(self, session):
        try:
            return session.children(self._path)
        except Failed as error:
            if error.code != NO_NODE:
                raise
            return []

    def _look(self, session, leader):
        if leader == self._leading:
            return
        info = read_info(session, self._path, leader)
        self._leading = leader
        self._found(info, own=leader == self.node)

    def _read_replicas(self, session):
        names = session.children(self._path + REPLICAS)
        known = {name: pid for name, pid in self._replicas.items() if name in names}
        for name in names:
            if name not in known:
                known[name] = session.data(f'{self._path}{REPLICAS}/{name}').decode()
        self._replicas = known


def lowest(names):
    """The node of the leader. None if there is no master."""
    return min((name for name in names if name.startswith(PREFIX)), default=None)


def read_info(session, path, node):
    return json.loads(session.data(f'{path}/{node}')) if node else None
