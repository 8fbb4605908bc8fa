"""The addresses of the ZooKeeper servers in a URL, resolved repeatedly as in the C client 3.9."""
import os
import socket
import threading
import time

from . import glog

PERIOD = 0.2
GIVE_UP_AFTER = 600


class Addresses:
    """The addresses of the servers. `connected` tells whether a growing name is currently fatal."""

    def __init__(self, servers, connected):
        self._servers = servers
        self._connected = connected
        self._found = threading.Event()
        self._known = []
        glog.start('look-ups', self._watch)

    def wait(self):
        """The addresses, as soon as there is one. Mesos retries for ten minutes, then aborts."""
        if not self._found.wait(GIVE_UP_AFTER):
            glog.die('zookeeper.cpp:118', 'Failed to create ZooKeeper, zookeeper_init: No such file or directory [2]')
        return list(self._known)

    def _watch(self):
        while True:
            self._update(look_up_all(self._servers))
            time.sleep(PERIOD)

    def _update(self, found):
        if not found:
            return  # a failed lookup changes nothing
        grown = self._known and len(found) > len(self._known)
        if grown and self._connected():
            glog.warning('double', f'ZooKeeper has {len(found)} addresses now, it had {len(self._known)}')
            glog.die('group.cpp:349', 'Check failed: state == CONNECTING (4 vs. 1) ')
        self._known = found
        self._found.set()


def look_up_all(servers):
    found = {address for host, port in servers for address in look_up(host, port)}
    return sorted(found)


def look_up(host, port):
    """(address, port) pairs; none if the name is not known. $DOUBLE_HOSTS, in the format of /etc/hosts, takes
    precedence."""
    listed = listed_addresses(host)
    if listed is not None:
        return [(address, port) for address in listed]
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [answer[4][:2] for answer in answers]


def listed_addresses(host):
    """The addresses of a name in $DOUBLE_HOSTS. None if it does not contain the name. `!` stands for no address."""
    file_name = os.environ.get('DOUBLE_HOSTS')
    if not file_name:
        return None
    with open(file_name, encoding='utf8') as file:
        lines = [line.split() for line in file]
    addresses = [words[0] for words in lines if host in words[1:]]
    return [address for address in addresses if address != '!'] if addresses else None
