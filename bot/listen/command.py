"""`/diagnose <reference>`: the post that answers it is the card."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, Respond

from bot.card.escape import mrkdwn
from bot.listen.desk import SENTENCE, Desk
from bot.runs.run import Place
from playbook.reference import NotAReference, reference

HELP = (
    "*Why is this Sentry issue happening?* Ask with `/diagnose` and one of: its short id (`SHOP-42`), its number, "
    "a link to it, or an event id. I answer in this channel with the verdict, its evidence and the next step.\n"
    "You can also mention me with a reference, mention me in the thread of an alert, or use the shortcut *Diagnose* "
    "on any message that names an issue. Alerts in channels that I am in are diagnosed in their thread."
)


def register(app: App, desk: Desk, command: str = "/diagnose") -> None:
    """Listens to the slash command."""

    @app.command(command)
    def diagnose(ack: Ack, respond: Respond, body: dict[str, Any]) -> None:
        ack()
        answer(desk, body, whispering(respond))


def answer(desk: Desk, body: dict[str, Any], whisper: Callable[[str], None]) -> None:
    """Helps, refuses, or begins a run."""
    text = str(body.get("text") or "").strip()
    if text.lower() in {"", "help", "?"}:
        whisper(HELP)
        return
    try:
        ref = reference(text, desk.sentry_url)
    except NotAReference as refusal:
        whisper(mrkdwn(refusal.sentence, SENTENCE))
        return
    place = Place(channel=body["channel_id"])
    desk.ask(ref, place, whisper, asker=body["user_id"], answer_to=body.get("response_url"))


def whispering(respond: Respond) -> Callable[[str], None]:
    """Tells only the person who acted, through the address that Slack sent along; works in every channel."""

    def whisper(sentence: str) -> None:
        respond(text=sentence, response_type="ephemeral", replace_original=False)

    return whisper
