import base64
import copy
from datetime import timedelta

from moto.core.responses import EmptyResult
from moto.core.types import Base64EncodedString
from moto.ec2.exceptions import EC2ClientError, InvalidParameterCombination, OperationNotPermitted4
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance, InstanceState
from moto.ec2.responses.instances import InstanceResponse

from . import clock, dry_run
from .delays import delay
from .mend import mend
from .network_interfaces import detach

# When each instance started to shut down, including those that are no longer listed.
ended_at = {}
_SHOWN_FOR = timedelta(hours=1)
_motos_terminate = Instance.terminate


@mend(InstanceResponse, "run_instances")
def protect(original, self):
    """AWS applies DisableApiTermination; moto drops it."""
    answer = original(self)
    asked = self._get_param("DisableApiTermination")
    for instance in answer.result.instances if asked is not None else []:
        instance.disable_api_termination = asked
    return answer


@mend(InstanceResponse, "terminate_instances")
def keep_the_protected(original, self):
    """AWS terminates no instance in a zone that contains a protected one, but those in other zones (EC2 user guide,
    "Change instance termination protection"); moto terminates those before the first protected one."""
    instances = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
    protected = [one for one in instances if one.disable_api_termination and one.id not in ended_at]
    dry_run.stop()
    if not protected:
        return original(self)
    zones = {one.availability_zone for one in protected}
    for instance in instances:
        if instance.availability_zone not in zones:
            instance.terminate()
    raise OperationNotPermitted4(protected[0].id)


@mend(EC2Backend, "terminate_instances")
def end_what_others_end(original, self, instance_ids):
    """Termination protection does not apply to Auto Scaling; in moto it does."""
    if not instance_ids:
        raise InvalidParameterCombination("No instances specified")
    return [(one, one.terminate()) for one in self.get_multi_instances_by_id(instance_ids)]


@mend(InstanceResponse, "modify_instance_attribute")
def find_it_first(original, self):
    """AWS reports that the instance does not exist before it answers a dry run. It changes the user data of stopped
    instances only; moto changes that of any, and decodes it twice."""
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    dry_run.stop()
    user_data = self._get_param("UserData.Value")
    if user_data is None:
        return original(self)
    if instance.state != "stopped":
        raise EC2ClientError(
            "IncorrectInstanceState", f"The instance '{instance.id}' is not in the 'stopped' state."
        )
    instance.user_data = Base64EncodedString(base64.b64encode(user_data).decode())
    return EmptyResult()


@mend(Instance, "terminate")
def shut_down(original, self):
    """In AWS, an instance shuts down first, which may take minutes, and is terminated once; moto terminates it
    immediately, and again with each call."""
    previous = copy.copy(self._state)
    if self.id in ended_at:
        return previous
    ended_at[self.id] = clock.utcnow()
    if delay("shutdowns"):
        self._state = InstanceState("shutting-down", 32)
        self.gone_at = clock.utcnow() + delay("shutdowns")
    else:
        _end(self)
    return previous


def _end(instance):
    """AWS detaches the interfaces of an instance: those that were created with it are deleted, the others become
    available. A terminated instance is described without address, VPC and groups. moto keeps all of this."""
    for interface in list(instance.nics.values()):
        detach(interface)
    _motos_terminate(instance)
    instance.gone_at = getattr(instance, "gone_at", clock.utcnow())
    instance._subnet_id, instance.security_groups, instance.nics = None, [], {}


def proceed(backend):
    """Terminates the instances that have shut down by now, and removes those that were terminated more than an hour
    ago."""
    for reservation in list(backend.reservations.values()):
        for instance in list(reservation.instances):
            if instance.state == "shutting-down" and instance.gone_at <= clock.utcnow():
                _end(instance)
            if instance.state == "terminated" and instance.gone_at + _SHOWN_FOR <= clock.utcnow():
                reservation.instances.remove(instance)
                backend.tags.pop(instance.id, None)
        if not reservation.instances:
            del backend.reservations[reservation.id]
