"""The state of an agent in <work_dir>/meta: its ID, and its properties when it got the ID."""
import json
import os
import shutil

PARTS = ('hostname', 'port', 'resources', 'attributes', 'domain')


class Incompatible(Exception):
    """The properties of the agent have changed, so it cannot keep its ID."""


class Meta:
    def __init__(self, work_dir):
        self._work_dir = work_dir
        self._slaves = os.path.join(work_dir, 'meta', 'slaves')
        self._latest = os.path.join(self._slaves, 'latest')
        os.makedirs(self._slaves, exist_ok=True)

    def recover(self, info, policy):
        """The ID to recover, or '' for a new agent. Raises Incompatible."""
        old = self._read()
        rebooted = self._rebooted()
        self._write(os.path.join(self._work_dir, 'meta', 'boot_id'), boot_id())
        if not old:
            return ''
        changed = [part for part in PARTS if not kept(part, old.get(part), info.get(part), policy)]
        if not changed:
            return old['id']
        if rebooted:
            self.forget()
            return ''
        raise Incompatible(self._advice(old, info))

    def keep(self, info):
        """Stores the ID and marks it as the latest."""
        folder = os.path.join(self._slaves, info['id'])
        os.makedirs(folder, exist_ok=True)
        os.makedirs(os.path.join(self._work_dir, 'slaves', info['id']), exist_ok=True)
        self._write(os.path.join(folder, 'slave.info'), json.dumps(info))
        draft = self._latest + '.new'
        if os.path.lexists(draft):
            os.remove(draft)
        os.symlink(folder, draft)
        os.replace(draft, self._latest)

    def forget(self):
        if os.path.lexists(self._latest):
            os.remove(self._latest)

    def clean_up(self):
        """--recover=cleanup: deletes all state of the previous agent."""
        self.forget()
        shutil.rmtree(self._slaves, ignore_errors=True)

    def _read(self):
        try:
            with open(os.path.join(self._latest, 'slave.info'), encoding='utf8') as file:
                return json.load(file)
        except FileNotFoundError:
            return None

    def _rebooted(self):
        try:
            with open(os.path.join(self._work_dir, 'meta', 'boot_id'), encoding='utf8') as file:
                return file.read() != boot_id()
        except FileNotFoundError:
            return False

    def _write(self, path, text):
        with open(path + '.new', 'w', encoding='utf8') as file:
            file.write(text)
        os.replace(path + '.new', path)

    def _advice(self, old, new):
        line = '-' * 60
        return (
            f'Incompatible agent info detected.\n{line}\nOld agent info:\n{json.dumps(old, indent=1)}\n\n'
            f'New agent info:\n{json.dumps(new, indent=1)}\n{line}\n'
            f'To remedy this do as follows:\nStep 1: rm -f {self._latest}\n'
            "        This ensures agent doesn't recover old live executors.\nStep 2: Restart the agent."
        )


def kept(part, old, new, policy):
    """Whether an agent with the properties `old` may recover with `new`."""
    if old == new:
        return True
    if policy != 'additive' or part in ('hostname', 'port'):
        return False
    if part == 'resources':
        return all(not_less(value, new.get(name)) for name, value in old.items())
    return old is None or (isinstance(old, dict) and old.items() <= (new or {}).items())


def not_less(old, new):
    return new == old or (isinstance(old, float) and isinstance(new, float) and new >= old)


def boot_id():
    with open('/proc/sys/kernel/random/boot_id', encoding='utf8') as file:
        return file.read().strip()
