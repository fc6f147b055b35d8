"""The real bot, unmodified, in the playground: everything that a visitor can try, with recorded evidence behind it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from bot.card.actions import CHECK_AGAIN, EARLIER_PAGE, FEEDBACK, LATER_PAGE, SHORTCUT, SHOW_EVIDENCE
from bot.demo import FIRST, known
from bot.doors import desk_of, socket_mode, web_client
from bot.playground.sentry_alert import alert
from bot.playground.slack.app import DIAGNOSE
from bot.playground.slack.workspace import SENTRY
from playbook.evidence.event import Event
from playbook.evidence.issue import Issue
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.unavailable import Unavailable
from playbook.gather import Tell
from playbook.investigate import Investigation, replay
from playbook.sources.recording import Recording
from tests.databases import kept
from tests.playground.rehearsal import ALERTS, BOT, INCIDENTS, RANDOM, YOU, Visit, element_of, visit

RECORDING = Recording.model_validate_json(known(FIRST).read_text(encoding="utf-8"))
FOUND = replay(RECORDING, lambda _progress: None)
NAMES = {RECORDING.inquiry.ref.target, FOUND.diagnosis.issue.id, FOUND.diagnosis.issue.short_id}
REF, SENTRY_URL = str(RECORDING.inquiry.ref), RECORDING.inquiry.sentry_url
SECONDS = 15.0  # a run writes three times to its channel, a second apart as Slack wants it


def investigate(ref: IssueRef, at: datetime, tell: Tell) -> Investigation:
    if ref.target not in NAMES:
        raise Unavailable(f"There is no issue {ref} in acme: check the id.")
    return replay(RECORDING, tell)


@contextmanager
def at_work(running: Visit) -> Iterator[None]:
    """The bot as `diagnose serve` puts it together, with another investigator."""
    client = web_client(running.workspace.bot_token, running.api)
    with kept() as database:
        desk = desk_of(investigate, client, database, SENTRY_URL, {SENTRY.app or ""})
        handler = socket_mode(client, running.workspace.app_token, desk)
        running.listen(handler.client)
        try:
            yield
        finally:
            desk.runs.close()


@pytest.fixture
def visited():
    with visit(app=DIAGNOSE) as running, at_work(running):
        yield running
        assert running.refused() == []


@pytest.fixture
def visited_where_something_is_refused():
    with visit(app=DIAGNOSE) as running, at_work(running):
        yield running


def is_the_card(message: dict[str, Any]) -> None:
    verdict = FOUND.diagnosis.verdict
    blocks = json.dumps(message["blocks"], ensure_ascii=False)
    assert verdict is not None
    assert verdict.claim
    assert verdict.claim in blocks
    assert verdict.grade in blocks
    assert verdict.claim in message["text"]
    assert message["user"] == BOT


def test_a_command_becomes_a_card_with_the_verdict_in_the_message_that_showed_the_progress(visited):
    visited.say(f"/diagnose {REF}")
    running = visited.shows("plan")
    card = visited.shows(SHOW_EVIDENCE, SECONDS)
    is_the_card(card)
    assert card["ts"] == running["ts"]
    assert card["channel"] == INCIDENTS
    assert "thread_ts" not in card
    assert len(visited.feed.shown["messages"]) == 1


def test_help_is_told_to_the_asker_alone(visited):
    visited.say("/diagnose help")
    assert visited.shows("Ask with `/diagnose`")["ephemeral"] is True


def test_an_alert_is_answered_in_its_thread(visited):
    issue, event = FOUND.evidence.get(Issue), FOUND.evidence.get(Event)
    assert issue is not None
    ts = visited.workspace.post_as(SENTRY, ALERTS, **alert(issue, event, SENTRY_URL))
    card = visited.shows(SHOW_EVIDENCE, SECONDS)
    is_the_card(card)
    assert (card["channel"], card["thread_ts"]) == (ALERTS, ts)
    assert visited.shows(issue.short_id, ts=ts)["reply_count"] == 1


def test_a_mention_is_answered_in_its_thread(visited):
    visited.say(f"@diagnose {REF}")
    asked = visited.shows(f"<@{BOT}>")
    card = visited.shows(SHOW_EVIDENCE, SECONDS)
    is_the_card(card)
    assert card["thread_ts"] == asked["ts"]


def test_a_bare_mention_in_a_thread_diagnoses_what_the_thread_is_about(visited):
    visited.say(f"{SENTRY_URL}/issues/{FOUND.diagnosis.issue.id}/")
    root = visited.shows(f"/issues/{FOUND.diagnosis.issue.id}/")
    visited.say("@diagnose", thread_ts=root["ts"])
    assert visited.shows(SHOW_EVIDENCE, SECONDS)["thread_ts"] == root["ts"]


def test_the_shortcut_diagnoses_the_message_it_is_used_on(visited):
    visited.say(f"what is this? {SENTRY_URL}/issues/{FOUND.diagnosis.issue.id}/")
    message = visited.shows("what is this?")
    visited.act(do="shortcut", callback_id=SHORTCUT, channel=INCIDENTS, ts=message["ts"])
    card = visited.shows(SHOW_EVIDENCE, SECONDS)
    is_the_card(card)
    assert card["thread_ts"] == message["ts"]


def test_evidence_opens_turns_its_pages_and_closes(visited):
    visited.say(f"/diagnose {REF}")
    card = visited.shows(SHOW_EVIDENCE, SECONDS)
    visited.press(card, SHOW_EVIDENCE)
    first = visited.view("modal")
    assert first["title"]["text"]
    if LATER_PAGE in json.dumps(first):
        visited.press(first, LATER_PAGE)
        second = visited.view(EARLIER_PAGE)
        assert second["id"] == first["id"]
        assert second["hash"] != first["hash"]
        visited.press(second, EARLIER_PAGE)
        visited.feed.until(
            lambda shown: shown["views"][-1]["blocks"] and EARLIER_PAGE not in json.dumps(shown["views"])
        )
    visited.act(do="close", view_id=first["id"])
    visited.feed.until(lambda shown: shown["views"] == [])


def test_checking_again_writes_into_the_same_card(visited):
    visited.say(f"/diagnose {REF}")
    card = visited.shows(SHOW_EVIDENCE, SECONDS)
    visited.press(card, CHECK_AGAIN)
    visited.feed.until(lambda shown: any("plan" in json.dumps(one.get("blocks")) for one in shown["messages"]), SECONDS)
    again = visited.feed.until(lambda shown: finished(shown, card["ts"], card["blocks"]), SECONDS)
    is_the_card(again)
    assert len(visited.feed.shown["messages"]) == 1


def finished(shown: dict[str, Any], ts: str, before: list[Any]) -> dict[str, Any] | None:
    """The card in that message, once it is another one than before."""
    message = next(one for one in shown["messages"] if one["ts"] == ts)
    other = SHOW_EVIDENCE in json.dumps(message["blocks"]) and message["blocks"] != before
    return dict(message) if other else None


@pytest.mark.parametrize(("side", "shown"), [("positive_button", "Right"), ("negative_button", "Wrong")])
def test_feedback_is_shown_on_the_card(visited, side, shown):
    visited.say(f"/diagnose {REF}")
    card = visited.shows(SHOW_EVIDENCE, SECONDS)
    _, pair = element_of(card, FEEDBACK)
    visited.press(card, FEEDBACK, {"value": pair[side]["value"]})
    judged = visited.shows(f"<@{YOU}>", SECONDS)
    assert judged["ts"] == card["ts"]
    assert f"{shown}: <@{YOU}>" in json.dumps(judged["blocks"])


@pytest.mark.parametrize(("reference", "said"), [("UTF-8", "standard"), ("SHOP-4711", "There is no issue")])
def test_a_reference_to_nothing_is_told_to_the_asker_alone(visited, reference, said):
    visited.say(f"/diagnose {reference}")
    told = visited.shows(said, SECONDS)
    assert told["ephemeral"] is True
    visited.feed.until(lambda shown: [one["ts"] for one in shown["messages"]] == [told["ts"]])


def test_where_the_bot_is_not_it_asks_for_an_invitation_and_then_works(visited_where_something_is_refused):
    visited = visited_where_something_is_refused
    visited.say(f"/diagnose {REF}", channel=RANDOM)
    told = visited.shows("/invite @diagnose")
    assert (told["ephemeral"], told["channel"]) == (True, RANDOM)
    assert visited.refused() == [("chat.postMessage", "not_in_channel")]
    visited.say("/invite @diagnose", channel=RANDOM)
    visited.feed.until(lambda shown: next(one["member"] for one in shown["channels"] if one["id"] == RANDOM))
    visited.say(f"/diagnose {REF}", channel=RANDOM)
    card = visited.shows(SHOW_EVIDENCE, SECONDS)
    is_the_card(card)
    assert card["channel"] == RANDOM
    assert visited.refused() == [("chat.postMessage", "not_in_channel")]
