from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import ASG_NAME_TAG, AutoScalingBackend, FakeAutoScalingGroup, InstanceState
from moto.autoscaling.responses import AutoScalingResponse
from moto.ec2.exceptions import EC2ClientError

from . import clock, dry_run
from .mend import mend


# moto derives the service of an error from the name of the module, so this file must be named autoscaling.
class AlreadyExists(AutoscalingClientError):
    code = "AlreadyExists"


class ResourceInUse(AutoscalingClientError):
    code = "ResourceInUse"


@mend(AutoScalingBackend, "create_auto_scaling_group")
def refuse_what_aws_refuses(original, self, name, *args, **kwargs):
    """AWS rejects a name that is taken (moto replaces the group and forgets its instances), and an invalid launch
    template, with its own message, even if the group is to have no instances (moto: only when it launches one)."""
    if name in self.autoscaling_groups:
        raise AlreadyExists(
            f"AutoScalingGroup by this name already exists - A group with the name {name} already exists"
        )
    _check_template(self.ec2_backend, kwargs.get("launch_template"), kwargs.get("vpc_zone_identifier"))
    try:
        group = original(self, name, *args, **kwargs)
    except EC2ClientError as error:
        raise _invalid(error) from error
    group.created_time = clock.utcnow().isoformat()
    return group


@mend(AutoScalingBackend, "update_auto_scaling_group")
def refuse_a_template_that_does_not_launch(original, self, name, *args, **kwargs):
    """AWS also validates a launch template when a group is changed."""
    group = self.autoscaling_groups.get(name)
    subnets = kwargs.get("vpc_zone_identifier") or (group and group.vpc_zone_identifier)
    _check_template(self.ec2_backend, kwargs.get("launch_template"), subnets)
    return original(self, name, *args, **kwargs)


@mend(AutoScalingResponse, "delete_auto_scaling_group")
def keep_a_group_with_machines(original, self):
    """AWS deletes a group that has instances only with ForceDelete; moto always deletes it."""
    name = self._get_param("AutoScalingGroupName")
    group = self.autoscaling_backend.autoscaling_groups.get(name)
    if group and group.instance_states and not self._get_bool_param("ForceDelete"):
        raise ResourceInUse(
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance "
            "request(s) still in the group."
        )
    return original(self)


@mend(FakeAutoScalingGroup, "replace_autoscaling_group_instances")
def launch_in_every_subnet(original, self, count_needed, propagated_tags):
    """AWS distributes a group over its subnets and launches the version in the group; moto launches all instances in
    the first subnet, from the default version."""
    if not self.ec2_launch_template:
        return original(self, count_needed, propagated_tags)
    template = {"LaunchTemplateId": self.ec2_launch_template.id, "Version": self.launch_template_version}
    for _ in range(count_needed):
        reservation = _run_one(
            self.autoscaling_backend.ec2_backend,
            template,
            _emptiest_subnet(self),
            tags={"instance": {**propagated_tags, ASG_NAME_TAG: self.name}},
        )
        instance = reservation.instances[0]
        instance.autoscaling_group = self
        protected = self.new_instances_protected_from_scale_in
        self.instance_states.append(InstanceState(instance, protected_from_scale_in=protected))


def _launched_version(state):
    """AWS returns the version that an instance was launched from, as a number; moto returns the default version of the
    template."""
    instance = state.instance
    # Instance.get_tags searches the tags of all resources, which takes minutes with 1,000 instances.
    tags = instance.ec2_backend.tags.get(instance.id, {})
    template = instance.autoscaling_group.ec2_launch_template
    return template and {
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "Version": tags.get("aws:ec2launchtemplate:version"),
    }


InstanceState.launch_template = property(_launched_version)


def _emptiest_subnet(group):
    subnets = group.vpc_zone_identifier.split(",") if group.vpc_zone_identifier else [None]
    used = [state.instance.subnet_id for state in group.instance_states]
    return min(subnets, key=used.count)


def _check_template(ec2, template, subnets):
    if not template:
        return
    asked = {key: value for key, value in template.items() if value}
    try:
        for subnet in (subnets or "").split(","):
            dry_run.would_succeed(lambda place=subnet: _run_one(ec2, asked, place or None))
    except EC2ClientError as error:
        raise _invalid(error) from error


def _invalid(error):
    return ValidationError(f"You must use a valid fully-formed launch template. {error.message}")


def _run_one(ec2, template, subnet, tags=None):
    """Launches an instance as EC2 does for Auto Scaling, which assigns its subnet to the interfaces in the template."""
    data = ec2._get_template_from_args(template).data
    nics = [{**nic, "SubnetId": subnet} for nic in data.get("NetworkInterfaces", [])]
    return ec2.run_instances(
        data.get("ImageId"),
        1,
        data.get("UserData"),
        [],
        instance_type="m1.small",
        is_instance_type_default=True,
        tags=tags or {},
        launch_template=template,
        nics=nics,
        subnet_id=None if nics else subnet,
    )
