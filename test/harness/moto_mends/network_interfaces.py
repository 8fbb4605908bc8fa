import copy

from moto.ec2.exceptions import (
    EC2ClientError,
    InvalidParameterCombination,
    InvalidParameterValue,
    InvalidSecurityGroupNotFoundError,
)
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces

from . import clock, dry_run
from .delays import is_over
from .mend import mend
from .unseen import forget, with_unseen


@mend(EC2Backend, "create_network_interface")
def check_and_make(
    original, self, subnet, private_ip_address, private_ip_addresses=None, group_ids=None, *args, **kwargs
):
    """AWS rejects unknown security groups and those of another VPC, and assigns a free address; moto creates missing
    groups, and chooses a random address."""
    subnet = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
    find_groups(self, group_ids or [], subnet)
    if subnet.available_ip_address_count < 1:
        raise EC2ClientError(
            "InsufficientFreeAddressesInSubnet",
            "The specified subnet does not have enough free addresses to satisfy the request.",
        )
    address = private_ip_address
    if address and address in [one.private_ip_address for one in _interfaces_in(self, subnet)]:
        raise EC2ClientError("InvalidIPAddress.InUse", "The specified address is already in use.")
    dry_run.stop()
    if not address and not private_ip_addresses:
        address = subnet.get_available_subnet_ip(None)
    interface = original(self, subnet, address, private_ip_addresses, group_ids, *args, **kwargs)
    interface.made_at = clock.utcnow()
    subnet._subnet_ips.setdefault(interface.private_ip_address, None)
    return interface


@mend(EC2Backend, "delete_network_interface")
def keep_an_interface_in_use(original, self, eni_id):
    """AWS does not delete an attached interface; moto does."""
    interface = self.get_network_interface(eni_id)
    if interface.attachment_id:
        raise InvalidParameterValue(f"Network interface '{eni_id}' is currently in use.")
    dry_run.stop()
    _delete(interface)


@mend(EC2Backend, "attach_network_interface")
def attach_once(original, self, eni_id, instance_id, device_index):
    """AWS attaches an interface to one instance; moto to any number."""
    refuse_in_use([self.get_network_interface(eni_id)])
    return original(self, eni_id, instance_id, device_index)


@mend(ElasticNetworkInterfaces, "modify_network_interface_attribute")
def change_one_attribute(original, self):
    """AWS rejects unknown groups, changes one attribute at a time, and assigns or removes the public address of the
    primary interface; moto treats None as a group, and does not support public addresses."""
    interface = self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId"))
    names = ["AssociatePublicIpAddress", "Attachment", "Description", "Groups", "SourceDestCheck"]
    asked = [name for name in names if self._get_param(name) is not None]
    if len(asked) > 1:
        raise InvalidParameterCombination(
            f"Fields for multiple attribute types specified: {', '.join(asked)}"
        )
    groups = find_groups(self.ec2_backend, self._get_param("Groups") or [], interface.subnet)
    public = self._get_param("AssociatePublicIpAddress")
    dry_run.stop()
    answer = original(self)
    if groups:
        give_groups(interface, groups)
    if public is not None:
        give_public_address(interface, public)
    return answer


@mend(EC2Backend, "modify_instance_security_groups")
def change_groups_of_the_interface(original, self, instance_id, new_group_id_list):
    """The groups of an instance are those of its primary interface; moto stores them separately."""
    interface = self.get_instance(instance_id).nics[0]
    give_groups(interface, find_groups(self, new_group_id_list, interface.subnet))
    return interface.instance


@mend(ElasticNetworkInterfaces, "describe_network_interfaces")
def show_attachments_late(original, self):
    """An interface that was just attached may still be described as available (eventual consistency)."""
    answer = original(self)
    answer.result["NetworkInterfaces"] = [_as_seen(one) for one in answer.result["NetworkInterfaces"]]
    return answer


@mend(NetworkInterface, "get_filter_value")
def filter_by_attachment(original, self, filter_name, method_name=None):
    """moto does not support these filters."""
    if filter_name == "attachment.status":
        return "attached" if self.attachment_id else None
    if filter_name == "attachment.device-index":
        return str(self.device_index) if self.attachment_id else None
    return original(self, filter_name, method_name)


# AWS returns the groups of an interface; moto also returns those of its instance.
NetworkInterface.group_set = property(lambda interface: interface._group_set)

# AWS describes an instance without interfaces (a terminated one) without addresses; moto fails.
_private, _public = Instance.private_ip.fget, Instance.public_ip.fget
Instance.private_ip = property(lambda instance: _private(instance) if instance.nics else None)
Instance.private_ip_address = Instance.private_ip
Instance.public_ip = property(lambda instance: _public(instance) if instance.nics else None)
Instance.public_ip_address = Instance.public_ip
_name = Instance.private_dns_name.fget
Instance.private_dns_name = property(lambda instance: _name(instance) if instance.nics else "")


def find_groups(backend, ids, subnet):
    """Security groups in the VPC of a subnet."""
    groups = [backend.get_security_group_from_id(one) for one in ids]
    for asked, group in zip(ids, groups, strict=True):
        if group is None:
            raise InvalidSecurityGroupNotFoundError(asked)
        if group.vpc_id != subnet.vpc_id:
            raise EC2ClientError(
                "InvalidParameter",
                f"Security group {group.id} and subnet {subnet.id} belong to different networks.",
            )
    return groups


def refuse_in_use(interfaces):
    taken = [one.id for one in interfaces if one.attachment_id]
    if taken:
        raise EC2ClientError("InvalidNetworkInterface.InUse", f"Interface: [{', '.join(taken)}] in use.")


def give_groups(interface, groups):
    interface._group_set = groups
    if interface.instance and interface.device_index == 0:
        interface.instance.security_groups = groups


def give_public_address(interface, wanted):
    """Only the primary interface of an instance has a public address of its own."""
    interface.public_ip_auto_assign = wanted
    if not wanted:
        interface.public_ip = None
    elif interface.instance and interface.device_index == 0 and not interface.public_ip:
        interface.start()


def detach(interface):
    """Detaches an interface from its instance, and deletes it if it was created with the instance."""
    interface.stop()
    interface.instance.detach_eni(interface)
    if interface.delete_on_termination:
        _delete(interface)


def _delete(interface):
    backend = interface.ec2_backend
    forget(backend, backend.enis, interface.id)
    backend.tags.pop(interface.id, None)
    for address in interface.private_ip_addresses:
        interface.subnet.del_subnet_ip(address["PrivateIpAddress"])


def _interfaces_in(backend, subnet):
    return [one for one in with_unseen(backend, backend.enis) if one.subnet.id == subnet.id]


def _as_seen(interface):
    if not interface.attach_time or is_over("attachments", interface.attach_time):
        return interface
    free = copy.copy(interface)
    free.attachment_id, free.attach_time, free.status = None, None, "available"
    return free
