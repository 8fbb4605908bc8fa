"""The checks of EC2 before it launches instances or answers a dry run. moto does some of them, and only after it has
answered a dry run."""

from moto.ec2.exceptions import (
    EC2ClientError,
    InvalidParameterCombination,
    InvalidParameterValue,
    InvalidSecurityGroupNotFoundError,
    MissingParameterError,
)
from moto.ec2.utils import filter_iam_instance_profiles
from moto.iam.exceptions import NotFoundException

from . import clock
from .iam import roles_as_of
from .network_interfaces import find_groups, refuse_in_use
from .visibility import iam_delay


def check_launch(backend, image_id, count, group_names, profile, kwargs):
    """Rejects a launch with the error of EC2. Returns the existing interface that the instance starts with, if there is
    one."""
    if not image_id:
        raise MissingParameterError("ImageId")
    images = backend.describe_images(ami_ids=[image_id])
    _check_type(backend, images, kwargs["instance_type"])
    key = kwargs["key_name"]
    if key and key not in backend.key_pairs:
        raise EC2ClientError("InvalidKeyPair.NotFound", f"The key pair '{key}' does not exist")
    if profile:
        arn, name = profile.get("Arn"), profile.get("Name")
        _check_roles(find_profile(backend.account_id, backend.partition, arn, name))
    nics = kwargs["nics"]
    if nics:
        return _check_interfaces(backend, count, group_names, nics, kwargs)
    _check_place(backend, count, group_names, kwargs)
    return None


def find_profile(account, partition, arn, name):
    kind, value = ("arn", arn) if arn else ("name", name)
    unknown = InvalidParameterValue(
        f"Value ({value}) for parameter iamInstanceProfile.{kind} is invalid. "
        f"Invalid IAM Instance Profile {'ARN' if arn else 'name'}"
    )
    try:
        profile = filter_iam_instance_profiles(account, partition, arn, name)
    except NotFoundException as missing:
        raise unknown from missing
    if profile is None or _roles(profile) is None:
        raise unknown
    return profile


def unknown_type(instance_type):
    return InvalidParameterValue(f"Invalid value '{instance_type}' for InstanceType.")


def _roles(profile):
    return roles_as_of(profile, clock.utcnow() - iam_delay())


def _check_roles(profile):
    if not _roles(profile):
        raise InvalidParameterValue(f'IAM Instance Profile "{profile.arn}" has no associated IAM Roles')


def _check_type(backend, images, instance_type):
    """AWS starts an image only on an instance type with the same architecture."""
    types = [kind for kind in backend.instance_types if kind["InstanceType"] == instance_type]
    if not types:
        raise unknown_type(instance_type)
    supported = types[0]["ProcessorInfo"]["SupportedArchitectures"]
    if images[0].architecture and images[0].architecture not in supported:
        raise InvalidParameterValue(
            f"The architecture '{','.join(supported)}' of the specified instance type does not match the "
            f"architecture '{images[0].architecture}' of the specified AMI. Specify an instance type and an "
            "AMI that have matching architectures, and try again."
        )


def _check_place(backend, count, group_names, kwargs):
    subnet_id, groups = kwargs.get("subnet_id"), kwargs["security_group_ids"]
    for name in group_names:
        if backend.get_security_group_by_name_or_id(name) is None:
            raise InvalidSecurityGroupNotFoundError(name)
    if subnet_id:
        subnet = backend.get_subnet(subnet_id)
        find_groups(backend, groups, subnet)
        _check_room(subnet, count)
        return
    for group in groups:
        if backend.get_security_group_from_id(group) is None:
            raise InvalidSecurityGroupNotFoundError(group)


def _check_room(subnet, count):
    if subnet.available_ip_address_count < count:
        raise EC2ClientError(
            "InsufficientFreeAddressesInSubnet",
            f"There are not enough free addresses in subnet '{subnet.id}' to satisfy the requested number of "
            "instances.",
        )


def _check_interfaces(backend, count, group_names, nics, kwargs):
    """If interfaces are specified, the subnet, groups and address must be specified there. An existing interface has
    its own."""
    together = {
        "subnet ID": kwargs.get("subnet_id"),
        "security groups": kwargs["security_group_ids"] or group_names,
        "private IP address": kwargs.get("private_ip"),
    }
    for name, given in together.items():
        if given:
            raise InvalidParameterCombination(
                f"Network interfaces and an instance-level {name} may not be specified on the same request"
            )
    for nic in nics:
        if "DeviceIndex" not in nic:
            raise InvalidParameterValue("Each network interface requires a device index.")
        if nic.get("NetworkInterfaceId"):
            _check_existing(nic, count)
        elif not nic.get("SubnetId"):
            raise InvalidParameterValue(
                "Each network interface requires either a subnet or a network interface ID."
            )
        else:
            subnet = backend.get_subnet(nic["SubnetId"])
            find_groups(backend, nic.get("Groups", []), subnet)
            _check_room(subnet, count)
    existing = {
        int(nic["DeviceIndex"]): backend.get_network_interface(nic["NetworkInterfaceId"])
        for nic in nics
        if nic.get("NetworkInterfaceId")
    }
    refuse_in_use(existing.values())
    return existing.get(0)


def _check_existing(nic, count):
    others = {
        "a subnet": nic.get("SubnetId"),
        "a private IP address": nic.get("PrivateIpAddress"),
        "security groups": nic.get("Groups"),
        "delete on termination as true": nic.get("DeleteOnTermination"),
    }
    for name, given in others.items():
        if given:
            raise InvalidParameterCombination(
                f"A network interface may not specify both a network interface ID and {name}"
            )
    if nic.get("AssociatePublicIpAddress") is not None:
        raise InvalidParameterCombination(
            "The associatePublicIPAddress parameter cannot be specified for a network interface with an ID."
        )
    if count > 1:
        raise InvalidParameterCombination(
            "Multiple instances creation is not compatible with private IP address or network interface ID "
            "parameters."
        )
