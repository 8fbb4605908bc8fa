"""Replaces methods of moto."""

import functools


def mend(owner, name):
    """Replaces owner.name. The replacement receives the original as its first argument."""

    def install(replacement):
        original = getattr(owner, name, None)

        def method(*args, **kwargs):
            return replacement(original, *args, **kwargs)

        setattr(owner, name, functools.wraps(replacement)(method))
        return replacement

    return install
