"""What a person writes reaches a stranger's Bolt app as Slack would have sent it, and what the app answers is shown."""

import pytest

from tests.playground.payloads import COMMAND, EVENT, SAID, SHORTCUT, unlike
from tests.playground.rehearsal import APP, BOT, INCIDENTS, PATIENCE, TEAM, YOU
from tests.playground.stranger import section


def test_a_command_brings_all_its_fields(stranger):
    stranger.at_work.say("/diagnose  SHOP-42 now ")
    body = stranger.got("command")
    assert unlike(body, COMMAND) == []
    assert (body["command"], body["text"].strip()) == ("/diagnose", "SHOP-42 now")
    assert (body["channel_id"], body["channel_name"], body["user_id"]) == (INCIDENTS, "incidents", YOU)
    assert (body["team_id"], body["api_app_id"]) == (TEAM, APP)


@pytest.mark.parametrize(
    ("answer", "public"),
    [
        ({"ack": {"text": "shown"}}, False),
        ({"ack": {"text": "shown", "response_type": "in_channel"}}, True),
        ({"ack": {"text": "other", "blocks": [section("shown")]}}, False),
        ({"respond": {"text": "shown"}}, False),
        ({"respond": {"text": "shown", "response_type": "in_channel"}}, True),
        ({"respond": {"text": "other", "blocks": [section("shown")]}}, False),
    ],
    ids=["ack text", "ack in channel", "ack blocks", "respond text", "respond in channel", "respond blocks"],
)
def test_a_command_is_answered_by_ack_and_by_respond(stranger, answer, public):
    stranger.answers["command"] = answer
    stranger.at_work.say("/diagnose x")
    shown = stranger.at_work.shows("shown")
    assert shown.get("ephemeral", False) is not public
    assert shown["channel"] == INCIDENTS
    assert shown["user"] == BOT


def test_an_empty_ack_shows_nothing(stranger):
    stranger.at_work.say("/diagnose x")
    stranger.got("command")
    stranger.at_work.say("afterwards")
    stranger.got("message")
    stranger.at_work.shows("afterwards")
    assert len(stranger.at_work.feed.shown["messages"]) == 1


def test_a_message_of_a_person_is_an_event(stranger):
    stranger.at_work.say("is 1 < 2 & 3?")
    body = stranger.got("message")
    assert unlike(body, EVENT) == []
    event = body["event"]
    assert unlike(event, {**SAID, "channel_type": str}) == []
    assert event["text"] == "is 1 &lt; 2 &amp; 3?"
    assert (event["type"], event["user"], event["channel"], event["channel_type"]) == (
        "message",
        YOU,
        INCIDENTS,
        "channel",
    )
    assert event["event_ts"] == event["ts"]
    assert body["authorizations"][0]["user_id"] == BOT


def test_a_mention_is_an_event_of_its_own_beside_the_message(stranger):
    root = stranger.posted(section("root"))
    stranger.at_work.say("@diagnose SHOP-42", thread_ts=root["ts"])
    bodies = {}
    while len(bodies) < 2:
        kind, body = stranger.heard.get(timeout=PATIENCE)
        bodies[kind] = body
    mention = bodies["mention"]
    assert unlike(mention, EVENT) == []
    assert unlike(mention["event"], SAID) == []
    assert mention["event"]["text"] == bodies["message"]["event"]["text"] == f"<@{BOT}> SHOP-42"
    assert mention["event"]["ts"] == bodies["message"]["event"]["ts"]
    assert mention["event"]["thread_ts"] == root["ts"]
    assert mention["event_id"] != bodies["message"]["event_id"]


def test_the_apps_own_messages_come_with_its_bot_id_so_that_bolt_leaves_them_out(stranger):
    stranger.posted(section("mine"))
    stranger.at_work.say("yours")
    assert stranger.got("message")["event"]["text"] == "yours"


def test_a_shortcut_brings_the_message_it_was_used_on(stranger):
    said = stranger.at_work.say("look at this")
    assert said["ok"]
    message = stranger.at_work.shows("look at this")
    stranger.answers["shortcut"] = {"respond": {"text": "seen"}}
    stranger.at_work.act(do="shortcut", callback_id="diagnose_message", channel=INCIDENTS, ts=message["ts"])
    body = stranger.got("shortcut")
    assert unlike(body, SHORTCUT) == []
    assert body["message_ts"] == body["message"]["ts"] == message["ts"]
    assert (body["message"]["type"], body["message"]["user"], body["message"]["text"]) == (
        "message",
        YOU,
        "look at this",
    )
    assert body["channel"] == {"id": INCIDENTS, "name": "incidents"}
    assert stranger.at_work.shows("seen")["ephemeral"] is True


def test_commands_nobody_has_and_commands_in_threads_are_refused_with_a_sentence(stranger):
    unknown = stranger.at_work.tried(do="say", channel=INCIDENTS, text="/nonsense x")
    assert unknown["ok"] is False
    assert "/nonsense" in unknown["error"]
    root = stranger.posted(section("root"))
    threaded = stranger.at_work.tried(do="say", channel=INCIDENTS, text="/diagnose x", thread_ts=root["ts"])
    assert threaded["ok"] is False
    assert "thread" in threaded["error"]
