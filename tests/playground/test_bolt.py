"""A stranger's Bolt app in the playground: every listener gets what Slack would have sent it.

The shapes are those of the samples in slackapi/bolt-python (tests/scenario_tests, tests/slack_bolt/request), of
slackapi/python-slack-sdk (tests/slack_sdk/socket_mode) and of the types in slackapi/bolt-js (src/types).
"""

import queue
from types import NoneType
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk.errors import SlackApiError

from tests.playground.rehearsal import APP, BOT, BOT_ID, INCIDENTS, PATIENCE, TEAM, YOU, Visit, includes, visit

TEXT = {"type": str, "text": str, "emoji?": bool}
OPTION = {"text": TEXT, "value": str, "description?": TEXT}
PERSON = {"id": str, "username": str, "name": str, "team_id": str}
WORKSPACE = {"id": str, "domain": str}
NO_ENTERPRISE = {"enterprise": NoneType, "is_enterprise_install": bool}
OF_APP = {"type": str, "api_app_id": str, "token": str, "user": PERSON, "team": WORKSPACE, **NO_ENTERPRISE}

COMMAND = {
    "token": str, "team_id": str, "team_domain": str, "channel_id": str, "channel_name": str, "user_id": str,
    "user_name": str, "command": str, "text": str, "api_app_id": str, "response_url": str, "trigger_id": str,
    "is_enterprise_install?": str,
}  # fmt: skip
MESSAGE = {
    "type": str, "user": str, "text": str, "ts": str, "team": str, "bot_id": str, "app_id": str, "blocks": list,
    "bot_profile?": dict, "thread_ts?": str, "parent_user_id?": str, "edited?": dict, "reply_count?": int,
    "reply_users_count?": int, "latest_reply?": str, "reply_users?": list, "is_locked?": bool, "subscribed?": bool,
}  # fmt: skip
PRESSED = {**OF_APP, "container": dict, "trigger_id": str, "actions": list}
PRESSED_IN_MESSAGE = {
    **PRESSED, "channel": {"id": str, "name": str}, "message": MESSAGE, "state": {"values": dict}, "response_url": str,
}  # fmt: skip
IN_MESSAGE = {"type": str, "message_ts": str, "channel_id": str, "is_ephemeral": bool}
VIEW = {
    "id": str, "team_id": str, "type": str, "blocks": list, "private_metadata": str, "callback_id": str,
    "state": {"values": dict}, "hash": str, "title": TEXT, "clear_on_close": bool, "notify_on_close": bool,
    "close": (TEXT, NoneType), "submit": (TEXT, NoneType), "previous_view_id": (str, NoneType), "root_view_id": str,
    "app_id": str, "external_id": str, "app_installed_team_id": str, "bot_id": str,
}  # fmt: skip
PRESSED_IN_VIEW = {**PRESSED, "view": VIEW}
SUBMITTED = {**OF_APP, "trigger_id": str, "view": VIEW, "response_urls": list}
CLOSED = {**OF_APP, "view": VIEW, "is_cleared": bool}
SHORTCUT = {
    "type": str, "token": str, "action_ts": str, "team": WORKSPACE, "channel": {"id": str, "name": str},
    "user": {"id": str, "name": str, "username?": str, "team_id?": str}, "callback_id": str, "trigger_id": str,
    "message_ts": str, "message": dict, "response_url": str, "api_app_id?": str, **NO_ENTERPRISE,
}  # fmt: skip
EVENT = {
    "token": str, "team_id": str, "api_app_id": str, "event": dict, "type": str, "event_id": str, "event_time": int,
    "authorizations": [
        {"enterprise_id": NoneType, "team_id": str, "user_id": str, "is_bot": bool, "is_enterprise_install": bool}
    ],
    "is_ext_shared_channel": bool, "event_context": str, "context_team_id?": str, "context_enterprise_id?": NoneType,
}  # fmt: skip
SAID = {
    "client_msg_id": str, "type": str, "text": str, "user": str, "ts": str, "team": str, "blocks?": list,
    "channel": str, "event_ts": str, "thread_ts?": str, "parent_user_id?": str,
}  # fmt: skip

ACTION = {"type": str, "action_id": str, "block_id": str, "action_ts": str}
SELECTED = {**ACTION, "selected_option": OPTION}


def unlike(value: Any, shape: Any, at: str = "") -> list[str]:
    """Where a value is not of a shape: a type, several of them, a dict of names (`?`: optional), a list of one."""
    if isinstance(shape, tuple):
        found = [unlike(value, one, at) for one in shape]
        return [] if [] in found else found[0]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{at} is no object: {value!r}"]
        names = {name.removesuffix("?"): one for name, one in shape.items()}
        needed = {name for name in shape if not name.endswith("?")}
        wrong = [f"{at}.{name} is missing" for name in sorted(needed - value.keys())]
        wrong += [f"{at}.{name} is too much" for name in sorted(value.keys() - names.keys())]
        known = sorted(names.keys() & value.keys())
        return wrong + [problem for name in known for problem in unlike(value[name], names[name], f"{at}.{name}")]
    if isinstance(shape, list):
        if not isinstance(value, list) or not value:
            return [f"{at} is no list with something in it: {value!r}"]
        return [problem for one in value for problem in unlike(one, shape[0], f"{at}[]")]
    return [] if type(value) is shape else [f"{at} is {value!r}, not {shape.__name__}"]


class Stranger:
    """Somebody else's app: it keeps what its listeners got, and answers as a test told it to."""

    def __init__(self, at_work: Visit) -> None:
        self.at_work = at_work
        self.heard: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.answers: dict[str, Any] = {}
        self.client = at_work.client()
        app = App(client=self.client)

        @app.command("/diagnose")
        def command(ack, body, respond):
            self.answered("command", ack, body, respond)

        @app.action({"action_id": "anything"})
        @app.action("more")
        @app.action("in_view")
        def action(ack, body, respond):
            self.answered("action", ack, body, respond)

        @app.view({"type": "view_submission", "callback_id": "form"})
        def submission(ack, body):
            self.answered("submission", ack, body)

        @app.view({"type": "view_closed", "callback_id": "form"})
        def closed(ack, body):
            self.answered("closed", ack, body)

        @app.shortcut("diagnose_message")
        def shortcut(ack, body, respond):
            self.answered("shortcut", ack, body, respond)

        @app.event("app_mention")
        def mention(body):
            self.heard.put(("mention", body))

        @app.event("message")
        def message(body):
            self.heard.put(("message", body))

        at_work.plug_in(app)

    def answered(self, kind, ack, body, respond=None):
        answer = self.answers.get(kind, {})
        ack(**answer.get("ack", {}))
        if "respond" in answer:
            respond(**answer["respond"])
        self.heard.put((kind, body))

    def got(self, kind: str) -> dict[str, Any]:
        """The next body that such a listener gets; others before it are passed over."""
        while True:
            try:
                heard, body = self.heard.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"no {kind} within {PATIENCE} s") from None
            if heard == kind:
                return body

    def posted(self, *blocks: dict[str, Any], **given: Any) -> dict[str, Any]:
        """A message of the app, as the page shows it."""
        ts = self.client.chat_postMessage(channel=INCIDENTS, text="a message", blocks=blocks, **given)["ts"]
        return self.at_work.shows("a message", ts=ts)

    def opened(self, *blocks: dict[str, Any], **given: Any) -> dict[str, Any]:
        """A modal of the app, as the page shows it."""
        self.at_work.say("/diagnose x")
        trigger = self.got("command")["trigger_id"]
        view = {"type": "modal", "callback_id": "form", "title": plain("Form"), "blocks": blocks, **given}
        self.client.views_open(trigger_id=trigger, view=view)
        return self.at_work.view("Form")


@pytest.fixture
def stranger():
    with visit() as running:
        yield Stranger(running)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "block_id": "said", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str = "anything", **given: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain("Press"), "value": "v", **given}


def actions(*elements: dict[str, Any], block_id: str = "below") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def field(block_id: str = "field", **given: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "typed", **given}
    return {"type": "input", "block_id": block_id, "label": plain("Name"), "element": element}


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


CHOICE = [option("one"), option("two")]
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


def test_a_modal_is_submitted_with_its_values(stranger):
    view = stranger.opened(section("say"), field(), submit=plain("Save"), close=plain("Cancel"), private_metadata="m")
    stranger.at_work.act(
        do="submit", view_id=view["id"], values={"field": {"typed": {"type": "plain_text_input", "value": "größer"}}}
    )
    body = stranger.got("submission")
    assert unlike(body, SUBMITTED) == []
    assert body["view"]["state"]["values"]["field"]["typed"] == {"type": "plain_text_input", "value": "größer"}
    assert (body["view"]["id"], body["view"]["hash"], body["view"]["private_metadata"]) == (
        view["id"],
        view["hash"],
        "m",
    )
    assert (body["view"]["app_id"], body["view"]["bot_id"], body["user"]["id"]) == (APP, BOT_ID, YOU)
    assert body["response_urls"] == []
    assert stranger.at_work.feed.until(lambda shown: not shown["views"] and "closed") == "closed"


def test_an_optional_field_that_is_left_empty_is_sent_as_null(stranger):
    view = stranger.opened({**field(), "optional": True}, submit=plain("Save"))
    stranger.at_work.act(do="submit", view_id=view["id"], values={})
    values = stranger.got("submission")["view"]["state"]["values"]
    assert values == {"field": {"typed": {"type": "plain_text_input", "value": None}}}


def test_a_field_that_must_be_filled_is_asked_for_and_nothing_is_sent(stranger):
    view = stranger.opened(field(), submit=plain("Save"))
    tried = stranger.at_work.tried(do="submit", view_id=view["id"], values={})
    assert tried["ok"] is False
    assert set(tried["errors"]) == {"field"}
    assert stranger.at_work.feed.shown["views"]


def submitted(stranger, answer: dict[str, Any], **given: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A modal that is submitted and acknowledged so: the view, and what the person's submitting got."""
    stranger.answers["submission"] = {"ack": answer}
    view = stranger.opened(section("say"), field(), submit=plain("Save"), **given)
    tried = stranger.at_work.tried(
        do="submit", view_id=view["id"], values={"field": {"typed": {"type": "plain_text_input", "value": "x"}}}
    )
    stranger.got("submission")
    return view, tried


def test_errors_keep_the_modal_open_and_are_shown(stranger):
    view, tried = submitted(stranger, {"response_action": "errors", "errors": {"field": "Not that one"}})
    assert tried["errors"] == {"field": "Not that one"}
    assert [one["id"] for one in stranger.at_work.feed.shown["views"]] == [view["id"]]


def test_update_shows_another_view_in_the_same_modal(stranger):
    anew = {"type": "modal", "callback_id": "form", "title": plain("Anew"), "blocks": [section("anew")]}
    view, _ = submitted(stranger, {"response_action": "update", "view": anew})
    shown = stranger.at_work.view("anew")
    assert shown["id"] == view["id"]
    assert shown["hash"] != view["hash"]


def test_push_puts_a_view_on_top(stranger):
    above = {"type": "modal", "callback_id": "form", "title": plain("Above"), "blocks": [section("above")]}
    view, _ = submitted(stranger, {"response_action": "push", "view": above})
    shown = stranger.at_work.view("above")
    assert (shown["previous_view_id"], shown["root_view_id"]) == (view["id"], view["id"])
    assert len(stranger.at_work.feed.shown["views"]) == 2


def test_clear_closes_every_view(stranger):
    view = stranger.opened(actions(button("more")), notify_on_close=True)
    stranger.at_work.press(view, "more")
    trigger = stranger.got("action")["trigger_id"]
    stranger.client.views_push(
        trigger_id=trigger,
        view={
            "type": "modal",
            "callback_id": "form",
            "title": plain("Upper"),
            "blocks": [field()],
            "submit": plain("Go"),
        },
    )
    upper = stranger.at_work.view("Upper")
    stranger.answers["submission"] = {"ack": {"response_action": "clear"}}
    values = {"field": {"typed": {"type": "plain_text_input", "value": "x"}}}
    stranger.at_work.act(do="submit", view_id=upper["id"], values=values)
    assert stranger.at_work.feed.until(lambda shown: not shown["views"] and "closed") == "closed"


def test_a_press_in_a_modal_brings_the_view_and_no_message(stranger):
    select = {"type": "static_select", "placeholder": plain("Choose"), "options": CHOICE, "action_id": "in_view"}
    view = stranger.opened(actions(select, block_id="choice"))
    stranger.at_work.press(view, "in_view", option="two")
    body = stranger.got("action")
    assert unlike(body, PRESSED_IN_VIEW) == []
    assert unlike(body["actions"], [{**SELECTED, "placeholder": TEXT}]) == []
    assert body["container"] == {"type": "view", "view_id": view["id"]}
    assert body["view"]["state"]["values"]["choice"]["in_view"]["selected_option"]["value"] == "two"


def test_closing_is_told_where_the_view_asks_for_it(stranger):
    view = stranger.opened(section("say"), notify_on_close=True, close=plain("Done"))
    stranger.at_work.act(do="close", view_id=view["id"])
    body = stranger.got("closed")
    assert unlike(body, CLOSED) == []
    assert body["is_cleared"] is False
    assert body["view"]["id"] == view["id"]
    assert stranger.at_work.feed.until(lambda shown: not shown["views"] and "closed") == "closed"


def test_closing_the_whole_stack_says_that_it_was_cleared(stranger):
    view = stranger.opened(actions(button("more")), notify_on_close=True)
    stranger.at_work.press(view, "more")
    trigger = stranger.got("action")["trigger_id"]
    upper = {"type": "modal", "callback_id": "form", "title": plain("Upper"), "blocks": [section("u")]}
    stranger.client.views_push(trigger_id=trigger, view={**upper, "notify_on_close": True})
    top = stranger.at_work.view("Upper")
    stranger.at_work.act(do="close", view_id=top["id"], all=True)
    bodies = [stranger.got("closed") for _ in range(2)]
    assert {body["view"]["id"] for body in bodies} == {view["id"], top["id"]}
    assert all(body["is_cleared"] for body in bodies)


def test_closing_says_nothing_where_nobody_asked(stranger):
    view = stranger.opened(section("say"))
    stranger.at_work.act(do="close", view_id=view["id"])
    stranger.at_work.say("afterwards")
    kinds = []
    while "message" not in kinds:
        kinds.append(stranger.heard.get(timeout=PATIENCE)[0])
    assert "closed" not in kinds


def test_a_fourth_view_on_the_stack_is_refused(stranger):
    view = stranger.opened(actions(button("more")))
    pushed = {"type": "modal", "callback_id": "form", "blocks": [actions(button("more"))]}
    for title in ("Second", "Third"):
        stranger.at_work.press(view, "more")
        stranger.client.views_push(
            trigger_id=stranger.got("action")["trigger_id"], view={**pushed, "title": plain(title)}
        )
        view = stranger.at_work.view(title)
    stranger.at_work.press(view, "more")
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        stranger.client.views_push(
            trigger_id=stranger.got("action")["trigger_id"], view={**pushed, "title": plain("Fourth")}
        )


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
