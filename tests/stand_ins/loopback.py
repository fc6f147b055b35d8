"""A small HTTP server on loopback that answers, misbehaves on demand, and remembers what it was asked."""

import json
import socket
import ssl
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path


@dataclass(frozen=True)
class Reply:
    """What goes back. `pause`: seconds before the first byte; `drip`: seconds between single bytes of the body, or
    with `drip_head` of the head; `missing`: bytes promised by Content-Length that never come."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json; charset=utf-8"})
    pause: float = 0.0
    drip: float = 0.0
    drip_head: float = 0.0
    missing: int = 0


def as_json(value: object, status: int = 200, /, **headers: str) -> Reply:
    """A JSON reply; `x_ratelimit_reset="1"` becomes the header `X-Ratelimit-Reset: 1`."""
    named = {name.replace("_", "-").title(): text for name, text in headers.items()}
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json; charset=utf-8", **named})


def a_page(status: int = 200) -> Reply:
    """What a proxy or a log-in page sends."""
    return Reply(status, b"<!DOCTYPE html><html><body>Sign in</body></html>", {"Content-Type": "text/html"})


def a_closed_port() -> int:
    """A port on loopback that nothing listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Loopback:
    """Serves while it is entered. `fault` takes precedence over `answer`, for every path that holds `fault_at`."""

    def __init__(self, delay: float = 0.0) -> None:
        self.asked: list[Asked] = []
        self.delay = delay
        self.fault: Reply | None = None
        self.fault_at = ""
        self.over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def answer(self, asked: Asked) -> Reply:
        """What the service says; a stand-in overrides this."""
        return as_json({"message": f"nothing at {asked.path}"}, 404)

    def respond(self, asked: Asked) -> Reply:
        """The fault if there is one for this path, the service's answer otherwise."""
        self.asked.append(asked)
        self.over.wait(self.delay)
        if self.fault is not None and self.fault_at in asked.path:
            return self.fault
        return self.answer(asked)

    @property
    def origin(self) -> str:
        scheme = "https" if isinstance(self._server.socket, ssl.SSLSocket) else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_port}"

    def speak_tls(self, certificate: Path, key: Path) -> Self:
        """The same server behind TLS; both files are PEM. To be called before it is entered."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        return self

    @property
    def paths(self) -> list[str]:
        """Method and path of every request, in order of arrival."""
        return [f"{one.method} {one.path}" for one in self.asked]

    @property
    def authorizations(self) -> list[str]:
        """The Authorization of every request, empty where it had none."""
        return [one.headers.get("authorization", "") for one in self.asked]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away, or did not trust us, is no error of the server."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _handler(served: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        disable_nagle_algorithm = True

        def serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            named = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, named, self.rfile.read(length))
            try:
                self.send(served.respond(asked))
            except OSError:  # the client did not wait for the end
                self.close_connection = True

        def send(self, reply: Reply) -> None:
            served.over.wait(reply.pause)
            head = [f"HTTP/1.1 {reply.status} Said"]
            head += [f"{name}: {value}" for name, value in reply.headers.items()]
            head += [f"Content-Length: {len(reply.body) + reply.missing}", "", ""]
            self.drip("\r\n".join(head).encode("latin-1"), reply.drip_head)
            self.drip(reply.body, reply.drip)
            if reply.missing:
                self.close_connection = True

        def drip(self, data: bytes, seconds: float) -> None:
            if not seconds:
                self.wfile.write(data)
                return
            for at in range(len(data)):
                self.wfile.write(data[at : at + 1])
                if served.over.wait(seconds):
                    self.close_connection = True
                    return

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = serve  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Nothing: what was asked is in `asked`."""

    return Handler
