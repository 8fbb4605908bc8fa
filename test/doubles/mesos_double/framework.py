"""The leading Marathon as a framework: the functions of libmesos for it."""
import time

from . import glog
from .agent import fixed_master


class Framework:
    def __init__(self, marathon):
        self._marathon = marathon

    def run(self):
        glog.start('detector', self._detect)
        while True:
            self._report()
            time.sleep(1)

    def _detect(self):
        master = self._marathon.options.master
        if not master.startswith('zk://'):
            self._found(fixed_master(master))
            return
        from .detector import Detector
        from .ensemble import Ensemble, parse_url
        detector = Detector(parse_url(master)[1], self._found)
        Ensemble(master, 10, detector.turn, detector.forget).run()

    def _found(self, master):
        self._marathon.master = master

    def _report(self):
        from .web import address_of, ask
        master = self._marathon.master
        if not master:
            return
        try:
            status, answer = ask(address_of(master['pid']), '/double/framework', self._describe())
        except OSError:
            return  # the next report may be sent to another master
        if status == 200:
            self._marathon.given_id = answer['id']

    def _describe(self):
        options = self._marathon.options
        return {
            'id': self._marathon.given_id,
            'name': options.framework_name,
            'pid': f'scheduler-double@{self._marathon.id}',
            'hostname': self._marathon.host,
            'webui_url': options.webui_url or f'http://{self._marathon.id}',
            'role': options.mesos_role,
            'user': options.mesos_user or 'root',
            'tasks': self._marathon.tasks,
            'failover_timeout': float(options.failover_timeout),
        }
