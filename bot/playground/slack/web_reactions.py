"""reactions.*: an emoji on a message (https://docs.slack.dev/reference/methods/reactions.add)."""

import re
from typing import Any

from bot.playground.slack.arguments import Arguments
from bot.playground.slack.conversations import Conversation, Message, as_told
from bot.playground.slack.method import channel, scoped
from bot.playground.slack.people import BOT
from bot.playground.slack.refused import Refused
from bot.playground.slack.web_chat import permalink
from bot.playground.slack.workspace import Workspace

MOST_EMOJI = 50  # distinct ones on a message; Slack's own number is not published
_NAME = re.compile(r"[a-z0-9_'+-]{1,100}(?:::skin-tone-[2-6])?")
_TS = re.compile(r"\d{1,12}\.\d{1,9}")


def add(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    with workspace.lock:
        conversation, message = _message(workspace, given)
        if conversation.archived:
            raise Refused("is_archived")
        name, reactions = _name(given), message.get("reactions", [])
        known = next((one for one in reactions if one["name"] == name), None)
        if known is not None and BOT.id in known["users"]:
            raise Refused("already_reacted")
        if known is None and len(reactions) >= MOST_EMOJI:
            raise Refused("too_many_emoji")
        users = [*(known["users"] if known else []), BOT.id]
        _set(workspace, message, name, users)
        return {}


def remove(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    with workspace.lock:
        _, message = _message(workspace, given)
        name = _name(given)
        known = next((one for one in message.get("reactions", []) if one["name"] == name), None)
        if known is None or BOT.id not in known["users"]:
            raise Refused("no_reaction")
        _set(workspace, message, name, [user for user in known["users"] if user != BOT.id])
        return {}


def get(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    with workspace.lock:
        conversation, message = _message(workspace, given)
        told = as_told(message)
        told["permalink"] = permalink(workspace, conversation, message)
        return {"type": "message", "channel": conversation.id, "message": told}


def _message(workspace: Workspace, given: Arguments) -> tuple[Conversation, Message]:
    if not given.text("channel") or not given.text("timestamp"):
        raise Refused("no_item_specified")
    conversation = channel(workspace, given, member=True)
    if not _TS.fullmatch(given.text("timestamp")):
        raise Refused("bad_timestamp")
    message = conversation.messages.get(given.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    return conversation, message


def _name(given: Arguments) -> str:
    name = given.text("name").strip(":")
    if not _NAME.fullmatch(name):
        raise Refused("invalid_name")
    return name


def _set(workspace: Workspace, message: Message, name: str, users: list[str]) -> None:
    fresh = {"name": name, "users": users, "count": len(users)}
    reactions = [fresh if one["name"] == name else one for one in message.get("reactions", [])]
    if all(one["name"] != name for one in reactions):
        reactions.append(fresh)
    message["reactions"] = [one for one in reactions if one["users"]]
    if not message["reactions"]:
        del message["reactions"]
    workspace.shown(message)


REACTIONS = {
    "reactions.add": scoped(add, "reactions:write"),
    "reactions.remove": scoped(remove, "reactions:write"),
    "reactions.get": scoped(get, "reactions:read"),
}
