"""A button's round trip: posted, pressed, acknowledged, read back; or why it was not."""

import queue
from concurrent.futures import ThreadPoolExecutor

from bot.doctor import button
from tests.doctor.services import APP_TOKEN, BOT_TOKEN, Workspace, by_state, settings
from tests.stand_ins import slack_server

CHANNEL = "C0123456789"


def given(workspace: Workspace, **changed):
    told = {"slack_bot_token": BOT_TOKEN, "slack_app_token": APP_TOKEN, "slack_api_url": workspace.url}
    return settings(**{**told, **changed})


def press(workspace: Workspace) -> float:
    """A person presses the button that was posted; how long the acknowledgement took."""
    workspace.until(lambda: workspace.messages)
    (message,) = workspace.messages.values()
    action = message["blocks"][-1]["elements"][0]["action_id"]
    payload = {"type": "block_actions", "user": {"id": "U0PERSON"}, "actions": [{"action_id": action}]}
    return workspace.send("interactive", payload).seconds


def test_a_button_that_a_person_presses_comes_back_and_the_message_shows_it():
    with Workspace() as workspace, ThreadPoolExecutor(1) as pool:
        person = pool.submit(press, workspace)
        found = button.examine(given(workspace), CHANNEL)
        assert person.result(10) < 3
        (message,) = workspace.messages.values()
    assert by_state(found) == {"ok": [button.WHAT]}
    assert "U0PERSON" in found[0].sentence
    assert message["text"] == "Pressed: buttons work here."
    assert len(message["blocks"]) == 1


def test_a_button_that_nobody_presses_is_broken_and_taken_away(monkeypatch):
    monkeypatch.setattr(button, "PRESS_SECONDS", 0.1)
    with Workspace() as workspace:
        found = button.examine(given(workspace), CHANNEL)
        (message,) = workspace.messages.values()
    assert by_state(found) == {"broken": [button.WHAT]}
    assert "Interactivity" in (found[0].fix or "")
    assert "Nobody" in message["text"]


def test_what_is_meant_for_the_bot_is_neither_acknowledged_nor_taken_for_the_press(monkeypatch):
    monkeypatch.setattr(button, "PRESS_SECONDS", 2.0)
    monkeypatch.setattr(slack_server, "PATIENCE", 1.0)
    with Workspace() as workspace, ThreadPoolExecutor(1) as pool:
        other = {"type": "block_actions", "user": {"id": "U0PERSON"}, "actions": [{"action_id": "other"}]}
        person = pool.submit(workspace.send, "interactive", other)
        found = button.examine(given(workspace), CHANNEL)
        assert isinstance(person.exception(10), queue.Empty)
    assert by_state(found) == {"broken": [button.WHAT]}


def test_a_channel_that_the_bot_is_not_in_is_told():
    with Workspace() as workspace:
        workspace.not_in = {CHANNEL}
        found = button.examine(given(workspace), CHANNEL)
    assert by_state(found) == {"broken": [button.WHAT]}
    assert "not_in_channel" in found[0].sentence


def test_without_a_channel_it_is_left_to_a_person():
    with Workspace() as workspace:
        found = button.examine(given(workspace), None)
        assert workspace.calls == []
    assert by_state(found) == {"not tried": [button.WHAT]}
    assert "a person must press it" in found[0].sentence


def test_over_http_it_is_not_tried():
    with Workspace() as workspace:
        found = button.examine(given(workspace, slack_app_token=None), CHANNEL)
    assert by_state(found) == {"not tried": [button.WHAT]}


def test_without_a_bot_there_is_nothing_to_say():
    assert button.examine(settings(), CHANNEL) == []
