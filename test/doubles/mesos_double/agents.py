"""The agents that a leading master knows."""
import threading
import time

from . import flags as settings
from . import glog, web

NOTHING = {'disk': 0.0, 'mem': 0.0, 'gpus': 0.0, 'cpus': 0.0}


class Refused(Exception):
    """Why an agent cannot register. `status` is the HTTP status of the response."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


class Agents:
    """Agents report every second. An agent is unreachable after 5 × 15 s without contact, as in Mesos."""

    def __init__(self, master_id, flags, registrar):
        self._master_id = master_id
        self._registrar = registrar
        self._silence = settings.seconds(flags, 'agent_ping_timeout') * flags.max_agent_ping_timeouts
        self._reregister = settings.seconds(flags, 'agent_reregister_timeout')
        self._lock = threading.Lock()
        # Writing the registry may take long; the known agents can be read during this time.
        self._writing = threading.RLock()
        self._known = {}
        self._next = 0
        self._since = 0.0

    def recover(self):
        """Adopts the agents in the registry. They must reregister within `agent_reregister_timeout`."""
        self._since = time.monotonic()
        glog.start('agents', self._watch)

    def report(self, info):
        """Processes an agent's report and returns the ID of the agent, a new one if it had none. Raises Refused."""
        with self._lock:
            record = self._known.get(info['id'])
            if record and record['info'] == info:
                record.update(heard=time.monotonic(), connected=True)
                return info['id']
        return self._register(info)

    def all(self):
        with self._lock:
            return [dict(record) for record in self._known.values()]

    def find(self, agent_id):
        with self._lock:
            return self._known.get(agent_id)

    def remove(self, agent_id, listed_as=None):
        """Removes an agent. `listed_as` (unreachable, gone) is the list of the registry that keeps its ID."""
        with self._writing:
            with self._lock:
                self._known.pop(agent_id, None)
            self._store(lambda registry: move(registry, agent_id, listed_as))

    def recovered(self):
        """Agents in the registry that have not reregistered yet."""
        return [agent_id for agent_id in self._listed('admitted') if agent_id not in self._known]

    def unreachable(self):
        return self._listed('unreachable')

    def _register(self, info):
        # The master connects back, so an agent that reports an unreachable address never registers.
        if not web.link(web.address_of(info['pid'])):
            raise Refused(503, f"Failed to link to {info['pid']}")
        again = bool(info['id'])
        with self._writing:
            if info['id'] in self._listed('gone'):
                raise Refused(410, 'Agent has been marked gone')
            agent_id = info['id'] or self._new_id()
            self._drop_predecessor(agent_id, info['pid'])
            self._store(lambda registry: move(registry, agent_id, 'admitted'))
            with self._lock:
                self._known[agent_id] = new_record({**info, 'id': agent_id}, again, self._known.get(agent_id))
        glog.info('master.cpp:7073', f"{'Re-r' if again else 'R'}egistered agent {agent_id} at {info['pid']}")
        return agent_id

    def _new_id(self):
        self._next += 1
        return f'{self._master_id}-S{self._next - 1}'

    def _drop_predecessor(self, agent_id, pid):
        for record in self.all():
            other = record['info']['id']
            if other != agent_id and record['info']['pid'] == pid:
                glog.info('master.cpp:6894', f'Removing old agent {other}, another one registers at {pid}')
                self.remove(other)

    def _listed(self, where):
        return list(self._registrar.registry.get(where, []))

    def _store(self, change):
        registry = {key: list(ids) for key, ids in self._registrar.registry.items()}
        change(registry)
        if registry != self._registrar.registry:
            self._registrar.store(registry)

    def _watch(self):
        while True:
            time.sleep(1)
            for record in self.all():
                self._check(record)
            if time.monotonic() - self._since > self._reregister:
                for agent_id in self.recovered():
                    self.remove(agent_id, 'unreachable')

    def _check(self, record):
        silent = time.monotonic() - record['heard']
        agent_id, pid = record['info']['id'], record['info']['pid']
        if silent > self._silence:
            glog.warning('master.cpp:1910', f'Marking agent {agent_id} at {pid} unreachable: health check timed out')
            self.remove(agent_id, 'unreachable')
        elif silent > 2 and record['connected'] and web.link(web.address_of(pid)) is False:
            self._disconnect(agent_id, pid)

    def _disconnect(self, agent_id, pid):
        glog.info('master.cpp:1300', f'Agent {agent_id} at {pid} disconnected')
        with self._lock:
            if agent_id in self._known:
                self._known[agent_id]['connected'] = False


def move(registry, agent_id, where):
    for ids in registry.values():
        if agent_id in ids:
            ids.remove(agent_id)
    if where:
        registry.setdefault(where, []).append(agent_id)


def new_record(info, again, before):
    now = time.time()
    record = {
        'info': info, 'registered': now, 'deactivated': False, 'drain': None,
        **(before or {}),
        'heard': time.monotonic(), 'connected': True,
    }
    record['info'] = info
    if again:
        record['reregistered'] = now
    return record


def active(record):
    return record['connected'] and not record['deactivated']


def shown(record):
    """An agent in the format of /state of the master."""
    info = record['info']
    answer = {
        **{key: info[key] for key in ('id', 'hostname', 'port', 'attributes', 'pid')},
        'registered_time': record['registered'],
        'resources': info['resources'],
        'used_resources': NOTHING,
        'offered_resources': NOTHING,
        'reserved_resources': {},
        'unreserved_resources': info['resources'],
        'active': active(record),
        'deactivated': record['deactivated'],
        'version': info['version'],
        'capabilities': info['capabilities'],
    }
    if 'reregistered' in record:
        answer['reregistered_time'] = record['reregistered']
    if record['drain']:
        answer['drain_info'] = record['drain']
    return answer
