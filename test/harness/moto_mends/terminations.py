import copy
from datetime import timedelta

from moto.ec2.exceptions import InvalidParameterCombination, OperationNotPermitted4
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance, InstanceState
from moto.ec2.responses.instances import InstanceResponse

from . import clock, dry_run
from .delays import delay
from .mend import mend
from .network_interfaces import detach

# When each machine began to end, also of those that are forgotten.
ended_at = {}
_SHOWN_FOR = timedelta(hours=1)
_motos_terminate = Instance.terminate


@mend(InstanceResponse, "run_instances")
def protect(original, self):
    """AWS takes DisableApiTermination; moto drops it."""
    answer = original(self)
    asked = self._get_param("DisableApiTermination")
    for instance in answer.result.instances if asked is not None else []:
        instance.disable_api_termination = asked
    return answer


@mend(InstanceResponse, "terminate_instances")
def keep_the_protected(original, self):
    """AWS terminates no machine in a zone of one that is protected, and the others all the same (EC2 user
    guide, "Change instance termination protection"); moto those that come before the first protected one."""
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
    """Auto Scaling isn't bound by termination protection; moto binds it."""
    if not instance_ids:
        raise InvalidParameterCombination("No instances specified")
    return [(one, one.terminate()) for one in self.get_multi_instances_by_id(instance_ids)]


@mend(InstanceResponse, "modify_instance_attribute")
def find_it_first(original, self):
    """AWS says that the machine doesn't exist before it answers a dry run."""
    self.ec2_backend.get_instance(self._get_param("InstanceId"))
    dry_run.stop()
    return original(self)


@mend(Instance, "terminate")
def shut_down(original, self):
    """AWS shuts a machine down first, which may take minutes, and ends it once; moto at once, and anew each
    time."""
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
    """AWS lets go of a machine's interfaces: those that were made with it are deleted, the others are free
    again. A machine that is terminated is described without address, network and groups. moto keeps all of
    it."""
    for interface in list(instance.nics.values()):
        detach(interface)
    _motos_terminate(instance)
    instance.gone_at = getattr(instance, "gone_at", clock.utcnow())
    instance._subnet_id, instance.security_groups, instance.nics = None, [], {}


def proceed(backend):
    """Ends what has shut down by now, and forgets what was terminated an hour ago."""
    for reservation in list(backend.reservations.values()):
        for instance in list(reservation.instances):
            if instance.state == "shutting-down" and instance.gone_at <= clock.utcnow():
                _end(instance)
            if instance.state == "terminated" and instance.gone_at + _SHOWN_FOR <= clock.utcnow():
                reservation.instances.remove(instance)
                backend.tags.pop(instance.id, None)
        if not reservation.instances:
            del backend.reservations[reservation.id]
