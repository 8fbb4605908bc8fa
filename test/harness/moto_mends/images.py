from datetime import datetime

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.amis import Ami
from moto.ec2.responses.amis import AmisResponse
from moto.ec2.utils import convert_tag_spec

from .mend import mend


@mend(AmisResponse, "register_image")
def keep_what_was_registered(original, self):
    """AWS stores and returns the architecture and root device given to RegisterImage; moto drops them."""
    self.error_on_dryrun()
    image = self.ec2_backend.register_image(self._get_param("Name"), self._get_param("Description", ""))
    image.architecture = self._get_param("Architecture", "i386")
    image.virtualization_type = self._get_param("VirtualizationType", "paravirtual")
    image.root_device_name = self._get_param("RootDeviceName", "/dev/sda1")
    image.root_device_type = "ebs"
    return ActionResult({"ImageId": image.id})


@mend(EC2Backend, "create_image")
def snapshot_the_machine(original, self, instance_id, name, description, tag_specifications):
    """AWS rejects a name that is taken, takes a snapshot of the root volume of the instance and tags the snapshot; moto
    creates an unrelated snapshot, and fails for tags."""
    _refuse_taken(self, name)
    tags = convert_tag_spec(tag_specifications)
    image = original(self, instance_id, name, description, _only("image", tag_specifications))
    image.root_device_name, image.root_device_type = image.instance.root_device_name, "ebs"
    volume = self.get_volume(image.instance.block_device_mapping[image.root_device_name].volume_id)
    _take_snapshot(self, image, volume, tags.get("snapshot"))
    return image


@mend(AmisResponse, "copy_image")
def copy_as_asked(original, self):
    """AWS rejects a name that is taken, keeps the root device, and encrypts and tags the copy if requested; moto does
    none of this."""
    self.error_on_dryrun()
    backend, source_id = self.ec2_backend, self._get_param("SourceImageId")
    _refuse_taken(backend, self._get_param("Name"))
    region = self._get_param("SourceRegion")
    source = _backend(backend, region).describe_images(ami_ids=[source_id])[0]
    copy = backend.copy_image(source_id, region, self._get_param("Name"), self._get_param("Description"))
    copy.root_device_name, copy.root_device_type = source.root_device_name, source.root_device_type
    copy.imds_support = getattr(source, "imds_support", None)
    original_volume = source.ebs_snapshot.volume
    volume = backend.create_volume(
        size=original_volume.size,
        zone_name=f"{backend.region_name}a",
        encrypted=original_volume.encrypted or self._get_bool_param("Encrypted", False),
        kms_key_id=self._get_param("KmsKeyId"),
        volume_type=original_volume.volume_type,
    )
    tags = convert_tag_spec(self._get_param("TagSpecifications", []))
    copied = source.get_tags() if self._get_bool_param("CopyImageTags", False) else []
    copy.add_tags({tag["key"]: tag["value"] for tag in copied} | tags.get("image", {}))
    _take_snapshot(backend, copy, volume, tags.get("snapshot"))
    backend.delete_volume(volume.id)
    return ActionResult({"ImageId": copy.id})


@mend(AmisResponse, "enable_image_deprecation")
def deprecate(original, self):
    """moto does not implement this call."""
    image = self.ec2_backend.describe_images(ami_ids=[self._get_param("ImageId")])[0]
    at = str(self._get_param("DeprecateAt"))
    image.deprecation_time = datetime.fromisoformat(at).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return ActionResult({"Return": True})


@mend(AmisResponse, "modify_image_attribute")
def keep_what_was_modified(original, self):
    """AWS also changes the description of an image and its IMDS support, which can be set to v2.0 but not reset; moto
    changes the launch permissions only."""
    image = self.ec2_backend.describe_images(ami_ids=[self._get_param("ImageId")])[0]
    for name, param in {"description": "Description", "imds_support": "ImdsSupport"}.items():
        value = self._get_param(param, {}).get("Value")
        if value:
            setattr(image, name, value)
    return original(self)


def _devices(image):
    """AWS returns the devices of an image according to its snapshots; moto returns the same devices for all images."""
    volume = image.ebs_snapshot.volume
    ebs = {
        "SnapshotId": image.ebs_snapshot.id,
        "VolumeSize": volume.size,
        "VolumeType": volume.volume_type or "standard",
        "Encrypted": image.ebs_snapshot.encrypted,
        "DeleteOnTermination": True,
    }
    return [{"DeviceName": image.root_device_name, "Ebs": ebs}]


Ami.block_device_mappings = property(_devices)


def _refuse_taken(backend, name):
    taken = [image for image in backend.amis.values() if image.name == name]
    if taken:
        message = f"AMI name {name} is already in use by AMI {taken[0].id}"
        raise EC2ClientError("InvalidAMIName.Duplicate", message)


def _take_snapshot(backend, image, volume, tags):
    description = image.ebs_snapshot.description
    backend.snapshots.pop(image.ebs_snapshot.id)
    image.ebs_snapshot = backend.create_snapshot(volume.id, description, image.owner_id, from_ami=image.id)
    image.ebs_snapshot.add_tags(tags or {})


def _backend(backend, region):
    return ec2_backends[backend.account_id][region]


def _only(kind, tag_specifications):
    return [spec for spec in tag_specifications if spec["ResourceType"] == kind]
