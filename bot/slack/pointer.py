"""Where an issue's card is, told to whoever asked for it elsewhere."""

from bot.card.blocks import Card, section
from bot.card.escape import link, mrkdwn
from bot.runs.run import Request, Run
from bot.slack.message import Messages

NAME = 150  # characters of what was asked for


def for_asker(messages: Messages, asked: Request, known: Run | None) -> str:
    """The sentence for a person whose question is answered already; `known` is the run that does that."""
    named = _named(asked)
    if known is None:
        return f"{named} is being diagnosed; its card comes in a moment."
    place = known.place
    if place.message is None:
        return f"{named} is being diagnosed; its card comes in <#{place.channel}> in a moment."
    state = "is being diagnosed" if known.result is None else "was diagnosed a moment ago"
    found = messages.link(place.channel, place.message)
    where = link(found, "here it is") if found else f"look in <#{place.channel}>"
    return f"{named} {state}: {where}. Press *Check again* there for a fresh look."


def for_channel(messages: Messages, asked: Request, known: Run) -> Card:
    """The small message for a channel in which an alert is not to look unanswered; it links to no channel, whose name
    is not for everybody."""
    place = known.place
    found = messages.link(place.channel, place.message) if place.message else None
    where = f"{link(found, 'here it is')}." if found else "ask me for it with `/diagnose`, and I tell you where."
    told = f"{_named(asked)} has its card elsewhere: {where}"
    return Card((section(told),), told)


def _named(asked: Request) -> str:
    return mrkdwn(str(asked.ref), NAME)
