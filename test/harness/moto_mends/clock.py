"""The clock of the stand-in. It runs in real time, and a test can advance it."""

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
    """Installs this clock in all loaded modules of moto, which refer to the real clock by different names."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("moto.ec2.models", "moto.iam.models")) and hasattr(module, "utcnow"):
            module.utcnow = utcnow
