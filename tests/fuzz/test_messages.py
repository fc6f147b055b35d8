"""Over HTTP messages are heard in the event loop, over a socket by Bolt: what comes of them is the same."""

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from tests.doors.signed import JSON
from tests.fuzz.bot import bot
from tests.fuzz.payloads import EVENTS, Sent, as_json, deliveries, told

HEARD = 200


@pytest.fixture(scope="module")
def at_work():
    with bot() as one:
        yield one


def both(at_work, sent):
    """What came of it in the event loop, and what by Bolt alone."""
    return at_work.hear(sent), at_work.hear(sent, at_work.by_bolt_alone)


@settings(
    max_examples=300, database=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink)
)
@given(sent=deliveries().filter(lambda sent: sent.form == JSON))
def test_whatever_bolt_hears_the_event_loop_hears_alike(at_work, sent):
    payload = told(sent)
    event = payload.get("event") if isinstance(payload, dict) else None
    # By this Bolt does not know our own posts; it knows them by asking Slack who we are.
    assume(not (isinstance(event, dict) and event.get("app_id") == payload.get("api_app_id")))
    directly, by_bolt = both(at_work, sent)
    if by_bolt.status == HEARD:
        assert directly.status == HEARD
        assert directly.asked == by_bolt.asked
    elif by_bolt.status == 401:
        assert directly.status == 401


ALERTS = [payload for kind, payload in EVENTS if kind == "alert"]


@pytest.mark.parametrize("payload", ALERTS, ids=map(str, range(len(ALERTS))))
def test_each_recorded_message_begins_the_same_runs(at_work, payload):
    directly, by_bolt = both(at_work, Sent("alert", as_json(payload), JSON))
    assert (directly.status, by_bolt.status) == (HEARD, HEARD)
    assert directly.asked == by_bolt.asked


def test_some_of_the_recorded_messages_begin_a_run_and_our_own_never(at_work):
    begun = [payload for payload in ALERTS if at_work.hear(Sent("alert", as_json(payload), JSON)).asked]
    assert begun
    ours = {**begun[0], "event": {**begun[0]["event"], "user": "U0DIAGNOSE"}}
    directly, by_bolt = both(at_work, Sent("alert", as_json(ours), JSON))
    assert directly.asked == by_bolt.asked == ()
    named = {**begun[0], "event": {**begun[0]["event"], "app_id": "A0TEST", "user": "U0OTHER"}}
    assert at_work.hear(Sent("alert", as_json(named), JSON)).asked == ()
