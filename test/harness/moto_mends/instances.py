from moto.ec2.exceptions import InvalidParameterValue
from moto.ec2.models import EC2Backend
from moto.ec2.models import instances as models
from moto.ec2.responses import instances as responses
from moto.ec2.utils import convert_tag_spec, filter_dict_attribute_mapping, filter_iam_instance_profiles
from moto.iam.exceptions import NotFoundException

from .mend import mend

# AWS filters DescribeInstances by client token; moto keeps the token and doesn't know the filter.
filter_dict_attribute_mapping["client-token"] = "client_token"


@mend(EC2Backend, "run_instances")
def launch_as_the_template_says(original, self, image_id, count, user_data, group_names, **kwargs):
    """AWS takes from the launch template what the call leaves open: also the image, profile, metadata
    options and devices, and adds the tags of both, the call's winning. moto takes some of it, and the tags
    of instances only."""
    template = kwargs.get("launch_template")
    data = self._get_template_from_args(template).data if template else {}
    image_id = image_id or data.get("ImageId")
    if kwargs.get("is_instance_type_default") and data.get("InstanceType"):
        kwargs |= {"instance_type": data["InstanceType"], "is_instance_type_default": False}
    kwargs["metadata_options"] = {**data.get("MetadataOptions", {}), **(kwargs.get("metadata_options") or {})}
    kwargs["tags"] = _merged(convert_tag_spec(data.get("TagSpecifications", [])), kwargs.get("tags") or {})
    _check_architecture(self, image_id, kwargs["instance_type"])
    devices = kwargs.get("block_device_mappings") or data.get("BlockDeviceMappings") or []
    kwargs["block_device_mappings"] = _with_root_device(self, image_id, devices)
    profile = data.get("IamInstanceProfile") if not _names_profile(kwargs) else None
    if profile:
        _profile(self.account_id, self.partition, profile.get("Arn"), profile.get("Name"))
    reservation = original(self, image_id, count, user_data, group_names, **kwargs)
    for instance in reservation.instances if profile else []:
        self.associate_iam_instance_profile(instance.id, profile.get("Name"), profile.get("Arn"))
    return reservation


@mend(EC2Backend, "associate_iam_instance_profile")
def show_the_profile(
    original, self, instance_id, iam_instance_profile_name=None, iam_instance_profile_arn=None
):
    """AWS names an instance's profile when it describes the instance; moto only in the list of
    associations."""
    association = original(self, instance_id, iam_instance_profile_name, iam_instance_profile_arn)
    profile = association.iam_instance_profile
    self.get_instance(instance_id).iam_instance_profile = {"Arn": profile.arn, "Id": profile.id}
    return association


@mend(responses, "filter_iam_instance_profiles")
def refuse_an_unknown_profile(
    original, account, partition, iam_instance_profile_arn, iam_instance_profile_name
):
    """EC2 answers with an error of its own (InvalidParameterValue); moto with IAM's."""
    return _profile(account, partition, iam_instance_profile_arn, iam_instance_profile_name)


@mend(models, "InvalidInstanceTypeError")
def refuse_an_unknown_type(original, instance_type):
    """AWS: `Invalid value 't9.x' for InstanceType.`; moto says InvalidInstanceType.NotFound, which EC2
    doesn't have."""
    return InvalidParameterValue(f"Invalid value '{instance_type}' for InstanceType.")


def _profile(account, partition, arn, name):
    try:
        return filter_iam_instance_profiles(account, partition, arn, name)
    except NotFoundException as missing:
        kind, value = ("arn", arn) if arn else ("name", name)
        raise InvalidParameterValue(
            f"Value ({value}) for parameter iamInstanceProfile.{kind} is invalid. "
            f"Invalid IAM Instance Profile {'ARN' if arn else 'name'}"
        ) from missing


def _names_profile(kwargs):
    return kwargs.get("iam_instance_profile_name") or kwargs.get("iam_instance_profile_arn")


def _merged(first, second):
    return {kind: {**first.get(kind, {}), **second.get(kind, {})} for kind in {*first, *second}}


def _check_architecture(backend, image_id, instance_type):
    """AWS starts an image only on an instance type of its architecture; moto on any."""
    images = backend.describe_images(filters={"image-id": [image_id]}) if image_id else []
    types = [kind for kind in backend.instance_types if kind["InstanceType"] == instance_type]
    if not images or not types or not images[0].architecture:
        return
    supported = types[0]["ProcessorInfo"]["SupportedArchitectures"]
    if images[0].architecture not in supported:
        raise InvalidParameterValue(
            f"The architecture '{','.join(supported)}' of the specified instance type does not match the "
            f"architecture '{images[0].architecture}' of the specified AMI. Specify an instance type and an "
            "AMI that have matching architectures, and try again."
        )


def _with_root_device(backend, image_id, devices):
    """AWS makes the image's root volume, changed by the mapping of the same name; moto makes another beside
    it."""
    images = backend.describe_images(filters={"image-id": [image_id]}) if image_id else []
    root = images[0].root_device_name if images else "/dev/sda1"
    if any(device["DeviceName"] == root for device in devices):
        return devices
    return [{"DeviceName": root, "Ebs": {"VolumeSize": 8, "DeleteOnTermination": True}}, *devices]
