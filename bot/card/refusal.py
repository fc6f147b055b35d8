"""When there is no diagnosis: one sentence that says what is wrong and what to do."""

from bot.card.actions import Pressed, buttons
from bot.card.blocks import Card, section
from bot.card.escape import mrkdwn

SENTENCE = 1_000  # characters


def failure(sentence: str, pressed: Pressed | None = None) -> Card:
    """The sentence alone; with *Check again* below it where a press could mend it."""
    said = mrkdwn(sentence, SENTENCE) or "Something went wrong, and nobody said what: look into the bot's log."
    again = [buttons(pressed, evidence=False)] if pressed else []
    return Card((section(said), *again), said).stamped("failure")
