"""Runs the server of moto until standard input is closed, so that it exits with the test process, even if that is
killed."""

import logging
import os
import sys

from moto.server import ThreadedMotoServer

import moto_mends  # noqa: F401 - importing it patches moto

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
os._exit(0)
