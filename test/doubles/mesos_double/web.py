"""HTTP in the style of libprocess: the server of a daemon, and requests between stand-ins."""
import http.client
import json
import socket
import socketserver
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from . import glog


class Reply:
    def __init__(self, status, body=b'', headers=()):
        self.status = status
        self.body = body
        self.headers = dict(headers)


class Request:
    def __init__(self, method, target, body, headers):
        parts = urlsplit(target)
        self.method = method
        self.target = target
        self.path = parts.path
        self.query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.headers = headers
        self._body = body

    def json(self):
        return json.loads(self._body or b'{}')


def json_reply(value, status=200):
    body = json.dumps(value, separators=(',', ':')).encode()
    return Reply(status, body, {'Content-Type': 'application/json'})


def text_reply(text, status=200):
    return Reply(status, text.encode(), {'Content-Type': 'text/plain; charset=utf-8'})


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    timeout = 30
    answer = None  # a function from Request to Reply

    def do_GET(self):
        length = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(length)
        try:
            reply = type(self).answer(Request(self.command, self.path, body, self.headers))
        except (ValueError, KeyError, TypeError) as error:
            reply = text_reply(f'Failed to read the request: {error!r}', 400)
        self.send_response_only(reply.status)
        self.send_header('Date', formatdate(time.time(), usegmt=True))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(reply.body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(reply.body)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def server_bind(self):
        # HTTPServer.server_bind would resolve the name of the host, which may hang while a machine boots.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        pass  # the client has disconnected


def serve(ip, port, answer):
    """Starts a server on ip:port. Raises OSError if the port is in use."""
    handler = type('BoundHandler', (Handler,), {'answer': staticmethod(answer)})
    server = Server((ip, port), handler)
    glog.start('http', server.serve_forever)
    return server


def ask(address, path, body=None, timeout=2):
    """The status and the JSON of a response from (host, port). With a body, sends a POST. Raises OSError.

    Two seconds are sufficient to connect, however long the response may take.
    """
    connection = http.client.HTTPConnection(*address, timeout=min(timeout, 2))
    try:
        connection.connect()
        connection.sock.settimeout(timeout)
        content = None if body is None else json.dumps(body)
        connection.request('GET' if body is None else 'POST', path, content)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text[:1] in (b'{', b'[') else None
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(f'{address[0]}:{address[1]} sent an invalid response: {error!r}') from None
    finally:
        connection.close()


def link(address, timeout=2):
    """Whether a server listens there: True, False if none does, None if it cannot be determined."""
    try:
        socket.create_connection(address, timeout=timeout).close()
        return True
    except ConnectionRefusedError:
        return False
    except OSError:
        return None


def address_of(pid):
    """(host, port) of a libprocess PID such as master@10.0.0.1:5050."""
    host, _, port = pid.rpartition('@')[2].rpartition(':')
    return host, int(port)
