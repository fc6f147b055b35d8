"""Where an action goes in Sentry, what it comes to there, and the line on the card that tells it."""

from bot.card import problems
from bot.card.acted import acted
from tests.acting.scene import ISSUE, RUN

ACTIONS = ("resolve", "archive", "assign", "comment")
ISSUE_PATH = f"issues/{ISSUE}/"
CAME = {
    "resolve": "resolved",
    "archive": "archived until it escalates",
    "assign": "unresolved (new), assigned to Ada",
    "comment": "unresolved (new), with the verdict as a comment",
}
LINES = {
    "resolve": "<@U0ADA> resolved it, 20 Nov 03:12 UTC · Sentry says: resolved",
    "archive": "<@U0ADA> archived it, 20 Nov 03:12 UTC · Sentry says: archived until it escalates",
    "assign": "<@U0ADA> took it on, 20 Nov 03:12 UTC · Sentry says: unresolved (new), assigned to Ada",
    "comment": "<@U0ADA> commented the verdict on it, 20 Nov 03:12 UTC · "
    "Sentry says: unresolved (new), with the verdict as a comment",
}


def shown(stage):
    """The line on the card, checked against Slack's rules."""
    blocks = acted(stage.book.of(RUN))
    assert problems({"blocks": blocks, "text": "-"}) == []
    return blocks[0]["elements"][0]["text"] if blocks else ""
