"""A double of the metadata service of an instance (IMDSv2 only) and of S3, for a machine that fetches its user data.

Serves the metadata on 169.254.169.254 and an object over TLS on 127.0.0.1, and records the requests. A file selects
deviating behavior: `no-role`, `wrong-sum`.
"""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path("/etc/double")
ASKED = Path("/run/double.jsonl")
TOKEN = "AQAEALtoken=="
ROLE = "mesos-bakery-us-east-1-big"
# In the format of the real service. Keys and token contain every character that they may contain.
CREDENTIALS = """{
  "Code" : "Success",
  "LastUpdated" : "2026-11-25T07:00:00Z",
  "Type" : "AWS-HMAC",
  "AccessKeyId" : "ASIAIOSFODNN7EXAMPLE",
  "SecretAccessKey" : "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  "Token" : "IQoJb3JpZ2luX2VjE//+token/with+every==",
  "Expiration" : "2026-11-25T13:00:00Z"
}"""


def mode():
    file = Path("/run/double-mode")
    return file.read_text().strip() if file.exists() else ""


class Double(BaseHTTPRequestHandler):
    def answer(self, status, body=b""):
        body = body if isinstance(body, bytes) else body.encode()
        with ASKED.open("a") as asked:
            headers = {name.lower(): value for name, value in self.headers.items()}
            line = {"method": self.command, "path": self.path, "headers": headers, "status": status}
            asked.write(json.dumps(line) + "\n")
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Metadata(Double):
    def do_PUT(self):
        known = self.path == "/latest/api/token" and self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
        self.answer(*((200, TOKEN) if known else (400,)))

    def do_GET(self):
        place = "/latest/meta-data/iam/security-credentials/"
        if self.headers["X-aws-ec2-metadata-token"] != TOKEN:
            self.answer(401)
        elif mode() == "no-role" or not self.path.startswith(place):
            self.answer(404)
        elif self.path == place:
            self.answer(200, ROLE)
        else:
            self.answer(*((200, CREDENTIALS) if self.path == place + ROLE else (404,)))


class S3(Double):
    def do_GET(self):
        signed = self.headers["Authorization"] and self.headers["X-Amz-Security-Token"]
        if not signed:
            return self.answer(403)
        body = (FOLDER / "body").read_bytes()
        self.answer(200, body + b"# changed\n" if mode() == "wrong-sum" else body)


def serve(address, handler, secure=False):
    server = ThreadingHTTPServer(address, handler)
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(FOLDER / "cert.pem", FOLDER / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    return threading.Thread(target=server.serve_forever)


threads = [serve(("169.254.169.254", 80), Metadata), serve(("127.0.0.1", 443), S3, secure=True)]
for thread in threads:
    thread.start()
