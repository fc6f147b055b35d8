"""South's migrations, which Django projects had before Django 1.7: what `forwards` does through `south.db.db`.

https://south.readthedocs.io/en/latest/databaseapi.html; south/db/generic.py and south/migration/base.py of South 1.0.2.
"""

import ast
import re
from collections.abc import Iterable
from itertools import pairwise
from shlex import quote
from typing import NamedTuple

from playbook.schema import sql
from playbook.schema.framework import Commands, Dynamic, Files, Framework, Migration
from playbook.schema.migrate_forms import form
from playbook.schema.operation import Kind, Operation
from playbook.schema.python import argument, calls, elements, name_of, owner_of, tree
from playbook.schema.python_text import COMPUTED, exact, repeated, resolved, text_of
from playbook.schema.unread import Unread

PATH = re.compile(r"(?:^|/)((?:[^/]+/)*?)?(south_migrations|migrations)/(\w+)\.py$")
OF_SOUTH = re.compile(r"^\s*(?:from\s+south\b|import\s+south\b)", re.MULTILINE)
OF_DJANGO = re.compile(r"\bmigrations\.Migration\b")
LONGEST = 1_000_000
"""Characters of one file."""

TABLES: dict[str, Kind] = {
    "create_table": "creates",
    "add_table": "creates",
    "delete_table": "drops",
    "drop_table": "drops",
    "rename_table": "renames",
}
EXECUTE = ("execute", "execute_many")
VERBS: dict[str, str] = {"creates": "create", "drops": "drop", "renames": "rename"}


class File(NamedTuple):
    """One migration file; `waits` are the dependencies that it writes out, as (app, name)."""

    app: str
    name: str
    path: str
    migration: Migration
    waits: tuple[tuple[str, str], ...] = ()
    before: tuple[tuple[str, str], ...] = ()


def wants(path: str) -> bool:
    """Python files in `south_migrations/` and `migrations/`."""
    found = PATH.search(path)
    return found is not None and found[3] != "__init__"


def migrations(files: Files) -> tuple[Migration, ...]:
    """Names are `app:0001_name`, as South prints them. An app that has Django's own migrations has left South behind;
    of one with both folders South takes `south_migrations/`."""
    by_app: dict[str, dict[str, list[File]]] = {}
    left = set()
    for path, text in files.items():
        found = PATH.search(path)
        if found is None or found[3] == "__init__":
            continue
        folder = path[: found.start(2)]
        if not OF_SOUTH.search(text[:LONGEST]):
            left |= {folder} if OF_DJANGO.search(text[:LONGEST]) else set()
            continue
        file = _file(folder.rstrip("/").rpartition("/")[2], found[3], path, text)
        by_app.setdefault(folder, {}).setdefault(found[2], []).append(file)
    taken = [kinds.get("south_migrations") or kinds["migrations"] for app, kinds in by_app.items() if app not in left]
    return tuple(file.migration for file in _ordered(taken))


def _ordered(apps: Iterable[list[File]]) -> list[File]:
    """Each app's by name, and each after those that it depends on; a circle is cut where it closes."""
    rows = sorted((sorted(files, key=lambda file: file.name) for files in apps), key=lambda row: row[0].path)
    every = {(file.app, file.name): file for row in rows for file in row}
    waits = {file.path: [every[key] for key in file.waits if key in every] for row in rows for file in row}
    for row in rows:
        for earlier, file in pairwise(row):
            waits[file.path].append(earlier)
        for file in row:
            for key in file.before:
                if key in every:
                    waits[every[key].path].append(file)
    order: list[File] = []
    done: set[str] = set()
    for start in (file for row in rows for file in row):
        left, way = [(start, False)], set()
        while left:
            file, finished = left.pop()
            if finished:
                done.add(file.path)
                order.append(file)
            elif file.path not in done and file.path not in way:
                way.add(file.path)
                left.append((file, True))
                left += [(one, False) for one in sorted(waits[file.path], key=lambda one: one.path, reverse=True)]
    return order


def _file(app: str, name: str, path: str, text: str) -> File:
    called = f"{app}:{name}"
    if len(text) > LONGEST:
        return File(
            app, name, path, Migration("south", called, path, unread=f"it is longer than {LONGEST:,} characters")
        )
    try:
        module = tree(text)
        body = next((one.body for one in module.body if isinstance(one, ast.ClassDef) and one.name == "Migration"), [])
        reading = _Forwards(module.body)
        reading.class_body(body)
    except Unread as unread:
        return File(app, name, path, Migration("south", called, path, unread=unread.args[0]))
    except RecursionError:
        return File(app, name, path, Migration("south", called, path, unread="its Python is nested too deeply"))
    migration = Migration("south", called, path, tuple(reading.operations), tuple(reading.dynamic))
    return File(app, name, path, migration, reading.keys("depends_on"), reading.keys("needed_by"))


class _Forwards:
    """`forwards` being followed, statement by statement; `backwards` is never read."""

    def __init__(self, body: list[ast.stmt]) -> None:
        self.values: dict[str, ast.expr] = _assigned(body)
        self.functions: dict[str, ast.FunctionDef] = {one.name: one for one in body if isinstance(one, ast.FunctionDef)}
        self.operations: list[Operation] = []
        self.dynamic: list[Dynamic] = []
        self.unsure: str | None = None
        self.inside: set[str] = set()

    def class_body(self, body: list[ast.stmt]) -> None:
        """The class `Migration`: its values, its methods, and what `forwards` does."""
        self.values.update(_assigned(body))
        self.functions.update({one.name: one for one in body if isinstance(one, ast.FunctionDef)})
        forwards = self.functions.get("forwards")
        if forwards is not None:
            self._statements(forwards.body)

    def keys(self, name: str) -> tuple[tuple[str, str], ...]:
        """The pairs of `depends_on` or `needed_by` that are written out."""
        pairs = [[exact(part, self.values) for part in elements(one)] for one in elements(self.values.get(name))]
        return tuple((one[0], one[1]) for one in pairs if len(one) == 2 and one[0] and one[1])  # noqa: PLR2004 - pairs

    def _statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            match statement:
                case ast.If(test=test, body=then, orelse=orelse):
                    self._if(test, then, orelse)
                case ast.For(target=target, iter=source, body=inner):
                    rounds = repeated(target, source, self.values)
                    before = self.values
                    for values in rounds if rounds is not None else [before]:
                        self.values = dict(values)
                        self._statements(inner)
                    self.values = before
                case ast.Try(body=inner, handlers=handlers, orelse=orelse, finalbody=finalbody):
                    self._statements([*inner, *orelse])
                    for handler in handlers:
                        self._perhaps("where that fails", handler.body)
                    self._statements(finalbody)
                case ast.With(body=inner) | ast.While(body=inner):
                    self._statements(inner)
                case ast.Return() | ast.Raise():
                    return
                case ast.FunctionDef() | ast.ClassDef():
                    pass
                case _:
                    for call in calls([statement]):
                        self._call(call)
                    self.values.update(_assigned([statement]))

    def _if(self, test: ast.expr, then: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        """`db.dry_run` is false when it counts: only databases that cannot take DDL back are tried dry first."""
        negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
        inner = test.operand if isinstance(test, ast.UnaryOp) and negated else test
        if name_of(inner) == "dry_run":
            self._statements(then if negated else orelse)
            return
        condition = " ".join(ast.unparse(test).split())[:60]
        self._perhaps(f"only if {condition}", then)
        self._perhaps(f"only if not {condition}", orelse)

    def _perhaps(self, condition: str, body: list[ast.stmt]) -> None:
        before, self.unsure = self.unsure, self.unsure or condition
        self._statements(body)
        self.unsure = before

    def _call(self, call: ast.Call) -> None:
        name = name_of(call)
        on_database = isinstance(call.func, ast.Attribute) and owner_of(call) not in ("orm", "self", "cls")
        if name in TABLES and on_database:
            self._table(call, TABLES[name])
        elif name in EXECUTE and on_database and call.args:
            self._execute(call)
        elif name in self.functions and name not in self.inside | {"forwards", "backwards"}:
            self.inside.add(name)
            self._statements(self.functions[name].body)
            self.inside.discard(name)
        elif name == "call_command":
            self.dynamic.append(Dynamic(call.lineno, "runs a command of manage.py"))

    def _table(self, call: ast.Call, kind: Kind) -> None:
        first = "old_table_name" if kind == "renames" else "table_name"
        table = self._name(argument(call, first, 0))
        to = self._name(argument(call, "table_name", 1)) if kind == "renames" else None
        if table is None or (kind == "renames" and to is None):
            what = f"may {VERBS[kind]} {table or to or 'a table'}, and a name is computed"
            self.dynamic.append(Dynamic(call.lineno, what))
        elif table != to:
            self._found(Operation(kind, table, call.lineno, to))

    def _name(self, node: ast.expr | None) -> str | None:
        """A name as written; `db.shorten_name(…)` changes only those that a database would refuse."""
        given = resolved(node, self.values)
        if isinstance(given, ast.Call) and name_of(given) == "shorten_name" and given.args:
            given = given.args[0]
        return exact(given, self.values)

    def _execute(self, call: ast.Call) -> None:
        text = text_of(call.args[0], self.values)
        if text is None:
            self.dynamic.append(Dynamic(call.lineno, "its SQL is computed"))
            return
        try:
            found = sql.operations(text.value, text.line)
        except Unread as unread:
            self.dynamic.append(Dynamic(text.line, unread.args[0]))
            return
        for one in found:
            if COMPUTED in f"{one.relation} {one.to} {one.schema_name}":
                self.dynamic.append(Dynamic(one.line, f"may {VERBS[one.kind]} a table, and a name is computed"))
            else:
                self._found(one._replace(line=min(one.line, text.last_line)))

    def _found(self, operation: Operation) -> None:
        if self.unsure is None:
            self.operations.append(operation)
        else:
            to = f" to {operation.to}" if operation.to else ""
            what = f"may {VERBS[operation.kind]} {operation.relation}{to}: {self.unsure}"
            self.dynamic.append(Dynamic(operation.line, what))


def _assigned(body: Iterable[ast.stmt]) -> dict[str, ast.expr]:
    return {
        target.id: one.value
        for one in body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }


def commands(migration: str | None, _path: str | None) -> Commands:
    """`migrate app name` goes *to* that migration, back too; without a name it goes forward to the newest
    (https://south.readthedocs.io/en/latest/commands.html#migrate)."""
    app = quote(migration.partition(":")[0]) + " " if migration else ""
    return Commands(migrate=f"python manage.py migrate {app}".rstrip(), state=f"python manage.py migrate {app}--list")


NAME = r"(?P<name>\w+:\d{4}_\w+)"
FORMS = (  # south/migration/migrators.py and __init__.py; what was applied is not said, only that it begins
    form("started", " > ", rf"^ > {NAME}\s*$"),
    form("reverted", " < ", rf"^ < {NAME}\s*$"),
    form("failed", "Error in migration: ", rf"\bError in migration: {NAME}"),
    form("failed", "Error during commit", rf"\bError during commit in migration: {NAME}"),
    form("nothing to do", "Nothing to migrate", r"^\s*- Nothing to migrate\."),
)

framework = Framework(
    "south",
    wants,
    migrations,
    commands=commands,
    forms=FORMS,
    early=frozenset({"reverted"}),
    code=("south/migration",),
)
