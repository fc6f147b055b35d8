"""A Slack on loopback: Web API, response_urls and Socket Mode, with every call recorded and faults on demand."""

import itertools
import json
import math
import queue
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from bot.card.rules import problems
from bot.playground.slack.metadata import metadata_of, metadata_told
from bot.playground.slack.refused import Refused

BOT, BOT_ID, TEAM = "U0DIAGNOSE", "B0DIAGNOSE", "T0TEST"
PATIENCE = 10.0  # seconds that a test waits for something before it fails


@dataclass(frozen=True)
class Call:
    """One request to the Web API; `at` on the monotonic clock."""

    method: str
    given: Mapping[str, Any]
    at: float


@dataclass
class Fault:
    """What a method answers once instead of doing its work."""

    error: str
    status: int = 200
    retry_after: int | None = None


@dataclass
class Acknowledged:
    """How long the app took to acknowledge an envelope, in seconds, and what it said."""

    seconds: float
    payload: Mapping[str, Any]


@dataclass
class SlackServer:
    """Use as a context manager; `url` is the base of the Web API."""

    calls: list[Call] = field(default_factory=list)
    answers: list[Mapping[str, Any]] = field(default_factory=list)
    whispers: list[Mapping[str, Any]] = field(default_factory=list)
    messages: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    views: list[dict[str, Any]] = field(default_factory=list)
    not_in: set[str] = field(default_factory=set)
    people: dict[str, str] = field(default_factory=dict)
    """Names by id; of anybody else `users.info` says "someone"."""
    groups: dict[str, list[str]] = field(default_factory=dict)
    """The ids of who is in each user group, by the group's id."""
    lacking: set[str] = field(default_factory=set)
    """Methods for which the token lacks the scope."""
    shared: dict[str, set[str]] = field(default_factory=dict)
    """Who is in each channel that the bot is in, for `users.conversations`."""
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What was published last on each person's Home tab."""
    others: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """Messages of others, by channel and ts, that `conversations.replies` and `conversations.history` tell too."""

    def __enter__(self) -> "SlackServer":
        self._lost: dict[str, int] = defaultdict(int)
        self._refusing: dict[str, float] = {}
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        self._changed = threading.Condition()
        self._stamps = itertools.count(1)
        self._connections: queue.Queue[ServerConnection] = queue.Queue()
        self._acks: dict[str, queue.Queue[tuple[float, Mapping[str, Any]]]] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _requests(self))
        self._http.daemon_threads = True
        self._socket: Server = serve(self._connected, "127.0.0.1", 0)
        self._threads = [
            threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True),
            threading.Thread(target=self._socket.serve_forever, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._socket.shutdown()
        for thread in self._threads:
            thread.join(PATIENCE)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/api/"

    def response_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/response/{uuid.uuid4().hex}"

    def fail(self, method: str, error: str, times: int = 1, retry_after: int | None = None) -> None:
        """The next calls of that method are refused."""
        status = 429 if error == "ratelimited" else 200
        self._faults[method] += [Fault(error, status, retry_after) for _ in range(times)]

    def refuse(self, seconds: float, method: str = "") -> None:
        """For so long every call is answered 429 with the seconds left as `Retry-After`; of one method, or of all."""
        with self._changed:
            self._refusing[method] = time.monotonic() + seconds

    def lose_answers(self, times: int = 1, method: str = "chat.postMessage") -> None:
        """The next calls of that method are done, but the connection is cut before the answer."""
        with self._changed:
            self._lost[method] += times

    def named(self, method: str) -> list[Call]:
        return [call for call in list(self.calls) if call.method == method]

    def until(self, true: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Waits until something holds, or fails the test."""
        ends = time.monotonic() + seconds
        with self._changed:
            while not true():
                assert time.monotonic() < ends, f"it did not happen in {seconds} s"
                self._changed.wait(0.02)

    def send(
        self, kind: str, payload: Mapping[str, Any], *, patience: float = PATIENCE, **envelope: Any
    ) -> Acknowledged:
        """Sends an envelope over the socket and waits for its acknowledgement; `queue.Empty` where none came."""
        name = str(uuid.uuid4())
        self._acks[name] = queue.Queue()
        connection = self._connections.get(timeout=PATIENCE)
        self._connections.put(connection)
        began = time.monotonic()
        text = {"envelope_id": name, "type": kind, "payload": payload, "accepts_response_payload": True, **envelope}
        connection.send(json.dumps(text))
        ended, answer = self._acks[name].get(timeout=patience)
        return Acknowledged(ended - began, answer)

    def hang_up(self) -> None:
        """Ends every socket, as Slack does now and then."""
        while not self._connections.empty():
            self._connections.get_nowait().close()

    def _connected(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0TEST"}}))
        self._connections.put(connection)
        with suppress(ConnectionClosed):
            for text in connection:
                if isinstance(text, str) and text.startswith("{"):
                    answer = json.loads(text)
                    waiting = self._acks.get(answer.get("envelope_id", ""))
                    if waiting is not None:
                        waiting.put((time.monotonic(), answer.get("payload") or {}))

    def answer(self, path: str, given: Mapping[str, Any]) -> tuple[int, dict[str, str], dict[str, Any] | None]:
        """Status, headers and body; no body where the answer is lost."""
        with self._changed:
            if path.startswith("/response/"):
                self.answers.append(given)
                self._changed.notify_all()
                return 200, {}, {"ok": True}
            method = path.removeprefix("/api/")
            self.calls.append(Call(method, given, time.monotonic()))
            left = max(self._refusing.get(method, 0.0), self._refusing.get("", 0.0)) - time.monotonic()
            if left > 0:
                self._changed.notify_all()
                return 429, {"Retry-After": str(math.ceil(left))}, {"ok": False, "error": "ratelimited"}
            if method in self.lacking:
                self._changed.notify_all()
                return 200, {}, {"ok": False, "error": "missing_scope"}
            faults = self._faults[method]
            if faults:
                fault = faults.pop(0)
                headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
                answer: dict[str, Any] = {"ok": False, "error": fault.error}
                self._changed.notify_all()
                return fault.status, headers, answer
            work = getattr(self, "_" + method.replace(".", "_"), None)
            answer = work(given) if work else {"ok": False, "error": "unknown_method"}
            self._changed.notify_all()
            if self._lost[method]:
                self._lost[method] -= 1
                return 200, {}, None
            return 200, {}, answer

    def _auth_test(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "ok": True,
            "url": self.url,
            "team": "Test",
            "team_id": TEAM,
            "user": "diagnose",
            "user_id": BOT,
            "bot_id": BOT_ID,
        }

    def _apps_connections_open(self, _: Mapping[str, Any]) -> dict[str, Any]:
        host, port = self._socket.socket.getsockname()[:2]
        return {"ok": True, "url": f"ws://{host}:{port}/link"}

    def _chat_postMessage(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - the method's name
        if given["channel"] in self.not_in:
            return {"ok": False, "error": "not_in_channel"}
        refused = self._refused(given)
        if refused:
            return refused
        ts = f"1795168863.{next(self._stamps):06d}"
        try:
            kept = {**given, "metadata": metadata_of(given)}
        except Refused as wrong:
            return wrong.answer()
        self.messages[(given["channel"], ts)] = {name: value for name, value in kept.items() if value is not None}
        return {"ok": True, "channel": given["channel"], "ts": ts, "message": {**given, "ts": ts, "bot_id": BOT_ID}}

    def _chat_update(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if (given["channel"], given["ts"]) not in self.messages:
            return {"ok": False, "error": "message_not_found"}
        refused = self._refused(given)
        if refused:
            return refused
        try:
            changed = {**given, "metadata": metadata_of(given)} if "metadata" in given else given
        except Refused as wrong:
            return wrong.answer()
        self.messages[(given["channel"], given["ts"])].update(changed)
        return {"ok": True, "channel": given["channel"], "ts": given["ts"], "text": given.get("text", "")}

    def _chat_delete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        gone = self.messages.pop((given["channel"], given["ts"]), None)
        return {"ok": True, **given} if gone else {"ok": False, "error": "message_not_found"}

    def _chat_postEphemeral(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - the method's name
        self.whispers.append(given)
        return {"ok": True, "message_ts": "1.1"}

    def _chat_getPermalink(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - the method's name
        ts = str(given["message_ts"]).replace(".", "")
        return {"ok": True, "permalink": f"https://acme.slack.example.com/archives/{given['channel']}/p{ts}"}

    def _conversations_replies(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if given["channel"] in self.not_in:
            return {"ok": False, "error": "not_in_channel"}
        place = (given["channel"], given["ts"])
        head = self.messages.get(place) or self.others.get(place)
        below = [one for one in self._told(given) if one.get("thread_ts") == given["ts"] != one["ts"]]
        if head is None and not below:
            return {"ok": False, "error": "thread_not_found"}
        return {"ok": True, "messages": [*([{**head, "ts": given["ts"]}] if head else []), *below], "has_more": False}

    def _conversations_history(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Newest first, in pages of `limit`, without what stands in threads."""
        if given["channel"] in self.not_in:
            return {"ok": False, "error": "not_in_channel"}
        found = [one for one in self._told(given) if one.get("thread_ts") in {None, one["ts"]}][::-1]
        start, limit = int(given.get("cursor") or 0), int(given.get("limit") or 100)
        more = len(found) > start + limit
        told: dict[str, Any] = {"ok": True, "messages": found[start : start + limit], "has_more": more}
        return {**told, "response_metadata": {"next_cursor": str(start + limit)}} if more else told

    def _told(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The messages of a channel in the given span, oldest first."""
        mine = {place: {**message, "bot_id": BOT_ID} for place, message in self.messages.items()}
        whole = given.get("include_all_metadata") in (True, "1", "true", "True")
        oldest, latest = float(given.get("oldest") or 0), float(given.get("latest") or "inf")
        ends = given.get("inclusive") in (True, "1", "true", "True")
        return [
            metadata_told({**message, "ts": ts}, whole=whole)
            for (channel, ts), message in sorted(
                [*self.others.items(), *mine.items()], key=lambda one: float(one[0][1])
            )
            if channel == given["channel"] and (oldest < float(ts) < latest or (ends and float(ts) in {oldest, latest}))
        ]

    def _conversations_info(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {"ok": True, "channel": {"id": given["channel"], "is_member": given["channel"] not in self.not_in}}

    def _users_info(self, given: Mapping[str, Any]) -> dict[str, Any]:
        name = self.people.get(given["user"], "someone")
        return {"ok": True, "user": {"id": given["user"], "name": name, "profile": {"display_name": name}}}

    def _users_conversations(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The channels of `shared` that this person is in, in pages of `limit`."""
        found = [{"id": channel} for channel, users in sorted(self.shared.items()) if given.get("user", BOT) in users]
        start, limit = int(given.get("cursor") or 0), int(given.get("limit") or 100)
        more = str(start + limit) if len(found) > start + limit else ""
        return {"ok": True, "channels": found[start : start + limit], "response_metadata": {"next_cursor": more}}

    def _usergroups_users_list(self, given: Mapping[str, Any]) -> dict[str, Any]:
        users = self.groups.get(given["usergroup"])
        return {"ok": False, "error": "no_such_subteam"} if users is None else {"ok": True, "users": users}

    def _views_open(self, given: Mapping[str, Any]) -> dict[str, Any]:
        view = given["view"] if isinstance(given["view"], dict) else json.loads(given["view"])
        if problems(view):
            return {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": problems(view)}}
        self.views.append(view)
        return {"ok": True, "view": {**view, "id": f"V{len(self.views)}", "hash": "h"}}

    _views_update = _views_push = _views_open

    def _views_publish(self, given: Mapping[str, Any]) -> dict[str, Any]:
        view = given["view"] if isinstance(given["view"], dict) else json.loads(given["view"])
        if problems(view):
            return {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": problems(view)}}
        self.homes[given["user_id"]] = view
        return {"ok": True, "view": {**view, "id": "VHOME" + given["user_id"], "hash": "h"}}

    def _blocks_validate(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """In the documented shape: https://docs.slack.dev/reference/methods/blocks.validate"""
        kind = next(name for name in ("blocks", "message", "view") if name in given)
        value = json.loads(given[kind])
        found = problems({"blocks": value, "text": "-"} if kind == "blocks" else value)
        if not found:
            return {"ok": True}
        errors = [{"pointer": "/", "code": "failed_constraint", "message": message} for message in found]
        return {"ok": False, "error": f"invalid_{kind}", "errors": errors}

    def _refused(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        blocks = given.get("blocks") or []
        blocks = json.loads(blocks) if isinstance(blocks, str) else blocks
        found = problems({"blocks": blocks, "text": given.get("text")})
        return {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": found}} if found else None


def _requests(slack: SlackServer) -> type[BaseHTTPRequestHandler]:
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            self._reply({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}, body)

        def do_GET(self) -> None:
            self._reply({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}, "")

        def _reply(self, given: dict[str, Any], body: str) -> None:
            if body.startswith("{"):
                given |= json.loads(body)
            else:
                given |= {name: values[0] for name, values in parse_qs(body).items()}
            status, headers, answer = slack.answer(urlsplit(self.path).path, given)
            self.close_connection = True
            if answer is None:
                return
            text = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {
                **headers,
                "Content-Type": "application/json",
                "Content-Length": str(len(text)),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Quiet: the calls are recorded."""

    return Requests
