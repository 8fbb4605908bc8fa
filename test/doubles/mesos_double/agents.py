"""The agents that a leading master knows."""
import math
import threading
import time
import uuid

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

    def __init__(self, master_id, flags, registrar, frameworks):
        self._master_id = master_id
        self._frameworks = frameworks
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

    def report(self, info, tasks):
        """Processes an agent's report and returns what it is to do: its ID, the tasks that it is to launch, and the
        grace period if it is to kill its tasks. Raises Refused."""
        with self._lock:
            record = self._known.get(info['id'])
            known = record and record['info'] == info
            if known:
                record.update(heard=time.monotonic(), connected=True, tasks=tasks)
        agent_id = info['id'] if known else self._register(info, tasks)
        return {'id': agent_id, 'kill': self._proceed(agent_id), 'launch': self._launch(agent_id)}

    def drain(self, agent_id, config):
        """Deactivates an agent, whose next report starts to kill its tasks. Stored, so it survives a failover."""
        self._change(agent_id, deactivated=True, drain={'state': 'DRAINING', 'config': config})

    def deactivate(self, agent_id):
        self._change(agent_id, deactivated=True)

    def reactivate(self, agent_id):
        self._change(agent_id, deactivated=False, drain=None)

    def is_known(self, agent_id):
        """Whether an agent can be drained: it is registered, recovered or unreachable."""
        return self._registrar.registry.get(agent_id, {}).get('list') in ('admitted', 'unreachable')

    def _change(self, agent_id, **changes):
        with self._writing:
            self._store(lambda registry: registry[agent_id].update(changes))
            with self._lock:
                if agent_id in self._known:
                    self._known[agent_id].update(changes)

    def _proceed(self, agent_id):
        """An agent that is draining is drained once it reports no tasks, and gone if that was requested."""
        record = self.find(agent_id)
        if not record or not record['drain'] or record['drain']['state'] != 'DRAINING':
            return None
        config = record['drain']['config']
        if record['tasks']:
            return config.get('max_grace_period', {'nanoseconds': math.inf})['nanoseconds'] / 1e9
        glog.info('master.cpp:6200', f'Agent {agent_id} is drained')
        self._change(agent_id, drain={'state': 'DRAINED', 'config': config})
        if config.get('mark_gone'):
            self.remove(agent_id, 'gone')
        return None

    def _launch(self, agent_id):
        """The tasks that frameworks launch on an agent: its share of those that are missing."""
        with self._lock:
            record = self._known.get(agent_id)
            if not record or not active(record) or self.recovered():
                return []
            able = sum(active(other) for other in self._known.values())
            new = []
            for framework_id, wanted in self._frameworks.wanted():
                everywhere = [len(of_framework(other, framework_id)) for other in self._known.values()]
                missing = wanted['count'] - sum(everywhere)
                share = math.ceil(wanted['count'] / able) - len(of_framework(record, framework_id))
                for _ in range(max(0, min(missing, share))):
                    new.append({**wanted, 'id': f'double.{uuid.uuid4()}', 'framework_id': framework_id})
            record['tasks'] = [*record['tasks'], *new]
            return new

    def tasks(self):
        """The running tasks in the format of /state, without those of agents that have not reregistered."""
        return [
            {
                'id': task['id'], 'name': 'double', 'framework_id': task['framework_id'],
                'slave_id': record['info']['id'], 'state': 'TASK_RUNNING',
            }
            for record in self.all() for task in record['tasks']
        ]

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

    def recovered_infos(self):
        """AgentInfo of the agents that have not reregistered."""
        found = {agent_id: self._registrar.registry.get(agent_id) for agent_id in self.recovered()}
        return [
            {'id': {'value': agent_id}, 'hostname': entry['hostname'], 'port': entry['port']}
            for agent_id, entry in found.items() if entry
        ]

    def recovered(self):
        """Agents in the registry that have not reregistered yet."""
        return [agent_id for agent_id in self._listed('admitted') if agent_id not in self._known]

    def unreachable(self):
        return self._listed('unreachable')

    def _register(self, info, tasks):
        # The master connects back, so an agent that reports an unreachable address never registers.
        if not web.link(web.address_of(info['pid'])):
            raise Refused(503, f"Failed to link to {info['pid']}")
        again = bool(info['id'])
        with self._writing:
            if info['id'] in self._listed('gone'):
                raise Refused(410, 'Agent has been marked gone')
            agent_id = info['id'] or self._new_id()
            self._drop_predecessor(agent_id, info['pid'])
            self._store(lambda registry: admit(registry, {**info, 'id': agent_id}))
            stored = self._registrar.registry[agent_id]
            with self._lock:
                record = new_record({**info, 'id': agent_id}, again, self._known.get(agent_id))
                record.update(tasks=tasks, deactivated=stored['deactivated'], drain=stored['drain'])
                self._known[agent_id] = record
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
        return [agent_id for agent_id, entry in self._registrar.registry.items() if entry['list'] == where]

    def _store(self, change):
        registry = {agent_id: dict(entry) for agent_id, entry in self._registrar.registry.items()}
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
    """Moves an agent to another list of the registry, or removes it."""
    entry = registry.pop(agent_id, None)
    if entry and where:
        registry[agent_id] = {**entry, 'list': where}


def admit(registry, info):
    entry = registry.get(info['id'], {'deactivated': False, 'drain': None})
    registry[info['id']] = {**entry, 'list': 'admitted', 'hostname': info['hostname'], 'port': info['port']}


def of_framework(record, framework_id):
    return [task for task in record['tasks'] if task['framework_id'] == framework_id]


def new_record(info, again, before):
    now = time.time()
    record = {
        'info': info, 'registered': now, 'deactivated': False, 'drain': None, 'tasks': [],
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
