"""A person in the playground: acts as the page does, and knows what the page is told; and slack_sdk's socket beside."""

import json
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import urlsplit

import requests
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.playground.slack.workspace import Workspace
from tests.playground.house import rehearsal

INCIDENTS, ALERTS, RANDOM, NOWHERE = "C0INCIDENTS", "C0ALERTS", "C0RANDOM", "C0NOWHERE"
TEAM, YOU, BOT, BOT_ID, APP = "T0REHEARSAL", "U0YOU", "U0DIAGNOSE", "B0DIAGNOSE", "A0DIAGNOSE"
PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"})
PATIENCE = 5.0  # seconds that a test waits for something before it fails

Json = dict[str, Any]
T = TypeVar("T")


class Feed:
    """What the page knows: the snapshot with every change applied to it."""

    def __init__(self, url: str) -> None:
        self.shown: Json = {}
        self._changed = threading.Condition()
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        self._connection.request("GET", "/page/feed", headers={"Accept": "text/event-stream"})
        self._socket: socket.socket = self._connection.sock
        self._answer = self._connection.getresponse()
        assert self._answer.headers["Content-Type"].startswith("text/event-stream")
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._read, name="feed", daemon=True)
        self._thread.start()

    def until(self, true: Callable[[Json], T], seconds: float = PATIENCE) -> T:
        """Waits until what is shown makes `true` true, and gives what it gave."""
        ends = time.monotonic() + seconds
        with self._changed:
            while not (self.shown and (found := true(self.shown))):
                left = ends - time.monotonic()
                assert left > 0, f"not within {seconds} s; the page shows {json.dumps(self.shown)[-3000:]}"
                self._changed.wait(left)
            return found

    def close(self) -> None:
        with suppress(OSError):  # the server was quicker
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._answer.close()
        self._connection.close()

    def _read(self) -> None:
        event, data = "", ""
        with suppress(OSError, HTTPException):  # closed, by us or by the server
            while line := self._answer.readline().decode():
                name, _, value = line.rstrip("\r\n").partition(":")
                if name == "event":
                    event = value.strip()
                elif name == "data":
                    data += value.strip()
                elif not line.strip() and data:
                    self._take(event, json.loads(data))
                    event, data = "", ""

    def _take(self, event: str, told: Json) -> None:
        with self._changed:
            if event == "snapshot":
                self.shown = told
            else:
                _apply(self.shown, told)
            self._changed.notify_all()


def _apply(shown: Json, change: Json) -> None:
    """One change, as the protocol of the feed says."""
    match change["kind"]:
        case "message":
            _put(shown["messages"], change["message"], "channel", "ts")
        case "gone":
            at = (change["channel"], change["ts"])
            shown["messages"] = [one for one in shown["messages"] if (one["channel"], one["ts"]) != at]
        case "channel":
            _put(shown["channels"], change["channel"], "id")
        case "traffic":
            _put(shown["traffic"], change["exchange"], "n")
        case other:
            assert other in {"views", "home", "connected", "stage"}, f"a change of unknown kind: {change}"
            shown[other] = change[other]


def _put(among: list[Json], one: Json, *names: str) -> None:
    """In place of the one with the same names, else at the end."""
    key = [one[name] for name in names]
    for index, known in enumerate(among):
        if [known[name] for name in names] == key:
            among[index] = one
            return
    among.append(one)


@dataclass
class Visit:
    """A running workspace; its methods do what a person at the page can do, and wait for what that brings."""

    address: str
    workspace: Workspace
    feed: Feed
    sockets: list[SocketModeClient] = field(default_factory=list)

    @property
    def api(self) -> str:
        return f"{self.address}/api/"

    def client(self, token: str | None = None, **given: Any) -> WebClient:
        """slack_sdk's own client of this workspace; the bot's token unless another is given."""
        known = self.workspace.bot_token if token is None else token
        return WebClient(token=known, base_url=self.api, timeout=10, **given)

    def plug_in(self, app: App) -> App:
        """Connects a Bolt app over Socket Mode; it is closed with the visit."""
        handler = SocketModeHandler(app, self.workspace.app_token)
        self.listen(handler.client)
        return app

    def listen(self, client: SocketModeClient) -> SocketModeClient:
        """Connects a Socket Mode client; it is closed with the visit."""
        self.sockets.append(client)
        client.connect()
        self.feed.until(lambda shown: shown["connected"])
        return client

    def act(self, **given: Any) -> Json:
        """What the page posts; an act that is refused fails the test."""
        answer = self.tried(**given)
        assert answer["ok"], answer
        return answer

    def tried(self, **given: Any) -> Json:
        """The same, with the answer to an act that may be refused."""
        answer = requests.post(f"{self.address}/page/act", json=given, timeout=10)
        assert answer.status_code == requests.codes.ok, answer.text
        found: Json = answer.json()
        return found

    def say(self, text: str, channel: str = INCIDENTS, **given: Any) -> Json:
        return self.act(do="say", channel=channel, text=text, **given)

    def press(self, at: Json, action_id: str, chosen: Json | None = None, option: str = "") -> None:
        """Presses an element of a message or of a view as the page shows it; `option` is the value to choose."""
        block, element = element_of(at, action_id)
        given: Json = {"block_id": block["block_id"], "action_id": action_id, "element": element}
        if option:
            chosen = {"selected_option": next(one for one in element["options"] if one["value"] == option)}
        if chosen:
            given["chosen"] = chosen
        place = {"channel": at["channel"], "ts": at["ts"]} if "ts" in at else {"view_id": at["id"]}
        self.act(do="press", **place, **given)

    def shows(self, text: str, seconds: float = PATIENCE, **where: Any) -> Json:
        """The newest message that shows this text, once there is one; `where` are fields that it must have."""

        def found(shown: Json) -> Json:
            for message in reversed(shown["messages"]):
                if text in json.dumps(message, ensure_ascii=False) and where.items() <= message.items():
                    return dict(message)
            return {}

        return self.feed.until(found, seconds)

    def view(self, text: str) -> Json:
        """The view on top, once it shows this text."""

        def found(shown: Json) -> Json:
            top: Json = shown["views"][-1] if shown["views"] else {}
            return top if text in json.dumps(top, ensure_ascii=False) else {}

        return self.feed.until(found)

    def refused(self) -> list[tuple[str, str]]:
        """Name and error of each exchange that did not go well."""
        return [(one["name"], one["error"]) for one in self.feed.shown["traffic"] if one["ok"] is False]


class Ear:
    """A Socket Mode client of slack_sdk that acknowledges what it hears, unless told otherwise, and keeps it."""

    def __init__(self, visit: Visit, *, acknowledge: bool = True) -> None:
        self.heard: queue.Queue[SocketModeRequest] = queue.Queue()
        self.raw: queue.Queue[Json] = queue.Queue()
        self.acknowledge = acknowledge
        self.client = SocketModeClient(visit.workspace.app_token, web_client=visit.client())
        self.client.message_listeners.append(lambda _client, message, _raw: self.raw.put(message))
        self.client.socket_mode_request_listeners.append(self._listen)
        visit.listen(self.client)

    def next(self, kind: str = "", seconds: float = PATIENCE) -> SocketModeRequest:
        """The next envelope of that type; others before it are passed over."""
        return self._wait(self.heard, lambda request: kind in {"", request.type}, seconds)

    def told(self, kind: str, seconds: float = PATIENCE) -> Json:
        """The next raw message of that type, such as hello."""
        return self._wait(self.raw, lambda message: message.get("type") == kind, seconds)

    def _wait(self, among: "queue.Queue[T]", fits: Callable[[T], bool], seconds: float) -> T:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            with suppress(queue.Empty):
                if fits(one := among.get(timeout=left)):
                    return one
        raise AssertionError(f"nothing like that came through the socket within {seconds} s")

    def _listen(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        if self.acknowledge:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        self.heard.put(request)


def element_of(at: Json, action_id: str) -> tuple[Json, Json]:
    """The element with that action id in a message or a view, and its block."""
    for block in at["blocks"]:
        for element in (*block.get("elements", ()), block.get("accessory"), block.get("element")):
            if element and element.get("action_id") == action_id:
                return block, element
    raise AssertionError(f"there is nothing to press called {action_id}")


def includes(whole: Any, part: Any) -> bool:
    """Whether everything that was sent came back; Slack adds fields of its own (emoji, verbatim, ids), drops none."""
    if isinstance(part, dict):
        return all(name in whole and includes(whole[name], one) for name, one in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(includes, whole, part))
    return bool(whole == part)


@contextmanager
def visit(**given: Any) -> Iterator[Visit]:
    """A workspace of its own behind a real HTTP server; `given` goes to `Workspace`."""
    sockets: list[SocketModeClient] = []
    with patch.dict(os.environ):
        for name in [name for name in os.environ if name.upper() in PROXIES]:
            del os.environ[name]  # slack_sdk's builtin Socket Mode client would go there even for loopback
        try:
            with rehearsal(Path(__file__).parent, Workspace(**given)) as served:
                feed = Feed(served.url)
                try:
                    feed.until(bool)
                    yield Visit(served.url, served.workspace, feed, sockets)
                finally:
                    feed.close()
                    for client in sockets:  # the server hangs up first: a client waits for its own time-out
                        client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
        finally:
            for client in sockets:
                client.closed = True
                client.enqueue_message("")  # wakes the thread that waits for the next one
                client.close()
