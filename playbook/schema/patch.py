"""What a file's patch does to the schema, in the words of the framework whose migration it is.

A small forerunner of reading the whole repository's history: it sees one patch, so it knows a relation only by what
the patch itself says (a model renamed before keeps its default name here). Nothing is run.
"""

import re
from typing import NamedTuple

from playbook.evidence.changes import SchemaChange
from playbook.evidence.suspects import is_aside
from playbook.schema import alembic, django, rails, sql
from playbook.schema.added import Added, Unread, added
from playbook.schema.operation import Operation, net

QUOTE = 200
"""Characters of a quoted line: it goes on a card."""


class Reading(NamedTuple):
    """What was found, and the sentence of what could not be read (None where all was)."""

    changes: tuple[SchemaChange, ...]
    unread: str | None = None


class Migration(NamedTuple):
    """A migration file: whose it is, its name as that framework's log says it, whether pieces of it are safe to read
    (nothing in the file runs backward)."""

    framework: str
    name: str | None
    forward_only: bool


def schema_changes(path: str, patch: str, url: str) -> tuple[SchemaChange, ...]:
    """What the added lines create, drop, rename, or declare; () where nothing, or where they cannot be read."""
    return read(path, patch, url).changes


def read(path: str, patch: str, url: str) -> Reading:
    """The same, and whether something was left unread. Never raises; bounded in size and time."""
    if not is_schema_file(path):
        return Reading(())
    try:
        pieces = added(patch)
    except Unread as unread:
        return Reading((), f"{path}: {unread.args[0]}")
    changes: list[SchemaChange] = []
    unreads: list[str] = []
    for piece in pieces:
        migration = _migration(path, piece)
        try:
            operations = _operations(path, piece, migration)
        except Unread as unread:
            # A piece of a changed file is seldom a whole statement; only of a migration does that matter.
            if piece.whole or migration:
                unreads.append(unread.args[0])
            continue
        changes += [_change(operation, piece, path, migration, url) for operation in operations]
    return Reading(tuple(changes), f"{path}: {unreads[0]}" if unreads else None)


def is_schema_file(path: str) -> bool:
    """Whether the file may change the schema or declare tables: by its ending, and neither test, nor
    documentation, nor the dump that a tool writes after migrating, nor a way back."""
    name = path.rpartition("/")[2]
    if is_aside(path) or name in ("structure.sql", "schema.sql", "schema.rb"):
        return False
    if name.endswith(".sql"):
        return not re.search(r"\.down\.sql$|\.undo\.sql$|^U[\d._]+__", name, re.IGNORECASE)
    return name.endswith(".py") or (name.endswith(".rb") and "migrat" in path)


DJANGO = re.compile(r"(?:^|/)([^/]+)/migrations/(\d\w*)\.py$")
RAILS = re.compile(r"(?:^|/)(\d{8,17})_(\w+)\.rb$")
FLYWAY = re.compile(r"^V([\d._]+)__\w")
PRISMA = re.compile(r"(?:^|/)([^/]+)/migration\.sql$")
GOLANG_MIGRATE = re.compile(r"^(\d+)_(.+)\.up\.sql$")
VERSIONED = re.compile(r"^\d{3,}[_-].+\.sql$")
BOTH_WAYS = re.compile(r"^\s*--\s*(migrate:up|\+goose\s+up|\+migrate\s+up)", re.IGNORECASE | re.MULTILINE)
IS_ALEMBIC = re.compile(r"^(?:revision\b|down_revision\b|def upgrade)", re.MULTILINE)


def _migration(path: str, piece: Added) -> Migration | None:
    """Whose migration it is; None for a file that is none."""
    name = path.rpartition("/")[2]
    if name.endswith(".rb"):
        found = RAILS.search(path)
        return Migration("rails", f"{found[1]} {_class_of(piece.text, found[2])}" if found else None, False)
    if name.endswith(".py"):
        found = DJANGO.search(path)
        if found and not IS_ALEMBIC.search(piece.text):
            return Migration("django", f"{found[1]}.{found[2]}", True)
        if "/versions/" in f"/{path}" or (IS_ALEMBIC.search(piece.text) and "migrat" in path):
            return Migration("alembic", _revision(piece), False)
        return None
    return _sql_migration(path, name, piece)


def _sql_migration(path: str, name: str, piece: Added) -> Migration:
    if found := FLYWAY.match(name):
        return Migration("flyway", found[1].replace("_", "."), True)
    if found := PRISMA.search(path):
        return Migration("prisma", found[1], True)
    if found := GOLANG_MIGRATE.match(name):
        return Migration("golang-migrate", f"{int(found[1][:18])}/u {found[2]}", True)
    if marks := BOTH_WAYS.search(piece.text):
        tool = {"m": "dbmate", "g": "goose"}.get(marks[1].lstrip("+")[0].lower(), "sql")
        return Migration("sql" if marks[1].lower().startswith("+migrate") else tool, name, False)
    return Migration("sql", name if VERSIONED.match(name) else None, not VERSIONED.match(name))


def _operations(path: str, piece: Added, migration: Migration | None) -> tuple[Operation, ...]:
    if migration is None:
        app = _app_of_models(path)
        return (*django.models(piece.text, app), *alembic.models(piece.text))
    if not piece.whole and not migration.forward_only:
        if not piece.text.strip():
            return ()
        raise Unread("lines were added to a migration, and whether they run forward cannot be seen from them")
    match migration.framework:
        case "django":
            found = django.operations(piece.text, (migration.name or "").partition(".")[0], piece.whole)
        case "alembic":
            found = alembic.operations(piece.text)
        case "rails":
            found = rails.operations(piece.text)
        case _:
            found = sql.operations(sql.up_part(piece.text))
    return net(found)


def _change(operation: Operation, piece: Added, path: str, migration: Migration | None, url: str) -> SchemaChange:
    lines = piece.text.split("\n")
    place = _place(operation, lines)
    number = piece.first_line + place
    return SchemaChange(
        kind=operation.kind,
        relation=operation.relation,
        schema_name=operation.schema_name,
        to=operation.to,
        path=path,
        line=number,
        quote=_quote(lines[place : place + 2]),
        framework=migration.framework if migration else "models",
        migration=migration.name if migration else None,
        url=f"{url}#L{number}" if "/blob/" in url and "#" not in url else url,
    )


def _place(operation: Operation, lines: list[str]) -> int:
    """The index of the operation's line: where a text was put together from several lines, the nearest line after
    its beginning that names the relation."""
    place = min(max(operation.line - 1, 0), len(lines) - 1)
    near = range(place, min(place + 3, len(lines)))
    return next((one for one in near if operation.relation.lower() in lines[one].lower()), place)


def _quote(lines: list[str]) -> str:
    """The line; with the next one where it only opens a bracket and the name comes after."""
    first = lines[0].strip()
    return (" ".join(line.strip() for line in lines) if first.endswith(("(", "[")) else first)[:QUOTE]


def _app_of_models(path: str) -> str | None:
    """Django's label of the app whose `models.py` or `models/` this is: the folder's name; None for other files."""
    found = re.search(r"(?:^|/)([^/]+)/(?:models\.py|models/[^/]+\.py)$", path)
    return found[1] if found else None


def _revision(piece: Added) -> str | None:
    try:
        return alembic.revision(piece.text)
    except Unread:
        return None


def _class_of(text: str, file_stem: str) -> str:
    """The migration's class: Rails' log says it; the file's name in camel case is what Rails requires it to be."""
    found = re.search(r"^\s*class\s+(\w+)\s*<\s*ActiveRecord::Migration", text, re.MULTILINE)
    return found[1] if found else "".join(part[:1].upper() + part[1:] for part in file_stem.split("_"))
