"""Of pieces of a migration in Ruby, PHP, Elixir or JavaScript, the statements that are whole and run forward.

Which way a line runs, the method says that it stands in: one that begins within the piece, or one that ends where the
way back begins, which people write below. Where the piece shows neither, only what creates is read: a way back drops,
and one that creates again stands below a way forward that drops, in the same piece.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

MARKS = {
    "rb": re.compile(r"\s*def\s+(?:self\.)?(up|down|change)\b"),
    "exs": re.compile(r"\s*def\s+(up|down|change)\b"),
    "php": re.compile(r"\s*(?:public\s+)?function\s+(up|down)\b"),
}
SCRIPT = re.compile(
    r"\s*(?:(?:export|public|static|async|const|function)\s+|(?:module\.)?exports\.)*[\"']?(up|down)[\"']?\s*[=:(]"
)
CLOSES = re.compile(r"\s*(?:end\b|[)\]}]|//|#|/?\*)")
CREATES = re.compile(
    r"\s*(?:await\s+|return\s+|yield\s+)?(?:(?:\$?this|self|knex|db|queryInterface|queryRunner|Schema)\W{1,2}|schema\.)*"
    r"create(?:_if_not_exists)?(?:_join)?[_ (]{0,2}(?:[Tt]able|IfNotExists)?\s?\("
    r"|\s*create_(?:join_)?table\b"
)
MOST_TRIED = 200
"""Lines that are taken from the end of a statement while looking for where it is whole."""

AROUND = {
    "rb": ("class {name} < ActiveRecord::Migration[7.0]", "def up", "end", "end"),
    "php": ("<?php", "return new class extends Migration { public function up() {", "} };"),
    "exs": ("defmodule {name} do", "use Ecto.Migration", "def up do", "end", "end"),
    "knex": ("exports.up = async function (knex) {", "};"),
    "queryInterface": ("module.exports = { up: async (queryInterface, Sequelize) => {", "} };"),
    "queryRunner": ("export class {name} implements MigrationInterface { async up(queryRunner: QueryRunner) {", "} }"),
}
OPENING = {"rb": 2, "php": 2, "exs": 3, "knex": 1, "queryInterface": 1, "queryRunner": 1}
"""How many of these lines come before the statements."""


class Around(NamedTuple):
    """What is put before the statements and after them."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def around(path: str, ending: str, text: str) -> Around | None:
    """A migration of the file's framework with nothing in it; None for other files."""
    kind = (
        ending
        if ending in MARKS
        else next((one for one in ("queryInterface", "queryRunner", "knex") if one in text), "")
    )
    if kind not in AROUND:
        return None
    stem = path.rpartition("/")[2].partition(".")[0]
    name = "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+|_", stem) if not part.isdigit())
    lines = [line.replace("{name}", name or "Migration") for line in AROUND[kind]]
    return Around(tuple(lines[: OPENING[kind]]), tuple(lines[OPENING[kind] :]))


def statements(
    ending: str, parts: Sequence[Sequence[str]], within: Around, parses: Callable[[str], bool]
) -> Iterator[tuple[int, int, int]]:
    """The places of the statements that run forward: which part, from and to.

    What comes before the way back, and before any other mark, runs forward, whichever piece shows the mark; what comes
    after the way forward begins, does so until its piece ends, or until the way back begins.
    """
    marks = [(at, place, one[1]) for at, part in enumerate(parts) for place, one in _marks(ending, part)]
    both_ways = all(name == "change" for _, _, name in marks) and bool(marks)
    for at, part in enumerate(parts):
        own = [(place, name) for part_at, place, name in marks if part_at == at]
        after = next((name for part_at, _, name in marks if part_at > at), None)
        before = next((name for part_at, _, name in reversed(marks) if part_at < at), None)
        bounds = [-1, *(place for place, _ in own), len(part)]
        names = [before, *(name for _, name in own), after]
        for one, (start, end) in enumerate(itertools.pairwise(bounds)):
            shown = one > 0 and names[one] != "down"
            if shown or both_ways or (names[one] != "down" and names[one + 1] == "down"):
                yield from ((at, *found) for found in _whole(part, start + 1, end, within, parses))
            elif names[one] != "down" and names[one + 1] is None:
                found = _whole(part, start + 1, end, within, parses)
                yield from ((at, first, last) for first, last in found if CREATES.match(part[first]))


def _marks(ending: str, lines: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    yield from ((place, found) for place, line in enumerate(lines) if (found := _mark(ending, line)))


def backward(ending: str, parts: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """The lines of the way back, each as its part and its place there."""
    back = False
    for at, part in enumerate(parts):
        for place, line in enumerate(part):
            mark = _mark(ending, line)
            back = mark[1] == "down" if mark else back
            if back:
                yield at, place


def _mark(ending: str, line: str) -> re.Match[str] | None:
    return MARKS.get(ending, SCRIPT).match(line[:500])


def _whole(
    lines: Sequence[str], first: int, last: int, within: Around, parses: Callable[[str], bool]
) -> Iterator[tuple[int, int]]:
    says = [place for place in range(first, last) if lines[place].strip() and not CLOSES.match(lines[place])]
    if not says:
        return
    level = min(_indent(lines[place]) for place in says)
    starts = [place for place in says if _indent(lines[place]) == level]
    for start, end in itertools.pairwise([*starts, last]):
        for cut in range(end, max(start, end - MOST_TRIED), -1):
            if parses("\n".join([*within.before, *lines[start:cut], *within.after])):
                yield start, cut
                break


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" \t"))
