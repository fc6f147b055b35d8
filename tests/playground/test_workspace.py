"""The workspace keeps what was said, within bounds, and tells page and bot of each change in its order."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from bot.playground.slack.app import DIAGNOSE
from bot.playground.slack.conversations import MOST_MESSAGES, MOST_WHISPERS
from bot.playground.slack.people import BOT, SENTRY, YOU
from bot.playground.slack.workspace import ALERTS, INCIDENTS, RANDOM, Workspace

MANIFEST = Path(__file__).parents[2] / "manifest.yml"


class Listening:
    """What a page would hear, and a bot."""

    def __init__(self, workspace):
        self.page, self._page = workspace.feed.open(), []
        self.page.begin()
        self.events = []
        workspace.envelopes.event = lambda payload, _="": self.events.append(payload["event"])

    def kinds(self):
        self._page += self.page.take() or []
        return [(one["kind"], one.get("ts")) for one in self._page if one["kind"] != "traffic"]


@pytest.fixture
def workspace():
    made = Workspace("http://127.0.0.1:1")
    yield made
    made.close()


@pytest.fixture
def heard(workspace):
    return Listening(workspace)


def said(workspace, channel=INCIDENTS, author=YOU, **told):
    return workspace.post(author, workspace.conversations[channel.id], **told)


def test_it_offers_what_the_manifest_asks_for():
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    features, settings = manifest["features"], manifest["settings"]
    commands = [(one.command, one.description, one.usage_hint) for one in DIAGNOSE.commands]
    assert commands == [(one["command"], one["description"], one["usage_hint"]) for one in features["slash_commands"]]
    shortcuts = [(one.callback_id, one.name) for one in DIAGNOSE.shortcuts]
    assert shortcuts == [(one["callback_id"], one["name"]) for one in features["shortcuts"]]
    assert set(settings["event_subscriptions"]["bot_events"]) == DIAGNOSE.events
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == DIAGNOSE.scopes
    assert features["app_home"]["home_tab_enabled"] is DIAGNOSE.home_tab
    assert features["app_home"]["messages_tab_enabled"] is DIAGNOSE.messages_tab


def test_tokens_are_new_with_each_workspace(workspace):
    other = Workspace()
    assert {workspace.bot_token, workspace.app_token}.isdisjoint({other.bot_token, other.app_token})
    assert workspace.bot_token.startswith("xoxb-rehearsal-")
    assert workspace.app_token.startswith("xapp-rehearsal-")


def test_no_two_messages_have_one_ts_whoever_posts_at_once(workspace):
    with ThreadPoolExecutor(8) as threads:
        stamps = list(threads.map(lambda _: said(workspace, text="x")["ts"], range(400)))
    assert len(set(stamps)) == 400
    assert len(workspace.conversations[INCIDENTS.id].messages) == 400
    assert list(workspace.conversations[INCIDENTS.id].messages) == sorted(stamps)


def test_a_channel_keeps_its_last_messages_and_the_page_hears_of_those_that_leave(workspace, heard):
    first = said(workspace, text="first")["ts"]
    second = said(workspace, text="second")["ts"]
    reply = said(workspace, text="reply", thread=first)["ts"]
    for _ in range(MOST_MESSAGES - 3):
        said(workspace, text="x")
    assert ("gone", first) not in heard.kinds()
    heard.page.begin()
    said(workspace, text="one more")
    kept = workspace.conversations[INCIDENTS.id].messages
    assert first not in kept
    assert reply not in kept, "a reply leaves with its thread"
    assert second in kept
    assert {("gone", first), ("gone", reply)} <= set(heard.kinds())


def test_what_only_you_see_is_bounded_too(workspace):
    for number in range(MOST_WHISPERS + 5):
        workspace.whisper(INCIDENTS.id, f"{number}")
    shown = [one["text"] for one in workspace.snapshot()["messages"]]
    assert shown == [f"{number}" for number in range(5, MOST_WHISPERS + 5)]


def test_the_head_of_a_thread_counts_its_replies(workspace):
    head = said(workspace, text="head")["ts"]
    replies = [said(workspace, text="reply", thread=head)["ts"] for _ in range(2)]
    shown = workspace.snapshot()["messages"][0]
    assert (shown["reply_count"], shown["latest_reply"], shown["thread_ts"]) == (2, replies[1], head)
    workspace.delete(workspace.conversations[INCIDENTS.id], replies[1])
    assert workspace.snapshot()["messages"][0]["reply_count"] == 1
    workspace.delete(workspace.conversations[INCIDENTS.id], replies[0])
    assert "reply_count" not in workspace.snapshot()["messages"][0]


def test_the_bot_hears_of_messages_in_its_channels_only(workspace, heard):
    said(workspace, RANDOM, text="unheard")
    said(workspace, text="heard")
    assert [one["text"] for one in heard.events] == ["heard"]


def test_the_bot_hears_only_what_its_manifest_subscribes_to(workspace, heard):
    workspace.let_in(workspace.conversations[RANDOM.id], BOT)
    assert [(one["type"], one.get("subtype")) for one in heard.events] == [("message", "channel_join")]


def test_an_alert_comes_as_sentry_sends_it(workspace, heard):
    workspace.post_as(SENTRY, ALERTS.id, text="[shop] boom", blocks=[{"type": "divider", "block_id": '{"issue":1}'}])
    (event,) = heard.events
    assert "subtype" not in event
    assert (event["type"], event["bot_id"], event["app_id"]) == ("message", "B0SENTRY", "A011MFBJEUU")
    assert event["bot_profile"]["name"] == "Sentry"
    assert event["channel_type"] == "channel"
    assert event["blocks"] == [{"type": "divider", "block_id": '{"issue":1}'}]


def test_an_edit_tells_what_was_and_what_is(workspace, heard):
    message = said(workspace, text="before")
    workspace.edit(workspace.conversations[INCIDENTS.id], message["ts"], text="after")
    event = heard.events[-1]
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("before", "after")
    assert "edited" not in event["previous_message"]
    assert event["ts"] > message["ts"]


def test_a_whisper_is_in_no_history_and_no_event(workspace, heard):
    workspace.whisper(INCIDENTS.id, "between us")
    assert heard.events == []
    assert not workspace.conversations[INCIDENTS.id].messages
    assert workspace.snapshot()["messages"][0]["ephemeral"] is True


def test_what_is_handed_out_is_not_the_store_itself(workspace):
    message = said(workspace, author=BOT, text="x", blocks=[{"type": "divider"}])
    message["blocks"].append("spoiled")
    workspace.snapshot()["messages"][0]["blocks"].append("spoiled")
    assert workspace.snapshot()["messages"][0]["blocks"] == [{"type": "divider"}]


def test_the_snapshot_is_json(workspace):
    said(workspace, text="x")
    json.dumps(workspace.snapshot())


def test_nothing_is_planned_any_more_once_it_is_closed(workspace):
    done = []
    workspace.timetable.after(0.2, lambda: done.append(1))
    workspace.close()
    workspace.timetable.after(0, lambda: done.append(2))
    assert not done
    assert workspace.timetable._thread is None or not workspace.timetable._thread.is_alive()
