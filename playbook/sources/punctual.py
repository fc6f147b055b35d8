"""An HTTP session whose answers are in by a given second, or not at all: a time-out alone bounds only each read.

A server that sends a byte every few seconds keeps `requests` waiting for ever, in the head of the answer or in its
body (requests.readthedocs.io, "Timeouts": the time-out "is not a time limit on the entire response download").
"""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3.connection import HTTPConnection, HTTPSConnection

PIECE = 65_536
"""Bytes read at a time."""

POOL = 16
"""Connections kept open: more than the questions one run asks at the same time."""


class PunctualSession(requests.Session):
    """Follows no redirect and keeps no cookie, so that threads can share it and nobody sends it elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self.mount(scheme, _PunctualAdapter(pool_connections=2, pool_maxsize=POOL))

    def fetch(
        self,
        url: str,
        parameters: dict[str, str | list[str]],
        *,
        connect_seconds: float,
        seconds: float,
        most_bytes: int,
        verify: str | bool = True,
    ) -> tuple[requests.Response, bytes]:
        """A GET and its body, of which no more than `most_bytes` and one piece are read, all within `seconds` (to
        which a connection that comes about late adds `connect_seconds` at most).

        Raises `TimeoutError` or what `requests` and `urllib3` raise.
        """
        end = time.monotonic() + seconds
        response = self.get(
            url,
            params=parameters,
            timeout=(min(connect_seconds, seconds), seconds),
            stream=True,
            verify=verify,
        )
        with response, _within(end - time.monotonic(), response.raw.shutdown):
            body = bytearray()
            while len(body) <= most_bytes and (piece := response.raw.read(PIECE, decode_content=True)):
                body += piece
        return response, bytes(body)

    def get_redirect_target(self, _resp: requests.Response) -> None:
        """None: nothing is followed, and the body of a redirect is not read behind our back."""


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
