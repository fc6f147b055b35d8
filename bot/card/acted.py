"""What was done in Sentry from this card, and how Sentry said that the issue stood afterwards."""

from collections.abc import Sequence

from bot.card.actions import ACTIONS
from bot.card.blocks import Block, context
from bot.card.escape import mrkdwn
from bot.card.footnotes import USER
from bot.runs.press import Press
from playbook.evidence.instant import clock

MOST_SHOWN = 5  # lines; the record has the rest
LONGEST_STATE = 200  # characters

DONE = {
    "resolve": "resolved it",
    "archive": "archived it",
    "assign": "took it on",
    "comment": "commented the verdict on it",
}
TRIED = {says: f"pressed *{label}*" for says, label in ACTIONS}


def acted(presses: Sequence[Press]) -> list[Block]:
    """One grey line a press, the newest last; none for one that was refused before anything was tried.

    A press is on record twice, before the write and after it: the last counts.
    """
    last = {(one.user, one.action, one.at): one for one in presses}
    shown = [_line(one) for one in last.values() if one.before]
    if not shown:
        return []
    more = len(shown) - MOST_SHOWN
    earlier = [f"_and {more} earlier_"] if more > 0 else []
    return [context("\n".join([*earlier, *shown[-MOST_SHOWN:]]))]


def _line(press: Press) -> str:
    who = f"<@{press.user}>" if USER.fullmatch(press.user) else mrkdwn(press.name or "somebody", 80)
    done = press.after and not press.refused
    told = f"{who} {(DONE if done else TRIED).get(press.action, 'pressed a button')}, {clock(press.at)}"
    if press.after:
        return f"{told} · Sentry says: {mrkdwn(press.after, LONGEST_STATE)}"
    return f"{told} · how it stands could not be read{' back' if press.refused else ' yet'}"
