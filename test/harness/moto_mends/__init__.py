"""Where moto differs from AWS in what this product meets. Importing a module here mends moto in place; each
mend says what AWS does. moto is pinned (.ci/requirements.txt), so what is replaced here stays what it
was."""

from . import (
    autoscaling,
    clock,
    controls,
    iam,
    images,
    in_turn,
    instances,
    launch_templates,
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
    "controls",
    "iam",
    "images",
    "in_turn",
    "instances",
    "launch_templates",
    "network_interfaces",
    "security_groups",
    "tags",
    "terminations",
    "visibility",
]
