"""A small ZooKeeper client: one connection, one request at a time.

Kazoo is not used, because it spends a whole session timeout on a single failed server: a leading master would give up
in situations in which the C client of the real master tries the next server.
"""
import socket
import struct

CREATE, EXISTS, GET_DATA, GET_CHILDREN, AUTH, CLOSE = 1, 3, 4, 8, 100, -11
NO_NODE, NODE_EXISTS = -101, -110
PERSISTENT_SEQUENTIAL, EPHEMERAL_SEQUENTIAL = 2, 3
OPEN_TO_ALL = [(31, 'world', 'anyone')]
# "everyone may read, creator may do all", as set by Mesos if the URL contains credentials.
CREATOR_ALL = [(1, 'world', 'anyone'), (31, 'auth', '')]


class Disconnected(Exception):
    """The server did not respond. The session may still be valid."""


class Expired(Exception):
    """The session has expired, and its ephemeral nodes are deleted."""


class Failed(Exception):
    """ZooKeeper responded with an error. `code` is its number."""

    def __init__(self, code):
        super().__init__(f'ZooKeeper error {code}')
        self.code = code


class Session:
    """A session with an ensemble, which outlives its connections. Times are in seconds."""

    def __init__(self, timeout, credentials=None):
        self.timeout = timeout
        self.credentials = credentials
        self.acl = CREATOR_ALL if credentials else OPEN_TO_ALL
        self.id = 0
        self._password = bytes(16)
        self._zxid = 0
        self._xid = 0
        self._socket = None

    @property
    def connected(self):
        return self._socket is not None

    def connect(self, address, patience):
        """Connects the session to a server within `patience`. Raises Disconnected or Expired."""
        try:
            self._socket = socket.create_connection(address, timeout=patience)
            self._shake_hands()
            # A request may take up to two thirds of the session timeout, as in the real clients; a third is left to
            # reconnect.
            self._socket.settimeout(self.timeout * 2 / 3)
            if self.credentials:
                self._call(AUTH, struct.pack('>i', 0) + text('digest') + buffer(self.credentials), xid=-4)
        except OSError as error:
            self.disconnect()
            raise Disconnected(str(error)) from None

    def disconnect(self):
        if self._socket:
            self._socket.close()
        self._socket = None

    def farewell(self):
        """Closes the session as the last action of this process. Its ephemeral nodes are deleted immediately."""
        if self._socket:
            self._socket.settimeout(1)
            try:
                self._send(struct.pack('>ii', self._xid + 1, CLOSE))
                self._socket.recv(1)
            except OSError:
                pass

    def children(self, path):
        body = self._call(GET_CHILDREN, text(path) + b'\0')
        (count,), body = unpack('>i', body)
        names = []
        for _ in range(max(count, 0)):
            name, body = take(body)
            names.append(name.decode())
        return names

    def data(self, path):
        content, _ = take(self._call(GET_DATA, text(path) + b'\0'))
        return content

    def create(self, path, content=b'', flags=0):
        """Creates a node and returns its path."""
        acl = struct.pack('>i', len(self.acl))
        for permissions, scheme, who in self.acl:
            acl += struct.pack('>i', permissions) + text(scheme) + text(who)
        made, _ = take(self._call(CREATE, text(path) + buffer(content) + acl + struct.pack('>i', flags)))
        return made.decode()

    def exists(self, path):
        try:
            self._call(EXISTS, text(path) + b'\0')
            return True
        except Failed as error:
            if error.code != NO_NODE:
                raise
            return False

    def make_path(self, path):
        """Creates a node and its missing ancestors. Like Mesos, it leaves out those that exist (zookeeper.cpp)."""
        parts = path.strip('/').split('/')
        for part in ('/' + '/'.join(parts[:count]) for count in range(1, len(parts) + 1)):
            if self.exists(part):
                continue
            try:
                self.create(part)
            except Failed as error:
                if error.code != NODE_EXISTS:
                    raise

    def _shake_hands(self):
        hello = struct.pack('>iqiq', 0, self._zxid, int(self.timeout * 1000), self.id)
        self._send(hello + buffer(self._password) + b'\0')
        (_, timeout, session), rest = unpack('>iiq', self._receive())
        if timeout <= 0 or session == 0:
            self.disconnect()
            raise Expired()
        self.id = session
        self._password, _ = take(rest)

    def _call(self, kind, payload, xid=None):
        if not self._socket:
            raise Disconnected('not connected')
        try:
            self._xid += 1
            number = self._xid if xid is None else xid
            self._send(struct.pack('>ii', number, kind) + payload)
            return self._answer_to(number)
        except OSError as error:
            self.disconnect()
            raise Disconnected(str(error)) from None

    def _answer_to(self, number):
        while True:
            (xid, zxid, code), body = unpack('>iqi', self._receive())
            if zxid > 0:
                self._zxid = zxid
            if xid != number:
                continue
            if code == -112:
                self.disconnect()
                raise Expired()
            if code:
                raise Failed(code)
            return body

    def _send(self, message):
        self._socket.sendall(struct.pack('>i', len(message)) + message)

    def _receive(self):
        (length,) = struct.unpack('>i', self._exactly(4))
        return self._exactly(length)

    def _exactly(self, count):
        received = b''
        while len(received) < count:
            part = self._socket.recv(count - len(received))
            if not part:
                raise OSError('the server closed the connection')
            received += part
        return received


def buffer(content):
    return struct.pack('>i', len(content)) + content


def text(string):
    return buffer(string.encode())


def unpack(form, body):
    size = struct.calcsize(form)
    return struct.unpack(form, body[:size]), body[size:]


def take(body):
    (length,), body = unpack('>i', body)
    length = max(length, 0)
    return body[:length], body[length:]
