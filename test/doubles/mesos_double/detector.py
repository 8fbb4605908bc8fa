"""Detects the leading master, for agents and frameworks, which do not contend."""
from .contender import lowest, read_info
from .zookeeper import NO_NODE, Failed


class Detector:
    """`turn` must be called regularly while connected. `found(info)` is called for each new leading master, and with
    None."""

    def __init__(self, path, found):
        self._path = path
        self._found = found
        self._leading = None

    def turn(self, session):
        try:
            leader = lowest(self._children(session))
            if leader != self._leading:
                info = read_info(session, self._path, leader)
                self._leading = leader
                self._found(info)
        except Failed as error:
            if error.code != NO_NODE:
                raise

    def forget(self):
        if self._leading is not None:
            self._leading = None
            self._found(None)

    def _children(self, session):
        try:
            return session.children(self._path)
        except Failed as error:
            if error.code != NO_NODE:
                raise
            # The detector of Mesos creates the path that it watches.
            session.make_path(self._path)
            return []
