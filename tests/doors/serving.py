"""An app behind uvicorn as it is served in earnest, and what a test says to it and hears from it."""

import socket
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
import uvicorn
from slack_bolt import BoltRequest, BoltResponse

from bot.http_door import EVENTS_PATH, uvicorn_options
from tests.doors.signed import headers


@contextmanager
def served(app):
    """The app behind uvicorn as it is served in earnest; gives its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, **uvicorn_options(), timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        ends = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < ends
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


class Heard:
    """Stands where Bolt does."""

    def __init__(self):
        self.requests = []
        self.wait = threading.Event()
        self.wait.set()

    def __call__(self, request: BoltRequest) -> BoltResponse:
        self.requests.append(request)
        assert self.wait.wait(10)
        return BoltResponse(status=200, body="")


def posted(web, body, given=None):
    return requests.post(web + EVENTS_PATH, data=body, headers=headers(body) if given is None else given, timeout=10)


def connected(web):
    parts = urlsplit(web)
    return socket.create_connection((parts.hostname, parts.port), timeout=10)
