"""How long changes take to become visible in AWS. Zero, unless a test sets a delay."""

from datetime import timedelta

from . import clock

_none = dict.fromkeys(
    [
        # From a change in IAM until it is visible to EC2 and Auto Scaling.
        "iamToEc2",
        "iamToAutoScaling",
        # From the creation of an EC2 resource until it is described and can be used in other calls.
        "instances",
        "interfaces",
        "launchTemplates",
        "securityGroups",
        # From attaching an interface until it is described as attached.
        "attachments",
        # How long an instance shuts down.
        "shutdowns",
    ],
    timedelta(),
)
_delays = dict(_none)


def set_delays(milliseconds):
    """Sets all delays. Those that are not named become zero."""
    unknown = milliseconds.keys() - _none.keys()
    if unknown:
        raise ValueError(f"unknown delays: {', '.join(sorted(unknown))}")
    asked = {name: timedelta(milliseconds=value) for name, value in milliseconds.items()}
    _delays.update({**_none, **asked})


def delay(name):
    return _delays[name]


def is_over(name, since):
    """Whether an event at the given time is visible by now."""
    return since + _delays[name] <= clock.utcnow()
