"""The Home tab as a person opens and presses it: a history in memory behind it, and a Slack that keeps every tab."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slack_bolt import App, BoltRequest
from slack_bolt.lazy_listener.thread_runner import ThreadLazyListenerRunner
from slack_sdk import WebClient

from bot.card.home import HOME_SEARCH
from bot.card.rules import problems
from bot.runs.history import Entry, Load
from bot.runs.run import NotStarted
from tests.card.diagnoses import NOON
from tests.stand_ins.slack_server import SlackServer

READER, OTHER = "U0READER", "U0OTHER"


def an_entry(short_id: str, **given: Any) -> Entry:
    defaults = {
        "run": f"r-{short_id}", "state": "ended", "target": short_id, "short_id": short_id, "channel": "C0SHARED",
        "title": f"title of {short_id}", "verdict": "The migration was not applied", "grade": "proved",
        "message": "1795168863.000100", "asked_at": NOON, "ended_at": NOON,
    }  # fmt: skip
    return Entry(**{**defaults, **given})


ENTRIES = (
    an_entry("SHOP-1"),
    an_entry("SHOP-2", channel="C0SECRET"),
    an_entry("SHOP-3", channel="C0SECRET", asker=READER),
    an_entry("SHOP-4", channel="C0SECRET", state="running"),
    an_entry("SHOP-5", state="running"),
)


@dataclass
class Book:
    """A history in memory; with `broken` the database does not answer, and it waits for `answers`."""

    entries: tuple[Entry, ...] = ENTRIES
    broken: bool = False
    asked: list[str] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.answers.set()

    def under_way(self, limit: int = 20) -> tuple[Entry, ...]:
        return tuple(one for one in self._all() if one.state != "ended")[:limit]

    def recent(self, limit: int = 10, matching: str = "") -> tuple[Entry, ...]:
        self.asked.append(matching)
        over = (one for one in self._all() if one.state == "ended" and matching.lower() in (one.title or "").lower())
        return tuple(over)[:limit]

    def load(self) -> Load:
        return Load(running=sum(one.state == "running" for one in self._all()))

    def purge(
        self, before: datetime | None = None, issue: str | None = None, person: str | None = None, dry: bool = False
    ) -> int:
        raise NotImplementedError

    def _all(self) -> tuple[Entry, ...]:
        assert self.answers.wait(10)
        if self.broken:
            raise NotStarted("The database does not answer: look at its disk.")
        return self.entries


@dataclass
class HomeSlack(SlackServer):
    """The stand-in with Home tabs and with channels that people share with the bot, two on a page."""

    tabs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    channels: dict[str, list[str]] = field(default_factory=lambda: {READER: ["C0SHARED"]})

    def _views_publish(self, given: Mapping[str, Any]) -> dict[str, Any]:
        view = given["view"] if isinstance(given["view"], dict) else json.loads(given["view"])
        if problems(view):
            return {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": problems(view)}}
        if given.get("hash") not in (None, f"h{len(self.tabs)}"):
            return {"ok": False, "error": "hash_conflict"}
        self.tabs.append((str(given["user_id"]), view))
        return {"ok": True, "view": {**view, "id": "V1", "hash": f"h{len(self.tabs)}"}}

    def _users_conversations(self, given: Mapping[str, Any]) -> dict[str, Any]:
        assert set(str(given["types"]).split(",")) == {"public_channel", "private_channel"}
        channels, begins = self.channels.get(str(given["user"]), []), int(given.get("cursor") or 0)
        more = str(begins + 2) if begins + 2 < len(channels) else ""
        found = [{"id": one} for one in channels[begins : begins + 2]]
        return {"ok": True, "channels": found, "response_metadata": {"next_cursor": more}}


def client_of(slack: SlackServer) -> WebClient:
    return WebClient(token="xoxb-test", base_url=slack.url, timeout=5)


@dataclass
class Tab:
    """The bot behind the tab; below is what Slack sends, each time until it is acknowledged."""

    slack: HomeSlack
    book: Book
    app: App

    def open(self, user: str = READER, tab: str = "home", **more: Any) -> None:
        payload = {
            "type": "event_callback", "event_id": "Ev1", "team_id": "T0TEST", "api_app_id": "A0TEST",
            "event": {"type": "app_home_opened", "user": user, "channel": "D1", "tab": tab, **more},
            "authorizations": [{"team_id": "T0TEST", "user_id": "U0DIAGNOSE", "is_bot": True}],
        }  # fmt: skip
        self._send(payload)

    def press(self, action_id: str, typed: str | None = None, user: str = READER) -> None:
        state = {"values": {"home-9": {HOME_SEARCH: {"type": "plain_text_input", "value": typed}}}}
        payload = {
            "type": "block_actions", "user": {"id": user, "team_id": "T0TEST"}, "team": {"id": "T0TEST"},
            "trigger_id": "1.2.3", "api_app_id": "A0TEST", "container": {"type": "view", "view_id": "V1"},
            "view": {"id": "V1", "type": "home", "hash": "h0", "state": state},
            "actions": [{"type": "button", "action_id": action_id, "block_id": "home-9"}],
        }  # fmt: skip
        self._send(payload)

    def settled(self) -> None:
        """Waits until all that was sent is done; afterwards nothing can be sent any more."""
        runner = self.app.listener_runner.lazy_listener_runner
        assert isinstance(runner, ThreadLazyListenerRunner)
        runner.executor.shutdown(wait=True)

    def _send(self, payload: dict[str, Any]) -> None:
        assert self.app.dispatch(BoltRequest(body=payload, mode="socket_mode")).status == 200

    def shown(self, count: int = 1) -> str:
        """The words of the newest tab, once there were so many."""
        self.slack.until(lambda: len(self.slack.tabs) >= count)
        return json.dumps(self.slack.tabs[-1][1], ensure_ascii=False)
