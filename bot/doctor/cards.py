"""Every card that came along, held against Slack's own judgement, without posting any.

`blocks.validate` wants one of `blocks`, `message` and `view` as JSON text and no scope
(https://docs.slack.dev/reference/methods/blocks.validate); slack_sdk has no method for it yet.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot import demo
from bot.doctor.finding import Finding, broken, not_tried, ok
from playbook.sources.budget import Budget

Call = Callable[..., tuple[Mapping[str, Any], Mapping[str, str]]]
"""A call of Slack's Web API: its answer, *not ok* included, and its headers in lower case."""

REFUSED = frozenset({"invalid_blocks", "invalid_message", "invalid_view"})
SHOWN = 3
"""Errors of one card that are named; the first is nearly always the reason of the others."""

WAIT_SECONDS = 5.0
"""For Slack's patience, where it asks for some without saying how much; the method's limit is not published."""


def cards(call: Call, budget: Budget) -> Sequence[Finding]:
    """A finding for each card that Slack refuses, and one for those that it takes."""
    found = {name: path.with_name("card.json") for name, path in demo.incidents().items()}
    readable = {name: path for name, path in found.items() if path.is_file()}
    if not readable:
        return [not_tried("Slack", "cards", "no card came with this installation")]
    refused: list[Finding] = []
    for number, (name, path) in enumerate(readable.items()):
        told = _validated(call, path, budget)
        if told.get("error") in REFUSED:
            refused.append(_refusal(name, told))
        elif not told.get("ok"):
            why = f"blocks.validate answered {told.get('error')}"
            if told.get("error") == "unknown_method":
                why = "this workspace does not know blocks.validate"
            left = len(readable) - number
            return [*refused, not_tried("Slack", "cards", f"{why}, so {left} of {len(readable)} cards were not tried")]
    taken = len(readable) - len(refused)
    return [*refused, *([ok("Slack", "cards", f"Slack takes {taken} of {len(readable)} cards")] if taken else [])]


def _validated(call: Call, path: Path, budget: Budget) -> Mapping[str, Any]:
    """Slack's answer about one card, asked once more where it wanted patience."""
    message = path.read_text(encoding="utf-8")
    told, headers = call("blocks.validate", message=message)
    if told.get("error") not in {"ratelimited", "rate_limited"}:
        return told
    after = headers.get("retry-after", "")
    if not budget.wait(float(after) if after.isdecimal() else WAIT_SECONDS):
        return told
    return call("blocks.validate", message=message)[0]


def _refusal(name: str, told: Mapping[str, Any]) -> Finding:
    errors = "; ".join(_errors(told.get("errors"))) or str(told.get("error"))
    sentence = f"Slack refuses it: {errors}; a refused card is sent plainer"
    return broken("Slack", f"card {name}", sentence, "report it: this is a fault of diagnose")


def _errors(errors: object) -> Iterator[str]:
    listed = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    for error in listed[:SHOWN]:
        told = f"{error.get('pointer')} {error.get('message') or error.get('code')}"
        yield told if not error.get("constraint") else f"{told} ({json.dumps(error['constraint'])[:120]})"
    if len(listed) > SHOWN:
        yield f"and {len(listed) - SHOWN} more"
