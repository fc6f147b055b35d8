"""Commands and interactions as Slack words them.

https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/interactivity/implementing-slash-commands
"""

import copy
from collections.abc import Mapping
from typing import Any

from bot.playground.slack.conversations import Conversation, Message
from bot.playground.slack.events import VERIFICATION, said
from bot.playground.slack.people import BOT, DOMAIN, TEAM, YOU, Person
from bot.playground.slack.triggers import Source
from bot.playground.slack.views import View
from bot.playground.slack.workspace import Workspace

Payload = dict[str, Any]


def command(workspace: Workspace, conversation: Conversation, name: str, text: str, person: Person = YOU) -> Payload:
    """What a slash command sends."""
    return {
        "token": VERIFICATION,
        "team_id": TEAM,
        "team_domain": DOMAIN,
        "channel_id": conversation.id,
        "channel_name": conversation.name,
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": BOT.app,
        "is_enterprise_install": "false",
        "response_url": response_url(workspace, Source("command", conversation.id, user=person.id)),
        "trigger_id": workspace.triggers.trigger(),
    }


def pressed_in_message(workspace: Workspace, conversation: Conversation, message: Message, action: Payload) -> Payload:
    """An action on a message; of one that only you see, Slack sends no `message`."""
    hidden = bool(message.get("ephemeral"))
    thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": conversation.id,
        "is_ephemeral": hidden,
        **thread,
    }
    source = Source("ephemeral" if hidden else "message", conversation.id, message["ts"], thread.get("thread_ts"))
    return {
        "type": "block_actions",
        **_common(),
        "container": container,
        "trigger_id": workspace.triggers.trigger(),
        "channel": {"id": conversation.id, "name": conversation.name},
        **({} if hidden else {"message": copy.deepcopy(said(message))}),
        "state": copy.deepcopy(message.get("state") or {"values": {}}),
        "response_url": response_url(workspace, source),
        "actions": [action],
    }


def pressed_in_view(workspace: Workspace, view: View, action: Payload) -> Payload:
    """An action in a modal: `view` and its container, no channel and no response_url."""
    return {
        "type": "block_actions",
        **_common(),
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": workspace.triggers.trigger(),
        "view": copy.deepcopy(view),
        "actions": [action],
    }


def shortcut(workspace: Workspace, conversation: Conversation, message: Message, callback_id: str) -> Payload:
    """A message shortcut."""
    source = Source("message", conversation.id, message["ts"], message.get("thread_ts"))
    return {
        "type": "message_action",
        **_common(),
        "action_ts": workspace.stamp(),
        "callback_id": callback_id,
        "trigger_id": workspace.triggers.trigger(),
        "response_url": response_url(workspace, source),
        "message_ts": message["ts"],
        "channel": {"id": conversation.id, "name": conversation.name},
        "message": copy.deepcopy(said(message)),
    }


def submitted(workspace: Workspace, view: View) -> Payload:
    """A modal was sent."""
    trigger = workspace.triggers.trigger()
    told = {**_common(), "trigger_id": trigger, "view": copy.deepcopy(view), "response_urls": []}
    return {"type": "view_submission", **told}


def closed(view: View, *, cleared: bool) -> Payload:
    """A modal was closed without being sent."""
    return {"type": "view_closed", **_common(), "view": copy.deepcopy(view), "is_cleared": cleared}


def action(workspace: Workspace, block_id: str, element: Mapping[str, Any], chosen: Mapping[str, Any]) -> Payload:
    """One entry of `actions`: the element's own facts, then what was chosen."""
    label = _label(element, chosen) if element.get("type") == "feedback_buttons" else {}
    return {
        "action_id": element.get("action_id", ""),
        "block_id": block_id,
        **_repeated(element),
        **label,
        **copy.deepcopy(dict(chosen)),
        "type": element.get("type"),
        "action_ts": workspace.stamp(),
    }


def response_url(workspace: Workspace, source: Source) -> str:
    """An address for five answers within half an hour."""
    return f"{workspace.address}/response/{workspace.triggers.address(source)}"


def _common() -> Payload:
    return {
        "user": {"id": YOU.id, "username": YOU.name, "name": YOU.name, "team_id": TEAM},
        "api_app_id": BOT.app,
        "token": VERIFICATION,
        "team": {"id": TEAM, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


_BUTTON = frozenset({"text", "value", "style", "url", "confirm", "accessibility_label", "icon"})
_TOLD: Mapping[str, frozenset[str]] = {
    "button": _BUTTON,
    "workflow_button": _BUTTON,
    "icon_button": _BUTTON,
    "overflow": frozenset({"confirm"}),
    "feedback_buttons": frozenset(),
}
"""What Slack repeats of an element in its action; of menus and pickers the placeholder and what they began with."""


def _repeated(element: Mapping[str, Any]) -> Payload:
    told = _TOLD.get(str(element.get("type")))
    names = [
        name
        for name in element
        if (name in told if told is not None else name in {"placeholder", "confirm"} or name.startswith("initial_"))
    ]
    return {name: copy.deepcopy(element[name]) for name in names}


def _label(element: Mapping[str, Any], chosen: Mapping[str, Any]) -> Payload:
    """The text of the one of two feedback buttons that was pressed."""
    sides = [element.get(side) or {} for side in ("positive_button", "negative_button")]
    return next(({"text": copy.deepcopy(one["text"])} for one in sides if one.get("value") == chosen.get("value")), {})
