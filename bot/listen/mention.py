"""`@diagnose SHOP-42`, or a bare mention in the thread of an alert."""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt import App
from slack_sdk.errors import SlackApiError

from bot.card.escape import mrkdwn
from bot.listen.alert import shared_reference
from bot.listen.command import HELP
from bot.listen.desk import SENTENCE, Desk, Whisper
from bot.runs.run import Place
from bot.slack.message import NotSent
from playbook.evidence.issue_ref import IssueRef
from playbook.reference import NotAReference, reference

log = structlog.get_logger()

_MENTION = re.compile(r"<@[A-Z0-9]{1,30}(?:\|[^>]{0,100})?>")


def register(app: App, desk: Desk) -> None:
    """Listens to mentions; Bolt acknowledges once this returns.

    For a bare mention in a thread, Slack has to say first what the thread is about: that is answered afterwards.
    """

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], body: dict[str, Any]) -> None:
        if "user" not in event or event.get("bot_id"):
            return
        delivery = str(body.get("event_id") or f"{event['channel']}/{event['ts']}")
        if _said(event) or "thread_ts" not in event:
            answer(desk, event, delivery)
        else:
            desk.later(lambda: answer(desk, event, delivery))


def answer(desk: Desk, event: Mapping[str, Any], delivery: str) -> None:
    """Begins a run in the mention's thread, or tells the person why not."""
    channel, thread = event["channel"], event.get("thread_ts") or event["ts"]
    whisper = whispering(desk, channel, event["user"], event.get("thread_ts"))
    text = _said(event)
    if text.lower() == "help":
        desk.tell(whisper, HELP)
        return
    try:
        ref = reference(text, desk.sentry_url) if text or "thread_ts" not in event else root_of(desk, event)
    except NotAReference as refusal:
        desk.tell(whisper, mrkdwn(refusal.sentence, SENTENCE))
        return
    desk.ask(desk.asked(ref, Place(channel=channel, thread=thread), event["user"], delivery), whisper)


def _said(event: Mapping[str, Any]) -> str:
    """What was said beside the mention itself."""
    return _MENTION.sub(" ", str(event.get("text") or "")).strip()


def root_of(desk: Desk, event: Mapping[str, Any]) -> IssueRef:
    """The issue that the thread is about, read from the message it hangs on."""
    try:
        answered = desk.messages.client.conversations_replies(channel=event["channel"], ts=event["thread_ts"], limit=1)
    except SlackApiError as refused:
        sentence = "I may not read this thread: name the issue beside the mention, as in `@diagnose SHOP-42`."
        raise NotAReference(sentence) from refused
    found = answered.get("messages") or [{}]
    return shared_reference(found[0], desk.sentry_url)


def whispering(desk: Desk, channel: str, user: str, thread: str | None) -> Whisper:
    """Tells one person in a channel; a mention brings no address to answer to."""

    def whisper(sentence: str) -> None:
        try:
            desk.messages.whisper(channel, user, sentence, thread)
        except NotSent as refused:
            log.warning("nobody could be told", error=refused.error, sentence=sentence)

    return whisper
