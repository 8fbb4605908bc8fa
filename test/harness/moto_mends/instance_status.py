"""The status checks and scheduled events of instances, which tests set. In moto, every check passes and nothing is
scheduled."""

from datetime import datetime

from moto.ec2.exceptions import EC2ClientError, InvalidParameterCombination
from moto.ec2.models.instances import Instance
from moto.ec2.responses.instances import InstanceResponse

from .mend import mend

# By the ID of an instance.
_events = {}
_impaired = {}
_AT_A_TIME = 100


def set_status(asked):
    """Schedules the events of instances and lets their checks fail, by ID: `{"i-1": {"events": [...], "system": since}}`.
    An event has `code` and `notBefore`, and may have `id` and `description`. Times are in ISO 8601."""
    for instance, status in asked.items():
        _events[instance] = [
            {
                "InstanceEventId": event.get("id", f"instance-event-{instance[2:]}{index}"),
                "Code": event["code"],
                "Description": event.get("description", "The instance runs on degraded hardware"),
                "NotBefore": datetime.fromisoformat(event["notBefore"]),
            }
            for index, event in enumerate(status.get("events", []))
        ]
        _impaired[instance] = {
            check: datetime.fromisoformat(status[check]) for check in ("system", "instance") if check in status
        }


def reset():
    _events.clear()
    _impaired.clear()


def _check(name, of_moto):
    def status(self):
        since = _impaired.get(self.id, {}).get(name)
        if since is None or self.state_code != 16:
            return of_moto.fget(self)
        failed = {"Name": "reachability", "Status": "failed", "ImpairedSince": since}
        return {"Details": [failed], "Status": "impaired"}

    return property(status)


Instance.system_status = _check("system", Instance.system_status)
Instance.instance_status = _check("instance", Instance.instance_status)
Instance.events = property(lambda self: _events.get(self.id, []))


@mend(Instance, "start")
def move_to_another_host(original, self, *args, **kwargs):
    """An instance that is stopped and started moves to another host: the checks pass again, and EC2 lists its events as
    completed (EC2 user guide, "Scheduled events for your instances")."""
    _impaired.pop(self.id, None)
    for event in _events.get(self.id, []):
        event["Description"] = f"[Completed] {event['Description']}"
    return original(self, *args, **kwargs)


@mend(InstanceResponse, "describe_instance_status")
def limit_the_ids(original, self):
    """AWS: "Maximum 100 explicitly specified instance IDs"; MaxResults cannot be specified with IDs. moto accepts
    both."""
    ids = self._get_param("InstanceIds", [])
    if len(ids) > _AT_A_TIME:
        raise EC2ClientError("InvalidParameterValue", f"The maximum number of instance IDs is {_AT_A_TIME}")
    if ids and self._get_param("MaxResults") is not None:
        raise InvalidParameterCombination("The parameter instancesSet cannot be used with maxResults")
    return original(self)
