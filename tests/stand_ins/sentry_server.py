"""A Sentry on the loopback: real HTTP, the shapes of the real API, and every way in which it can go wrong.

    with SentryServer() as sentry:
        sentry.fail("issues/SHOP-42/", page(502), times=1)
        door = sentry_door(SentryAccess(url=sentry.url, organization="acme", token=TOKEN), Budget(10))
        ...
        assert sentry.count("issues/SHOP-42/") == 2

`World` (sentry_world.py) holds what it serves, `shop()` where nothing is said; `delay` is slept before each answer;
what is written is kept in it, and `scopes` may do it;
`flavour="glitchtip"` (or `"glitchtip-2022"`) makes it answer as that server does. Paths are relative to the
organization, or whole when they begin with a slash; `"*"` is every path.
"""

import contextlib
import json
import re
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.stand_ins.sentry_world import ORGANIZATION, World, shop
from tests.stand_ins.sentry_writes import FORBIDDEN, SCOPES, members, written

Flavour = Literal["sentry", "glitchtip", "glitchtip-2022"]

PAGE = 100
NONE_SUCH = {"detail": "The requested resource does not exist"}
EVERY_EVENT_HAS: dict[str, Any] = {"occurrence": None, "userReport": None, "sdkUpdates": [], "resolvedWith": []}
"""What Sentry adds to an event when asked for it; an SDK sends none of these."""
NO_EVENT = {"detail": "No matching event found, try changing the environments, date range, or query."}
WEB_PAGE = b"<!doctype html>\n<html lang='en'><head><title>Not Found</title></head><body>Sign in</body></html>"
GLITCHTIP_LACKS = ("firstRelease", "lastRelease", "priority", "substatus", "isUnhandled", "issueType")


@dataclass(frozen=True)
class Fault:
    """How an answer goes wrong: late, never, dripping, reset, cut off, or simply another one; `carried_out` says that
    what was asked is done all the same, and only the answer goes wrong."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    drip: float | None = None
    drips_head: bool = False
    resets: bool = False
    missing_bytes: int = 0
    carried_out: bool = False


def answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> Fault:
    """Any JSON with any status."""
    told = {"Content-Type": "application/json", **(headers or {})}
    return Fault(status, json.dumps(body).encode(), tuple(told.items()))


def raw(status: int, body: bytes, content_type: str = "application/json") -> Fault:
    """Any bytes: cut-off JSON, plain text, nothing."""
    return Fault(status, body, (("Content-Type", content_type),))


def page(status: int, content_type: str = "text/html; charset=utf-8") -> Fault:
    """The web page of a login wall, a proxy, or a router."""
    return raw(status, WEB_PAGE, content_type)


def redirect(location: str, status: int = 302, body: bytes = b"") -> Fault:
    """Go elsewhere."""
    return Fault(status, body, (("Location", location),))


def slow(seconds: float) -> Fault:
    """A good answer, late."""
    return Fault(200, b"{}", (("Content-Type", "application/json"),), delay=seconds)


def dripping(seconds: float, *, head: bool = False) -> Fault:
    """A byte every so many seconds, of the body or already of the head, without an end in sight."""
    return Fault(200, b" " * 100_000, (("Content-Type", "application/json"),), drip=seconds, drips_head=head)


def reset() -> Fault:
    """The connection is reset instead of an answer."""
    return Fault(resets=True)


def broken_off(body: bytes = b'{"id": "1", "tit') -> Fault:
    """Fewer bytes than the answer's own length says, then the end."""
    return Fault(200, body, (("Content-Type", "application/json"),), missing_bytes=50)


def rate_limited(reset_at: float | None = None, *, at_once: bool = False, bare: bool = False) -> Fault:
    """429: in a window that ends at the epoch second `reset_at`, or for too many calls `at_once`."""
    words = "You are attempting to go above the allowed concurrency for this endpoint. Concurrency limit is 15"
    if not at_once:
        words = "You are attempting to use this endpoint too frequently. Limit is 5 requests in 1 seconds"
    headers = {} if reset_at is None else {"X-Sentry-Rate-Limit-Reset": str(int(reset_at))}
    return answer(429, words if bare else {"detail": words}, headers | ({"Content-Type": "text/html"} if bare else {}))


@contextlib.contextmanager
def nobody_listens() -> Iterator[str]:
    """An address on the loopback that refuses connections: the port is taken, and nobody listens on it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@dataclass(frozen=True)
class Call:
    """One request as it came; `path` as it was on the wire, percent-encoded."""

    path: str
    query: dict[str, list[str]]
    authorization: str | None
    cookie: str | None = None
    method: str = "GET"
    body: bytes = field(default=b"", repr=False)
    encoding: str = ""


class SentryServer:
    """The server, running while the context lasts; everything about it may be asked from any thread."""

    def __init__(
        self,
        world: World | None = None,
        *,
        delay: float = 0.0,
        flavour: Flavour = "sentry",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._world = world or shop()
        self.delay = delay
        self.flavour: Flavour = flavour
        self.scopes = set(SCOPES)
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._faults: dict[str, list[Fault | None]] = {}
        self._server = _Server(self)
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="sentry-stand-in")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    @property
    def world(self) -> World:
        """What it knows."""
        return self._world

    @property
    def url(self) -> str:
        """What belongs into SENTRY_URL."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def fail(self, path: str, fault: Fault, times: int | None = None) -> None:
        """From now on this path answers with the fault, `times` times or for good; `"*"` is every path, `"PUT *"` every
        one that is written to."""
        with self._lock:
            self._faults[path] = [fault] if times is None else [*([fault] * times), None]

    def calls(self) -> list[Call]:
        """Every request so far, in order of arrival."""
        with self._lock:
            return list(self._calls)

    def count(self, path: str) -> int:
        """How often this path was asked."""
        return Counter(call.path for call in self.calls())[_whole(path)]

    def authorizations(self) -> set[str | None]:
        """The Authorization headers seen; None stands for a request without one."""
        return {call.authorization for call in self.calls()}

    def note(self, call: Call) -> Fault | None:
        """Counts a request and says how it shall fail, if it shall."""
        with self._lock:
            self._calls.append(call)
            for asked, faults in self._faults.items():
                method, _, path = asked.rpartition(" ")
                if method in {"", call.method} and (path == "*" or _whole(path) == call.path):
                    return faults.pop(0) if len(faults) > 1 else faults[0]
        return None

    def answer(self, call: Call) -> Fault:
        """The good answer, as this flavour of Sentry gives it."""
        scope = f"/api/0/organizations/{ORGANIZATION}/"
        if call.method != "GET" and call.path.startswith(f"{scope}issues/") and self.flavour == "sentry":
            parts = [unquote(part) for part in call.path.removeprefix(f"{scope}issues/").split("/")]
            with self._lock:
                return answer(*written(call.method, parts, call.body, self.known(call), self.scopes))
        if call.method != "GET":
            return answer(405, {"detail": f'Method "{call.method}" not allowed.'})
        if not call.path.endswith("/"):
            return raw(404, b"Route not found, did you forget a trailing slash?", "text/plain")
        if call.path.startswith(scope):
            parts = [unquote(part) for part in call.path.removeprefix(scope).split("/")[:-1]]
            return self._scoped(call, parts, self.known(call))
        if suspected := re.fullmatch(rf"/api/0/projects/{ORGANIZATION}/([^/]+)/events/([^/]+)/committers/", call.path):
            return self._committers(unquote(suspected[2]), self.known(call))
        if call.path.startswith("/api/0/issues/"):
            parts = [unquote(part) for part in call.path.removeprefix("/api/0/").split("/")[:-1]]
            if self.flavour == "sentry" or parts[1].isdecimal():
                return self._issue(call, parts[1:], self.known(call))
        return answer(404, NONE_SUCH) if call.path.startswith("/api/0/organizations/") else page(404)

    def known(self, _call: Call) -> World:
        """The world that answers this call: always the same one here."""
        return self.world

    def _scoped(self, call: Call, parts: list[str], world: World) -> Fault:
        told = world.answers.get("/".join([*parts, ""]))
        if told is not None:
            return answer(200, told)
        if self.flavour != "sentry":
            refusal = _glitchtip_refuses(parts, self.flavour)
            if refusal is not None:
                return refusal
        match parts:
            case ["issues"]:
                return self._rows(call, world.issues if world.listed is None else world.listed)
            case ["issues", *rest]:
                return self._issue(call, rest, world)
            case ["shortids", short]:
                return self._short_id(short, world)
            case ["eventids", event_id]:
                return self._event_id(event_id, world)
            case ["events"]:
                fields = [name for name in call.query.get("field", []) if not name.endswith("()")]
                return answer(200, {"data": world.counts.get(",".join(fields), []), "meta": {"fields": {}}})
            case [("releases" | "code-mappings") as listed]:
                return self._rows(call, world.releases if listed == "releases" else world.code_mappings)
            case ["releases", version, *rest]:
                return self._release(call, version, rest, world)
            case ["members"]:
                if "member:read" not in self.scopes:
                    return answer(403, FORBIDDEN)
                return self._rows(call, members(world, call.query.get("query", [""])[0]))
        return answer(404, {"info": "Route not found, did you forget a trailing slash?"})

    def _issue(self, call: Call, parts: list[str], world: World) -> Fault:
        issue = world.issue(parts[0])
        if issue is None:
            return answer(404, NONE_SUCH if self.flavour == "sentry" else {"detail": "Not Found"})
        events = world.events.get(issue["id"], [])
        match parts[1:]:
            case []:
                return answer(200, issue if self.flavour == "sentry" else _as_glitchtip(issue))
            case ["events"]:
                return self._rows(call, [_without_entries(event) for event in events])
            case ["events", which]:
                chosen = {"latest": events[:1], "oldest": events[-1:]}
                if self.flavour == "sentry":
                    chosen["recommended"] = events[:1]
                found = chosen.get(which, [event for event in events if event["eventID"] == which])
                if found:
                    return answer(200, {**EVERY_EVENT_HAS, **found[0]} if self.flavour == "sentry" else found[0])
                return answer(404, NO_EVENT) if self.flavour == "sentry" or which == "latest" else page(404)
            case ["tags"]:
                return answer(200, world.tags.get(issue["id"], []))
            case ["comments"]:
                return self._rows(call, world.comments.get(issue["id"], []))
        return page(404)

    def _event_id(self, event_id: str, world: World) -> Fault:
        for issue in world.issues:
            for event in world.events.get(issue["id"], []):
                if event["eventID"] == event_id:
                    names = {"organizationSlug": ORGANIZATION, "projectSlug": issue["project"]["slug"]}
                    ids = {"groupId": issue["id"], "eventId": event_id}
                    return answer(200, {**names, **ids, "event": event})
        return answer(404, {"detail": "Event not found"})

    def _committers(self, event_id: str, world: World) -> Fault:
        """Whom Sentry suspects; that it suspects nobody is a 404 with words in it."""
        if self.flavour != "sentry":
            return page(404)
        commits = world.committers.get(event_id, [])
        if not commits:
            return answer(404, {"detail": "No committers found"})
        by_author = [{"author": commit["author"], "commits": [commit]} for commit in commits]
        return answer(200, {"committers": by_author})

    def _short_id(self, short: str, world: World) -> Fault:
        issue = world.issue(short)
        if issue is None:
            return answer(404, NONE_SUCH)
        names = {"organizationSlug": ORGANIZATION, "projectSlug": issue["project"]["slug"]}
        return answer(200, {**names, "groupId": issue["id"], "group": issue, "shortId": issue["shortId"]})

    def _release(self, call: Call, version: str, rest: list[str], world: World) -> Fault:
        release = next((one for one in world.releases if one["version"] == version), None)
        if release is None:
            return answer(404, NONE_SUCH)
        if not rest:
            return answer(200, release)
        return self._rows(call, {"commits": world.commits, "deploys": world.deploys}[rest[0]].get(version, []))

    def _rows(self, call: Call, rows: "tuple[dict[str, Any], ...] | list[dict[str, Any]]") -> Fault:
        """A page of rows, and a Link header that names another host, as a customer's domain does."""
        size = min(int((call.query.get("per_page") or call.query.get("limit") or [str(PAGE)])[0]), PAGE)
        start = int(call.query.get("cursor", ["0:0:0"])[0].split(":")[1])
        parts = [("previous", max(0, start - size), start > 0), ("next", start + size, start + size < len(rows))]
        link = ", ".join(
            f'<https://acme.sentry.example{call.path}?&cursor=0:{at}:0>; rel="{rel}"; '
            f'results="{str(there).lower()}"; cursor="0:{at}:0"'
            for rel, at, there in parts
        )
        return answer(200, rows[start : start + size], {"Link": link})


def _whole(path: str) -> str:
    return path if path.startswith("/") or path == "*" else f"/api/0/organizations/{ORGANIZATION}/{path}"


def _without_entries(event: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "eventID", "groupID", "projectID", "message", "title", "location", "culprit", "user", "tags")
    more = ("platform", "dateCreated", "crashFile", "metadata")
    return {"event.type": event.get("type"), **{name: event.get(name) for name in (*kept, *more)}}


def _as_glitchtip(issue: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in issue.items() if name not in GLITCHTIP_LACKS}
    return {**kept, "stats": {}, "permalink": "Not implemented", "userCount": 0}


def _glitchtip_refuses(parts: list[str], flavour: Flavour) -> Fault | None:
    """What a GlitchTip lacks below the organization."""
    match parts:
        case ["issues"] | ["releases"] | ["releases", _]:
            return None
        case ["issues", reference] if reference.isdecimal():
            return answer(405, {"detail": "Method Not Allowed"}) if flavour == "glitchtip" else None
        case ["issues", _, "events", *_] if flavour == "glitchtip-2022":
            return page(500)
    return page(404)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, stand_in: SentryServer) -> None:
        self.stand_in = stand_in
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Requests)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Wakes the threads that still wait for a client."""
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is nothing to print."""


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answered("GET", b"")

    def do_POST(self) -> None:
        self._answered("POST", self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def do_PUT(self) -> None:
        self._answered("PUT", self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _answered(self, method: str, body: bytes) -> None:
        stand_in = self.server.stand_in
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        asking = (self.headers.get("Authorization"), self.headers.get("Cookie"))
        call = Call(parts.path, query, *asking, method, body, self.headers.get("Content-Encoding", ""))
        fault = stand_in.note(call)
        if fault is not None and fault.carried_out:
            stand_in.answer(call)
        if stand_in.closing.wait(stand_in.delay if fault is None else fault.delay):
            return
        self._send(stand_in.answer(call) if fault is None else fault)

    def _send(self, fault: Fault) -> None:
        if fault.resets:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.rfile.close()
            self.wfile.close()
            self.connection.close()
            return
        length = len(fault.body) + fault.missing_bytes
        if fault.drips_head:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            self._drip(fault.body, fault.drip or 0.0)
            return
        self.send_response_only(fault.status)
        for name, value in {"Date": self.date_time_string(), **dict(fault.headers)}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if fault.drip is not None:
            self._drip(fault.body, fault.drip)
            return
        self.wfile.write(fault.body)
        if fault.missing_bytes:
            self.close_connection = True

    def _drip(self, body: bytes, seconds: float) -> None:
        self.close_connection = True
        for index in range(len(body)):
            if self.server.stand_in.closing.wait(seconds):
                return
            self.wfile.write(body[index : index + 1])

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output is its own."""
