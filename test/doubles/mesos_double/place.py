"""The address that a daemon binds, the one that it advertises, and its host name."""
import socket
import struct
import subprocess

from . import glog


class Place:
    """`ip` and `port` are bound; `pid_address` is advertised; `hostname` is shown to users and used in agent IDs."""

    def __init__(self, flags, environment):
        bound = flags.ip or discovered(flags.ip_discovery_command) or environment.get('LIBPROCESS_IP')
        self.ip = bound or '0.0.0.0'
        self.port = flags.port
        advertised = flags.advertise_ip or environment.get('LIBPROCESS_ADVERTISE_IP') or bound or own_address()
        port = flags.advertise_port or environment.get('LIBPROCESS_ADVERTISE_PORT') or flags.port
        self.advertised = (advertised, int(port))
        self.pid_address = f'{advertised}:{port}'
        self.hostname = flags.hostname or host_name(flags.hostname_lookup, advertised)
        if advertised.startswith('127.'):
            glog.warning('process.cpp:1075', f'Master bound to loopback interface! Cannot communicate with remote '
                         f'schedulers or agents. You might want to set \'--ip\' ({advertised}) to a routable address')


def discovered(command):
    if not command:
        return None
    ran = subprocess.run(['sh', '-c', command], stdout=subprocess.PIPE, check=False)
    if ran.returncode != 0:
        glog.leave('main.cpp:258', f'Failed to run ip discovery command: exited with {ran.returncode}')
    return ran.stdout.decode().strip()


def own_address():
    name = socket.gethostname()
    try:
        return socket.gethostbyname(name)
    except OSError:
        glog.leave('process.cpp:1049', f"Failed to obtain the IP address for '{name}'; the DNS service may not be "
                   'able to resolve it: Name or service not known')


def host_name(look_up, address):
    if not look_up:
        return address
    try:
        return socket.gethostbyaddr(address)[0]
    except OSError:
        glog.leave('master.cpp:500', f'Failed to get hostname for {address}: look-up failed; consider --hostname')


def ip_number(ip):
    """The four bytes of the address in network order, read as an integer in host order, as in MasterInfo."""
    return struct.unpack('<I', socket.inet_aton(ip))[0]
