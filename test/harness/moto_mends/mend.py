"""How a mend takes the place of one of moto's methods."""

import functools


def mend(owner, name):
    """Replaces owner.name; the mend gets what it replaces as its first argument."""

    def install(replacement):
        original = getattr(owner, name, None)

        def method(*args, **kwargs):
            return replacement(original, *args, **kwargs)

        setattr(owner, name, functools.wraps(replacement)(method))
        return replacement

    return install
