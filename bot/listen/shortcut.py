"""The message shortcut *Diagnose*: the issue that a message names, answered in its thread."""

from typing import Any

from slack_bolt import Ack, App, Respond

from bot.card.actions import SHORTCUT
from bot.card.escape import mrkdwn
from bot.listen.alert import shared_reference
from bot.listen.command import whispering
from bot.listen.desk import SENTENCE, Desk
from bot.runs.run import Place
from playbook.reference import NotAReference


def register(app: App, desk: Desk) -> None:
    """Listens to the shortcut."""

    @app.shortcut(SHORTCUT)
    def diagnose(ack: Ack, respond: Respond, body: dict[str, Any]) -> None:
        ack()
        whisper = whispering(respond)
        message = body["message"]
        try:
            ref = shared_reference(message, desk.sentry_url)
        except NotAReference as refusal:
            whisper(mrkdwn(refusal.sentence, SENTENCE))
            return
        place = Place(channel=body["channel"]["id"], thread=message.get("thread_ts") or message["ts"])
        desk.ask(ref, place, whisper, asker=body["user"]["id"], answer_to=body.get("response_url"))
