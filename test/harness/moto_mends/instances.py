from moto.ec2.models import EC2Backend
from moto.ec2.models import instances as models
from moto.ec2.responses import instances as responses
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.utils import convert_tag_spec, filter_dict_attribute_mapping

from . import dry_run
from .launches import check_launch, find_profile, unknown_type
from .mend import mend
from .network_interfaces import give_public_address

# AWS filters DescribeInstances by client token; moto stores the token but does not support the filter.
filter_dict_attribute_mapping["client-token"] = "client_token"


@mend(EC2Backend, "run_instances")
def launch_as_the_template_says(original, self, image_id, count, user_data, group_names, **kwargs):
    """AWS uses the launch template for everything that the call does not specify, including the image, profile,
    metadata options, devices, interfaces and termination protection, and merges the tags, with precedence for those
    of the call. moto uses only a part of it, and the tags of instances only."""
    template = kwargs.get("launch_template")
    data = self._get_template_from_args(template).data if template else {}
    image_id = image_id or data.get("ImageId")
    if kwargs.get("is_instance_type_default") and data.get("InstanceType"):
        kwargs |= {"instance_type": data["InstanceType"], "is_instance_type_default": False}
    kwargs["metadata_options"] = {**data.get("MetadataOptions", {}), **(kwargs.get("metadata_options") or {})}
    kwargs["tags"] = _merged(convert_tag_spec(data.get("TagSpecifications", [])), kwargs.get("tags") or {})
    kwargs["key_name"] = kwargs.get("key_name") or data.get("KeyName")
    kwargs["nics"] = kwargs.get("nics") or data.get("NetworkInterfaces") or []
    kwargs["security_group_ids"] = kwargs.get("security_group_ids") or data.get("SecurityGroupIds") or []
    kwargs["disable_api_termination"] = data.get("DisableApiTermination", False)
    profile = _profile_of(kwargs) or data.get("IamInstanceProfile")
    interface = check_launch(
        self, image_id, count, group_names or data.get("SecurityGroups") or [], profile, kwargs
    )
    dry_run.stop()
    devices = kwargs.get("block_device_mappings") or data.get("BlockDeviceMappings") or []
    kwargs["block_device_mappings"] = _with_root_device(self, image_id, devices)
    if interface:
        # The groups are those of the instance; the address is set later, because moto would assign another one.
        groups = [group.id for group in interface.group_set]
        zone = interface.subnet.availability_zone
        kwargs |= {"security_group_ids": groups, "subnet_id": None, "placement": zone}
    public = interface and interface.public_ip_auto_assign
    before = set(self.enis)
    reservation = original(self, image_id, count, user_data, group_names, **kwargs)
    for instance in reservation.instances:
        _settle_interfaces(instance, before, kwargs["nics"])
        if interface:
            give_public_address(interface, public)
        if profile and not _profile_of(kwargs):
            self.associate_iam_instance_profile(instance.id, profile.get("Name"), profile.get("Arn"))
    return reservation


@mend(EC2Backend, "associate_iam_instance_profile")
def show_the_profile(
    original, self, instance_id, iam_instance_profile_name=None, iam_instance_profile_arn=None
):
    """AWS includes the profile of an instance in its description; moto only in the list of associations."""
    association = original(self, instance_id, iam_instance_profile_name, iam_instance_profile_arn)
    profile = association.iam_instance_profile
    self.get_instance(instance_id).iam_instance_profile = {"Arn": profile.arn, "Id": profile.id}
    return association


@mend(EC2Backend, "get_instance")
def find_without_copies(original, self, instance_id):
    """moto copies every reservation in each of these calls, which takes minutes with 1,000 instances."""
    for reservation in list(self.reservations.values()):
        for instance in reservation.instances:
            if instance.id == instance_id:
                return instance
    return original(self, instance_id)


@mend(responses, "filter_iam_instance_profiles")
def refuse_an_unknown_profile(
    original, account, partition, iam_instance_profile_arn, iam_instance_profile_name
):
    """EC2 returns its own error (InvalidParameterValue); moto returns that of IAM."""
    return find_profile(account, partition, iam_instance_profile_arn, iam_instance_profile_name)


@mend(models, "InvalidInstanceTypeError")
def refuse_an_unknown_type(original, instance_type):
    """AWS: `Invalid value 't9.x' for InstanceType.`; moto returns InvalidInstanceType.NotFound, which does not exist in
    EC2."""
    return unknown_type(instance_type)


@mend(InstanceResponse, "_parse_block_device_mapping")
def leave_open_what_is_open(original, self):
    """AWS deletes a root volume with its instance by default; moto keeps it by default."""
    mappings = original(self)
    for asked, mapping in zip(self._get_param("BlockDeviceMappings", []), mappings, strict=True):
        mapping["Ebs"]["DeleteOnTermination"] = asked.get("Ebs", {}).get("DeleteOnTermination")
    return mappings


def _profile_of(kwargs):
    arn, name = kwargs.get("iam_instance_profile_arn"), kwargs.get("iam_instance_profile_name")
    return {"Arn": arn, "Name": name} if arn or name else None


def _merged(first, second):
    return {kind: {**first.get(kind, {}), **second.get(kind, {})} for kind in {*first, *second}}


def _settle_interfaces(instance, before, asked):
    """By default, an interface that was created with an instance is deleted with it, and an existing one is kept. The
    groups of a created interface are those of the instance."""
    wanted = {int(nic["DeviceIndex"]): nic.get("DeleteOnTermination") for nic in asked}
    for index, interface in instance.nics.items():
        if interface.id not in before:
            interface.delete_on_termination = wanted.get(index) is not False
    first = instance.nics[0]
    instance._subnet_id, instance.security_groups = first.subnet.id, first.group_set


def _with_root_device(backend, image_id, devices):
    """AWS creates the root volume of the image, modified by the mapping with the same name, and deletes it with the
    instance; moto creates an additional volume, and keeps it."""
    images = backend.describe_images(filters={"image-id": [image_id]}) if image_id else []
    root = images[0].root_device_name if images else "/dev/sda1"
    given = [device for device in devices if device["DeviceName"] == root]
    others = [device for device in devices if device["DeviceName"] != root]
    if not given:
        return [{"DeviceName": root, "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}}, *others]
    ebs = given[0].get("Ebs", {})
    kept = ebs.get("DeleteOnTermination") is False
    return [{**given[0], "Ebs": {**ebs, "DeleteOnTermination": not kept}}, *others]
