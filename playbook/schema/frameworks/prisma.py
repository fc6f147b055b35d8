"""Prisma: `migrations/{timestamp}_{name}/migration.sql` by folder name, and the schema's models.

https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories; a model's table is
`@@map`'s, or named as the model, unquoted case kept
(https://www.prisma.io/docs/orm/reference/prisma-schema-reference#map-1).
"""

import re
from collections.abc import Iterator

from playbook.schema.framework import Commands, Declared, Files, Framework, Migration, printed
from playbook.schema.migrate_forms import form
from playbook.schema.sql_files import Script, base, belonging, by_folder, fold, folder, is_used

PATH = re.compile(r"(?:^|/)migrations?/[^/]+/migration\.sql$")
OPENS = re.compile(r"^\s*(?P<kind>model|view|type|enum|datasource|generator)\s+(?P<name>\w+)\s*\{(?P<rest>.*)")
MAP = re.compile(r"@@map\(\s*(?:name\s*:\s*)?\"(?P<name>(?:[^\"\\]|\\.)*)\"")
SCHEMA = re.compile(r"@@schema\(\s*\"(?P<name>(?:[^\"\\]|\\.)*)\"")
PROVIDER = re.compile(r"^\s*provider\s*=\s*\"(\w+)\"", re.MULTILINE)
LINE = 2_000
"""Characters of one line that are read."""


def _wants(path: str) -> bool:
    return (bool(PATH.search(path)) or path.endswith(".prisma")) and is_used(path)


def _migrations(files: Files) -> tuple[Migration, ...]:
    texts = {path: text for path, text in belonging("prisma", files) if PATH.search(path)}
    found: list[Migration] = []
    for paths in by_folder(texts, lambda path: folder(folder(path))).values():
        ordered = sorted(paths, key=lambda path: base(folder(path)))
        found += fold("prisma", (Script(path, base(folder(path)), texts[path]) for path in ordered))
    return tuple(found)


def _declared(files: Files) -> tuple[Declared, ...]:
    return tuple(one for path, text in files.items() if path.endswith(".prisma") for one in _models(path, text))


def _models(path: str, text: str) -> Iterator[Declared]:
    """The `model` and `view` blocks; a comment declares nothing, and MongoDB has no relations."""
    provider = PROVIDER.search(text)
    if provider is not None and provider[1] == "mongodb":
        return
    block: Declared | None = None
    for number, whole in enumerate(text.split("\n"), 1):
        line = _code(whole[:LINE])
        if block is None:
            if (opened := OPENS.match(line)) and opened["kind"] in ("model", "view"):
                block = Declared(opened["name"], opened["name"], path, number)
            continue
        if name := MAP.search(line):
            block = block._replace(relation=name["name"])
        if schema := SCHEMA.search(line):
            block = block._replace(schema_name=schema["name"])
        if line.strip().startswith("}"):
            yield block
            block = None


def _code(line: str) -> str:
    """The line up to its comment; `//` within a text in quotes is none."""
    quoted = False
    for place, character in enumerate(line):
        if character == '"' and line[place - 1 : place] != "\\":
            quoted = not quoted
        elif not quoted and line.startswith("//", place):
            return line[:place]
    return line


def _commands(_migration: str | None, path: str | None) -> Commands:
    """`migrate deploy` goes forward only; `migrate dev` may reset the database
    (https://www.prisma.io/docs/orm/reference/prisma-cli-reference#prisma-migrate)."""
    return Commands(migrate="npx prisma migrate deploy", state="npx prisma migrate status", by_hand=printed(path))


FORMS = (  # prisma/packages/migrate and prisma-engines' schema-engine
    # https://www.prisma.io/docs/orm/reference/error-reference#prisma-migrate-schema-engine: P3009, P3018
    form("failed", "Migration name: ", r"\bMigration name: (?P<name>\S+)"),
    form("failed", "migration started at", r"\bThe `(?P<name>[^`\s]+)` migration started at [^\n]{1,80} failed\b"),
    form("failed", "Error: P30", r"\bError: P3(?:009|018|005)\b"),
    form("started", "Applying migration `", r"\bApplying migration `(?P<name>[^`\s]+)`"),
    form("faked", "marked as applied", r"^\s*Migration (?P<name>\d\S{0,300}) marked as applied\.\s*$"),
    form("applied", "All migrations", r"\bAll migrations have been successfully applied\b"),
    form("nothing to do", "No pending migrations", r"\bNo pending migrations to apply\b"),
    form("unapplied", "not yet been applied", r"\bFollowing migrations? have not yet been applied\b"),
)

framework = Framework(
    "prisma",
    _wants,
    _migrations,
    _declared,
    commands=_commands,
    forms=FORMS,
    drivers=("prisma",),
)
