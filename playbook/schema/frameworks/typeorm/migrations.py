"""The classes of TypeORM's migrations: `up(queryRunner)` followed, with its tables, views and SQL.

https://typeorm.io/docs/query-runner; which class is a migration and in what order they run:
https://github.com/typeorm/typeorm/blob/master/src/migration/MigrationExecutor.ts (`getMigrations`).
"""

import re
from typing import NamedTuple

from playbook.schema.framework import Files, Migration
from playbook.schema.javascript.migration import may_be_migration, may_name_tables
from playbook.schema.javascript.modules import Modules, is_code
from playbook.schema.javascript.recorder import Qualified, Recorder, qualified
from playbook.schema.javascript.run import Run
from playbook.schema.javascript.values import UNKNOWN, Class, Function, Native, Presence, Text, Value, truth
from playbook.schema.syntax import line
from playbook.schema.unread import Unread

MARK = re.compile(r"\bMigrationInterface\b|\bqueryRunner\b", re.IGNORECASE)
DECLARES = re.compile(
    r"(?:^|/)(?:entit(?:y|ies)|models?|schemas?)/|\.(?:entity|model|view|schema)\.[cm]?[jt]s$"
    r"|(?:^|/)(?:data-?source|orm-?config|typeorm[\w.-]*|database(?:\.\w+)?|app\.module)\.[cm]?[jt]s$",
    re.IGNORECASE,
)
ASIDE = re.compile(r"\.(?:test|spec)\.\w+$|(?:^|/)(?:__tests__|node_modules|dist)/")
STAMP = 13
"""Digits at the end of a migration's name, a JavaScript timestamp."""


def wants(path: str) -> bool:
    """Migrations, constants that they import, entities, and where the data source with its naming is set up."""
    declares = is_code(path) and DECLARES.search(path) is not None and ASIDE.search(path) is None
    return may_be_migration(path) or may_name_tables(path) or declares


class Found(NamedTuple):
    """A migration's class; `order` is its timestamp."""

    order: int
    path: str
    name: str
    of: Class


def migrations(files: Files) -> tuple[Migration, ...]:
    modules, recorder = Modules(files), Recorder()
    found: list[Found] = []
    unread: list[tuple[int, Migration]] = []
    for path in sorted(files):
        if not may_be_migration(path) or not MARK.search(files[path]):
            continue
        try:
            found += _classes(path, modules, recorder)
        except (Unread, RecursionError) as error:
            why = error.args[0] if isinstance(error, Unread) else "it is too deep to follow"
            unread.append((_stamp(path), Migration("typeorm", _stem(path), path, (), (), why)))
    read = [(one.order, _carried_out(one, modules, recorder)) for one in sorted(found)]
    return tuple(one for _, one in sorted([*read, *unread], key=lambda pair: pair[0]))


def _classes(path: str, modules: Modules, recorder: Recorder) -> list[Found]:
    run = Run(modules, recorder)
    exported = modules.exports(run, path)
    values = [exported] if isinstance(exported, Class) else exported.values() if isinstance(exported, dict) else []
    found: dict[int, Found] = {}
    for value in values:
        if isinstance(value, Class) and "up" in (instance := run.instance(value)):
            named = run.member(instance, "name") if "name" in instance else None
            name = named.value if isinstance(named, Text) else value.name
            found[value.node.id] = Found(_stamp(name), path, name, value)
    return list(found.values())


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _stamp(name: str) -> int:
    """The number that the last 13 characters begin with; 0 where TypeORM itself would refuse the name."""
    digits = re.match(r"\d+", name[-STAMP:])
    longest = re.search(r"\d{13}", name)
    return int(digits[0]) if digits else int(longest[0]) if longest else 0


def _carried_out(one: Found, modules: Modules, recorder: Recorder) -> Migration:
    recorder.begin()
    run = Run(modules, recorder)
    try:
        forward = run.member(run.instance(one.of), "up")
        if isinstance(forward, Function):
            run.call(forward, [QueryRunner(recorder, run)], 1)
        else:
            recorder.unsure(line(one.of.node), "its forward function is made by another one, which cannot be followed")
    except (Unread, RecursionError) as error:
        why = error.args[0] if isinstance(error, Unread) else "it is too deep to follow"
        return Migration("typeorm", one.name, one.path, (), (), why)
    return Migration("typeorm", one.name, one.path, tuple(recorder.operations), tuple(recorder.dynamic))


class QueryRunner:
    """What `up` gets; its `manager` and `connection` lead to the same database, so they are the same here."""

    powerful = True

    def __init__(self, recorder: Recorder, run: Run) -> None:
        self.recorder, self.run = recorder, run

    def member(self, name: str) -> Value:
        if name in ("manager", "connection", "dataSource", "queryRunner", "driver"):
            return self
        return Native(lambda given, at: self._asked(name, given, at))

    def _asked(self, name: str, given: list[Value], at: int) -> Value:  # noqa: PLR0912 - one arm for each of its methods
        first, second = ([*given, UNKNOWN, UNKNOWN])[:2]
        if name == "query":
            self.recorder.sql(first, at)
        elif name in ("createTable", "createView"):
            relation, schema = self._relation(first)
            self.recorder.creates(relation, schema, at, kept=second is True)
        elif name in ("createTables", "dropTables"):
            for one in first if isinstance(first, list) else [UNKNOWN]:
                self._asked(name[:-1], [one], at)
        elif name in ("dropTable", "dropView"):
            self.recorder.drops(*self._relation(first), at)
        elif name == "renameTable":
            relation, schema = self._relation(first)
            self.recorder.renames(relation, self._relation(second).name, schema, at)
        elif name == "dropSchema":
            if len(given) > 2 and truth(given[2]):  # noqa: PLR2004 - without its third, cascade, it must be empty to go
                self.recorder.drops_schema(first, at)
        elif name == "clearDatabase":
            self.recorder.drops_all(at)
        elif name in ("synchronize", "runMigrations", "undoLastMigration", "dropDatabase"):
            self.recorder.unsure(at, f"it calls {name}, which follows the entities and not this file")
        elif name in ("hasTable", "getTable", "getView"):
            relation, schema = self._relation(first)
            return self.recorder.presence(relation, schema) or UNKNOWN
        elif name == "transaction" and isinstance(given[-1] if given else None, Function):
            return self.run.call(given[-1], [self], at)
        elif name == "createQueryRunner":
            return self
        return UNKNOWN

    def _relation(self, given: Value) -> Qualified:
        """A name, `schema.name`, or an object of options for `Table` or `View`, whose own `schema` counts first
        (https://github.com/typeorm/typeorm/blob/master/src/driver/postgres/PostgresDriver.ts, `parseTableName`)."""
        if isinstance(given, Presence):
            name = Text(given.relation, 1)
            return Qualified(name, Text(given.schema_name, 1) if given.schema_name else None)
        if not isinstance(given, dict):
            return qualified(given)
        name, schema = qualified(self.run.member(given, "name"))
        own = self.run.member(given, "schema")
        return Qualified(name, own if isinstance(own, Text) or own is UNKNOWN else schema)
