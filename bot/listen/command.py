"""`/diagnose <reference>`: the post that answers it is the card."""

from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt import Ack, App

from bot.card.escape import mrkdwn
from bot.listen.desk import SENTENCE, Desk, Whisper
from bot.runs.run import Place
from bot.slack.wire import SLACK, answered
from playbook.reference import NotAReference, reference

log = structlog.get_logger()

HELP = (
    "*Why is this Sentry issue happening?* Ask with `/diagnose` and one of: its short id (`SHOP-42`), its number, "
    "a link to it, or an event id. I answer in this channel with the verdict, its evidence and the next step.\n"
    "You can also mention me with a reference, mention me in the thread of an alert, or use the shortcut *Diagnose* "
    "on any message that names an issue. Alerts in channels that I am in are diagnosed in their thread."
)


def register(app: App, desk: Desk, command: str = "/diagnose") -> None:
    """Listens to the slash command."""

    @app.command(command)
    def diagnose(ack: Ack, body: dict[str, Any]) -> None:
        answer(desk, body, whispering(body, desk.messages.client.base_url))
        ack()


def answer(desk: Desk, body: dict[str, Any], whisper: Whisper) -> None:
    """Helps, refuses, or begins a run."""
    text = str(body.get("text") or "").strip()
    if text.lower() in {"", "help", "?"}:
        desk.tell(whisper, HELP)
        return
    try:
        ref = reference(text, desk.sentry_url)
    except NotAReference as refusal:
        desk.tell(whisper, mrkdwn(refusal.sentence, SENTENCE))
        return
    place = Place(channel=body["channel_id"])
    desk.ask(desk.asked(ref, place, body["user_id"], delivery(body), body.get("response_url")), whisper)


def delivery(body: Mapping[str, Any]) -> str | None:
    """The name of one press or command: the same when Slack delivers it again."""
    return f"trigger/{body['trigger_id']}" if body.get("trigger_id") else None


def whispering(body: Mapping[str, Any], api_url: str = SLACK) -> Whisper:
    """Tells only the person who acted, through the address that Slack sent along; works in every channel."""

    def whisper(sentence: str) -> None:
        if not answered(str(body.get("response_url") or ""), sentence, api_url):
            log.warning("a person could not be told", sentence=sentence)

    return whisper
