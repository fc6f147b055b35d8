"""What doors rely on holds for whatever reaches them, and nothing that Slack really sends is turned away."""

import copy
from typing import Any

import pytest

from bot.listen.form import check
from tests.fuzz.payloads import COMMANDS, EVENTS, INTERACTIONS, RESPONSE_URL, SENTRY, in_view, mention, press

API = "https://slack.com/api/"
HOOK = "https://hooks.slack.com/actions/T0TEST/1/x"
UNHEARD = {"unknown", "unknown event", "view", "options"}


def sent(payload: dict[str, Any]) -> dict[str, Any]:
    given = copy.deepcopy(payload)
    if given.get("response_url") == RESPONSE_URL:
        given["response_url"] = HOOK
    return given


def without(payload: dict[str, Any], *path: Any) -> dict[str, Any]:
    given = sent(payload)
    *way, last = path
    where: Any = given
    for key in way:
        where = where[key]
    del where[last]
    return given


def test_everything_that_slack_sends_to_this_app_is_in_form():
    for kind, payload in (*EVENTS, *INTERACTIONS, *COMMANDS):
        if kind not in UNHEARD:
            check(sent(payload), API)


@pytest.mark.parametrize(
    "more",
    [
        {"user": {"id": "W0ENTERPRISE", "username": "x", "name": "x", "team_id": "T0"}},
        {"team": None, "enterprise": {"id": "E0", "name": "Acme"}, "is_enterprise_install": True},
        {"channel": {"id": "D0DIRECT", "name": "directmessage"}},
        {"message": {"ts": "1795168000.000100", "text": "", "metadata": {"event_type": "diagnose_run"}}},
        {"state": {"values": {}}, "hash": "1795168000.abc", "function_data": None},
        {"response_url": "https://slack.com/x"},
    ],
)
def test_what_other_workspaces_send_is_in_form(more):
    check(sent({**press("check_again", value="x"), **more}), API)


def test_a_press_in_a_view_brings_no_message_and_no_address():
    check(in_view("evidence_later", value="{}"), API)
    with pytest.raises(ValueError, match="a press stands"):
        check(sent(press("evidence_later", value="{}")), API)


NO_FORM = {
    "a command without a channel": without(COMMANDS[0][1], "channel_id"),
    "a command without a person": without(COMMANDS[0][1], "user_id"),
    "a command without an address": without(COMMANDS[0][1], "response_url"),
    "a mention without a channel": without(mention("x"), "event", "channel"),
    "a mention without a time": without(mention("x"), "event", "ts"),
    "a mention at no time": mention("x", ts="SHOP-42"),
    "a mention in no thread": mention("x", thread_ts="<!channel>"),
    "a mention by nobody": mention("x", user="<!channel>"),
    "a mention in no channel": mention("x", channel={"id": "C1"}),
    "an event that is none": {"type": "event_callback", "event": 7},
    "an event without a type": {"type": "event_callback", "event": {}},
    "no event": {"type": "event_callback"},
    "no button": without(press("x"), "actions", 0),
    "a button without a name": without(press("x"), "actions", 0, "action_id"),
    "a press by nobody": without(press("x"), "user", "id"),
    "a press without a trigger": without(press("x"), "trigger_id"),
    "a press nowhere": without(without(press("x"), "message"), "container"),
    "a press that cannot be answered": without(press("x"), "response_url"),
    "a press to be answered elsewhere": {**press("x"), "response_url": f"{SENTRY}/response/1"},
    "a NUL": sent({**press("x", value="a\x00b")}),
    "a value past all measure": sent(press("x", value="x" * 5_000)),
    "an event and a press at once": {**sent(press("x")), "event": {"type": "message"}},
    "a command and a press at once": {**sent(COMMANDS[0][1]), "type": "nothing"},
    "nothing": {},
}


@pytest.mark.parametrize("body", NO_FORM.values(), ids=NO_FORM.keys())
def test_what_no_door_could_read_is_not(body):
    with pytest.raises(ValueError):
        check(body, API)
