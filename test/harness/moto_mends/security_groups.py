from moto.core.responses import ActionResult
from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

from .mend import mend

# AWS answers a rule's description whatever the rule's source is; moto only for a range of addresses.
SecurityGroupRule.description = property(
    lambda rule: {**rule.ip_range, **rule.source_group}.get("Description")
)


@mend(EC2Backend, "_delete_security_group")
def keep_a_group_in_use(original, self, vpc_id, group_id):
    """AWS doesn't delete a group that a machine, or a rule of another group, still uses; moto does."""
    if _machines(self, group_id) or _rules_elsewhere(self, group_id):
        raise DependencyViolationError(f"resource {group_id} has a dependent object")
    return original(self, vpc_id, group_id)


@mend(SecurityGroupRule, "__eq__")
def ignore_descriptions(original, self, other):
    """For AWS a rule with another description is still the same rule (InvalidPermission.Duplicate)."""
    mine, theirs = self.source_group, other.source_group
    try:
        self.source_group, other.source_group = _bare(mine), _bare(theirs)
        return original(self, other)
    finally:
        self.source_group, other.source_group = mine, theirs


@mend(SecurityGroups, "authorize_security_group_ingress")
def all_rules_or_none(original, self):
    """AWS adds all rules of a call or none, and answers all of them; moto those before the bad one, and the
    last."""
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
    except Exception:
        for target, rules in before.values():
            target.ingress_rules = rules
        raise
    return ActionResult({"Return": True, "SecurityGroupRules": added})


def _bare(source):
    return {key: value for key, value in source.items() if key != "Description"}


def _machines(backend, group_id):
    return [
        instance
        for instance in backend.all_instances()
        if instance.state != "terminated" and group_id in [group.id for group in instance.security_groups]
    ]


def _rules_elsewhere(backend, group_id):
    return [
        rule
        for groups in backend.groups.values()
        for group in groups.values()
        if group.id != group_id
        for rule in [*group.ingress_rules, *group.egress_rules]
        if rule.source_group.get("GroupId") == group_id
    ]
