"""Where an issue's card is, told to whoever asked for it elsewhere."""

from bot.card.blocks import Card, section
from bot.card.escape import link, mrkdwn
from bot.runs.run import Request, Run
from bot.slack.message import Messages
from playbook.evidence.issue_ref import IssueRef

NAME = 150  # characters of what was asked for


def for_asker(messages: Messages, ref: IssueRef, known: Run | None) -> str:
    """What a person is told, in Slack's markup, whose question another run answers; `known` is that run."""
    named = mrkdwn(str(ref), NAME)
    if known is None or (known.place.message is None and known.result is not None):
        return f"{named} was asked for already, and I cannot say where: ask again in a minute."
    place, result = known.place, known.result
    if place.message is None:
        return f"{named} was asked for already: its card comes in <#{place.channel}>; you get the link once it stands."
    state = "is being diagnosed" if result is None else "was looked into a moment ago"
    found = messages.link(place.channel, place.message)
    where = link(found, "here it is") if found else f"look in <#{place.channel}>"
    return f"{named} {state}: {where}. Press *Check again* there for a fresh look."


def for_channel(messages: Messages, request: Request, known: Run) -> Card:
    """The small message for a thread that is not to look unanswered; it names no channel, for not all may see that."""
    place = known.place
    found = messages.link(place.channel, place.message) if place.message else None
    where = f", {link(found, 'here it is')}." if found else "; ask me for it with `/diagnose`, and I tell you where."
    told = f"{mrkdwn(str(request.ref), NAME)}: the card is elsewhere{where}"
    return Card((section(told),), told)
