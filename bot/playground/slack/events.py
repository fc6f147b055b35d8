"""Events as the Events API words them (https://docs.slack.dev/apis/events-api, https://docs.slack.dev/reference/events)."""

import itertools
import time
from typing import Any

from bot.playground.slack.app import App
from bot.playground.slack.conversations import THREAD, Conversation, Message
from bot.playground.slack.people import BOT, DIRECT, TEAM, YOU, Person

VERIFICATION = "rehearsal-verification-token"  # Slack's deprecated token of each payload; nobody should check it
_numbers = itertools.count(1)


def envelope(event: dict[str, Any]) -> dict[str, Any]:
    """The payload that carries an event."""
    channel = event.get("channel", "")
    return {
        "token": VERIFICATION,
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": BOT.app,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev0{next(_numbers):010d}",
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"1-{event['type']}-{TEAM}-{channel}",
    }


def subscribed(app: App, event: dict[str, Any], private: bool) -> bool:
    """Whether the app asked for this event: those of messages go by the kind of channel."""
    name = event["type"]
    if name == "message":
        name = "message.groups" if private else "message.channels"
    return name in app.events


def posted(conversation: Conversation, message: Message) -> dict[str, Any]:
    """A new message, of a person or an app."""
    return {**said(message), **_at(conversation, message["ts"])}


def mentioned(conversation: Conversation, message: Message) -> dict[str, Any]:
    """Somebody named the app in a channel that it is in."""
    event = {key: value for key, value in posted(conversation, message).items() if key != "channel_type"}
    return {**event, "type": "app_mention"}


def edited(conversation: Conversation, message: Message, before: Message, ts: str) -> dict[str, Any]:
    """A message that shows something else now."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": said(message),
        "previous_message": said(before),
        "hidden": True,
        **_at(conversation, ts),
    }


def deleted(conversation: Conversation, message: Message, ts: str) -> dict[str, Any]:
    """A message that is gone."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": said(message),
        "hidden": True,
        "deleted_ts": message["ts"],
        **_at(conversation, ts),
    }


def joined(conversation: Conversation, person: Person, inviter: Person, ts: str) -> dict[str, Any]:
    return {
        "type": "member_joined_channel",
        "user": person.id,
        "channel": conversation.id,
        "channel_type": "G" if conversation.private else "C",
        "team": TEAM,
        "inviter": inviter.id,
        "event_ts": ts,
    }


def home_opened(ts: str, view: dict[str, Any] | None) -> dict[str, Any]:
    """Somebody opened the app's Home tab; `view` is what was published there, if anything was."""
    told = {"type": "app_home_opened", "user": YOU.id, "channel": DIRECT, "tab": "home", "event_ts": ts}
    return told if view is None else {**told, "view": view}


def said(message: Message) -> Message:
    """The message without what only the store keeps."""
    return {key: value for key, value in message.items() if key not in {"channel", "state", *THREAD[1:]}}


def _at(conversation: Conversation, ts: str) -> dict[str, Any]:
    kind = "group" if conversation.private else "channel"
    return {"channel": conversation.id, "ts": ts, "event_ts": ts, "channel_type": kind}
