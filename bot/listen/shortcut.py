"""The message shortcut *Diagnose*: the issue that a message names, answered in its thread."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.card.actions import SHORTCUT
from bot.card.escape import mrkdwn
from bot.listen.alert import shared_reference
from bot.listen.command import delivery, whispering
from bot.listen.desk import SENTENCE, Desk, Whisper
from bot.runs.run import Place
from playbook.reference import NotAReference


def register(app: App, desk: Desk) -> None:
    """Listens to the shortcut."""

    @app.message_shortcut(SHORTCUT)
    def diagnose(ack: Ack, body: dict[str, Any]) -> None:
        answer(desk, body, whispering(body, desk.messages.client.base_url))
        ack()


def answer(desk: Desk, body: Mapping[str, Any], whisper: Whisper) -> None:
    """Begins a run in the message's thread, or tells the person why not."""
    message = body["message"]
    try:
        ref = shared_reference(message, desk.sentry_url)
    except NotAReference as refusal:
        desk.tell(whisper, mrkdwn(refusal.sentence, SENTENCE))
        return
    place = Place(channel=body["channel"]["id"], thread=message.get("thread_ts") or message["ts"])
    desk.ask(desk.asked(ref, place, body["user"]["id"], delivery(body), body.get("response_url")), whisper)
