"""The lines that a patch changes, with their numbers and the function around them; pieces are enough.

GitHub gives the hunks of a file without a header; git writes the line that opens the surrounding function after the
second `@@` (https://git-scm.com/docs/gitattributes, "Defining a custom hunk-header").
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

LONGEST = 200_000
"""Characters of a patch that are looked at: GitHub itself sends no more of one file than a few hundred thousand."""

LONGEST_SEARCHED = 50_000
"""Characters of a patch in which functions are looked for: a change to one function is shown within a screen or two."""

LONGEST_LINE = 500
"""Characters of a line: what is longer was not written by a person."""

HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$")
KEYWORD = r"(?:def|func|function|fun|fn|sub|class|module|interface|trait|impl|defp|defmodule)"
OPENS = re.compile(rf"^(\s*)(?:(?:async|export|default|public|private|protected|static|abstract|final)\s+)*{KEYWORD}\b")
TELLING = re.compile(r"\w{3}")


class Line(NamedTuple):
    """A changed line; `number` is its place in the new file, None of a removed one."""

    added: bool
    text: str
    number: int | None


def changed(patch: str | None) -> Iterator[Line]:
    """The added and removed lines of a patch, in order."""
    for sign, line, number in _lines(patch):
        if sign in "+-":
            yield Line(sign == "+", line, number if sign == "+" else None)


def telling(patch: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """The added and the removed lines that say something, without their indentation: a lone bracket says nothing."""
    added: set[str] = set()
    removed: set[str] = set()
    for line in changed(patch):
        if TELLING.search(line.text):
            (added if line.added else removed).add(line.text.strip())
    return frozenset(added), frozenset(removed)


def functions_changed(patch: str | None, names: Collection[str]) -> frozenset[str]:
    """Those of the named functions in which the patch changes a line, as far as it shows where they begin.

    A function ends where something else begins that is indented no deeper.
    """
    opens = {name: _opening(name) for name in names if name}
    found: set[str] = set()
    inside: tuple[str, int] | None = None
    for sign, line, _ in _lines((patch or "")[:LONGEST_SEARCHED]):
        named = next((name for name, opening in opens.items() if name in line and opening.search(line)), None)
        depth = len(line) - len(line.lstrip())
        if named is not None:
            inside = (named, depth)
        elif sign == "@" or (inside and depth <= inside[1] and OPENS.match(line)):
            inside = None
        if inside and sign in "+-":
            found.add(inside[0])
    return frozenset(found)


def _opening(name: str) -> re.Pattern[str]:
    """How a function of that name begins in the languages that Sentry knows: with a keyword or modifiers before it,
    or as a method whose brace follows."""
    word = re.escape(name)
    return re.compile(
        rf"\b{KEYWORD}\s+(?:self\.)?(?:\([^()]{{0,200}}\)\s*)?{word}\b"
        rf"|\b(?:public|private|protected|static|async)\s[^=;()]{{0,200}}\b{word}\s*\("
        rf"|^\s*{word}\s*\([^()]{{0,200}}\)\s*\{{"
        rf"|\b{word}\s*[:=]\s*(?:async\s*)?(?:function\b|\()"
    )


def _lines(patch: str | None) -> Iterator[tuple[str, str, int]]:
    """Sign (`@` for a hunk's heading), text, and place in the new file."""
    number = 0
    for whole in (patch or "")[:LONGEST].split("\n"):
        line = whole[:LONGEST_LINE]
        if heading := HUNK.match(line):
            number = int(heading[1][:9])
            yield "@", heading[2], number
        elif line[:1] in ("+", "-", " ", ""):
            yield line[:1] or " ", line[1:], number
            number += line[:1] != "-"
