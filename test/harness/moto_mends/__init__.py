"""Corrects moto where it differs from AWS in behavior that matters for this product. Importing a module here patches
moto in place; each patch describes the behavior of AWS. The version of moto is pinned (.ci/requirements.txt), so the
replaced code does not change."""

from . import (
    autoscaling,
    clock,
    consoles,
    controls,
    iam,
    images,
    in_turn,
    instance_status,
    instances,
    launch_templates,
    lifecycle_hooks,
    network_interfaces,
    security_groups,
    tags,
    terminations,
    visibility,
)

clock.take_over()

__all__ = [
    "autoscaling",
    "clock",
    "consoles",
    "controls",
    "iam",
    "images",
    "in_turn",
    "instance_status",
    "instances",
    "launch_templates",
    "lifecycle_hooks",
    "network_interfaces",
    "security_groups",
    "tags",
    "terminations",
    "visibility",
]
