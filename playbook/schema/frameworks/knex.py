"""Knex: files that export `up` and `down`, run in the order of their names; the schema builder or SQL inside.

https://knexjs.org/guide/migrations.html, https://knexjs.org/guide/schema-builder.html. Names are quoted, so the
database keeps them as they are written; a dot in a name separates the schema
(https://github.com/knex/knex/blob/master/lib/formatter/wrappingFormatter.js).
"""

import re
from collections.abc import Sequence

from playbook.schema.framework import Commands, Files, Framework, Migration, same_stem
from playbook.schema.javascript.migration import carried_out, claimed, file_of, may_be_migration, may_name_tables
from playbook.schema.javascript.recorder import Recorder, is_plain, qualified
from playbook.schema.javascript.run import Run
from playbook.schema.javascript.values import COMPUTED, UNKNOWN, Function, Native, Text, Value, shown
from playbook.schema.migrate_forms import form

MARK = re.compile(r"knex|\.schema\b(?!\s*:)", re.IGNORECASE)
OTHERS = re.compile(r"queryInterface|MigrationInterface|QueryRunner|\bpgm\b|\bsequelize\b", re.IGNORECASE)

CREATES = frozenset(
    {"createTable", "createTableIfNotExists", "createView", "createViewOrReplace", "createMaterializedView"}
)
KEEPS = frozenset({"createTableIfNotExists", "createViewOrReplace"})
DROPS = frozenset(
    {
        "dropTable",
        "dropTableIfExists",
        "dropView",
        "dropViewIfExists",
        "dropMaterializedView",
        "dropMaterializedViewIfExists",
    }
)
DROPS_SCHEMA = frozenset({"dropSchema", "dropSchemaIfExists"})
BINDING = re.compile(r"\?\??|(?<!:):(\w+):")


class Schema:
    """`knex.schema`: a row of calls, all in the schema that `withSchema` names, wherever in the row it stands
    (lib/schema/compiler.js reads it when the row is compiled)."""

    powerful = True

    def __init__(self, recorder: Recorder, run: Run) -> None:
        self.recorder, self.run = recorder, run
        self.schema: Value = None
        self.since = len(recorder.operations)

    def member(self, name: str) -> Value:
        return Native(lambda given, at: self._asked(name, given, at))

    def _asked(self, name: str, given: list[Value], at: int) -> Value:
        first = given[0] if given else UNKNOWN
        relation, schema = qualified(first, self.schema)
        if name in CREATES or name == "createTableLike":
            self.recorder.creates(relation, schema, at, kept=name in KEEPS)
        elif name in DROPS:
            self.recorder.drops(relation, schema, at)
        elif name == "renameTable":
            self.recorder.renames(relation, given[1] if len(given) > 1 else UNKNOWN, schema, at)
        elif name == "renameView":  # which leaves the schema out (lib/dialects/postgres/schema/pg-compiler.js)
            relation, schema = qualified(first)
            self.recorder.renames(relation, given[1] if len(given) > 1 else UNKNOWN, schema, at)
        elif name in DROPS_SCHEMA:
            if len(given) > 1 and given[1] is not False:  # without cascade it must be empty to go
                self.recorder.drops_schema(first, at)
        elif name == "withSchema":
            self._within(first)
        elif name == "raw":
            self.recorder.sql(bound(self.run, given), at)
        elif name == "hasTable":
            present = self.recorder.presence(relation, schema)
            return UNKNOWN if present is None else present
        elif name == "hasColumn":
            return UNKNOWN
        return self

    def _within(self, schema: Value) -> None:
        self.schema = schema
        if len(self.recorder.operations) > self.since:
            self.recorder.requalify(self.since, schema)


class Connection:
    """`knex`, or a transaction of it: called with a table it queries, which changes no relation."""

    powerful = True

    def __init__(self, recorder: Recorder, run: Run) -> None:
        self.recorder, self.run = recorder, run

    def member(self, name: str) -> Value:
        if name == "schema":
            return Schema(self.recorder, self.run)
        if name == "raw":
            return Native(self._raw)
        if name in ("transaction", "transacting", "withUserParams"):
            return Native(self._transaction)
        return UNKNOWN

    def called(self, _given: Sequence[Value], _at: int) -> Value:
        return UNKNOWN

    def _raw(self, given: list[Value], at: int) -> Value:
        self.recorder.sql(bound(self.run, given), at)
        return UNKNOWN

    def _transaction(self, given: list[Value], at: int) -> Value:
        return self.run.call(given[0], [self], at) if given and isinstance(given[0], Function) else self


def bound(run: Run, given: Sequence[Value]) -> Value:
    """The SQL of `raw(sql, bindings)`: `??` and `:name:` are quoted names (https://knexjs.org/guide/raw.html)."""
    if not given or not isinstance(given[0], Text):
        return UNKNOWN
    bindings = given[1] if len(given) > 1 else []
    values = list(bindings) if isinstance(bindings, list) else [bindings]

    def put(found: re.Match[str]) -> str:
        if found[1] is not None:
            value = run.member(bindings, found[1]) if isinstance(bindings, dict) else UNKNOWN
        else:
            value = values.pop(0) if values else UNKNOWN
        if found[0] == "?":
            return f"'{COMPUTED}'" if len(given) > 1 else found[0]
        name = shown(value) if is_plain(value) else COMPUTED
        return ".".join(f'"{part}"' for part in name.split("."))

    return given[0]._replace(value=BINDING.sub(put, given[0].value)) if len(given) > 1 else given[0]


def _wants(path: str) -> bool:
    return may_be_migration(path) or may_name_tables(path)


def _migrations(files: Files) -> tuple[Migration, ...]:
    """By file name, whichever folder it is in: https://knexjs.org/guide/migrations.html#sortdirsseparately."""
    paths = sorted(claimed(files, MARK, OTHERS), key=lambda path: (file_of(path), path))
    return carried_out("knex", files, paths, lambda recorder, run: [Connection(recorder, run)])


def _commands(_migration: str | None, _path: str | None) -> Commands:
    """`migrate:latest` goes forward only (https://knexjs.org/guide/migrations.html#migration-cli)."""
    return Commands(migrate="npx knex migrate:latest", state="npx knex migrate:status")


FORMS = (  # bin/cli.js and lib/migrations/migrate/Migrator.js; it names only the one that fails
    form("failed", "migration file", r"\bmigration file \"?(?P<name>[\w.-]+)\"? failed"),
    form("failed", "table is already locked", r"\bMigration table is already locked\b"),
    form("applied", "Batch ", r"\bBatch \d+ run: [1-9]\d* migrations\b"),
    form("applied", "Batch ", r"\bBatch \d+ ran the following migrations\b"),
    form("reverted", "Batch ", r"\bBatch \d+ rolled back\b"),
    form("nothing to do", "Already up to date", r"^\s*Already up to date\s*$"),
)

framework = Framework(
    "knex",
    _wants,
    _migrations,
    commands=_commands,
    forms=FORMS,
    is_of=same_stem,
    code=("knex/lib/migrations",),
    drivers=("knex",),
)
