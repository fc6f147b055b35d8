"""What each of Django's operations does to the database, given what the ones before it left.

https://docs.djangoproject.com/en/5.2/ref/migration-operations/; the effects are those of `database_forwards` and
`state_forwards` in django/db/migrations/operations/ and of django/db/backends/base/schema.py.
"""

import ast
from collections.abc import Callable

from playbook.schema import sql
from playbook.schema.framework import Dynamic
from playbook.schema.frameworks.django.file import Source, Step
from playbook.schema.frameworks.django.names import operation
from playbook.schema.frameworks.django.settings import Settings
from playbook.schema.frameworks.django.state import App, Model
from playbook.schema.operation import Kind, Operation
from playbook.schema.python import argument, elements, name_of
from playbook.schema.python_text import COMPUTED, Text, Values, exact, resolved, text_of
from playbook.schema.unread import Unread

VERBS: dict[str, str] = {"creates": "create", "drops": "drop", "renames": "rename"}

CLEARED = "managed"
"""Of the options that `AlterModelOptions` takes away where it does not name them, the one that matters here
(`ALTER_OPTION_KEYS`)."""

Apps = Callable[[str], App | None]
"""An app of the project by its label, seen from the migration's own."""


class Fold:
    """One migration being carried out on its app; `operations` and `dynamic` are what it came to so far."""

    def __init__(self, source: Source, app: App, apps: Apps, settings: Settings) -> None:
        self.source, self.app, self.apps, self.settings = source, app, apps, settings
        self.models = app.models
        self.values: Values = {}
        self.operations: list[Operation] = []
        self.dynamic: list[Dynamic] = []
        self.unsure: str | None = None
        self.database = True
        self.inherited: Callable[[], None] | None = None
        """What `super().database_forwards()` does, inside an operation that the file defines itself."""

    def model(self, name: str) -> Model:
        """The model as it stands; one that nothing created has its default table."""
        return self.models.get(name.lower()) or Model(self.app.label, name)

    def put(self, model: Model) -> None:
        """Keeps the model; what is only perhaps changed is from now on unsure."""
        before = self.models.get(model.name.lower())
        if self.unsure is not None and (before is None or before.tables != model.tables):
            model = model._replace(unsure=model.unsure or self.unsure)
        self.models[model.name.lower()] = model

    def tell(self, line: int, what: str) -> None:
        """Something that only running it would tell."""
        if self.database:
            self.dynamic.append(Dynamic(line, f"{what} ({self.unsure})" if self.unsure else what))

    def emit(self, kind: Kind, line: int, table: str | None, to: str | None = None, unsure: str | None = None) -> None:
        """The database's part of an operation on a table by its `db_table`; None is a name that is computed."""
        if not self.database or (kind == "renames" and table == to and table is not None):
            return
        if table is None or (kind == "renames" and to is None):
            known = f" {table or to}" if table or to else ""
            self.tell(line, f"may {VERBS[kind]}{known or ' a table'}, and a name is computed")
        else:
            self.found([operation(kind, table, line, to)], unsure)

    def found(self, operations: list[Operation], unsure: str | None = None) -> None:
        """Operations that run, or of which it is only told that they may."""
        reason = self.unsure or unsure
        if not self.database:
            return
        if reason is None:
            self.operations += operations
            return
        for one in operations:
            to = f" to {one.to}" if one.to else ""
            self.dynamic.append(Dynamic(one.line, f"may {VERBS[one.kind]} {one.relation}{to}: {reason}"))

    def sql(self, text: Text | None, line: int, written: str = "its SQL") -> None:
        """Statements; names in them that are computed are told, and so is what cannot be read at all."""
        if not self.database:
            return
        if text is None:
            self.tell(line, f"{written} is computed")
            return
        try:
            found = sql.operations(text.value, text.line)
        except Unread as unread:
            self.tell(text.line, unread.args[0])
            return
        for one in found:
            placed = one._replace(line=min(one.line, text.last_line))
            if COMPUTED in f"{one.relation} {one.to} {one.schema_name}":
                named = "" if COMPUTED in one.relation else f" {one.relation}"
                self.tell(placed.line, f"may {VERBS[one.kind]}{named or ' a table'}, and a name is computed")
            else:
                self.found([placed])

    def text(self, node: ast.expr | None) -> str | None:
        """A text that is written out; None where it is not."""
        return exact(node, self.values)


def run(fold: Fold, step: Step, operations: "Operations") -> None:
    """Carries out one operation as it is written."""
    fold.values, fold.unsure = step.values, step.unsure
    _one(fold, step.node, operations)
    fold.unsure = None


def _one(fold: Fold, node: ast.expr | None, operations: "Operations") -> None:
    node = resolved(node, fold.values)
    if not isinstance(node, ast.Call):
        if node is not None:
            fold.tell(node.lineno, "an operation is computed")
        return
    name = name_of(node)
    origin = _origin(node, fold.source)
    if name in ("SeparateDatabaseAndState", "RunSQL") and origin:
        _both_halves(fold, node, operations, name)
    elif name in operations and origin:
        operations[name](fold, node)
    else:
        operations[""](fold, node)


def _origin(node: ast.Call, source: Source) -> bool:
    """Whether what is called is Django's own: not a class of the file, nor imported from elsewhere."""
    first: ast.expr = node.func
    while isinstance(first, ast.Attribute):
        first = first.value
    name = first.id if isinstance(first, ast.Name) else ""
    return name not in source.classes and source.imports.get(name, "django").startswith("django")


def _both_halves(fold: Fold, node: ast.Call, operations: "Operations", name: str) -> None:
    """The database's half begins from the state as it was and leaves none; the other half changes only the state.

    https://docs.djangoproject.com/en/5.2/ref/migration-operations/#separatedatabaseandstate; `state_operations` of
    RunSQL are the same.
    """
    if name == "RunSQL":
        run_sql(fold, node)
        state = argument(node, "state_operations", 2)
    else:
        before = dict(fold.models)
        for one in _listed(fold, argument(node, "database_operations", 0)):
            _one(fold, one, operations)
        fold.models.clear()
        fold.models.update(before)
        state = argument(node, "state_operations", 1)
    if state is None:
        return
    database, fold.database = fold.database, False
    for one in _listed(fold, state):
        _one(fold, one, operations)
    fold.database = database


def _listed(fold: Fold, node: ast.expr | None) -> list[ast.expr]:
    node = resolved(node, fold.values)
    if isinstance(node, ast.BinOp):
        return [*_listed(fold, node.left), *_listed(fold, node.right)]
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts
    if node is not None and not (isinstance(node, ast.Constant) and node.value is None):
        fold.tell(node.lineno, "its operations are computed")
    return []


def run_sql(fold: Fold, node: ast.Call) -> None:
    """Statements as one text, or as a list of texts and of pairs with parameters; `reverse_sql` never runs forward."""
    given = resolved(argument(node, "sql", 0), fold.values)
    if isinstance(given, ast.Attribute) and given.attr == "noop":
        return
    for part in elements(given) or ([given] if given is not None else []):
        part = resolved(part, fold.values) or part  # noqa: PLW2901 - the same part, through its name
        one = next(iter(part.elts), part) if isinstance(part, ast.List | ast.Tuple) else part
        fold.sql(text_of(one, fold.values), one.lineno)


Operations = dict[str, Callable[[Fold, ast.Call], None]]
"""What to do by the operation's name; "" is for one that Django does not have."""
