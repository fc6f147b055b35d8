"""What a file's patch does to the schema, in the words of the framework whose migration it is.

It sees one file's patch, so it knows a relation only by what the patch itself says (a model renamed before keeps its
default name here). Nothing is run.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from playbook.evidence.changes import SchemaChange
from playbook.schema.diff import Brought, brought, is_read
from playbook.schema.framework import Declared
from playbook.schema.operation import Operation, net
from playbook.schema.unified import of_file

QUOTE = 200
"""Characters of a quoted line: it goes on a card."""


class Reading(NamedTuple):
    """What was found, and the sentence of what could not be read (None where all was)."""

    changes: tuple[SchemaChange, ...]
    unread: str | None = None


def schema_changes(path: str, patch: str, url: str) -> tuple[SchemaChange, ...]:
    """What the added lines create, drop, rename, or declare; () where nothing, or where they cannot be read."""
    return read(path, patch, url).changes


def read(path: str, patch: str, url: str) -> Reading:
    """The same, and whether something was left unread. Never raises; bounded in size and time."""
    if not is_read(path):
        return Reading(())
    file = of_file(patch)
    file = file._replace(path=path, previous=None if file.previous is None else path)
    found = brought([file])
    lines = {number: text for part in file.after for number, text in enumerate(part.lines, max(part.start, 1))}
    changes = (*_of_events(found, lines, url), *(_declared(one, lines, url) for one in found.declared if one.managed))
    told = (f"{gap.path}: {gap.why}" for gap in found.gaps)
    return Reading(changes, next(told, None))


def _of_events(found: Brought, lines: Mapping[int, str], url: str) -> Iterator[SchemaChange]:
    """What is left of them in the end, in the file's order, each with the migration that does it."""
    events = {(one.line, one.name): one for one in found.events}
    by_line = {one.line: one for one in found.events}
    left = net(Operation(one.kind, one.name, one.line, one.to) for one in found.events)
    for one in sorted(left, key=lambda one: one.line):
        event = events.get((one.line, one.relation), by_line[one.line])
        schema = event.schema_name
        inside = f"{schema}." if schema else ""
        named = one._replace(
            relation=one.relation.removeprefix(inside), to=one.to and one.to.removeprefix(inside), schema_name=schema
        )
        yield _change(named, event.path, lines, url, event.framework, event.migration or None)


def _declared(one: Declared, lines: Mapping[int, str], url: str) -> SchemaChange:
    operation = Operation("models", one.relation, one.line, None, one.schema_name)
    return _change(operation, one.path, lines, url, "models", None)


def _change(
    one: Operation, path: str, lines: Mapping[int, str], url: str, framework: str, migration: str | None
) -> SchemaChange:
    number = _place(one, lines)
    return SchemaChange(
        kind=one.kind,
        relation=one.relation,
        schema_name=one.schema_name,
        to=one.to,
        path=path,
        line=number,
        quote=_quote(lines.get(number, ""), lines.get(number + 1, "")),
        framework=framework,
        migration=migration,
        url=f"{url}#L{number}" if "/blob/" in url and "#" not in url else url,
    )


def _place(one: Operation, lines: Mapping[int, str]) -> int:
    """The operation's line: where a text was put together from several lines, the nearest after its beginning that
    names the relation."""
    near = range(one.line, one.line + NEAR)
    return next((number for number in near if one.relation.lower() in lines.get(number, "").lower()), one.line)


NEAR = 3
"""Lines in which a statement that begins in the first of them names its relation."""


def _quote(line: str, following: str) -> str:
    """The line; with the next one where it only opens a bracket and the name comes after."""
    first = line.strip()
    return (f"{first} {following.strip()}" if first.endswith(("(", "[")) else first)[:QUOTE]
