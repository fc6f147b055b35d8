"""chat.*: posting, editing, deleting, telling one person, linking (https://docs.slack.dev/reference/methods/chat.postMessage)."""

import re
from typing import Any
from urllib.parse import urlencode

from bot.playground.slack.arguments import Arguments
from bot.playground.slack.content import LONGEST_EDIT, LONGEST_POST, Content, content
from bot.playground.slack.conversations import Conversation, Message
from bot.playground.slack.events import said
from bot.playground.slack.metadata import metadata_of
from bot.playground.slack.method import Method, channel, scoped
from bot.playground.slack.people import BOT
from bot.playground.slack.refused import Refused
from bot.playground.slack.workspace import Workspace

_TS = re.compile(r"\d{1,12}\.\d{1,9}")


def post_message(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    with workspace.lock:
        conversation = _writable(workspace, given)
        told = _told(given)
        thread = _thread(conversation, given)
        more: dict[str, Any] = {}
        if thread and given.true("reply_broadcast"):
            more = {"subtype": "thread_broadcast", "root": said(conversation.messages[thread])}
        written = metadata_of(given)
        if written:
            more["metadata"] = written
        message = workspace.post(BOT, conversation, told.text or "", told.blocks, told.attachments, thread, **more)
        answer = {"channel": conversation.id, "ts": message["ts"], "message": said(message)}
        return {**answer, "response_metadata": told.warnings} if told.warnings else answer


def post_ephemeral(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    with workspace.lock:
        conversation = _writable(workspace, given)
        user = given.required("user", "user_not_in_channel")
        if user not in conversation.members:
            raise Refused("user_not_in_channel")
        told, thread = _told(given, cut=False), _thread(conversation, given)
        ts = workspace.whisper(conversation.id, told.text or "", BOT, told.blocks, told.attachments, thread, user)
        return {"message_ts": ts}


def update(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    """Blocks and attachments stay as they are where the call does not name them, and go when it names none."""
    with workspace.lock:
        conversation = channel(workspace, given)
        ts = given.required("ts", "message_not_found")
        told = _told(given, LONGEST_EDIT, cut=False)
        _own(conversation, ts, "cant_update_message")
        changes: dict[str, Any] = {"text": told.text} if told.text is not None else {}
        for name, value in (("blocks", told.blocks), ("attachments", told.attachments)):
            if value is not None:
                changes[name] = value or None
        if "metadata" in given:
            changes["metadata"] = metadata_of(given)
        message = workspace.edit(conversation, ts, **changes)
        return {"channel": conversation.id, "ts": ts, "text": message["text"], "message": said(message)}


def delete(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    with workspace.lock:
        conversation = channel(workspace, given)
        ts = given.required("ts", "message_not_found")
        _own(conversation, ts, "cant_delete_message")
        workspace.delete(conversation, ts)
        return {"channel": conversation.id, "ts": ts}


def get_permalink(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    with workspace.lock:
        conversation = channel(workspace, given)
        ts = given.required("message_ts", "message_not_found")
        message = conversation.messages.get(ts)
        if message is None:
            raise Refused("message_not_found")
        return {"channel": conversation.id, "permalink": permalink(workspace, conversation, message)}


def permalink(workspace: Workspace, conversation: Conversation, message: Message) -> str:
    """Where the page shows a message; for a reply with its thread beside, as Slack has it."""
    link = f"{workspace.address}/archives/{conversation.id}/p{message['ts'].replace('.', '')}"
    thread = message.get("thread_ts", message["ts"])
    if thread == message["ts"]:
        return link
    return f"{link}?{urlencode({'thread_ts': thread, 'cid': conversation.id})}"


def _writable(workspace: Workspace, given: Arguments) -> Conversation:
    named = given.text("channel")
    if named in workspace.people or named.startswith("D"):
        raise Refused("channel_not_found" if named not in workspace.people else "messages_tab_disabled")
    conversation = channel(workspace, given)
    if conversation.archived:
        raise Refused("is_archived")
    return channel(workspace, given, member=True)


def _told(given: Arguments, longest: int = LONGEST_POST, *, cut: bool = True) -> Content:
    told = content(given, longest, cut=cut)
    if not told.text and told.blocks is None and told.attachments is None:
        raise Refused("no_text")
    if not (told.text or told.blocks or told.attachments):
        raise Refused("no_text")
    return told


def _thread(conversation: Conversation, given: Arguments) -> str | None:
    """The head of the thread to answer in: of a reply's `ts` too, as Slack finds it."""
    named = given.text("thread_ts")
    if not named:
        return None
    if not _TS.fullmatch(named):
        raise Refused("invalid_thread_ts", [f"[ERROR] {named[:40]} is not a valid thread_ts"])
    head = conversation.messages.get(named)
    if head is None:
        raise Refused("thread_not_found")
    return str(head.get("thread_ts", named))


def _own(conversation: Conversation, ts: str, refusal: str) -> None:
    message = conversation.messages.get(ts)
    if message is None:
        raise Refused("message_not_found")
    if message.get("bot_id") != BOT.bot or message.get("subtype") == "channel_join":
        raise Refused(refusal)
    if conversation.archived:
        raise Refused("is_inactive" if refusal == "cant_update_message" else refusal)


CHAT = {
    "chat.postMessage": scoped(post_message, "chat:write"),
    "chat.postEphemeral": scoped(post_ephemeral, "chat:write"),
    "chat.update": scoped(update, "chat:write"),
    "chat.delete": scoped(delete, "chat:write"),
    "chat.getPermalink": Method(get_permalink),
}
