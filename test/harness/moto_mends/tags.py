from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend
from moto.ec2.models import EC2Backend

from .mend import mend


@mend(EC2Backend, "do_resources_exist")
def miss_what_does_not_exist(original, self, resource_ids):
    """AWS tags existing resources only; moto also tags instances and network interfaces that do not exist."""
    for one in resource_ids:
        if one.startswith("i-"):
            self.get_instance(one)
        if one.startswith("eni-"):
            self.get_network_interface(one)
    return original(self, resource_ids)


@mend(AutoScalingBackend, "create_or_update_tags")
def miss_an_unknown_group(original, self, tags):
    """AWS names a group that does not exist; moto fails."""
    for tag in tags:
        if tag["ResourceId"] not in self.autoscaling_groups:
            raise ValidationError(f"AutoScalingGroup name not found - {tag['ResourceId']}")
    return original(self, tags)
