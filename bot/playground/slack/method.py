"""One method of the Web API: what it does, which token may call it, and which scope it asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.slack.arguments import Arguments
from bot.playground.slack.conversations import Conversation
from bot.playground.slack.people import BOT
from bot.playground.slack.refused import Refused
from bot.playground.slack.workspace import Workspace

Do = Callable[[Workspace, Arguments], dict[str, Any]]


@dataclass(frozen=True)
class Method:
    """`do` gives the answer without `ok`, or raises `Refused`; one of `scopes` is enough.

    `caller` says whose token it takes: the bot's, the app's, either, or none at all.
    """

    do: Do
    scopes: frozenset[str] = frozenset()
    caller: Literal["bot", "app", "any", "anybody"] = "bot"


def scoped(do: Do, *scopes: str) -> Method:
    return Method(do, frozenset(scopes))


def channel(workspace: Workspace, given: Arguments, *, member: bool = False, name: str = "channel") -> Conversation:
    """The conversation that a call names; raises `channel_not_found`, and `not_in_channel` where it must be in it."""
    found = workspace.conversation(given.text(name))
    if found is None:
        raise Refused("channel_not_found")
    if member and BOT.id not in found.members:
        raise Refused("not_in_channel")
    return found
