from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import ASG_NAME_TAG, AutoScalingBackend, FakeAutoScalingGroup, InstanceState
from moto.autoscaling.responses import AutoScalingResponse
from moto.ec2.exceptions import EC2ClientError

from .mend import mend


# moto reads off a module's name which service an error belongs to: this file has to be called autoscaling.
class AlreadyExists(AutoscalingClientError):
    code = "AlreadyExists"


class ResourceInUse(AutoscalingClientError):
    code = "ResourceInUse"


@mend(AutoScalingBackend, "create_auto_scaling_group")
def refuse_what_aws_refuses(original, self, name, *args, **kwargs):
    """AWS refuses a name that is taken (moto puts the new group in the old one's place and forgets its
    machines), and a launch template that EC2 would refuse, in words of its own."""
    if name in self.autoscaling_groups:
        raise AlreadyExists(
            f"AutoScalingGroup by this name already exists - A group with the name {name} already exists"
        )
    try:
        return original(self, name, *args, **kwargs)
    except EC2ClientError as error:
        raise ValidationError(
            f"You must use a valid fully-formed launch template. {error.message}"
        ) from error


@mend(AutoScalingResponse, "delete_auto_scaling_group")
def keep_a_group_with_machines(original, self):
    """AWS deletes a group that has machines only with ForceDelete; moto always."""
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
    """AWS spreads a group over its subnets and launches the version that the group names; moto puts all
    machines into the first subnet, from the default version."""
    if not self.ec2_launch_template:
        return original(self, count_needed, propagated_tags)
    template = {"LaunchTemplateId": self.ec2_launch_template.id, "Version": self.launch_template_version}
    for _ in range(count_needed):
        reservation = self.autoscaling_backend.ec2_backend.run_instances(
            self.image_id,
            1,
            self.user_data,
            self.security_groups,
            instance_type=self.instance_type,
            is_instance_type_default=False,
            tags={"instance": {**propagated_tags, ASG_NAME_TAG: self.name}},
            launch_template=template,
            subnet_id=_emptiest_subnet(self),
        )
        instance = reservation.instances[0]
        instance.autoscaling_group = self
        protected = self.new_instances_protected_from_scale_in
        self.instance_states.append(InstanceState(instance, protected_from_scale_in=protected))


def _launched_version(state):
    """AWS answers the version that a machine was launched from, as a number; moto the template's default
    one."""
    tags = {tag["key"]: tag["value"] for tag in state.instance.get_tags()}
    template = state.instance.autoscaling_group.ec2_launch_template
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
