"""The stand-in for mesos-master."""
import os
import time
import uuid

from . import daemon, glog
from . import flags as settings
from .build import VERSION

CAPABILITIES = ['AGENT_UPDATE', 'AGENT_DRAINING', 'QUOTA_V2']


def main(program, arguments):
    flags = daemon.load(program, 'master', arguments, check)
    daemon.start_logging(program, flags)
    # Imported later, so that --version and flag errors are fast.
    from .place import Place
    place = Place(flags, os.environ)
    if flags.work_dir:
        daemon.make_folders(flags.work_dir)
    Master(flags, place).run()


def check(flags):
    """The checks that the flag parser cannot do alone. Raises FlagError."""
    if flags.zk and flags.master_detector:
        raise settings.FlagError('Only one of --zk or --master_detector should be specified')
    if flags.master_detector:
        raise settings.FlagError(f"Failed to create a master detector: Module '{flags.master_detector}' unknown")
    if flags.registry == 'replicated_log' and not flags.work_dir:
        raise settings.FlagError('--work_dir needed for replicated log based registry')
    if flags.registry == 'replicated_log' and flags.zk and not flags.quorum:
        raise settings.FlagError('Need to specify --quorum for replicated log based registry when using ZooKeeper')
    if flags.zk:
        check_zk(flags.zk)


def check_zk(url):
    from .ensemble import parse_url
    try:
        parse_url(url)
    except ValueError as error:
        raise settings.FlagError(f'Failed to create a master contender: {error}') from None


class Master:
    def __init__(self, flags, place):
        from .agents import Agents
        from .frameworks import Frameworks
        self.flags = flags
        self.place = place
        self.id = str(uuid.uuid4())
        self.start_time = time.time()
        self.elected_time = None
        self.leader = None
        self.recovered = False
        self.contender = None
        self.registrar = self._registrar()
        self.frameworks = Frameworks(self.id)
        self.agents = Agents(self.id, flags, self.registrar, self.frameworks)

    @property
    def elected(self):
        return self.elected_time is not None

    def info(self):
        """MasterInfo in the format of the znode."""
        from .place import ip_number
        ip, port = self.place.advertised
        info = {
            'address': {'hostname': self.place.hostname, 'ip': ip, 'port': port},
            'capabilities': [{'type': capability} for capability in CAPABILITIES],
            'hostname': self.place.hostname,
            'id': self.id,
            'ip': ip_number(ip),
            'pid': f'master@{self.place.pid_address}',
            'port': port,
            'version': VERSION,
        }
        return {**info, 'domain': self.flags.domain} if self.flags.domain else info

    def run(self):
        from .master_http import answers
        daemon.serve(self.place, answers(self))
        glog.info('master.cpp:440', f"Master {self.id} ({self.place.hostname}) started on {self.place.pid_address}")
        glog.start('log', self.registrar.bring_up_log)
        if self.flags.zk:
            self._contend()
        self._detected(self.info(), own=True)
        while True:
            time.sleep(3600)

    def _contend(self):
        from .contender import Contender
        from .ensemble import Ensemble, parse_url
        path = parse_url(self.flags.zk)[1]
        self.contender = Contender(path, self.info(), self._detected)
        timeout = settings.seconds(self.flags, 'zk_session_timeout')
        Ensemble(self.flags.zk, timeout, self.contender.turn, self._lost_session).run()

    def _lost_session(self):
        if self.elected:
            self._give_up()
        self.contender.forget()
        self.leader = None
        glog.info('master.cpp:2182', 'Lost candidacy as a follower... Contend again')

    def _detected(self, info, own):
        name = f"{info['pid']} with id {info['id']}" if info else 'None'
        glog.info('master.cpp:2200', f'The newly elected leader is {name}')
        if self.elected and not own:
            self._give_up()
        self.leader = info
        if own and not self.elected:
            self.elected_time = time.time()
            glog.info('master.cpp:2205', 'Elected as the leading master!')
            glog.start('recovery', self._recover)

    def _give_up(self):
        glog.leave('master.cpp:2184', 'Lost leadership... committing suicide!')

    def _recover(self):
        glog.info('master.cpp:1723', 'Recovering from registrar')
        self.registrar.recover()
        self.agents.recover()
        self.recovered = True
        glog.info('master.cpp:1837', f'Recovered {len(self.agents.recovered())} agents from the registry')

    def _registrar(self):
        from .registrar import InMemory, Registrar
        if self.flags.registry == 'in_memory':
            return InMemory()
        from .replica import Replica
        return Registrar(self.flags, Replica(self.flags.work_dir), self._peers)

    def _peers(self):
        if not self.contender:
            return []
        own = f'log-replica(1)@{self.place.pid_address}'
        return [pid for pid in self.contender.replicas() if pid != own]
