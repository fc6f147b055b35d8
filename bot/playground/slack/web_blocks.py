"""blocks.validate: what Slack thinks of blocks, a message or a view, without posting it.

https://docs.slack.dev/reference/methods/blocks.validate
"""

from typing import Any

from bot.card.refusals import Kind, refusals
from bot.playground.slack import json_in
from bot.playground.slack.arguments import Arguments
from bot.playground.slack.method import Method
from bot.playground.slack.refused import Refused
from bot.playground.slack.workspace import Workspace

KINDS: tuple[Kind, ...] = ("blocks", "message", "view")
ONE = "must provide exactly one of `blocks`, `view`, or `message`"


def validate(_: Workspace, given: Arguments) -> dict[str, Any]:
    named = [kind for kind in KINDS if kind in given]
    if len(named) != 1:
        raise Refused("invalid_arguments", [ONE])
    kind, value = named[0], given[named[0]]
    if isinstance(value, str):
        try:
            value = json_in.read(value)
        except ValueError:
            raise Refused("invalid_arguments", [f"`{kind}` must be valid JSON"]) from None
    found = refusals(value, kind)
    if found:
        raise Refused(f"invalid_{kind}", more={"errors": [one.shown() for one in found]})
    return {}


BLOCKS = {"blocks.validate": Method(validate, caller="any")}
