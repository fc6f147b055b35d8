"""A line that a framework's migrate command writes, as its own source prints it; each framework brings its own."""

import re
from collections.abc import Callable
from typing import NamedTuple

from playbook.evidence.logs import Outcome


def named(match: re.Match[str]) -> str | None:
    """The group `name` as it stands, None where the line has none."""
    return match["name"] if "name" in match.re.groupindex else None


class Form(NamedTuple):
    """What one line says: `pattern` is only tried where `word`, a part of every such line, stands in it.

    `name` gives the migration's name out of a match, written as in the framework's fold; None for a line without one.
    """

    outcome: Outcome
    word: str
    pattern: re.Pattern[str]
    name: Callable[[re.Match[str]], str | None] = named


def form(outcome: Outcome, word: str, pattern: str, name: Callable[[re.Match[str]], str | None] = named) -> Form:
    """A form with its pattern compiled; hostile lines are long, so whatever repeats in it is bounded or anchored."""
    return Form(outcome, word, re.compile(pattern), name)
