"""A line of a piece, and how much may be parsed while looking for what is whole in pieces."""

from typing import NamedTuple

from playbook.schema.python import tree as python_tree
from playbook.schema.syntax import Grammar
from playbook.schema.syntax import tree as syntax_tree
from playbook.schema.unread import Unread

GRAMMARS: dict[str, Grammar] = {
    "rb": "ruby", "php": "php", "ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "tsx",
    "js": "javascript", "mjs": "javascript", "cjs": "javascript", "jsx": "javascript", "ex": "elixir", "exs": "elixir",
}  # fmt: skip
MOST_TRIED = 200
"""Cuts tried in one piece: a class that people write has its end within some hundred lines."""

MOST_PARSED = 3_000_000
"""Characters parsed in all while looking for the ends of a diff's pieces."""


class Line(NamedTuple):
    """A line of the text that is read, its number in the file, and whether the change brought it."""

    text: str
    number: int
    fresh: bool


class Budget:
    """What may still be parsed of one diff while looking for the ends of pieces."""

    def __init__(self) -> None:
        self.left = MOST_PARSED

    def parses(self, ending: str, text: str) -> bool:
        """Whether the text is whole; false once nothing more may be parsed."""
        self.left -= len(text)
        return self.left > 0 and _parses(ending, text)


def _parses(ending: str, text: str) -> bool:
    try:
        if ending == "py":
            python_tree(text)
        elif ending in GRAMMARS:
            syntax_tree(text, GRAMMARS[ending])
        else:
            return ending in ("sql", "prisma")
    except Unread:
        return False
    return True


def indent(text: str) -> int:
    """The width of the space before the text."""
    return len(text) - len(text.lstrip(" \t"))
