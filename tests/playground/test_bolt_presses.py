"""What a person presses or chooses in a message reaches a stranger's Bolt app as Slack would have sent it."""

import pytest

from tests.playground.payloads import ACTION, IN_MESSAGE, OPTION, PRESSED_IN_MESSAGE, SELECTED, TEXT, unlike
from tests.playground.rehearsal import APP, BOT, BOT_ID, INCIDENTS, TEAM, YOU, includes
from tests.playground.stranger import CHOICE, actions, button, plain, section

ELEMENTS = {
    "button": ({"type": "button", "text": plain("Press"), "value": "v"}, None, {**ACTION, "text": TEXT, "value": str}),
    "button without a value": ({"type": "button", "text": plain("Press")}, None, {**ACTION, "text": TEXT}),
    "link button": (
        {"type": "button", "text": plain("Go"), "url": "https://example.com/"},
        None,
        {**ACTION, "text": TEXT, "url?": str},
    ),
    "primary button": (
        {"type": "button", "text": plain("Go"), "value": "v", "style": "primary"},
        None,
        {**ACTION, "text": TEXT, "value": str, "style": str},
    ),
    "overflow": ({"type": "overflow", "options": CHOICE}, {"selected_option": CHOICE[1]}, SELECTED),
    "static_select": (
        {"type": "static_select", "placeholder": plain("Choose"), "options": CHOICE},
        {"selected_option": CHOICE[1]},
        {**SELECTED, "placeholder": TEXT},
    ),
    "multi_static_select": (
        {"type": "multi_static_select", "placeholder": plain("Choose"), "options": CHOICE},
        {"selected_options": CHOICE},
        {**ACTION, "selected_options": [OPTION], "placeholder": TEXT},
    ),
    "radio_buttons": ({"type": "radio_buttons", "options": CHOICE}, {"selected_option": CHOICE[0]}, SELECTED),
    "checkboxes": (
        {"type": "checkboxes", "options": CHOICE},
        {"selected_options": CHOICE[:1]},
        {**ACTION, "selected_options": [OPTION]},
    ),
    "datepicker": (
        {"type": "datepicker", "initial_date": "2026-11-20"},
        {"selected_date": "2026-11-21"},
        {**ACTION, "selected_date": str, "initial_date": str},
    ),
    "users_select": (
        {"type": "users_select", "placeholder": plain("Who")},
        {"selected_user": YOU},
        {**ACTION, "selected_user": str, "placeholder": TEXT},
    ),
}


@pytest.mark.parametrize("name", ELEMENTS)
def test_a_press_in_a_message_brings_what_was_chosen(stranger, name):
    element, chosen, shape = ELEMENTS[name]
    message = stranger.posted(section("above"), actions({**element, "action_id": "anything"}))
    stranger.at_work.press(message, "anything", chosen)
    body = stranger.got("action")
    assert unlike(body, PRESSED_IN_MESSAGE) == []
    assert unlike(body["actions"], [shape]) == []
    assert unlike(body["container"], IN_MESSAGE) == []
    action = body["actions"][0]
    assert (action["type"], action["block_id"], action["action_id"]) == (element["type"], "below", "anything")
    for key, value in (chosen or {}).items():
        assert includes(action[key], value)
    assert (body["user"]["id"], body["channel"]["id"], body["team"]["id"]) == (YOU, INCIDENTS, TEAM)
    assert body["message"]["ts"] == body["container"]["message_ts"] == message["ts"]
    assert body["message"]["blocks"] == message["blocks"]
    assert (body["message"]["user"], body["message"]["bot_id"], body["message"]["app_id"]) == (BOT, BOT_ID, APP)


@pytest.mark.parametrize(("side", "value"), [("positive_button", "good"), ("negative_button", "bad")])
def test_feedback_buttons_bring_the_value_of_the_one_that_was_pressed(stranger, side, value):
    element = {
        "type": "feedback_buttons",
        "action_id": "anything",
        "positive_button": {"text": plain("Right"), "value": "good"},
        "negative_button": {"text": plain("Wrong"), "value": "bad"},
    }
    message = stranger.posted(section("above"), {"type": "context_actions", "block_id": "f", "elements": [element]})
    stranger.at_work.press(message, "anything", {"value": element[side]["value"]})
    body = stranger.got("action")
    assert unlike(body, PRESSED_IN_MESSAGE) == []
    assert unlike(body["actions"], [{**ACTION, "value": str, "text": TEXT}]) == []
    action = body["actions"][0]
    assert (action["type"], action["value"], action["text"]["text"]) == (
        "feedback_buttons",
        value,
        element[side]["text"]["text"],
    )


def test_an_accessory_is_pressed_like_any_button(stranger):
    message = stranger.posted({**section("with"), "accessory": button()})
    stranger.at_work.press(message, "anything")
    assert stranger.got("action")["actions"][0]["block_id"] == "said"


def test_a_block_without_an_id_gets_one_that_the_press_brings(stranger):
    message = stranger.posted({"type": "actions", "elements": [button()]})
    assert message["blocks"][0]["block_id"]
    stranger.at_work.press(message, "anything")
    body = stranger.got("action")
    assert (
        body["actions"][0]["block_id"] == body["message"]["blocks"][0]["block_id"] == message["blocks"][0]["block_id"]
    )


def test_a_press_in_a_thread_says_which(stranger):
    root = stranger.posted(section("root"))
    message = stranger.posted(actions(button()), thread_ts=root["ts"])
    stranger.at_work.press(message, "anything")
    body = stranger.got("action")
    assert unlike(body["container"], {**IN_MESSAGE, "thread_ts": str}) == []
    assert body["container"]["thread_ts"] == body["message"]["thread_ts"] == root["ts"]


def test_what_was_chosen_stays_in_the_state_of_the_message(stranger):
    select = {
        "type": "static_select", "placeholder": plain("Choose"), "options": CHOICE, "action_id": "in_view",
    }  # fmt: skip
    message = stranger.posted(actions(select, block_id="choice"), actions(button()))
    stranger.at_work.press(message, "in_view", option="two")
    stranger.got("action")
    stranger.at_work.press(message, "anything")
    state = stranger.got("action")["state"]["values"]["choice"]["in_view"]
    assert state["type"] == "static_select"
    assert state["selected_option"]["value"] == "two"


def test_what_nobody_has_touched_is_in_the_state_too(stranger):
    """https://docs.slack.dev/changelog/2020-09-full-state-on-view-submisson-and-block-actions"""
    select = {"type": "static_select", "placeholder": plain("Choose"), "options": CHOICE, "action_id": "in_view"}
    begun = {"type": "checkboxes", "options": CHOICE, "initial_options": CHOICE[:1], "action_id": "more"}
    message = stranger.posted(actions(select, begun, block_id="choice"), actions(button()))
    stranger.at_work.press(message, "anything")
    state = stranger.got("action")["state"]["values"]["choice"]
    assert state["in_view"] == {"type": "static_select", "selected_option": None}
    assert includes(state["more"], {"type": "checkboxes", "selected_options": CHOICE[:1]})


def test_a_press_that_nobody_can_make_is_refused_with_a_sentence(stranger):
    message = stranger.posted(actions(button()))
    at = {"channel": message["channel"], "ts": message["ts"]}
    gone = stranger.at_work.tried(do="press", **at, block_id="no such", action_id="anything", element=button())
    assert gone["ok"] is False
    assert gone["error"].endswith(".")
    ts = stranger.at_work.tried(do="press", channel=INCIDENTS, ts="1.2", block_id="b", action_id="a", element=button())
    assert ts["ok"] is False


def test_every_press_brings_another_trigger_and_response_url(stranger):
    message = stranger.posted(actions(button()))
    bodies = []
    for _ in range(2):
        stranger.at_work.press(message, "anything")
        bodies.append(stranger.got("action"))
    for name in ("trigger_id", "response_url"):
        assert bodies[0][name] != bodies[1][name]
    assert bodies[0]["actions"][0]["action_ts"] != bodies[1]["actions"][0]["action_ts"]
