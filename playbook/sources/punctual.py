"""An HTTP session whose answers are in by a given second, or not at all: a time-out alone bounds only each read.

A server that sends a byte every few seconds keeps `requests` waiting for ever, in the head of the answer or in its
body (requests.readthedocs.io, "Timeouts": the time-out "is not a time limit on the entire response download"). All
three sources go out through here, PyGithub and the Elasticsearch client too. Looking up a name is the system's own
affair, which gives up by itself.
"""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any, BinaryIO, Literal

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3 import exceptions as lower
from urllib3.connection import HTTPConnection, HTTPSConnection

CONNECT_SECONDS = 5.0
"""To reach a host, in seconds, three times the slowest handshake around the world: one that has not taken a connection
by then is down or behind a firewall."""

GATEWAY = frozenset({502, 503, 504})
"""What a gateway says that found nobody behind it, or not in time: asked once more, it mostly does."""

PIECE = 65_536
"""Bytes read at a time."""

POOL = 16
"""Connections kept open: more than the questions one run asks at the same time."""

Why = Literal[
    "unknown name",
    "refused",
    "late connection",
    "proxy",
    "certificate",
    "TLS",
    "late",
    "broken off",
    "compression",
    "unclear",
]
"""What went wrong on the way, in the order in which it can; `late` is an answer that was not whole in time."""


class NoAnswer(Exception):
    """Why there was no answer at all. What was sent may be in the text of the cause, never in this."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class PunctualSession(requests.Session):
    """Follows no redirect and keeps no cookie, so that threads can share it and nobody sends it elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.auth = _as_it_is
        self.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self.mount(scheme, _PunctualAdapter(pool_connections=2, pool_maxsize=POOL))

    def fetch(
        self,
        method: str,
        url: str,
        *,
        seconds: float,
        most_bytes: int,
        parameters: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | BinaryIO | None = None,
        verify: str | bool = True,
    ) -> tuple[requests.Response, bytes]:
        """An exchange and its answer's body, of which no more than `most_bytes` and one piece are read, all within
        `seconds` (to which a connection that comes about late adds `CONNECT_SECONDS` at most).

        Raises `NoAnswer`.
        """
        end = time.monotonic() + seconds
        try:
            response = self.request(
                method,
                url,
                params=parameters,
                headers=headers,
                data=body,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                stream=True,
                verify=verify,
            )
            with response, _within(end - time.monotonic(), response.raw.shutdown):
                received = bytearray()
                while len(received) <= most_bytes and (piece := response.raw.read(PIECE, decode_content=True)):
                    received += piece
        except (OSError, ValueError, lower.HTTPError) as error:
            raise NoAnswer(_why(error)) from error
        return response, bytes(received)

    def get_redirect_target(self, _resp: requests.Response) -> None:
        """None: nothing is followed, and the body of a redirect is not read behind our back."""


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No other credentials than those that were given: without an `auth`, requests takes those of `~/.netrc`."""
    return request


class _PunctualHTTP(HTTPConnection):
    """Has the whole head of the answer within the read time-out."""

    def getresponse(self) -> Any:
        with _within(_read_seconds(self), _cutting(self.sock)):
            return super().getresponse()


class _PunctualHTTPS(HTTPSConnection):
    """The same over TLS."""

    def getresponse(self) -> Any:
        with _within(_read_seconds(self), _cutting(self.sock)):
            return super().getresponse()


class _PunctualHTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PunctualHTTP


class _PunctualHTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _PunctualHTTPS


class _PunctualAdapter(HTTPAdapter):
    """requests' own adapter over the connections above, by way of a proxy too."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _make_punctual(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        _make_punctual(manager)
        return manager


def _make_punctual(manager: urllib3.PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _PunctualHTTPPool, "https": _PunctualHTTPSPool}


def _read_seconds(connection: HTTPConnection) -> float:
    # At this moment urllib3 has put the read time-out here; `fetch` never leaves it open.
    return connection.timeout if isinstance(connection.timeout, int | float) else 0.0


def _cutting(connected: socket.socket) -> Callable[[], None]:
    return lambda: connected.shutdown(socket.SHUT_RDWR)


@contextmanager
def _within(seconds: float, cut: Callable[[], None]) -> Iterator[None]:
    """What runs inside has so many seconds; then `cut` wakes it from another thread, and it ends in `TimeoutError`."""
    late = threading.Event()

    def ring() -> None:
        late.set()
        with suppress(OSError, ValueError, RuntimeError):  # it may have ended, and closed, in this very moment
            cut()

    timer = threading.Timer(max(0.0, seconds), ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, ValueError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
        if late.is_set():
            raise TimeoutError("the answer was not complete in time") from error
        raise
    finally:
        timer.cancel()
    if late.is_set():
        raise TimeoutError("the answer was not complete in time")


def _why(error: Exception) -> Why:
    """What `requests` wraps twice and `urllib3` once, in a word."""
    if not isinstance(error, requests.ConnectionError) or not error.args:
        reason: object = error
    else:
        reason = getattr(error.args[0], "reason", None) or error.args[0]
    match reason:
        case requests.exceptions.SSLError() | lower.SSLError():
            return "certificate" if "CERTIFICATE" in str(reason) else "TLS"
        case lower.ProxyError():
            return "proxy"
        case lower.NameResolutionError():
            return "unknown name"
        case lower.NewConnectionError():
            return "refused"
        case lower.ConnectTimeoutError():
            return "late connection"
        case TimeoutError() | requests.Timeout() | lower.TimeoutError():
            return "late"
        case lower.DecodeError():
            return "compression"
        case lower.ProtocolError() | ConnectionResetError() | BrokenPipeError():
            return "broken off"
    return "unclear"
