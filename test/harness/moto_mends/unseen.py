"""New resources are not in the tables of moto while a call is answered (visibility.py), but they still count."""

from moto.ec2.models import EC2Backend

# What was removed from the tables of a backend, with its table and its key.
EC2Backend.aside = []


def with_unseen(backend, table):
    """All values in a table of moto, including those that are not visible yet."""
    return [*table.values(), *(value for other, _, value in backend.aside if other is table)]


def forget(backend, table, key):
    """Deletes a value that may not be visible yet."""
    table.pop(key, None)
    backend.aside = [one for one in backend.aside if not (one[0] is table and one[1] == key)]
