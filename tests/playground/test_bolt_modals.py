"""A modal of a stranger's Bolt app is filled, replaced, stacked and closed as in Slack, and the app hears of each."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.playground.payloads import CLOSED, PRESSED_IN_VIEW, SELECTED, SUBMITTED, TEXT, unlike
from tests.playground.rehearsal import APP, BOT_ID, PATIENCE, YOU
from tests.playground.stranger import CHOICE, actions, button, field, plain, section


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
