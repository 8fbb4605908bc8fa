"""The consoles of instances. A double: nothing boots here, so every instance reports what a node of a healthy cluster
would, according to the instances that run, except where a test sets another report or other text."""

import base64
import json
import time
import zlib

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.responses.general import General

from .mend import mend

# By the name of a seat or the ID of an instance. The report of a frozen instance is never followed by another one.
changed_reports = {}
texts = {}
frozen = set()
_sequences = {}


@mend(General, "get_console_output")
def show_the_console(original, self):
    """EC2 returns the last 64 KB that the instance wrote. With `Latest`, it does so at any time, but only for instance
    types with the Nitro System. moto returns the same text for every instance."""
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    latest = self._get_bool_param("Latest", False)
    if latest and INSTANCE_TYPES.get(instance.instance_type, {}).get("Hypervisor") != "nitro":
        why = "This instance type does not support retrieving the latest console logs."
        raise EC2ClientError("UnsupportedOperation", why)
    text = _console_of(self.ec2_backend, instance)
    output = base64.b64encode(text.encode()[-65536:]).decode()
    return ActionResult({"InstanceId": instance.id, "Timestamp": utcnow(), "Output": output})


def _console_of(backend, instance):
    tags = _tags(backend, instance)
    names = [tags.get("Name", ""), instance.id]
    for name in names:
        if name in texts:
            return texts[name]
    if instance.state != "running":
        return ""
    report = _report_of(backend, instance)
    for name in names:
        report |= changed_reports.get(name, {})
    if not frozen.intersection(names):
        _sequences[instance.id] = _sequences.get(instance.id, 0) + 1
    return _frame(_sequences.get(instance.id, 0), report)


def _frame(sequence, report):
    payload = json.dumps(report, separators=(",", ":"))
    head = f"1-0000abcd {sequence} {int(time.time())} full "
    return f"[    0.000000] Linux version 6.1\r\nmesos-bakery {head}{zlib.crc32((head + payload).encode()):08x} {payload}\r\n"


def _tags(backend, instance):
    return backend.tags.get(instance.id, {})


def _report_of(backend, instance):
    tags = _tags(backend, instance)
    cluster = tags.get("mesos-bakery:cluster")
    running = [
        (one, _tags(backend, one))
        for one in backend.all_instances()
        if one.state == "running" and _tags(backend, one).get("mesos-bakery:cluster") == cluster
    ]
    leaders = sorted(
        (int(of["mesos-bakery:seat"]), one) for one, of in running if "mesos-bakery:seat" in of
    )
    first = leaders[0][1] if leaders else None
    count = int(next((of["mesos-bakery:leaders"] for _, of in running if "mesos-bakery:leaders" in of), 0))
    formed = len(leaders) >= count // 2 + 1
    mixed = [one for _, one in leaders if len(one.security_groups) > 1]
    agents = len(running) - len(leaders) + len(mixed)
    leads = "mesos-bakery:seat" in tags
    follows = not leads or instance in mixed
    servers = [f"{cluster}-leader-{seat}" for seat, _ in leaders]
    address = first.private_ip if formed and first else None
    return {
        "cloud_init": {"status": "done", "errors": []},
        "units": [],
        "consul": {"servers": servers, "leader": address, "voters": len(leaders) if leads else None},
        "zookeeper": _zookeeper(instance, first, len(leaders), formed) if leads else None,
        "master": _master(instance, first, count, agents, formed) if leads else None,
        "agent": {"health": True, "registered": formed, "id": "S0", "master": address} if follows else None,
        "marathon": {"health": True, "leader": address} if leads else None,
    }


def _zookeeper(instance, first, leaders, formed):
    if not formed:
        return {"mode": None, "synced_followers": None}
    leads = instance is first
    return {"mode": "leader" if leads else "follower", "synced_followers": leaders - 1 if leads else None}


def _master(instance, first, count, agents, formed):
    elected = formed and instance is first
    return {
        "health": True,
        "leader": first.private_ip + ":5050" if formed else None,
        "elected": elected,
        "quorum": count // 2 + 1,
        "recovered": formed,
        "slaves": agents if elected else None,
    }
