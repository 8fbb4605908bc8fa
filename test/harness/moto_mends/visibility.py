from contextlib import contextmanager

from moto.core.responses import BaseResponse
from moto.ec2.models import ec2_backends

from . import dry_run, terminations
from .delays import delay, is_over
from .mend import mend

_asker = "ec2"


@mend(BaseResponse, "call_action")
def show_what_is_known_by_now(original, self):
    """AWS is eventually consistent: new resources are not described at first, and calls that refer to them report that
    they do not exist (EC2 developer guide, "Eventual consistency in the Amazon EC2 API"). In moto they are visible
    immediately."""
    global _asker
    if self.service_name not in ("ec2", "autoscaling"):
        return original(self)
    backend = ec2_backends[self.current_account][self.region]
    is_ec2 = self.service_name == "ec2"
    _asker = self.service_name
    dry_run.ask(is_ec2 and bool(self._get_param("DryRun", False)))
    terminations.proceed(backend)
    try:
        with _without_the_new(backend, is_ec2):
            return original(self)
    finally:
        dry_run.ask(False)


def iam_delay():
    """The delay until changes in IAM are visible to the requested service."""
    return delay("iamToEc2" if _asker == "ec2" else "iamToAutoScaling")


@contextmanager
def _without_the_new(backend, is_ec2):
    """Removes resources that are not visible yet from the tables of moto during a call. They still count: their names
    are taken, and what they use is in use."""
    aside = _find_the_new(backend, is_ec2)
    backend.aside = [(table, key, table.pop(key)) for table, key in aside]
    known = {id(table): set(table) for table, _ in aside}
    versions = [(template, _take_new_versions(template)) for template in backend.launch_templates.values()]
    try:
        yield
    finally:
        for template, new in versions:
            made = template.versions[template.known_versions :]
            template.versions[template.known_versions :] = [*new, *made]
            del template.known_versions
        back, backend.aside = backend.aside, []
        # Resources from this call come after those that existed before it.
        made = {number: _take_others(table, known[number]) for number, table in _tables(aside).items()}
        for table, key, value in back:
            table[key] = value
        for number, table in _tables(aside).items():
            table.update(made[number])


def _find_the_new(backend, is_ec2):
    tables = [
        (backend.launch_templates, "launchTemplates", lambda template: template.create_time),
        *((groups, "securityGroups", _made_at) for groups in backend.groups.values()),
    ]
    if is_ec2:
        tables += [
            (backend.reservations, "instances", lambda one: one.instances[0].launch_time),
            (backend.enis, "interfaces", _made_at),
        ]
    found = [
        (table, key)
        for table, name, time in tables
        for key, value in table.items()
        if time(value) and not is_over(name, time(value))
    ]
    new = {key for table, key in found if table is backend.launch_templates}
    ids = backend.launch_template_name_to_ids
    return [*found, *((ids, name) for name, tid in ids.items() if tid in new)]


def _made_at(resource):
    return getattr(resource, "made_at", None)


def _take_new_versions(template):
    new = [version for version in template.versions if not is_over("launchTemplates", version.create_time)]
    kept = len(template.versions) - len(new)
    template.known_versions = kept
    del template.versions[kept:]
    return new


def _take_others(table, known):
    return {key: table.pop(key) for key in list(table) if key not in known}


def _tables(aside):
    return {id(table): table for table, _ in aside}
