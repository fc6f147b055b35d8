"""What the functions of `RunPython` do to tables: SQL that they execute, and calls of the schema editor.

Most only move rows and do nothing here. https://docs.djangoproject.com/en/5.2/ref/migration-operations/#runpython;
https://docs.djangoproject.com/en/5.2/ref/schema-editor/.
"""

import ast
from collections.abc import Iterable

from playbook.schema.frameworks.django.condition import holds, words
from playbook.schema.frameworks.django.fold import Fold
from playbook.schema.frameworks.django.state import Model
from playbook.schema.operation import Kind
from playbook.schema.python import argument, calls, name_of, owner_of
from playbook.schema.python_text import Values, exact, repeated, resolved, text_of

MOST = 5_000
"""Statements that are followed for one operation, loops and calls counted each time: real functions have dozens."""

EXECUTE = ("execute", "executescript")
ON_TABLES: dict[str, Kind] = {"create_model": "creates", "delete_model": "drops", "alter_db_table": "renames"}
COMMANDS = ("migrate", "syncdb", "flush", "createcachetable", "sqlflush")
"""Commands of `manage.py` that make or drop tables."""

HARMLESS = ("isinstance", "getattr", "hasattr", "print")


def run_python(fold: Fold, node: ast.Call) -> None:
    """The forward function; the one in `reverse_code` never runs forward, and the state stays as it is."""
    if fold.database:
        _code(fold, argument(node, "code", 0), node.lineno)


def _code(fold: Fold, given: ast.expr | None, line: int) -> None:
    code = resolved(given, fold.values)
    if isinstance(code, ast.Call) and name_of(code) == "partial" and code.args:
        code = resolved(code.args[0], fold.values)
    if isinstance(code, ast.Lambda):
        body = ast.Expr(code.body, lineno=code.lineno, col_offset=code.col_offset)
        _Code(fold, fold.values).run([body], [one.arg for one in code.args.args])
        return
    name = name_of(code) if code is not None else ""
    function = fold.source.functions.get(name)
    if name == "noop":
        return
    if function is None:
        fold.tell(line, f"runs {words(code)}, of another file" if code is not None else "runs code")
        return
    inner = [one for one in function.body if isinstance(one, ast.FunctionDef)] if isinstance(code, ast.Call) else []
    for one in inner or [function]:
        _Code(fold, fold.values).run(one.body, [argument.arg for argument in one.args.args])


def read_method(fold: Fold, method: ast.FunctionDef) -> None:
    """The same of `database_forwards(self, app_label, schema_editor, from_state, to_state)` of an own operation."""
    names = [one.arg for one in method.args.args]
    _Code(fold, fold.values).run(method.body, ["", *names[2:3]])


class _Code:
    """One function being followed, with what its names stand for where that is written out."""

    def __init__(self, fold: Fold, values: Values) -> None:
        self.fold = fold
        self.values: dict[str, ast.expr] = dict(values)
        self.functions = dict(fold.source.functions)
        self.left = MOST
        self.inside: set[str] = set()
        self.editors: set[str] = set()

    def run(self, body: Iterable[ast.stmt], parameters: list[str]) -> None:
        """Follows the body; the second parameter is the schema editor."""
        self.editors.update(parameters[1:2])
        before = self.fold.unsure
        self._statements(list(body))
        self.fold.unsure = before

    def _statements(self, body: list[ast.stmt]) -> bool:
        """Whether the end may be reached."""
        for statement in body:
            self.left -= 1
            if self.left < 0:
                return False
            if self.left == 0:
                self.fold.tell(statement.lineno, "its code is too long to follow")
                return False
            if not self._statement(statement):
                return False
        return True

    def _statement(self, statement: ast.stmt) -> bool:
        match statement:
            case ast.If():
                return self._if(statement)
            case ast.For():
                return self._for(statement)
            case ast.While(test=test, body=body):
                self._calls(test)
                self._statements(body)
            case ast.With(items=items, body=body):
                for item in items:
                    self._calls(item.context_expr)
                return self._statements(body)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
                self._statements([*body, *orelse])
                for handler in handlers:
                    self._on_condition("where that fails", handler.body)
                return self._statements(finalbody)
            case ast.FunctionDef(name=name):
                self.functions.setdefault(name, statement)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._calls(value)
                self.values[name] = value
            case ast.Return() | ast.Raise():
                self._calls(*(one for one in ast.iter_child_nodes(statement) if isinstance(one, ast.expr)))
                return False
            case ast.Continue() | ast.Break():
                return False
            case ast.Expr() | ast.Assign() | ast.AugAssign() | ast.AnnAssign() | ast.Assert():
                self._calls(*(one for one in ast.iter_child_nodes(statement) if isinstance(one, ast.expr)))
        return True

    def _for(self, node: ast.For) -> bool:
        self._calls(node.iter)
        rounds = repeated(node.target, node.iter, self.values)
        before = self.values
        for values in rounds if rounds is not None else [before]:
            self.values = dict(values)
            self._statements(node.body)
        self.values = before
        return self._statements(node.orelse)

    def _if(self, node: ast.If) -> bool:
        self._calls(node.test)
        truth = holds(node.test, self.values, self.fold.settings.vendor)
        if truth is not None:
            return self._statements(node.body if truth else node.orelse)
        condition = words(node.test)
        first = self._on_condition(f"only if {condition}", node.body)
        second = self._on_condition(f"only if not {condition}", node.orelse)
        if first != second and self.fold.unsure is None:
            self.fold.unsure = f"only if {condition}" if first else f"only if not {condition}"
        return first or second

    def _on_condition(self, condition: str, body: list[ast.stmt]) -> bool:
        before = self.fold.unsure
        self.fold.unsure = before or condition
        reached = self._statements(body)
        self.fold.unsure = before
        return reached

    def _calls(self, *nodes: ast.expr) -> None:
        for call in calls([ast.Expr(node) for node in nodes]):
            self._call(call)

    def _call(self, call: ast.Call) -> None:
        name = name_of(call)
        if name in EXECUTE and isinstance(call.func, ast.Attribute) and call.args:
            self.fold.sql(text_of(call.args[0], self.values), call.lineno, f"the SQL of {words(call.func)}()")
        elif name in ON_TABLES and owner_of(call) != "apps" and call.args:
            self._on_table(call, ON_TABLES[name])
        elif name == "call_command":
            command = exact(call.args[0], self.values) if call.args else None
            if command is None or command in COMMANDS:
                self.fold.tell(call.lineno, f"runs the command {command or 'that is computed'}")
        elif name == "database_forwards":
            if self.fold.inherited is not None and owner_of(call) == "super":
                self.fold.inherited()
            else:
                self.fold.tell(call.lineno, f"carries out {words(call.func)}()")
        elif isinstance(call.func, ast.Name) and name in self.functions:
            self._follow(self.functions[name], call)
        elif name not in HARMLESS and any(isinstance(one, ast.Name) and one.id in self.editors for one in call.args):
            self.fold.tell(call.lineno, f"hands the schema editor to {words(call.func)}()")

    def _follow(self, function: ast.FunctionDef, call: ast.Call) -> None:
        if function.name in self.inside:
            return
        self.inside.add(function.name)
        before, editors, unsure = self.values, set(self.editors), self.fold.unsure
        names = [one.arg for one in function.args.args]
        given = dict(zip(names, call.args, strict=False))
        given.update({one.arg: one.value for one in call.keywords if one.arg is not None})
        self.editors |= {name for name, one in given.items() if isinstance(one, ast.Name) and one.id in self.editors}
        known = {name: resolved(one, before) or one for name, one in given.items()}
        self.values = {**before, **known}
        self._statements(function.body)
        self.values, self.editors, self.fold.unsure = before, editors, unsure
        self.inside.discard(function.name)

    def _on_table(self, call: ast.Call, kind: Kind) -> None:
        line = call.lineno
        if kind == "renames":
            old, new = argument(call, "old_db_table", 1), argument(call, "new_db_table", 2)
            self.fold.emit("renames", line, self._table(old), self._table(new))
            return
        tables = self._tables(call.args[0])
        if tables is None:
            self.fold.tell(line, f"{words(call.func)}() of {words(call.args[0])}")
        for table in tables or ():
            self.fold.emit(kind, line, table)

    def _table(self, node: ast.expr | None) -> str | None:
        """A name that is written out, or `Model._meta.db_table`."""
        given = resolved(node, self.values)
        if isinstance(given, ast.Attribute) and given.attr == "db_table" and isinstance(given.value, ast.Attribute):
            tables = self._tables(given.value.value)
            return tables[-1] if tables else None
        return exact(given, self.values)

    def _tables(self, node: ast.expr) -> list[str | None] | None:
        """The tables of `apps.get_model("app", "Model")`, its many-to-many ones first; of `Model.field.through` its
        one; None for any other expression."""
        given = resolved(node, self.values)
        if isinstance(given, ast.Attribute) and given.attr == "through" and isinstance(given.value, ast.Attribute):
            model = self._model(given.value.value)
            return [model.table_of(given.value.attr)] if model and given.value.attr in model.links else None
        model = self._model(given)
        return [*map(model.table_of, model.automatic()), model.db_table] if model else None

    def _model(self, node: ast.expr | None) -> Model | None:
        given = resolved(node, self.values)
        if not isinstance(given, ast.Call) or name_of(given) != "get_model" or not given.args:
            return None
        texts = [exact(one, self.values) for one in given.args[:2]]
        label, _, name = ".".join(text or "" for text in texts).partition(".")
        app = self.fold.apps(label)
        return app.model(name) if app and label and name else None
