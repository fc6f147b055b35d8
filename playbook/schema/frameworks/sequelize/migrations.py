"""The files of Sequelize's migrations: `up(queryInterface, Sequelize)` of sequelize-cli, `up({context})` of umzug.

https://sequelize.org/docs/v6/other-topics/query-interface/, https://github.com/sequelize/umzug#readme
"""

import re

from playbook.schema.framework import Files, Migration
from playbook.schema.javascript.migration import ASIDE, carried_out, claimed, file_of, may_be_migration, may_name_tables
from playbook.schema.javascript.modules import is_code
from playbook.schema.javascript.recorder import Qualified, Recorder
from playbook.schema.javascript.run import Run
from playbook.schema.javascript.values import NOTHING, UNKNOWN, Function, Native, Text, Value, truth

MARK = re.compile(r"queryInterface|\bsequelize\b|\bumzug\b", re.IGNORECASE)
OTHERS = re.compile(r"knex|\bMigrationInterface\b|\bQueryRunner\b|\bpgm\b|\.schema\.\w", re.IGNORECASE)
MODELS = re.compile(
    r"(?:^|/)models?(?:/|\.[cm]?[jt]s$)|\.model\.[cm]?[jt]s$|(?:^|/)(?:sequelize|database|db)(?:/index)?\.[cm]?[jt]s$",
    re.IGNORECASE,
)


def wants(path: str) -> bool:
    """Migrations, constants that they import, models, and where the connection with its options is set up."""
    models = is_code(path) and MODELS.search(path) is not None and ASIDE.search(path) is None
    return may_be_migration(path) or may_name_tables(path) or models


def migrations(files: Files) -> tuple[Migration, ...]:
    paths = sorted(claimed(files, MARK, OTHERS), key=lambda path: (file_of(path), path))
    return carried_out("sequelize", files, paths, lambda recorder, run: _arguments(QueryInterface(recorder, run)))


def _arguments(query_interface: "QueryInterface") -> list[Value]:
    return [query_interface, UNKNOWN]


class QueryInterface:
    """What `up` gets, alone or as its `context`; `sequelize` leads to the same database, so it is the same here."""

    powerful = True

    def __init__(self, recorder: Recorder, run: Run) -> None:
        self.recorder, self.run = recorder, run

    def member(self, name: str) -> Value:
        if name in ("sequelize", "context", "queryInterface"):
            return self
        if name in ("name", "path", "queryGenerator", "QueryGenerator", "QueryTypes", "models", "config", "options"):
            return UNKNOWN
        return Native(lambda given, at: self._asked(name, given, at))

    def _asked(self, name: str, given: list[Value], at: int) -> Value:
        first = given[0] if given else UNKNOWN
        if name == "createTable":
            relation, schema = self._relation(first, given[2] if len(given) > 2 else NOTHING)  # noqa: PLR2004
            self.recorder.creates(relation, schema, at, kept=True)
        elif name == "dropTable":
            relation, schema = self._relation(first)
            cascade = any(truth(self._option(given, 1, one)) for one in ("cascade", "force"))
            self.recorder.drops(relation, schema, at, cascade=cascade)
        elif name == "renameTable":
            relation, schema = self._relation(first)
            self.recorder.renames(relation, self._relation(given[1] if len(given) > 1 else UNKNOWN).name, schema, at)
        elif name == "dropAllTables":
            skip = self._option(given, 0, "skip")
            spared = [one.value for one in skip if isinstance(one, Text)] if isinstance(skip, list) else []
            self.recorder.drops_all(at, spared)
        elif name == "dropSchema":  # PostgreSQL's goes with all that is in it
            self.recorder.drops_schema(first, at)
        elif name == "query":
            self.recorder.sql(self.run.member(first, "query") if isinstance(first, dict) else first, at)
        elif name == "tableExists":
            return self.recorder.presence(*self._relation(first)) or UNKNOWN
        elif name == "transaction":
            return self._transaction(given, at)
        elif name == "getQueryInterface":
            return self
        elif name in ("sync", "drop", "dropAllSchemas"):
            self.recorder.unsure(at, f"it calls {name}, which follows the models or the database and not this file")
        return UNKNOWN

    def _transaction(self, given: list[Value], at: int) -> Value:
        callback = given[-1] if given else None
        return self.run.call(callback, [UNKNOWN], at) if isinstance(callback, Function) else UNKNOWN

    def _option(self, given: list[Value], place: int, name: str) -> Value:
        options = given[place] if place < len(given) else NOTHING
        return self.run.member(options, name) if isinstance(options, dict) else NOTHING

    def _relation(self, given: Value, options: Value = NOTHING) -> Qualified:
        """A name as it is, or `{tableName, schema}`; a schema among the options counts where the name has none."""
        schema = NOTHING
        if isinstance(given, dict):
            given, schema = self.run.member(given, "tableName"), self.run.member(given, "schema")
        if schema is NOTHING and isinstance(options, dict):
            schema = self.run.member(options, "schema")
        return Qualified(given, None if schema is NOTHING else schema)
