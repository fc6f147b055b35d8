"""What the bot answers to an interaction, by its acknowledgement or by the response_url, becomes a message.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from collections.abc import Mapping
from typing import Any

from bot.playground.slack import json_in
from bot.playground.slack.content import Content, content
from bot.playground.slack.conversations import Conversation
from bot.playground.slack.people import BOT
from bot.playground.slack.refused import Refused
from bot.playground.slack.triggers import Source
from bot.playground.slack.workspace import Workspace


def answered(workspace: Workspace, token: str, given: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """A post to a response_url: HTTP status and body."""
    exchange = workspace.traffic.began("bot→slack", "response_url", str(given.get("text") or ""), dict(given))
    try:
        respond(workspace, workspace.triggers.answer(token), given)
    except Refused as refused:
        workspace.traffic.ended(exchange, refused.answer(), ok=False, error=refused.error)
        return 404, refused.answer()
    workspace.traffic.ended(exchange, {"ok": True}, ok=True)
    return 200, {"ok": True}


def acknowledged(workspace: Workspace, source: Source, payload: Mapping[str, Any]) -> None:
    """The payload of a command's acknowledgement: a message if it says something.

    What is wrong with it is told to the person, as Slack shows it, and in the inspector.
    """
    if not any(payload.get(name) for name in ("text", "blocks", "attachments")):
        return
    try:
        respond(workspace, source, payload)
    except Refused as refused:
        told = f"diagnose answered with something that Slack refuses: {refused.error}"
        workspace.whisper(source.channel, told, reader=source.user)


def respond(workspace: Workspace, source: Source, given: Mapping[str, Any]) -> None:
    """Posts, whispers, replaces or deletes; raises `Refused`."""
    with workspace.lock:
        conversation = workspace.conversations.get(source.channel)
        if conversation is None:
            raise Refused("channel_not_found")
        if given.get("delete_original"):
            workspace.delete(conversation, source.ts)
            return
        told = content(given)
        if not (told.text or told.blocks or told.attachments):
            raise Refused("no_text")
        if given.get("replace_original") and source.ts:
            _replace(workspace, conversation, source, told)
            return
        thread = str(given.get("thread_ts") or "") or None
        if given.get("response_type") == "in_channel":
            workspace.post(BOT, conversation, told.text or "", told.blocks, told.attachments, thread)
        else:
            thread = thread or source.thread
            who = source.user
            workspace.whisper(conversation.id, told.text or "", BOT, told.blocks, told.attachments, thread, who)


def _replace(workspace: Workspace, conversation: Conversation, source: Source, told: Content) -> None:
    if source.ts not in conversation.messages and source.ts not in conversation.whispers:
        raise Refused("message_not_found")
    workspace.edit(
        conversation, source.ts, text=told.text or "", blocks=told.blocks or None, attachments=told.attachments or None
    )


def read(body: bytes) -> dict[str, Any]:
    """The body of a post to a response_url; raises as Slack does for what is no JSON object."""
    try:
        given = json_in.read(body)
    except ValueError:
        raise Refused("invalid_payload") from None
    if not isinstance(given, dict):
        raise Refused("invalid_payload")
    return given
