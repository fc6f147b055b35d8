"""What a change does to the schema, read from its diff alone: `git diff` or `git format-patch`, of any size."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from playbook.evidence.changes import SchemaChange
from playbook.evidence.suspects import is_aside
from playbook.schema import patch
from playbook.schema.added import Unread, added
from playbook.schema.framework import frameworks
from playbook.schema.history import History, history
from playbook.schema.operation import Operation, net

FILE = re.compile(r"^diff --git ", re.MULTILINE)
NEW_PATH = re.compile(r'^\+\+\+ (?:"((?:[^"\\]|\\.)*)"|([^\t\n]*))', re.MULTILINE)
DUMP = re.compile(r"(?:^|/)(?:structure\.sql|schema\.sql|\w*schema\.rb|[\w-]+-schema\.(?:sql|dump))$")
"""What a tool writes after migrating: it repeats what the migrations beside it do."""

HUNKS = re.compile(r"^@@ ", re.MULTILINE)


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


def effect(diff: str) -> Effect:
    """Reads new files as the frameworks would, all of them together, and of changed files the lines that were added."""
    whole: dict[str, str] = {}
    changes: list[SchemaChange] = []
    dynamic: list[str] = []
    for path, hunks in _files(diff):
        if is_aside(path) or DUMP.search(path):
            continue
        known = any(one.wants(path) for one in frameworks())
        if not (known or patch.is_schema_file(path)):
            continue
        try:
            pieces = added(hunks)
        except Unread as unread:
            dynamic.append(f"{path}: {unread.args[0]}")
            continue
        if known and len(pieces) == 1 and pieces[0].whole:
            whole[path] = pieces[0].text
            continue
        read = patch.read(path, hunks, "")
        changes += read.changes
        dynamic += [read.unread] if read.unread else []
    return _together(history(whole), changes, dynamic)


def _together(new: History, changes: list[SchemaChange], dynamic: list[str]) -> Effect:
    operations = [Operation(one.kind, one.name, one.line, one.to) for one in new.events]
    operations += [
        Operation(one.kind, _qualified(one.schema_name, one.relation), one.line or 0, _moved(one))
        for one in changes
        if one.kind != "models"
    ]
    left = net(operations)
    creates = {one.relation for one in left if one.kind == "creates"}
    renames = {(one.relation, one.to) for one in left if one.kind == "renames" and one.to}
    declared = {_qualified(one.schema_name, one.relation) for one in new.declared if one.managed}
    declared |= {_qualified(one.schema_name, one.relation) for one in changes if one.kind == "models"}
    made = {name.lower() for name in (*creates, *(to for _, to in renames))}
    told = [f"{gap.path}:{gap.line}: {gap.why}" if gap.line else f"{gap.path}: {gap.why}" for gap in new.gaps]
    return Effect(
        tuple(sorted(creates)),
        tuple(sorted({one.relation for one in left if one.kind == "drops"})),
        tuple(sorted(renames)),
        tuple(sorted(name for name in declared if name.lower() not in made)),
        tuple(dict.fromkeys([*dynamic, *told])),
    )


def _files(diff: str) -> Iterator[tuple[str, str]]:
    """The path after the change and the hunks of each file that has any; a deleted file has no path after."""
    starts = [found.start() for found in FILE.finditer(diff)] or [0]
    for start, end in zip(starts, [*starts[1:], len(diff)], strict=True):
        hunks, path = HUNKS.search(diff, start, end), NEW_PATH.search(diff, start, end)
        if hunks is None or path is None or path.start() > hunks.start():
            continue
        name = _unquoted(path[1]) if path[1] is not None else path[2]
        if name != "/dev/null":
            yield name.removeprefix("b/"), diff[hunks.start() : end]


def _unquoted(name: str) -> str:
    """A path as git writes it in quotes: C's escapes, bytes in octal (`core.quotePath`)."""
    return (
        name.encode("latin-1", "replace")
        .decode("unicode_escape")
        .encode("latin-1", "replace")
        .decode("utf-8", "replace")
    )


def _moved(change: SchemaChange) -> str | None:
    return _qualified(change.schema_name, change.to) if change.to else None


def _qualified(schema: str | None, relation: str) -> str:
    return f"{schema}.{relation}" if schema else relation
