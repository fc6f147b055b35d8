"""What a change does to the schema, read from its diff alone: `git diff` or `git format-patch`, of any size.

Both sides of the diff are folded, as far as it shows them: what is only in the later one is what the change brings. So
a file that was moved, a migration that was squashed or formatted, a model that another file has now, bring nothing; and
an operation that was taken out of an old migration is none, since a database that has it will not go back.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

from playbook.evidence.suspects import is_aside
from playbook.schema import sql
from playbook.schema.framework import Declared, Files, frameworks
from playbook.schema.history import Event, Gap, History, history
from playbook.schema.operation import Operation, net
from playbook.schema.pieces import Budget, Pieced, may_matter, pieced
from playbook.schema.series import together
from playbook.schema.unified import Changed, changed, is_diff
from playbook.schema.unread import Unread

DUMP = re.compile(r"(?:^|/)(?:structure\.sql|schema\.sql|schema\.rb|[\w-]+-schema\.(?:sql|dump))$")
"""What a tool writes after migrating: it repeats what the migrations beside it do."""

MOST = 20_000_000
"""Characters of changed files that are read, both sides together; the rest is a gap each."""


OUTSIDE = re.compile(
    r"of which there is no file$|depends on .*, which is not there$|could not be found among the files$"
)
"""What a framework says of files that are missing: of a diff's surroundings nothing else is to be expected."""


class Effect(NamedTuple):
    """Names as the database would have them, qualified where the migration says so, sorted.

    `models_without_migration` are relations that the change's own code declares and none of its migrations creates;
    `dynamic` says of what nobody can tell without running it.
    """

    creates: tuple[str, ...]
    drops: tuple[str, ...]
    renames: tuple[tuple[str, str], ...]
    models_without_migration: tuple[str, ...]
    dynamic: tuple[str, ...]


class Brought(NamedTuple):
    """What a change brings: events in their order, lines those of the file after it; declarations; what is unread."""

    events: tuple[Event, ...]
    declared: tuple[Declared, ...]
    gaps: tuple[Gap, ...]


def effect(diff: str) -> Effect:
    """Folds both sides of the diff and gives what only the later one has; of a text that is no diff only that."""
    if not is_diff(diff):
        return Effect((), (), (), (), ("it is no diff: it names no file that changes",))
    found = brought(together(changed(diff, is_read)))
    left = _net(found.events)
    creates = {one.relation for one in left if one.kind == "creates"}
    renames = {(one.relation, one.to) for one in left if one.kind == "renames" and one.to}
    made = {name.lower() for name in (*creates, *(to for _, to in renames))}
    bare = {name.rpartition(".")[2] for name in made}
    lacking = {_qualified(one) for one in found.declared if one.managed and not _is_in(one, made, bare)}
    told = (f"{gap.path}:{gap.line}: {gap.why}" if gap.line else f"{gap.path}: {gap.why}" for gap in found.gaps)
    return Effect(
        tuple(sorted(creates)),
        tuple(sorted({one.relation for one in left if one.kind == "drops"})),
        tuple(sorted(renames)),
        tuple(sorted(lacking)),
        tuple(dict.fromkeys(told)),
    )


DATABASE = re.compile(
    r"(?:^|[/._-])(mysql|mariadb|postgres|postgresql|pg|sqlite3?|mssql|sqlserver|oracle|hsqldb|h2|clickhouse|cockroach(?:db)?"
    r"|db2)(?=[/._-])",
    re.IGNORECASE,
)
"""What a path says of the one kind of database that its migration is for: the same change stands once for each."""


def _net(events: Iterable[Event]) -> tuple[Operation, ...]:
    """What the events come to in each of the kinds of databases that they are for."""
    every = [(found[1].lower() if (found := DATABASE.search(one.path)) else "", one) for one in events]
    kinds = sorted({kind for kind, _ in every} - {""}) or [""]
    return tuple(
        left
        for kind in kinds
        for left in net(Operation(one.kind, one.name, one.line, one.to) for of, one in every if of in ("", kind))
    )


def is_read(path: str) -> bool:
    """Whether the file may migrate or declare: neither test nor documentation, nor the dump of a tool."""
    if is_aside(path) or DUMP.search(path):
        return False
    return path.endswith((".py", ".sql")) or _is_wanted(path)


def brought(files: Iterable[Changed]) -> Brought:
    """What the files bring together."""
    before: dict[str, Pieced] = {}
    after: dict[str, Pieced] = {}
    gaps: list[Gap] = []
    left, budget = MOST, Budget()
    for one in files:
        path = one.path or one.previous or ""
        parts = (*one.before, *one.after)
        whole = one.previous is None or one.path is None
        if one.unread is None and not may_matter(path, parts) and not (whole and _is_wanted(path)):
            continue
        left -= sum(len(line) for part in parts for line in part.lines)
        unread = one.unread or ("the diff is too long to read all of it" if left < 0 else None)
        if unread is not None:
            gaps += [Gap(path, None, unread)] if _is_wanted(path) and one.path else []
            continue
        if one.previous is not None and is_read(one.previous):
            before[one.previous] = pieced(one.previous, one.before, one.path is None, budget)
        if one.path is not None and is_read(one.path):
            after[one.path] = pieced(one.path, one.after, one.previous is None, budget)
    return _difference(before, after, gaps)


def _difference(before: Mapping[str, Pieced], after: Mapping[str, Pieced], gaps: list[Gap]) -> Brought:
    was, now = _read(before), _read(after)
    had = Counter(_deed(event) for event in was.events)
    told = {(gap.path, gap.why) for gap in was.gaps}
    there = set(was.relations)
    events = []
    for event in now.events:
        if had[_deed(event)] > 0:
            had[_deed(event)] -= 1
        elif event.kind != "creates" or event.name not in there:
            events.append(event)
            there -= {event.name}
    known = {_qualified(one).lower() for one in was.declared} | {one.lower() for one in was.relations}
    declared = tuple(
        one
        for one in now.declared
        if _qualified(one).lower() not in known and _is_new(one, before.get(one.path), after[one.path])
    )
    gaps += [
        gap
        for gap in now.gaps
        if (gap.path, gap.why) not in told and gap.path in after and _counts(gap, after[gap.path])
    ]
    events = [_placed(event, after) for event in events]
    declared = tuple(_placed(one, after) for one in declared)
    gaps = [_placed(gap, after) if gap.path in after else gap for gap in gaps]
    gone = {_said(line.text) for one in before.values() for line in one.lost}
    gaps += [gap for path, one in after.items() for gap in _lost(path, one, gone)]
    return Brought(tuple(events), declared, tuple(gaps))


def _read(sides: Mapping[str, Pieced]) -> History:
    """One side's history; what declares a relation is asked of every file, wherever a framework would keep it."""
    files = {path: one.text for path, one in sides.items() if one.text.strip()}
    found = history(files)
    known = {(one.path, one.line, one.relation) for one in found.declared}
    declared = [
        one
        for framework in frameworks()
        for one in framework.declared(files)
        if (one.path, one.line, one.relation) not in known
    ]
    events, gaps = _loose(files)
    return found._replace(
        declared=(*found.declared, *declared), events=(*found.events, *events), gaps=(*found.gaps, *gaps)
    )


BACKWARD = re.compile(r"\.(?:down|undo)\.sql$|(?:^|/)(?:U[\d._]+__[^/]*|down\.sql)$", re.IGNORECASE)


def _loose(files: Files) -> tuple[list[Event], list[Gap]]:
    """What SQL files do that no framework knows: people carry them out by hand, or a tool of their own does."""
    events: list[Event] = []
    gaps: list[Gap] = []
    for path, text in files.items():
        if not path.endswith(".sql") or BACKWARD.search(path) or _is_wanted(path):
            continue
        try:
            operations, dynamics = sql.read(sql.up_part(text))
        except Unread as unread:
            gaps.append(Gap(path, None, str(unread.args[0])))
            continue
        events += [_by_hand(one, path) for one in operations]
        gaps += [Gap(path, one.line, one.what) for one in dynamics]
    return events, gaps


def _by_hand(one: Operation, path: str) -> Event:
    inside = f"{one.schema_name}." if one.schema_name else ""
    to = one.to if not one.to or "." in one.to else f"{inside}{one.to}"
    return Event(one.kind, f"{inside}{one.relation}", to, "plain", "", path, one.line, one.schema_name)


@lru_cache(maxsize=4_096)
def _is_wanted(path: str) -> bool:
    return any(one.wants(path) for one in frameworks())


def _deed(event: Event) -> tuple[str, str, str | None]:
    return event.kind, event.name, event.to


def _counts(gap: Gap, side: Pieced) -> bool:
    """Of pieces only what stands in a line is told: the rest was missing, not computed."""
    if OUTSIDE.search(gap.why):
        return False
    return side.whole or (gap.line is not None and gap.line <= len(side.numbers))


def _lost(path: str, side: Pieced, gone: set[str]) -> Iterator[Gap]:
    """Lines that nobody could read, unless the other side says the same in another form."""
    lost = [line.number for line in side.lost if _said(line.text) not in gone]
    if lost:
        yield Gap(path, lost[0], "lines were added to a migration, and what they do cannot be seen from them alone")


SAYS = re.compile(r"(?:create|drop|rename|delete|execute|raw|query|statement)\w*|[\"'`:]\w+", re.IGNORECASE)


def _said(line: str) -> str:
    """What a line calls and names, however it is written."""
    return " ".join(one.lower().strip("\"'`:") for one in SAYS.findall(line))


CLASS = re.compile(r"^\s*(?:export\s+)?(?:abstract\s+)?(?:class|model|defmodule)\s+([\w.:]+)", re.MULTILINE)


def _is_new(one: Declared, before: Pieced | None, after: Pieced) -> bool:
    """Whether the change brought it: a class that stood in the file already is new only under a name it now writes."""
    if before is not None and one.name in CLASS.findall(before.text):
        return after.names(one.relation)
    return after.brings(one.line) or after.names(one.relation)


Placed = TypeVar("Placed", Declared, Event, Gap)


def _placed(one: Placed, sides: Mapping[str, Pieced]) -> Placed:
    """At its line in the file, where the text that was read has pieces of it."""
    numbers = sides[one.path].numbers
    return one._replace(line=numbers[one.line - 1]) if one.line and one.line <= len(numbers) else one


def _qualified(one: Declared) -> str:
    return f"{one.schema_name}.{one.relation}" if one.schema_name else one.relation


def _is_in(one: Declared, made: set[str], bare: set[str]) -> bool:
    """Whether a migration makes it; a schema that only one of the two names is the search path's."""
    name = _qualified(one).lower()
    return name in made or (one.relation.lower() in made) or (not one.schema_name and name in bare)
