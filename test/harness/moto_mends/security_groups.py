from moto.core.responses import ActionResult
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

from . import clock, dry_run
from .mend import mend
from .unseen import with_unseen

# AWS returns the description of a rule for every kind of source; moto only for address ranges.
SecurityGroupRule.description = property(
    lambda rule: {**rule.ip_range, **rule.source_group}.get("Description")
)


@mend(EC2Backend, "create_security_group")
def refuse_a_taken_name(original, self, name, description, vpc_id=None, *args, **kwargs):
    """AWS rejects an unknown VPC, and a name that is taken, whether or not the group is visible yet; moto accepts any
    VPC."""
    if kwargs.get("is_default"):
        return original(self, name, description, vpc_id, *args, **kwargs)
    network = self.get_vpc(vpc_id) if vpc_id else self.default_vpc
    if name in [group.name for group in with_unseen(self, self.groups[network.id])]:
        raise EC2ClientError(
            "InvalidGroup.Duplicate",
            f"The security group '{name}' already exists for VPC '{network.id}'",
        )
    dry_run.stop()
    group = original(self, name, description, vpc_id, *args, **kwargs)
    group.made_at = clock.utcnow()
    return group


@mend(EC2Backend, "_delete_security_group")
def keep_a_group_in_use(original, self, vpc_id, group_id):
    """AWS does not delete a group that is used by a network interface or by a rule of another group; moto does."""
    if _interfaces(self, group_id) or _rules_elsewhere(self, group_id):
        raise DependencyViolationError(f"resource {group_id} has a dependent object")
    dry_run.stop()
    return original(self, vpc_id, group_id)


@mend(SecurityGroupRule, "__eq__")
def ignore_descriptions(original, self, other):
    """In AWS, a rule that differs only in its description is a duplicate (InvalidPermission.Duplicate)."""
    mine, theirs = self.source_group, other.source_group
    try:
        self.source_group, other.source_group = _bare(mine), _bare(theirs)
        return original(self, other)
    finally:
        self.source_group, other.source_group = mine, theirs


@mend(SecurityGroups, "authorize_security_group_ingress")
def all_rules_or_none(original, self):
    """AWS adds all rules of a call or none, and returns all of them; moto adds those before the invalid one, and
    returns the last one."""
    self.error_on_dryrun()
    permissions = self._process_rules_from_querystring()
    backend, added, before = self.ec2_backend, [], {}
    try:
        for permission in permissions:
            target = backend.get_security_group_by_name_or_id(
                permission["group_name_or_id"], permission.get("vpc_id")
            )
            if target:
                before.setdefault(target.id, (target, list(target.ingress_rules)))
            added += backend.authorize_security_group_ingress(**permission)[0]
        dry_run.stop()
    except Exception:
        for target, rules in before.values():
            target.ingress_rules = rules
        raise
    return ActionResult({"Return": True, "SecurityGroupRules": added})


def _bare(source):
    return {key: value for key, value in source.items() if key != "Description"}


def _interfaces(backend, group_id):
    interfaces = with_unseen(backend, backend.enis)
    return [one for one in interfaces if group_id in [group.id for group in one.group_set]]


def _rules_elsewhere(backend, group_id):
    return [
        rule
        for groups in backend.groups.values()
        for group in with_unseen(backend, groups)
        if group.id != group_id
        for rule in [*group.ingress_rules, *group.egress_rules]
        if rule.source_group.get("GroupId") == group_id
    ]
