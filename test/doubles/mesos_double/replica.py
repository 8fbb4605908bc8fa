"""A replica of the registry's log, stored in <work_dir>/replicated_log.

The stand-in stores the latest registry and its position instead of a log. The rules for when a replica may vote are
those of Mesos.
"""
import json
import os
import threading

EMPTY, STARTING, VOTING = 'EMPTY', 'STARTING', 'VOTING'


class Replica:
    def __init__(self, work_dir):
        folder = os.path.join(work_dir, 'replicated_log')
        os.makedirs(folder, exist_ok=True)
        self._file = os.path.join(folder, 'replica.json')
        self._lock = threading.Lock()
        self._state = self._load()

    @property
    def status(self):
        return self._state['status']

    def view(self):
        return dict(self._state)

    def become(self, status, taken=None):
        """Changes the status, after copying the state of a replica that may vote."""
        with self._lock:
            self._keep({**self._state, **(taken or {}), 'status': status})

    def promise(self, proposal):
        """Responds to a coordinator: whether it may write from now on, and what was written last."""
        with self._lock:
            granted = self.status == VOTING and proposal > self._state['promised']
            if granted:
                self._keep({**self._state, 'promised': proposal})
            return {**self._state, 'granted': granted}

    def write(self, proposal, position, registry):
        with self._lock:
            granted = self.status == VOTING and proposal >= self._state['promised']
            if granted:
                self._keep({**self._state, 'promised': proposal, 'position': position, 'registry': registry})
            return {'granted': granted, 'promised': self._state['promised']}

    def _load(self):
        try:
            with open(self._file, encoding='utf8') as file:
                return json.load(file)
        except FileNotFoundError:
            return {'status': EMPTY, 'promised': 0, 'position': 0, 'registry': {}}

    def _keep(self, state):
        draft = self._file + '.new'
        with open(draft, 'w', encoding='utf8') as file:
            json.dump(state, file)
        os.replace(draft, self._file)
        self._state = state


def next_status(own, counts, quorum, auto_initialize):
    """The next status of a replica that cannot vote yet, based on the number of replicas in each status, including
    itself.

    It joins a majority that votes. An empty log is initialized only after all 2 * quorum - 1 replicas have responded
    (log_auto_initialize in Mesos, src/log/recover.cpp).
    """
    everybody = 2 * quorum - 1
    if counts.get(VOTING, 0) >= quorum:
        return VOTING
    if not auto_initialize:
        return own
    if own == EMPTY and counts.get(EMPTY, 0) + counts.get(STARTING, 0) >= everybody:
        return STARTING
    if own == STARTING and counts.get(STARTING, 0) + counts.get(VOTING, 0) >= everybody:
        return VOTING
    return own
