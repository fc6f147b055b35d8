"""Every page hears of every change in its order; one that falls behind begins anew; a stream ends when it should."""

import asyncio
import threading
import time

import pytest
import requests

from bot.playground.slack.feed import Feed, stream
from tests.playground.house import sent, until


def read(feed, snapshot, count, then=lambda: None):
    """The first so many pieces of a stream; `then` is called after the first."""

    async def reading():
        pieces = []
        async for piece in stream(feed, snapshot, quiet=0.05):
            pieces.append(piece)
            if len(pieces) == 1:
                then()
            if len(pieces) == count:
                break
        return pieces

    return asyncio.run(asyncio.wait_for(reading(), 10))


def test_a_page_gets_a_snapshot_and_then_the_changes_in_their_order():
    feed = Feed()

    def change():
        for number in range(3):
            feed.publish({"n": number})

    pieces = read(feed, lambda: {"all": True}, 4, change)
    assert pieces[0] == 'event: snapshot\ndata: {"all": true}\n\n'
    assert pieces[1:] == [f'event: change\ndata: {{"n": {number}}}\n\n' for number in range(3)]


def test_a_snapshot_is_written_outside_the_loop_that_serves_everybody():
    writers = []

    class Snapshot(dict):
        def items(self):
            writers.append(threading.current_thread())
            return super().items()

    read(Feed(), lambda: Snapshot(all=True), 1)
    assert writers
    assert threading.current_thread() not in writers


def test_a_change_during_the_snapshot_is_not_lost():
    feed = Feed()

    def snapshot():
        feed.publish({"n": 1})
        return {}

    assert read(feed, snapshot, 2)[1] == 'event: change\ndata: {"n": 1}\n\n'


def test_a_page_that_falls_behind_gets_a_fresh_snapshot_in_place_of_what_it_missed():
    feed, taken = Feed(most_waiting=5), []

    def snapshot():
        taken.append(1)
        return {"taken": len(taken)}

    def flood():
        for number in range(50):
            feed.publish({"n": number})

    pieces = read(feed, snapshot, 2, flood)
    assert pieces[1] == 'event: snapshot\ndata: {"taken": 2}\n\n'


def test_what_waits_for_a_page_is_bounded():
    feed = Feed(most_waiting=5)
    page = feed.open()
    page.begin()
    for number in range(10_000):
        feed.publish({"n": number})
    assert len(page._waiting) == 0
    assert page.take() is None


def test_a_quiet_stream_gives_signs_of_life():
    assert read(Feed(), dict, 2)[1].startswith(":")


def test_a_page_that_went_away_is_forgotten():
    feed = Feed()
    read(feed, dict, 1)
    assert feed._pages == set()


def test_a_stream_ends_at_once_when_the_feed_closes():
    feed = Feed()

    async def whole():
        return [piece async for piece in stream(feed, dict)]

    closing = threading.Timer(0.1, feed.close)
    closing.start()
    began = time.monotonic()
    assert len(asyncio.run(whole())) <= 2
    assert time.monotonic() - began < 5


@pytest.fixture
def listening(open_workspace):
    with requests.get(f"{open_workspace.url}/page/feed", stream=True, timeout=10) as answer:
        yield answer.iter_lines(decode_unicode=True)


def test_the_snapshot_holds_all_that_a_page_shows(open_workspace, listening):
    name, told = sent(listening)
    assert name == "snapshot"
    assert set(told) == {
        "team", "you", "bot", "people", "channels", "messages", "views", "commands", "shortcuts", "connected",
        "traffic", "stage", "home", "home_tab",
    }  # fmt: skip
    assert [one["name"] for one in told["channels"]] == ["incidents", "alerts", "random"]
    assert [one["member"] for one in told["channels"]] == [True, True, False]
    assert told["stage"] == open_workspace.stage.shown()
    assert told["connected"] is False


def test_what_happens_reaches_the_page(open_workspace, listening):
    sent(listening)
    open_workspace.act("say", channel="C0RANDOM", text="hello")
    name, change = sent(listening)
    assert (name, change["kind"], change["message"]["text"]) == ("change", "message", "hello")
    ts = change["message"]["ts"]
    workspace = open_workspace.workspace
    workspace.delete(workspace.conversations["C0RANDOM"], ts)
    assert sent(listening)[1] == {"kind": "gone", "channel": "C0RANDOM", "ts": ts}
    workspace.changed("stage", {"live": True})
    assert sent(listening)[1] == {"kind": "stage", "stage": {"live": True}}


def test_two_hundred_alerts_leave_a_page_with_every_one_of_them(open_workspace, listening):
    sent(listening)
    for number in range(200):
        open_workspace.workspace.post_as(
            open_workspace.workspace.people["U0SENTRY"], "C0ALERTS", text=f"alert {number}"
        )
    shown = set()
    until(lambda: len(open_workspace.messages("C0ALERTS")) == 200)
    while len(shown) < 200:
        name, told = sent(listening)
        messages = told["messages"] if name == "snapshot" else [told["message"]] if told["kind"] == "message" else []
        shown |= {one["text"] for one in messages if one["channel"] == "C0ALERTS"}
    assert shown == {f"alert {number}" for number in range(200)}
