"""The frameworks that a leading master knows. The stand-in for Marathon reports every second."""
import time

GONE_AFTER = 5


class Frameworks:
    def __init__(self, master_id):
        self._master_id = master_id
        self._known = {}

    def report(self, info):
        """Processes a framework's report and returns the ID of the framework, a new one if it had none."""
        framework_id = info['id'] or f'{self._master_id}-{len(self._known):04d}'
        before = self._known.get(framework_id, {'registered': time.time()})
        wanted = info.pop('tasks', None)
        known = {'info': {**info, 'id': framework_id}, 'wanted': wanted, 'heard': time.monotonic()}
        self._known[framework_id] = {**before, **known}
        return framework_id

    def all(self, tasks):
        return [shown(record, tasks) for record in list(self._known.values())]

    def wanted(self):
        """The tasks that each active framework wants to run, by its ID."""
        records = [record for record in list(self._known.values()) if active(record)]
        return [(one['info']['id'], one['wanted']) for one in records if one['wanted']]


def active(record):
    return time.monotonic() - record['heard'] < GONE_AFTER


def shown(record, tasks):
    """A framework in the format of /state."""
    nothing = {'disk': 0.0, 'mem': 0.0, 'gpus': 0.0, 'cpus': 0.0}
    return {
        **record['info'],
        'active': active(record),
        'connected': active(record),
        'recovered': False,
        'registered_time': record['registered'],
        'unregistered_time': 0.0,
        'resources': nothing,
        'used_resources': nothing,
        'offered_resources': nothing,
        'checkpoint': True,
        'roles': [],
        'offers': [],
        'tasks': [task for task in tasks if task['framework_id'] == record['info']['id']],
        'unreachable_tasks': [],
        'completed_tasks': [],
        'executors': [],
    }
