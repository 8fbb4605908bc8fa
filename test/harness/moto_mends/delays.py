"""How long AWS takes until everybody sees what was made: nothing, unless a test says otherwise."""

from datetime import timedelta

from . import clock

_none = dict.fromkeys(
    [
        # What IAM made or changed, until EC2 and Auto Scaling know.
        "iamToEc2",
        "iamToAutoScaling",
        # What EC2 made, until it is described and other calls may name it.
        "instances",
        "interfaces",
        "launchTemplates",
        "securityGroups",
        # An interface that was attached, until it is described so.
        "attachments",
        # How long a machine is shutting down.
        "shutdowns",
    ],
    timedelta(),
)
_delays = dict(_none)


def set_delays(milliseconds):
    """Sets all of them: those that aren't named are nothing."""
    unknown = milliseconds.keys() - _none.keys()
    if unknown:
        raise ValueError(f"unknown delays: {', '.join(sorted(unknown))}")
    asked = {name: timedelta(milliseconds=value) for name, value in milliseconds.items()}
    _delays.update({**_none, **asked})


def delay(name):
    return _delays[name]


def is_over(name, since):
    """Whether what happened at a time is known by now."""
    return since + _delays[name] <= clock.utcnow()
