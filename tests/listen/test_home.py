"""The door to the Home tab: drawn for whoever opens it, with what that person may see and nothing else."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt import App, BoltRequest
from slack_bolt.lazy_listener.thread_runner import ThreadLazyListenerRunner
from slack_sdk import WebClient

from bot.card.home import HOME_LATEST, HOME_REFRESH, HOME_SEARCH, SourceState
from bot.card.rules import problems
from bot.listen.home import NOT_DRAWN, HomeDesk, drawn, publish, query_of, register, visible
from bot.runs.history import Entry, Load
from bot.runs.run import NotStarted
from bot.slack.membership import KEPT_SECONDS, Membership
from playbook.evidence.unavailable import Unavailable
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


@pytest.fixture
def slack(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with HomeSlack() as server:
        yield server


@pytest.fixture
def tab(slack):
    client, book = client_of(slack), Book()
    source = SourceState(name="Sentry", state="answers", since=NOON)
    desk = HomeDesk(
        book, Membership(client), sources=lambda: (source,), workspace="https://acme.slack.com/", now=lambda: NOON
    )
    app = App(client=client, process_before_response=True)
    register(app, desk)
    return Tab(slack, book, app)


def test_opening_the_tab_is_acknowledged_first_and_then_shows_it_to_that_person(slack, tab):
    tab.book.answers.clear()
    tab.open()
    assert slack.tabs == []
    tab.book.answers.set()
    assert "title of SHOP-1" in tab.shown()
    assert "Sentry" in tab.shown()
    assert "https://acme.slack.com/archives/C0SHARED/p1795168863000100" in tab.shown()
    assert [user for user, _ in slack.tabs] == [READER]


def test_only_the_home_tab_is_drawn(slack, tab):
    tab.open(tab="messages")
    tab.open()
    tab.settled()
    assert len(slack.named("views.publish")) == 1


def test_a_run_is_seen_by_those_in_its_channel_and_by_whoever_asked_for_it_and_is_counted_for_others(slack, tab):
    tab.open()
    shown = tab.shown()
    assert all(f"title of SHOP-{number}" in shown for number in (1, 3, 5))
    assert all(f"title of SHOP-{number}" not in shown for number in (2, 4))
    assert "1 more in channels that you and I do not share" in shown
    assert '"2 running"' in shown
    tab.open(OTHER)
    shown = tab.shown(2)
    assert "title of" not in shown
    assert "3 in channels that you and I do not share" in shown


def test_where_slack_does_not_say_who_is_where_only_ones_own_runs_are_shown_and_it_is_said(slack, tab):
    slack.fail("users.conversations", "missing_scope")
    tab.open()
    shown = tab.shown()
    assert "SHOP-3" in shown
    assert "SHOP-1" not in shown
    assert "I may not ask Slack which channels you are in: an admin should run `diagnose doctor`." in shown
    assert "2 more not shown to you" in shown


def test_a_search_replaces_the_list_and_the_button_brings_it_back(slack, tab):
    tab.press(HOME_SEARCH, "  shop-1 ")
    shown = tab.shown()
    assert "Found for “shop-1”" in shown
    assert "SHOP-3" not in shown
    tab.press(HOME_REFRESH, "shop-1")
    assert "Found for “shop-1”" in tab.shown(2)
    tab.press(HOME_LATEST, "shop-1")
    assert "Last verdicts" in tab.shown(3)
    assert tab.book.asked == ["shop-1", "shop-1", ""]


def test_nothing_found_is_said_and_hidden_runs_leave_no_trace_in_a_search(slack, tab):
    tab.press(HOME_SEARCH, "shop-2")  # there is one, in a channel that the reader is not in
    hidden = tab.shown()
    assert "Nothing found for “shop-2”." in hidden
    tab.press(HOME_SEARCH, "shop-9")
    assert tab.shown(2) == hidden.replace("shop-2", "shop-9")


def test_a_history_that_does_not_answer_is_said_and_no_empty_list(slack, tab):
    tab.book.broken = True
    tab.open()
    shown = tab.shown()
    assert "The runs cannot be read" in shown
    assert "look at its disk" in shown
    assert "Nothing is running" not in shown


def test_slacks_patience_is_honoured(slack, tab):
    slack.fail("views.publish", "ratelimited", retry_after=1)
    tab.open()
    tab.shown()
    first, second = slack.named("views.publish")
    assert second.at - first.at >= 1


def test_an_earlier_look_gives_way_to_what_was_pressed_since(slack, tab):
    tab.press(HOME_SEARCH, "shop-1")
    tab.shown()
    tab.open(view={"hash": "h0"})
    slack.until(lambda: len(slack.named("views.publish")) == 2)
    assert "Found for" in tab.shown()
    tab.open(view={"hash": "h1"})
    tab.settled()
    assert "Last verdicts" in tab.shown()
    assert len(slack.tabs) == 2


def test_a_tab_that_slack_refuses_is_replaced_by_a_sentence(slack, tab):
    slack.fail("views.publish", "invalid_blocks")
    tab.open()
    assert NOT_DRAWN in tab.shown()
    assert len(slack.named("views.publish")) == 2


@pytest.mark.parametrize(("error", "after", "calls"), [("not_enabled", 1, 1), ("ratelimited", 60, 1)])
def test_what_cannot_be_helped_is_left_alone(slack, error, after, calls):
    slack.fail("views.publish", error, times=5, retry_after=after)
    publish(client_of(slack), READER, drawn(HomeDesk(Book(), lambda _: ()), READER), lambda _: None)
    assert len(slack.named("views.publish")) == calls


def test_no_more_than_three_tries_are_made(slack):
    waited: list[float] = []
    slack.fail("views.publish", "ratelimited", times=9, retry_after=2)
    publish(client_of(slack), READER, drawn(HomeDesk(Book(), lambda _: ()), READER), waited.append)
    assert waited == [2.0, 2.0, 2.0]


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_channels_are_asked_for_page_by_page_and_kept_for_a_minute(slack):
    slack.channels[READER] = ["C1", "C2", "C3", "C4", "C5"]
    clock = Clock()
    channels = Membership(client_of(slack), clock)
    assert channels(READER) == {"C1", "C2", "C3", "C4", "C5"}
    assert len(slack.named("users.conversations")) == 3
    slack.channels[READER] = ["C1"]
    assert len(channels(READER)) == 5
    clock.now = KEPT_SECONDS + 1
    assert channels(READER) == {"C1"}


def test_a_failure_is_not_kept(slack):
    slack.fail("users.conversations", "ratelimited")
    channels = Membership(client_of(slack))
    with pytest.raises(Unavailable) as unavailable:
        channels(READER)
    assert "ratelimited" in unavailable.value.sentence
    assert channels(READER) == {"C0SHARED"}


@given(st.sampled_from(["C1", "C2", "D1"]), st.sampled_from([None, "", READER, OTHER]), st.sets(st.just("C1")))
def test_nobody_sees_a_run_of_somebody_else_in_a_channel_that_is_not_theirs(channel, asker, channels):
    entry = an_entry("SHOP-1", channel=channel, asker=asker)
    assert visible(entry, READER, channels) == (channel in channels or asker == READER)


@given(st.recursive(st.none() | st.text(max_size=5), lambda inner: st.dictionaries(st.text(max_size=5), inner)))
def test_a_tab_without_a_search_field_asks_for_nothing(value):
    assert query_of({"view": {"state": {"values": {"b": {"other": value}}}}}) == ""
    assert query_of({"view": None}) == ""
    assert query_of({}) == ""


def test_a_query_is_one_clean_line_of_bounded_length():
    def typed(value: object) -> dict[str, Any]:
        return {"view": {"state": {"values": {"b": {HOME_SEARCH: {"value": value}}}}}}

    assert query_of(typed("  a\u202e\n b  ")) == "a b"
    assert query_of(typed("x" * 9_000)) == "x" * 100
    assert query_of(typed(None)) == ""
