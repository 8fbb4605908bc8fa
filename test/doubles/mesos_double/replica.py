"""One replica of the registry's log, kept in <work_dir>/replicated_log.

The stand-in keeps the newest registry and its position, not a log; who may vote, and when, is as in Mesos.
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
        """Changes the status, after taking over what a replica that may vote has."""
        with self._lock:
            self._keep({**self._state, **(taken or {}), 'status': status})

    def promise(self, proposal):
        """Answers a coordinator: whether it may write from now on, and what was written last."""
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
    """What becomes of a replica that can't vote yet, from how many replicas are in each status, itself included.

    A majority that votes takes it in; an empty log is begun only when all 2 * quorum - 1 have answered (Mesos'
    log_auto_initialize, src/log/recover.cpp).
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
