"""The registry that the leading master stores in a majority of the log's replicas."""
import time
from concurrent.futures import ThreadPoolExecutor

from . import glog, units, web
from .replica import EMPTY, VOTING, next_status

PATH = '/double/log/'


class Registrar:
    """`peers` returns the PIDs of the other log replicas listed in ZooKeeper."""

    def __init__(self, flags, replica, peers):
        self._flags = flags
        self._quorum = flags.quorum or 1
        self._replica = replica
        self._peers = peers
        self._pool = ThreadPoolExecutor(8, 'log')
        self._proposal = 0
        self._position = 0
        self.registry = {}

    @property
    def log_recovered(self):
        return self._replica.status == VOTING

    def answer(self, what, body):
        """Handles requests of other masters to the replica of this master."""
        if what == 'view':
            return self._replica.view()
        if what == 'promise':
            return self._replica.promise(body['proposal'])
        return self._replica.write(body['proposal'], body['position'], body['registry'])

    def bring_up_log(self):
        """Waits, without a timeout, until this replica may vote."""
        while not self.log_recovered:
            self._advance([self._replica.view(), *self._ask_peers('view', {})])
            time.sleep(0.2)
        glog.info('recover.cpp:568', 'Replica is in VOTING status')

    def recover(self):
        """Reads the registry as its only writer. Aborts if this takes longer than the timeout of Mesos."""
        limit = self._flags.registry_fetch_timeout
        end = time.monotonic() + units.seconds(limit)
        while not self._elect():
            if time.monotonic() > end:
                glog.die('master.cpp:1739', 'Recovery failed: Failed to recover registrar: Failed to perform fetch '
                         f'within {units.show_duration(limit)}')
            time.sleep(0.2)
        self.store(self.registry)

    def store(self, registry):
        """Writes the registry to a majority. Aborts if this takes longer than the timeout of Mesos."""
        limit = self._flags.registry_store_timeout
        end = time.monotonic() + units.seconds(limit)
        self._position += 1
        body = {'proposal': self._proposal, 'position': self._position, 'registry': registry}
        while True:
            answers = [self._replica.write(**body), *self._ask_peers('write', body)]
            if sum(answer['granted'] for answer in answers) >= self._quorum:
                self.registry = registry
                return
            if any(answer['promised'] > self._proposal for answer in answers):
                glog.die('registrar.cpp:420', 'Failed to update registry: Coordinator demoted by another master')
            if time.monotonic() > end:
                glog.die('registrar.cpp:410', 'Failed to update registry: Failed to perform store within '
                         f'{units.show_duration(limit)}')
            time.sleep(0.2)

    def _advance(self, views):
        counts = {}
        for view in views:
            counts[view['status']] = counts.get(view['status'], 0) + 1
        own = self._replica.status
        status = next_status(own, counts, self._quorum, self._flags.log_auto_initialize)
        if status == own:
            return
        glog.info('recover.cpp:447', f'Replica goes from {own} to {status}')
        voters = [view for view in views if view['status'] == VOTING]
        newest = max(voters, key=lambda view: view['position']) if own == EMPTY and voters else {}
        self._replica.become(status, newest)

    def _elect(self):
        if not self.log_recovered:
            return False
        self._proposal = max(self._proposal, self._replica.view()['promised']) + 1
        ask = {'proposal': self._proposal}
        answers = [self._replica.promise(self._proposal), *self._ask_peers('promise', ask)]
        self._proposal = max([self._proposal, *(answer['promised'] for answer in answers)])
        granted = [answer for answer in answers if answer['granted']]
        if len(granted) < self._quorum:
            return False
        newest = max(granted, key=lambda answer: answer['position'])
        self.registry, self._position = newest['registry'], newest['position']
        return True

    def _ask_peers(self, what, body):
        asked = [self._pool.submit(ask_replica, pid, what, body) for pid in self._peers()]
        return [answer for answer in (future.result() for future in asked) if answer]


def ask_replica(pid, what, body):
    try:
        status, answer = web.ask(web.address_of(pid), PATH + what, body, timeout=1)
    except OSError:
        return None
    return answer if status == 200 else None


class InMemory:
    """--registry=in_memory: nothing is stored, and no other master is involved."""

    log_recovered = True

    def __init__(self):
        self.registry = {}

    def bring_up_log(self):
        pass

    def recover(self):
        pass

    def store(self, registry):
        self.registry = registry
