"""One migration file as it is written: what it depends on, and its operations one after another.

https://docs.djangoproject.com/en/5.2/howto/writing-migrations/; django/db/migrations/migration.py.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from playbook.schema.framework import Dynamic
from playbook.schema.frameworks.django.condition import holds, words
from playbook.schema.python import argument, name_of, owner_of, tree
from playbook.schema.python_text import Values, exact, repeated, resolved
from playbook.schema.unread import Unread

LONGEST = 1_000_000
"""Characters of one file."""

MOST = 20_000
"""Parts of the lists in one file, loops counted round by round: real ones have hundreds."""

OWN_WAY = ("apply", "__init__", "mutate_state")
"""Methods of `Migration` that change what its operations do."""


class Key(NamedTuple):
    """A dependency as written: `app` and `name`, which may be `__first__` or `__latest__`."""

    app: str
    name: str
    line: int


class Step(NamedTuple):
    """An operation as written; `unsure` is the condition on which it runs, `values` what its names stand for."""

    node: ast.expr
    values: Values
    unsure: str | None = None


class Source(NamedTuple):
    """`functions` and `classes` are the module's own, `imports` the module from which each imported name comes."""

    dependencies: tuple[Key, ...] = ()
    run_before: tuple[Key, ...] = ()
    replaces: tuple[Key, ...] = ()
    steps: tuple[Step, ...] = ()
    dynamic: tuple[Dynamic, ...] = ()
    functions: Mapping[str, ast.FunctionDef] = MappingProxyType({})
    classes: Mapping[str, ast.ClassDef] = MappingProxyType({})
    imports: Mapping[str, str] = MappingProxyType({})
    unread: str | None = None


def read(text: str, vendor: str | None, swaps: dict[str, str]) -> Source | None:
    """The migration; None for a file that is none of Django's: a helper, a migration of South or of another tool."""
    if len(text) > LONGEST:
        return Source(unread=f"it is longer than {LONGEST:,} characters")
    if "Migration" not in text or "from south" in text or "import south" in text:
        return None
    try:
        return _Module(tree(text), vendor, swaps).read()
    except Unread as unread:
        return Source(unread=unread.args[0])
    except RecursionError:
        return Source(unread="its Python is nested too deeply")


class _Module:
    """What has been seen of the module so far, statement by statement."""

    def __init__(self, module: ast.Module, vendor: str | None, swaps: dict[str, str]) -> None:
        self.module, self.vendor, self.swaps = module, vendor, swaps
        self.values: dict[str, ast.expr] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        self.imports: dict[str, str] = {}
        self.steps: list[Step] = []
        self.keys: dict[str, list[Key]] = {"dependencies": [], "run_before": [], "replaces": []}
        self.dynamic: list[Dynamic] = []
        self.found = False
        self.parts = 0

    def read(self) -> Source | None:
        self._statements(self.module.body, None, inside=False)
        if not self.found:
            return None
        return Source(
            tuple(self.keys["dependencies"]),
            tuple(self.keys["run_before"]),
            tuple(self.keys["replaces"]),
            tuple(self.steps),
            tuple(self.dynamic),
            self.functions,
            self.classes,
            self.imports,
        )

    def _statements(self, body: Iterable[ast.stmt], unsure: str | None, inside: bool) -> None:
        for statement in body:
            match statement:
                case ast.Import(names=names):
                    self.imports.update({one.asname or one.name.partition(".")[0]: one.name for one in names})
                case ast.ImportFrom(names=names):
                    origin = "." * statement.level + (statement.module or "")
                    self.imports.update({one.asname or one.name: origin for one in names})
                case ast.FunctionDef():
                    self._function(statement, inside)
                case ast.ClassDef(name="Migration") if not inside:
                    self._migration(statement, unsure)
                case ast.ClassDef():
                    self.classes[statement.name] = statement
                case ast.If():
                    self._if(statement, unsure, inside)
                case ast.Try():
                    self._statements([*statement.body, *statement.orelse], unsure, inside)
                    for handler in statement.handlers:
                        self._statements(handler.body, "where an import or a lookup fails", inside)
                    self._statements(statement.finalbody, unsure, inside)
                case ast.With():
                    self._statements(statement.body, unsure, inside)
                case ast.For():
                    self._for(statement, unsure, inside)
                case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.Expr():
                    self._simple(statement, unsure, inside)

    def _migration(self, node: ast.ClassDef, unsure: str | None) -> None:
        self.found = True
        origin = node.bases[0] if node.bases else None
        imported = self.imports.get(owner_of(origin) or name_of(origin), "") if origin is not None else ""
        if origin is not None and imported and not imported.startswith("django"):
            self.dynamic.append(Dynamic(node.lineno, f"its Migration builds on {words(origin)}, of another file"))
        self._statements(node.body, unsure, inside=True)

    def _function(self, node: ast.FunctionDef, inside: bool) -> None:
        self.functions[node.name] = node
        if inside and node.name in OWN_WAY:
            self.dynamic.append(Dynamic(node.lineno, f"its Migration has its own {node.name}()"))

    def _if(self, node: ast.If, unsure: str | None, inside: bool) -> None:
        truth = holds(node.test, self.values, self.vendor)
        if truth is not False:
            self._statements(node.body, unsure if truth else f"only if {words(node.test)}", inside)
        if truth is not True:
            self._statements(node.orelse, unsure if truth is False else f"only if not {words(node.test)}", inside)

    def _for(self, node: ast.For, unsure: str | None, inside: bool) -> None:
        rounds = repeated(node.target, node.iter, self.values)
        before = self.values
        for values in rounds if rounds is not None else [before]:
            self.values = dict(values)
            again = unsure if rounds is not None else f"once for each of {words(node.iter)}"
            self._statements(node.body, again, inside)
        self.values = before

    def _simple(self, statement: ast.stmt, unsure: str | None, inside: bool) -> None:
        if isinstance(statement, ast.Expr):
            call = statement.value
            if isinstance(call, ast.Call) and name_of(call) in ("append", "extend", "insert") and call.args:
                added = ast.List(elts=[call.args[-1]]) if name_of(call) != "extend" else call.args[-1]
                owner = call.func.value if isinstance(call.func, ast.Attribute) else call
                self._field(owner, ast.copy_location(added, call), unsure, inside)
            return
        value = getattr(statement, "value", None)
        if value is None:
            return
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]  # type: ignore[attr-defined]
        for target in targets:
            if isinstance(statement, ast.Assign) and name_of(target) == "operations" and inside and unsure is None:
                self.steps.clear()
            self._field(target, value, unsure, inside)
            if name_of(target) == "Migration" and not inside:
                self.found = True
                self.dynamic.append(Dynamic(statement.lineno, f"its Migration is computed: {words(value)}"))
            if isinstance(target, ast.Name) and target.id != "operations" and not isinstance(statement, ast.AugAssign):
                self.values[target.id] = value

    def _field(self, target: ast.expr, value: ast.expr, unsure: str | None, inside: bool) -> None:
        """`operations = …` in the class, `Migration.operations += …` after it, and so the others."""
        if not inside and owner_of(target) != "Migration":
            return
        name = name_of(target)
        if name == "operations":
            self.steps += self._flat(value, self.values, unsure)
        elif name in self.keys:
            self.keys[name] += self._keys(value)

    def _flat(self, node: ast.expr, values: Values, unsure: str | None) -> Iterator[Step]:
        """The operations of a list that is put together from others."""
        left = [Step(node, values, unsure)]
        while left:
            self._count()
            node, values, unsure = left.pop()
            node = resolved(node, values) or node
            match node:
                case ast.List(elts=parts) | ast.Tuple(elts=parts):
                    left += [Step(part, values, unsure) for part in reversed(parts)]
                case ast.Starred(value=inner):
                    left.append(Step(inner, values, unsure))
                case ast.BinOp(left=first, op=ast.Add(), right=second):
                    left += [Step(second, values, unsure), Step(first, values, unsure)]
                case ast.IfExp(test=test, body=body, orelse=orelse):
                    left += self._branches(test, body, orelse, values, unsure)
                case ast.ListComp() | ast.GeneratorExp():
                    left += self._comprehended(node, values, unsure)
                case ast.Call(args=[inner]) if name_of(node) in ("list", "tuple"):
                    left.append(Step(inner, values, unsure))
                case ast.Call(func=ast.Name(id=name), args=[], keywords=[]) if name in self.functions:
                    left += self._returned(self.functions[name], values, unsure)
                case ast.Call():
                    yield Step(node, values, unsure)
                case ast.Attribute(attr="operations", value=ast.Name(id="Migration")):
                    pass
                case ast.Name(id="operations"):
                    pass
                case _:
                    self.dynamic.append(Dynamic(node.lineno, f"its operations are computed: {words(node)}"))

    def _branches(
        self, test: ast.expr, body: ast.expr, orelse: ast.expr, values: Values, unsure: str | None
    ) -> list[Step]:
        truth = holds(test, values, self.vendor)
        if truth is not None:
            return [Step(body if truth else orelse, values, unsure)]
        return [
            Step(orelse, values, f"only if not {words(test)}"),
            Step(body, values, f"only if {words(test)}"),
        ]

    def _returned(self, function: ast.FunctionDef, values: Values, unsure: str | None) -> list[Step]:
        """What a function of the module gives; one of several where it has several ends."""
        ends = [one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value is not None]
        why = unsure if len(ends) == 1 else f"as {function.name}() decides"
        return [Step(one, values, why) for one in reversed(ends)]

    def _comprehended(self, node: ast.ListComp | ast.GeneratorExp, values: Values, unsure: str | None) -> list[Step]:
        loop = node.generators[0]
        rounds = repeated(loop.target, loop.iter, values) if len(node.generators) == 1 and not loop.ifs else None
        if rounds is None:
            return [Step(node.elt, values, f"once for each of {words(loop.iter)}")]
        return [Step(node.elt, one, unsure) for one in rounds][::-1]

    def _keys(self, value: ast.expr) -> Iterator[Key]:
        left = [value]
        while left:
            self._count()
            node = left.pop()
            match node:
                case ast.BinOp(left=first, right=second):
                    left += [second, first]
                case ast.IfExp(body=first, orelse=second):
                    left += [second, first]
                case ast.Starred(value=inner):
                    left.append(inner)
                case ast.Name() if (other := resolved(node, self.values)) is not node and other is not None:
                    left.append(other)
                case ast.Call() if name_of(node) == "swappable_dependency":
                    yield from self._swappable(node)
                case ast.Tuple(elts=[app, name]) if (key := self._key(app, name)) is not None:
                    yield key
                case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                    left += reversed(parts)

    def _count(self) -> None:
        self.parts += 1
        if self.parts > MOST:
            raise Unread(f"its lists have more than {MOST:,} parts, or hold themselves")

    def _key(self, app: ast.expr, name: ast.expr) -> Key | None:
        label, named = exact(app, self.values), exact(name, self.values)
        return Key(label, named, app.lineno) if label and named else None

    def _swappable(self, node: ast.Call) -> Iterator[Key]:
        """`swappable_dependency(settings.AUTH_USER_MODEL)` is the first migration of the app that the setting names."""
        setting = name_of(argument(node, "value", 0) or node)
        default = "auth.User" if setting == "AUTH_USER_MODEL" else ""
        label, found, _ = self.swaps.get(setting, default).partition(".")
        if found:
            yield Key(label, "__first__", node.lineno)
