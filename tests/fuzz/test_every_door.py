"""Whatever comes through a door: no crash, no card for nonsense, nobody pinged, nothing that Slack would refuse.

`python -m tests.fuzz 10000` runs as many as one likes and prints what came of them.
"""

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bot import http_door
from bot.listen.form import InForm
from tests.doors.signed import FORM, JSON
from tests.fuzz.bot import bot
from tests.fuzz.payloads import COMMANDS, EVENTS, INTERACTIONS, Sent, as_form, as_json, deliveries, mention, press
from tests.fuzz.promises import broken
from tests.stand_ins.slack_server import Call

EXAMPLES = int(os.environ.get("DIAGNOSE_FUZZ", "1000"))  # some ten seconds of one core
NOT_HEARD = {"unknown", "unknown event", "unknown button", "view", "options"}


@pytest.fixture(scope="module")
def at_work():
    with bot() as one:
        yield one


@settings(
    max_examples=EXAMPLES,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)
@given(sent=deliveries())
def test_every_promise_is_kept_whatever_comes(at_work, sent):
    assert at_work.broken_by(sent) == []


REAL = [
    *((kind, as_json(payload), JSON) for kind, payload in EVENTS),
    *((kind, as_form({"payload": as_json(payload).decode()}), FORM) for kind, payload in INTERACTIONS),
    *((kind, as_form(payload), FORM) for kind, payload in COMMANDS if payload["command"] == "/diagnose"),
]


@pytest.mark.parametrize(("kind", "body", "form"), REAL, ids=[f"{kind}-{at}" for at, (kind, *_) in enumerate(REAL)])
def test_everything_that_slack_really_sends_is_heard(at_work, kind, body, form):
    before = at_work.counts["status: 200"]
    assert at_work.broken_by(Sent(kind, body, form)) == []
    assert kind in NOT_HEARD or at_work.counts["status: 200"] == before + 1


def test_a_reference_begins_a_run_and_a_greeting_none(at_work):
    for text, runs in (("SHOP-42", 1), ("hello there", 0), ("UTF-8", 0)):
        before = at_work.counts["runs begun"]
        assert at_work.broken_by(Sent("mention", as_json(mention(f"<@U0DIAGNOSE> {text}")), JSON)) == []
        assert at_work.counts["runs begun"] == before + runs


def test_the_campaign_sees_a_door_that_breaks(at_work, monkeypatch):
    monkeypatch.setattr(InForm, "process", lambda _, req, resp, next: next())  # noqa: ARG005, A006 - Bolt's names
    payload = as_json({**press("check_again"), "message": 7}).decode()
    found = at_work.broken_by(Sent("button", as_form({"payload": payload}), FORM))
    assert any("500" in one for one in found)
    assert any("place_of" in one for one in found)


def test_the_campaign_sees_a_door_that_lets_a_stranger_in(at_work, monkeypatch):
    monkeypatch.setattr(http_door.SignatureVerifier, "is_valid", lambda *_: True)
    monkeypatch.setattr(at_work.app, "_middleware_list", at_work.app._middleware_list[2:])
    found = at_work.broken_by(Sent("mention", as_json(mention("<@U0DIAGNOSE> SHOP-42")), JSON, signed=False))
    assert any("for a stranger" in one for one in found)


def test_the_campaign_sees_a_ping(at_work):
    heard = at_work.hear(Sent("mention", as_json(mention("SHOP-42")), JSON))
    assert broken(heard) == []
    loud = {"channel": "C1", "text": "<!channel> SHOP-42"}
    assert any(
        "would call people" in one for one in broken(replace(heard, calls=(Call("chat.postMessage", loud, 0.0),)))
    )
