"""conversations.*: what can be read of a channel (https://docs.slack.dev/reference/methods/conversations.history)."""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Sequence
from typing import Any

from bot.playground.slack.arguments import Arguments
from bot.playground.slack.conversations import Message, as_told
from bot.playground.slack.metadata import metadata_told
from bot.playground.slack.method import channel, scoped
from bot.playground.slack.people import BOT, DIRECT, FOUNDED, YOU
from bot.playground.slack.refused import Refused
from bot.playground.slack.workspace import Workspace

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
KINDS = frozenset({"public_channel", "private_channel", "mpim", "im"})
_TS = re.compile(r"\d{1,12}(?:\.\d{1,9})?")


def info(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    with workspace.lock:
        conversation = channel(workspace, given)
        told = conversation.info(BOT.id)
        if given.true("include_num_members"):
            told["num_members"] = len(conversation.members)
        return {"channel": told}


def listing(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    kinds = {kind.strip() for kind in given.text("types", "public_channel").split(",")}
    if not kinds <= KINDS:
        raise Refused("invalid_types")
    with workspace.lock:
        found = [
            {**one.info(BOT.id), "num_members": len(one.members)}
            for one in workspace.conversations.values()
            if ("private_channel" if one.private else "public_channel") in kinds
            and not (one.archived and given.true("exclude_archived"))
        ]
    page, cursor = _page(found, given, 100)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def shared(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    """The channels that the bot is in; with `user`, those of them that this person is in as well.

    https://docs.slack.dev/reference/methods/users.conversations
    """
    kinds = {kind.strip() for kind in given.text("types", "public_channel").split(",")}
    if not kinds <= KINDS:
        raise Refused("invalid_types")
    user = given.text("user", BOT.id)
    if user not in workspace.people:
        raise Refused("user_not_found")
    with workspace.lock:
        found = [
            one.info(BOT.id)
            for one in workspace.conversations.values()
            if {user, BOT.id} <= one.members
            and ("private_channel" if one.private else "public_channel") in kinds
            and not (one.archived and given.true("exclude_archived"))
        ]
    page, cursor = _page(found, given, 100)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def history(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    """Newest first, without replies."""
    with workspace.lock:
        conversation = channel(workspace, given, member=True)
        found = [_told(message, given) for message in _between(conversation.top(), given)]
    page, cursor = _page(found, given, 100)
    return _messages(page, cursor)


def replies(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    """The head of the thread and its replies, oldest first; a reply's `ts` leads to its thread too."""
    with workspace.lock:
        conversation = channel(workspace, given, member=True)
        named = conversation.messages.get(given.required("ts", "thread_not_found"))
        if named is None:
            raise Refused("thread_not_found")
        head = conversation.messages.get(str(named.get("thread_ts", named["ts"])), named)
        below = [_told(message, given) for message in _between(conversation.replies(head["ts"]), given)]
        found = [_told(head, given), *below]
    page, cursor = _page(found, given, 1_000)
    return _messages(page, cursor)


def members(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    with workspace.lock:
        page, cursor = _page(sorted(channel(workspace, given).members), given, 100)
        return {"members": page, "response_metadata": {"next_cursor": cursor}}


def join(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    with workspace.lock:
        conversation = channel(workspace, given)
        if conversation.private:
            raise Refused("method_not_supported_for_channel_type")
        if conversation.archived:
            raise Refused("is_archived")
        if not workspace.let_in(conversation, workspace.people[BOT.id], workspace.people[BOT.id]):
            told = {"warnings": ["already_in_channel"]}
            return {"channel": conversation.info(BOT.id), "warning": "already_in_channel", "response_metadata": told}
        return {"channel": conversation.info(BOT.id)}


def opening(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    """A direct message can be opened; posting to it is refused, since the manifest has no Messages tab."""
    users = [user for user in given.text("users").split(",") if user]
    if not users:
        raise Refused("users_list_not_supplied")
    if any(user not in workspace.people for user in users):
        raise Refused("user_not_found")
    if users != [YOU.id]:
        raise Refused("method_not_supported_for_channel_type")
    name = {"id": DIRECT}
    return {"channel": {**name, "created": FOUNDED, "is_im": True, "user": YOU.id} if given.true("return_im") else name}


def _told(message: Message, given: Arguments) -> Message:
    return metadata_told(as_told(message), whole=given.true("include_all_metadata"))


def _messages(page: Sequence[Message], cursor: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"messages": page, "has_more": bool(cursor)}
    return {**answer, "response_metadata": {"next_cursor": cursor}} if cursor else answer


def _between(messages: Iterable[Message], given: Arguments) -> list[Message]:
    for name in ("oldest", "latest"):
        if given.text(name) and not _TS.fullmatch(given.text(name)):
            raise Refused(f"invalid_ts_{name}")
    oldest, latest = float(given.text("oldest") or 0), float(given.text("latest") or "inf")
    if given.true("inclusive"):
        return [one for one in messages if oldest <= float(one["ts"]) <= latest]
    return [one for one in messages if oldest < float(one["ts"]) < latest]


def _page(found: Sequence[Any], given: Arguments, default: int) -> tuple[list[Any], str]:
    """One page of a list and the cursor of the next; "" after the last."""
    start, size = 0, given.limit(default)
    if given.text("cursor"):
        try:
            start = int(b64decode(given.text("cursor"), validate=True).decode().removeprefix("next:"))
        except (Error, ValueError):
            raise Refused("invalid_cursor") from None
    end = start + size
    return list(found[start:end]), b64encode(f"next:{end}".encode()).decode() if end < len(found) else ""


CONVERSATIONS = {
    "conversations.info": scoped(info, *READ),
    "conversations.list": scoped(listing, *READ),
    "users.conversations": scoped(shared, *READ),
    "conversations.history": scoped(history, *HISTORY),
    "conversations.replies": scoped(replies, *HISTORY),
    "conversations.members": scoped(members, *READ),
    "conversations.join": scoped(join, "channels:join"),
    "conversations.open": scoped(opening, "im:write", "mpim:write", "groups:write", "channels:manage"),
}
