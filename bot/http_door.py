"""HTTP mode: what Slack did not send just now, whole and in its own form, is refused before anything reads it.

Bolt reads a body before it checks who signed it, and heeds headers that no signature covers; so both happen here
first (https://docs.slack.dev/authentication/verifying-requests-from-slack).
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from h11 import IDLE
from pydantic_core import from_json
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.starlette.handler import to_starlette_response
from slack_sdk.signature import SignatureVerifier
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

EVENTS_PATH = "/slack/events"

LARGEST_BODY = 2_000_000
"""In bytes. The largest message (a text of 40,000 characters, 50 blocks of 3,000), with each character written as
`\\uXXXX` and percent-encoded on top, takes 1.5 MB; what Slack mostly sends takes under 20 kB."""

MOST_HELD = 32_000_000
"""In bytes, of all the bodies that are being read: nobody is known to be Slack before his whole body is here."""

READ_SECONDS = 5.0
"""For a whole body. Slack gives up on an answer after three seconds, so whoever takes longer to ask is not Slack."""

HEAD_SECONDS = 5.0
"""For a whole head, from the first byte or from when the connection came about; the same reason."""

MOST_CONNECTIONS = 512
"""At once; past it whoever asks hears 503, and Slack asks again. Ten times the 50 senders that were measured."""

LARGEST_HEAD = 16_384
"""In bytes, of one that comes in several pieces; Slack's own takes under 1 kB, the proxies on the way add as much."""

KEEP_ALIVE_SECONDS = 75
"""Longer than the 60 seconds that nginx and cloud load balancers keep a connection which they may use again."""

THREADS = 64
"""Of Bolt's listeners at work at once. Each only writes to the database before it acknowledges, and mostly waits there
for the commit that it shares with the others."""

OFF_SECONDS = 300
"""Between Slack's time stamp and our clock: what is further off is refused, as Slack asks."""

JSON = "application/json"
FORMS = frozenset({JSON, "application/x-www-form-urlencoded"})
"""Events come as the first; commands, buttons and shortcuts as the second."""

DEEPEST = 100
"""Levels of nesting; a message's blocks take some ten, and Bolt copies a body by recursion."""

STAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"

TO_BOLT = ("content-type", STAMP, SIGNATURE, "x-slack-retry-num", "x-slack-retry-reason")
"""All that Bolt hears of the head: it would take orders from `x-slack-bolt-lazy-only` too, which nobody signed."""

Hear = Callable[[Mapping[str, Any]], Awaitable[HTTPStatus | None]]
"""Hears in the event loop what needs no thread, and says how it went; None leaves it to Bolt."""

log = structlog.get_logger()


async def nothing_heard(_: Mapping[str, Any]) -> HTTPStatus | None:
    """Leaves everything to Bolt."""
    return None


class Refused(Exception):
    """What was asked is not for us; `status` says why, in HTTP's words and no others."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


def http_app(
    dispatch: Callable[[BoltRequest], BoltResponse], signing_secret: str, hear: Hear = nothing_heard
) -> ASGIApp:
    """Slack posts everything to `/slack/events`; whatever else is asked for is not there.

    `dispatch` is called in a thread with whatever `hear` leaves to it. ValueError without a signing secret: anybody
    could speak for Slack.
    """
    if not signing_secret.strip():
        raise ValueError("HTTP mode needs SLACK_SIGNING_SECRET: copy it from the app's page Basic Information.")
    verifier, bodies, threads = SignatureVerifier(signing_secret), Bodies(), CapacityLimiter(THREADS)

    def answered(head: dict[str, str], text: str) -> BoltResponse:
        return dispatch(_read_by_bolt(head, text))

    async def answer(request: Request) -> Response:
        if request.scope["path"] != EVENTS_PATH:
            raise Refused(HTTPStatus.NOT_FOUND)
        if request.method != "POST":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED)
        text = _signed(request.headers, await bodies.read(request), verifier)
        head = {name: value for name in TO_BOLT if (value := request.headers.get(name)) is not None}
        status = await hear(_told(text)) if _form(head) == JSON else None
        if status is not None:
            return Response(status_code=status)
        return to_starlette_response(await run_sync(answered, head, text, limiter=threads))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await answer(Request(scope, receive))
        except Refused as refused:
            response = _farewell(refused.status)
        except ClientDisconnect:
            response = PlainTextResponse("", HTTPStatus.BAD_REQUEST)
        await response(scope, receive, send)

    return app


def _farewell(status: HTTPStatus) -> Response:
    """Why not, and nothing more: a stranger keeps no connection, and what is left of his request is not read."""
    log.info("a request was refused", status=status.value, why=status.phrase)
    return PlainTextResponse(status.phrase, status, {"Connection": "close"})


def uvicorn_options() -> dict[str, Any]:
    """How uvicorn serves it; the address, the port and how it stops are for whoever runs it."""
    return {
        "http": PunctualProtocol,
        "ws": "none",
        "lifespan": "off",
        "log_level": "warning",
        "access_log": False,
        "proxy_headers": False,
        "server_header": False,
        "h11_max_incomplete_event_size": LARGEST_HEAD,
        "limit_concurrency": MOST_CONNECTIONS,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    }


class Bodies:
    """Reads bodies, of which all together take no more than `MOST_HELD`; for one event loop."""

    def __init__(self) -> None:
        self._held = 0

    async def read(self, request: Request) -> bytes:
        """A whole body, in time; raises `Refused`."""
        told = request.headers.get("content-length", "0")
        if not re.fullmatch(r"[0-9]{1,18}", told):
            raise Refused(HTTPStatus.BAD_REQUEST)
        if int(told) > LARGEST_BODY:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        received = bytearray()
        try:
            async with asyncio.timeout(READ_SECONDS):
                async for piece in request.stream():
                    received += piece
                    self._held += len(piece)
                    if len(received) > LARGEST_BODY:
                        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                    if self._held > MOST_HELD:
                        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        except TimeoutError:
            raise Refused(HTTPStatus.REQUEST_TIMEOUT) from None
        finally:
            self._held -= len(received)
        return bytes(received)


def _signed(headers: Headers, body: bytes, verifier: SignatureVerifier) -> str:
    """The body as text, if Slack signed it within five minutes; raises `Refused`.

    What Slack signed, sent once more within that time, passes: it is the same delivery and leads to no second run.
    """
    stamps, signatures = headers.getlist(STAMP), headers.getlist(SIGNATURE)
    if len(stamps) != 1 or len(signatures) != 1:
        raise Refused(HTTPStatus.UNAUTHORIZED)
    # The verifier stumbles over a number that is none, a letter that no digest has, and bytes that are no text.
    if not re.fullmatch(r"[0-9]{1,12}", stamps[0]) or not re.fullmatch(r"v0=[0-9a-f]{64}", signatures[0]):
        raise Refused(HTTPStatus.UNAUTHORIZED)
    off = time.time() - int(stamps[0])
    if abs(off) > OFF_SECONDS:
        log.warning("a request's time stamp is far off: is this machine's clock right?", seconds=round(off))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(HTTPStatus.UNAUTHORIZED) from None
    if not verifier.is_valid(text, stamps[0], signatures[0]):
        raise Refused(HTTPStatus.UNAUTHORIZED)
    return text


def _form(head: Mapping[str, str]) -> str:
    """One of `FORMS`; raises `Refused` for any other."""
    form = head.get("content-type", "").partition(";")[0].strip().lower()
    if form not in FORMS:
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return form


def _told(text: str) -> dict[str, Any]:
    """A JSON object, in which a number may be infinite (1e999); raises `Refused` for any other text, also one with the
    word NaN, half a surrogate pair or more than 200 levels."""
    try:
        told = from_json(text, allow_inf_nan=False)
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST) from None
    if not isinstance(told, dict):
        raise Refused(HTTPStatus.BAD_REQUEST)
    return told


def _read_by_bolt(head: dict[str, str], text: str) -> BoltRequest:
    """What Bolt makes of it; raises `Refused` where it is in no form that Slack has."""
    try:
        asked = BoltRequest(body=text, headers=dict(head))
        json.dumps(asked.body, ensure_ascii=False, allow_nan=False).encode()  # half a surrogate pair, NaN
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        raise Refused(HTTPStatus.BAD_REQUEST) from None
    if not _within_depth(asked.body):
        raise Refused(HTTPStatus.BAD_REQUEST)
    return asked


def _within_depth(told: object) -> bool:
    level = [told]
    for _ in range(DEEPEST):
        level = [part for node in level for part in _parts(node)]
        if not level:
            return True
    return False


def _parts(node: object) -> Iterable[object]:
    return node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


class PunctualProtocol(H11Protocol):
    """uvicorn's own, which waits for ever for the head of a first request, and for the rest of any later one."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not IDLE:
            self._in_time()
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        super().connection_lost(exc)

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _hang_up(self) -> None:
        self.transport.close()
