"""What was just made isn't in moto's tables while a call is answered (visibility.py), but it still counts."""

from moto.ec2.models import EC2Backend

# What was taken out of a backend's tables: each with its table and its key.
EC2Backend.aside = []


def with_unseen(backend, table):
    """All values of one of moto's tables, also those that aren't known yet."""
    return [*table.values(), *(value for other, _, value in backend.aside if other is table)]


def forget(backend, table, key):
    """Deletes something that may not be known yet."""
    table.pop(key, None)
    backend.aside = [one for one in backend.aside if not (one[0] is table and one[1] == key)]
