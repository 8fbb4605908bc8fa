"""The clock of the stand-in. It runs as any clock does, and a test can move it forward."""

import sys
from datetime import timedelta

from moto.core.utils import utcnow as real_utcnow

_ahead = timedelta()


def utcnow():
    return real_utcnow() + _ahead


def advance(by):
    global _ahead
    _ahead += by


def reset():
    global _ahead
    _ahead = timedelta()


def take_over():
    """Gives this clock to all that is loaded of moto's models, which each have a name of their own for the
    real one."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("moto.ec2.models", "moto.iam.models")) and hasattr(module, "utcnow"):
            module.utcnow = utcnow
