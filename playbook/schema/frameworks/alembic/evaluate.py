"""Gives an expression its value from literals, constants and local names; nothing is called but what is named here."""

import ast
from collections.abc import Callable
from string import Formatter
from typing import Any

from playbook.schema.frameworks.alembic import values
from playbook.schema.frameworks.alembic.source import Library, Source, assigned
from playbook.schema.frameworks.alembic.values import UNKNOWN, Exists, Known, Mapped, Plain, Relation, Row, Text
from playbook.schema.python import argument, name_of

DEEPEST = 40
"""Levels of an expression that are looked into."""

AS_IT_IS = {"f", "text", "dedent", "cleandoc", "DDL", "quoted_name", "str", "list", "tuple", "set", "sorted", "iter"}
"""Calls whose value is their first argument's, for what is asked here; `op.f` marks a name as final."""

TEXT_METHODS: dict[str, Callable[[str], str]] = {
    "strip": str.strip,
    "rstrip": str.rstrip,
    "lstrip": str.lstrip,
    "lower": str.lower,
    "upper": str.upper,
}
DESCRIBES = {"Table": 0, "create_table": 0, "Sequence": 0}
NAMES_OF_TABLES = {"get_table_names", "table_names"}

Called = Callable[[ast.Call], values.Value]


class Budget:
    """How much of a migration is still looked at; a text can be written that would take for ever."""

    def __init__(self, left: int = 100_000) -> None:
        self.left = left

    def spend(self) -> bool:
        """Whether there was some left."""
        self.left -= 1
        return self.left >= 0


class Evaluator:
    """The names that one function sees; `called` gives what a function returns whose text is known."""

    def __init__(self, source: Source, local: dict[str, values.Value], budget: Budget, library: Library) -> None:
        self.source, self.local, self._budget, self._library = source, local, budget, library
        self.called: Called = lambda _call: UNKNOWN
        self._readers: dict[type[ast.expr], Callable[[Any, int], values.Value]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.JoinedStr: self._joined,
            ast.FormattedValue: self._formatted,
            ast.List: self._row,
            ast.Tuple: self._row,
            ast.Set: self._row,
            ast.Dict: self._dict,
            ast.BinOp: self._binary,
            ast.UnaryOp: self._unary,
            ast.Compare: self._compared,
            ast.IfExp: self._if,
            ast.Subscript: self._item,
            ast.Call: self._call,
        }

    def value(self, node: ast.expr | None, depth: int = 0) -> values.Value:
        """What the expression comes to."""
        if node is None or depth > DEEPEST or not self._budget.spend():
            return UNKNOWN
        read = self._readers.get(type(node))
        return UNKNOWN if read is None else read(node, depth)

    def _constant(self, node: ast.Constant, _depth: int) -> values.Value:
        return Text(node.value, node.lineno) if isinstance(node.value, str) else Plain(node.value)

    def _joined(self, node: ast.JoinedStr, depth: int) -> values.Value:
        return values.joined([self.value(part, depth + 1) for part in node.values], node.lineno)

    def _formatted(self, node: ast.FormattedValue, depth: int) -> values.Value:
        plain = node.conversion == -1 and node.format_spec is None
        return self.value(node.value, depth + 1) if plain else UNKNOWN

    def _row(self, node: ast.List | ast.Tuple | ast.Set, depth: int) -> values.Value:
        return Row(tuple(self.value(one, depth + 1) for one in node.elts))

    def _dict(self, node: ast.Dict, depth: int) -> values.Value:
        pairs = zip(node.keys, node.values, strict=True)
        return Mapped(tuple((self.value(key, depth + 1), self.value(one, depth + 1)) for key, one in pairs))

    def _unary(self, node: ast.UnaryOp, depth: int) -> values.Value:
        if isinstance(node.op, ast.Not):
            return _negated(self.value(node.operand, depth + 1))
        return UNKNOWN

    def _if(self, node: ast.IfExp, depth: int) -> values.Value:
        test = self.value(node.test, depth + 1)
        if not isinstance(test, Plain):
            return UNKNOWN
        return self.value(node.body if test.value else node.orelse, depth + 1)

    def _name(self, node: ast.Name, depth: int) -> values.Value:
        name = node.id
        if name in self.local:
            return self.local[name]
        if name in self.source.constants:
            return self._in_module(self.source, self.source.constants[name], depth)
        if name not in self.source.imports:
            return UNKNOWN
        if self.source.imports[name] in (("alembic", "op"), ("alembic.op", "")):
            return Known.OP
        other = self._library.named(name, self.source)
        if other is None or other[1] not in other[0].constants:
            return UNKNOWN
        return self._in_module(other[0], other[0].constants[other[1]], depth)

    def _in_module(self, source: Source, expression: ast.expr, depth: int) -> values.Value:
        """A constant's value sees the names of its own file and no local ones."""
        before = self.source, self.local
        self.source, self.local = source, {}
        try:
            return self.value(expression, depth + 1)
        finally:
            self.source, self.local = before

    def _attribute(self, node: ast.Attribute, depth: int) -> values.Value:
        if isinstance(node.value, ast.Name):
            if self.source.imports.get(node.value.id) == ("alembic", "") and node.attr == "op":
                return Known.OP
            found = self._of_class(node.value.id, node.attr, depth)
            if found is not UNKNOWN:
                return found
        if node.attr == "__table__":
            return Relation(None, None)
        # `--sql` alone makes a run offline: https://alembic.sqlalchemy.org/en/latest/offline.html
        return Plain(False) if node.attr == "as_sql" else UNKNOWN

    def _of_class(self, name: str, attribute: str, depth: int) -> values.Value:
        """`Order.__tablename__`, `Order.__table__` or a constant of a class, here or in a file that is imported."""
        source, declared = self.source, self.source.classes.get(name)
        if declared is None and (other := self._library.named(name, source)) is not None:
            source, original = other
            declared = source.classes.get(original)
        wanted = "__tablename__" if attribute == "__table__" else attribute
        for statement in declared.body if declared is not None else ():
            if wanted in (given := assigned(statement)):
                found = self._in_module(source, given[wanted], depth)
                return Relation(values.name(found), None) if attribute == "__table__" else found
        return UNKNOWN

    def _binary(self, node: ast.BinOp, depth: int) -> values.Value:
        if isinstance(node.op, ast.Mod):
            return self._percent(node, depth)
        parts: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
            parts.append(left.right)
            left = left.left
        found = [self.value(part, depth + 1) for part in [left, *reversed(parts)]]
        if all(isinstance(part, Row) for part in found):
            return values.row(found)
        return values.joined(found, left.lineno) if any(isinstance(part, Text) for part in found) else UNKNOWN

    def _percent(self, node: ast.BinOp, depth: int) -> values.Value:
        """`"DROP TABLE %s" % name`, with plain `%s` only."""
        template, given = self.value(node.left, depth + 1), self.value(node.right, depth + 1)
        if not isinstance(template, Text):
            return UNKNOWN
        pieces = template.text.split("%s")
        filled = list(given.elements) if isinstance(given, Row) else [given]
        filled += [UNKNOWN] * (len(pieces) - 1 - len(filled))
        parts: list[values.Value] = [Text(pieces[0], template.line)]
        for piece, value in zip(pieces[1:], filled, strict=False):
            parts += [value, Text(piece, template.line)]
        return values.joined(parts, template.line)

    def _format(self, node: ast.Call, template: Text, depth: int) -> values.Value:
        """`"DROP TABLE {}".format(name)`, with plain fields only."""
        parts: list[values.Value] = []
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        try:
            for number, (text, field, shape, conversion) in enumerate(Formatter().parse(template.text)):
                parts.append(Text(text, template.line))
                if field is None:
                    continue
                place = number if not field else int(field) if field.isdecimal() and len(field) < 3 else None  # noqa: PLR2004
                expression = given.get(field)
                if place is not None and place < len(node.args):
                    expression = node.args[place]
                parts.append(UNKNOWN if shape or conversion else self.value(expression, depth + 1))
        except ValueError:
            return Text(values.HOLE, template.line)
        return values.joined(parts, template.line)

    def _compared(self, node: ast.Compare, depth: int) -> values.Value:
        if len(node.ops) != 1:
            return UNKNOWN
        left, right = self.value(node.left, depth + 1), self.value(node.comparators[0], depth + 1)
        name, operator = values.name(left), node.ops[0]
        if right is Known.TABLE_NAMES and name is not None and isinstance(operator, ast.In | ast.NotIn):
            return Exists(name, None, isinstance(operator, ast.In))
        if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot) and _known(left) and _known(right):
            same = _bare(left) == _bare(right)
            return Plain(same if isinstance(operator, ast.Eq | ast.Is) else not same)
        return UNKNOWN

    def _item(self, node: ast.Subscript, depth: int) -> values.Value:
        """`metadata.tables["orders"]`, and an item of a literal."""
        key = self.value(node.slice, depth + 1)
        if isinstance(node.value, ast.Attribute) and node.value.attr == "tables":
            schema, _, name = (values.name(key) or "").rpartition(".")
            return Relation(name or None, schema or None)
        within = self.value(node.value, depth + 1)
        if isinstance(within, Mapped) and _known(key):
            return next((value for other, value in within.items if _bare(other) == _bare(key)), UNKNOWN)
        if isinstance(within, Row) and isinstance(key, Plain) and isinstance(key.value, int):
            place = key.value
            return within.elements[place] if -len(within.elements) <= place < len(within.elements) else UNKNOWN
        return UNKNOWN

    def _call(self, node: ast.Call, depth: int) -> values.Value:
        called = name_of(node)
        if (found := self.called(node)) is not UNKNOWN:
            return found
        if called in DESCRIBES:
            name = values.name(self.value(argument(node, "table_name", 0) or argument(node, "name"), depth + 1))
            return Relation(name, *self.schema(node)) if node.args or node.keywords else UNKNOWN
        if called in ("PGView", "PGMaterializedView"):
            name = values.name(self.value(argument(node, "signature", 1), depth + 1))
            return Relation(name, values.name(self.value(argument(node, "schema", 0), depth + 1)))
        if called == "has_table":
            return self._has_table(node, depth)
        if called in NAMES_OF_TABLES:
            return Known.TABLE_NAMES
        if called == "is_offline_mode":
            return Plain(False)
        if isinstance(node.func, ast.Attribute):
            found = self._method(node, node.func, depth)
            if found is not UNKNOWN:
                return found
        return self.value(node.args[0], depth + 1) if called in AS_IT_IS and node.args else UNKNOWN

    def _has_table(self, node: ast.Call, depth: int) -> values.Value:
        """The inspector's method, or a dialect's, which takes the connection first (`has_table(bind, name)`)."""
        found = [values.name(self.value(one, depth + 1)) for one in [*node.args, *[k.value for k in node.keywords]]]
        names = [one for one in found if one is not None]
        (schema,) = self.schema(node) or (None,)
        return Exists(names[0], schema, True) if names and isinstance(node.func, ast.Attribute) else UNKNOWN

    def _method(self, node: ast.Call, function: ast.Attribute, depth: int) -> values.Value:
        owner = self.value(function.value, depth + 1)
        if isinstance(owner, Text):
            if function.attr == "format":
                return self._format(node, owner, depth)
            if function.attr in TEXT_METHODS and not node.args:
                if values.HOLE in owner.text:
                    return Text(values.HOLE, owner.line)
                return Text(TEXT_METHODS[function.attr](owner.text), owner.line)
        if isinstance(owner, Mapped):
            match function.attr:
                case "items":
                    return Row(tuple(Row(pair) for pair in owner.items))
                case "values":
                    return Row(tuple(value for _, value in owner.items))
                case "keys":
                    return Row(tuple(key for key, _ in owner.items))
        return UNKNOWN

    def schema(self, node: ast.Call) -> tuple[str | None]:
        """The schema that the call names, as the last field of a `Relation`; `HOLE` where it is computed."""
        given = argument(node, "schema")
        found = self.value(given)
        if given is None:
            spread = [self.value(keyword.value) for keyword in node.keywords if keyword.arg is None]
            pairs = [pair for one in spread if isinstance(one, Mapped) for pair in one.items]
            found = next((value for key, value in pairs if values.name(key) == "schema"), Plain(None))
        if found == Plain(None):
            return (None,)
        return (values.name(found) or values.HOLE,)


def _negated(value: values.Value) -> values.Value:
    if isinstance(value, Exists):
        return value._replace(positive=not value.positive)
    return Plain(not value.value) if isinstance(value, Plain) else UNKNOWN


def _known(value: values.Value) -> bool:
    return isinstance(value, Plain) or values.name(value) is not None


def _bare(value: values.Value) -> object:
    return value.value if isinstance(value, Plain) else values.name(value)
