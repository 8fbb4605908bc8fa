"""The stand-in for mesos-agent. A task is an entry that takes its time to stop."""
import os
import signal
import threading
import time

from . import daemon, glog
from . import flags as settings
from .build import VERSION

CAPABILITIES = [
    'MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT', 'RESOURCE_PROVIDER', 'RESIZE_VOLUME',
    'AGENT_OPERATION_FEEDBACK', 'AGENT_DRAINING', 'TASK_RESOURCE_LIMITS',
]
REPORT = 1


def main(program, arguments):
    flags = daemon.load(program, 'agent', arguments, check)
    daemon.start_logging(program, flags)
    from . import isolation
    from .place import Place
    place = Place(flags, os.environ)
    trouble = isolation.trouble(flags)
    if trouble:
        glog.leave('main.cpp:498', trouble)
    daemon.make_folders(flags.work_dir, flags.runtime_dir, os.path.join(flags.work_dir, 'provisioner'))
    Agent(flags, place).run()


def check(flags):
    """The checks that the flag parser cannot do alone. Raises FlagError."""
    if not flags.work_dir:
        raise settings.FlagError("Flag 'work_dir' is required, but it was not provided")
    if not flags.master and not flags.master_detector:
        raise settings.FlagError('Missing required option `--master` or `--master_detector`.')
    if flags.master and flags.master_detector:
        raise settings.FlagError('Only one of `--master` or `--master_detector` should be specified.')
    if flags.master_detector:
        raise settings.FlagError(f"Failed to create a master detector: Module '{flags.master_detector}' unknown")
    check_master(flags.master)


def check_master(master):
    from .ensemble import parse_server, parse_url
    try:
        if master.startswith('zk://'):
            parse_url(master)
        else:
            parse_server(master.rpartition('@')[2])
    except ValueError as error:
        raise settings.FlagError(f'Failed to create a master detector: {error}') from None


class Agent:
    def __init__(self, flags, place):
        from .recovery import Meta
        self.flags = flags
        self.place = place
        self.start_time = time.time()
        self.leader = None
        self.registered_with = None
        self.tasks = {}
        self._meta = Meta(flags.work_dir)
        self._changed = threading.Event()
        self.info = self._describe()

    @property
    def registered(self):
        """Whether this agent is registered with the current leading master."""
        return self.leader is not None and self.registered_with == self.leader['id']

    def run(self):
        from .agent_http import answers
        daemon.serve(self.place, answers(self))
        glog.info('slave.cpp:269', f"Agent started on slave(1)@{self.place.pid_address}")
        self._recover()
        signal.signal(signal.SIGUSR1, lambda *_: self._unregister())
        glog.start('detector', self._detect)
        while True:
            self._report()
            # Wakes up immediately for a new master. Signals are handled by this thread.
            self._changed.wait(REPORT)
            self._changed.clear()

    def _describe(self):
        from . import machine
        try:
            resources = machine.resources(self.flags)
            attributes = machine.attributes(self.flags.attributes)
        except (ValueError, KeyError, TypeError) as error:
            glog.leave('main.cpp:555', f'Failed to determine agent resources or attributes: {error}')
        return {
            'id': '',
            'hostname': self.place.hostname,
            'port': self.place.advertised[1],
            'pid': f'slave(1)@{self.place.pid_address}',
            'attributes': attributes,
            'resources': resources,
            'domain': self.flags.domain,
            'version': VERSION,
            'capabilities': CAPABILITIES,
            'started': self.start_time,  # lets the master detect a restart
        }

    def _recover(self):
        from .recovery import Incompatible
        if self.flags.recover == 'cleanup':
            self._meta.clean_up()
            glog.leave('slave.cpp:7400', 'Finished cleanup', 0)
        try:
            self.info['id'] = self._meta.recover(self.info, self.flags.reconfiguration_policy)
        except Incompatible as error:
            glog.leave('slave.cpp:7620', f'Failed to perform recovery: {error}')
        glog.info('slave.cpp:7500', f"Finished recovery; agent id is '{self.info['id']}'")

    def _detect(self):
        if not self.flags.master.startswith('zk://'):
            self._found(fixed_master(self.flags.master))
            return
        from .detector import Detector
        from .ensemble import Ensemble, parse_url
        detector = Detector(parse_url(self.flags.master)[1], self._found)
        timeout = settings.seconds(self.flags, 'zk_session_timeout')
        Ensemble(self.flags.master, timeout, detector.turn, detector.forget).run()

    def _found(self, leader):
        self.leader = leader
        if leader:
            glog.info('slave.cpp:1078', f"New master detected at {leader['pid']}")
        else:
            glog.info('slave.cpp:1071', 'Lost leading master')
        self._changed.set()

    def _report(self):
        leader = self.leader
        if not leader:
            return
        from .web import address_of, ask
        try:
            self._end_tasks()
            report = {**self.info, 'tasks': list(self.tasks.values())}
            status, answer = ask(address_of(leader['pid']), '/double/agent', report, timeout=25)
        except OSError as error:
            self._left(f'Master disconnected! Waiting for a new master to be elected ({error})')
            return
        if status == 410:
            glog.leave('slave.cpp:930', "Agent asked to shut down by master because 'Agent has been marked gone'", 0)
        if status != 200:
            self._left('The master that was detected does not lead yet, or any more')
            return
        self._took(leader, answer['id'])
        self.tasks.update((task['id'], task) for task in answer['launch'])
        if answer['kill'] is not None:
            self._kill_tasks(answer['kill'])

    def _kill_tasks(self, longest):
        """A task that does not stop by itself is killed after its own grace period or `longest`, in seconds."""
        now = time.time()
        for task in self.tasks.values():
            task.setdefault('ends', now + min(task['stops_after'], task['grace'], longest))

    def _end_tasks(self):
        now = time.time()
        self.tasks = {key: task for key, task in self.tasks.items() if task.get('ends', now + 1) > now}

    def _left(self, why):
        if self.registered_with:
            glog.warning('slave.cpp:1150', why)
        self.registered_with = None

    def _took(self, leader, agent_id):
        if self.registered_with == leader['id'] and self.info['id'] == agent_id:
            return
        if self.info['id'] != agent_id:
            self.info = {**self.info, 'id': agent_id}
        self._meta.keep(self.info)
        self.registered_with = leader['id']
        glog.info('slave.cpp:1420', f"Registered with master {leader['pid']}; given agent ID {agent_id}")

    def _unregister(self):
        """SIGUSR1: deregisters the agent permanently."""
        from .web import address_of, ask
        glog.info('slave.cpp:915', 'Received SIGUSR1 signal; unregistering and shutting down')
        try:
            if self.registered:
                ask(address_of(self.leader['pid']), '/double/unregister', {'id': self.info['id']})
        except OSError as error:
            glog.warning('slave.cpp:920', f'Could not unregister: {error}')
        self._meta.forget()
        glog.leave('slave.cpp:930', 'Terminating', 0)


def fixed_master(address):
    """A master named by --master. Its ID and host name are not known."""
    host, _, port = address.rpartition('@')[2].rpartition(':')
    return {'id': '', 'pid': f'master@{host}:{port}', 'hostname': host, 'port': int(port)}
