"""What a text in Python source says as far as it is written out; the parts that only running it would tell are marked.

So `f"CREATE TABLE orders ({columns})"` still names its table, and `f"DROP TABLE {name}"` says that it drops one.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import NamedTuple

from playbook.schema.python import argument, elements, name_of

COMPUTED = "zz_computed_zz"
"""Stands for a part that is computed: a word that every SQL dialect takes for a name, and nobody uses for one."""

BUDGET, BLOCK = 4_000, 100
"""Parts of one text, and characters that count as a part: 400,000 in all, twice what is read of SQL."""

DEEPEST = 20
"""How many names may stand for each other, one behind the other: people write two or three."""

MODIFIER = re.compile(r"%(?:\((\w+)\))?[-#0 +]*[\d.*]*([a-zA-Z%])")
"""https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting"""

Values = Mapping[str, ast.expr]
"""What names stand for: expressions by name."""


class Text(NamedTuple):
    """`value` with `COMPUTED` for each part that is computed; `line` is where it begins, `last_line` where it ends."""

    value: str
    line: int
    last_line: int

    @property
    def whole(self) -> bool:
        """Whether every part is written out."""
        return COMPUTED not in self.value


def text_of(node: ast.expr | None, values: Values) -> Text | None:
    """The text; None where nothing of it is written out."""
    try:
        found = _Reading(values).value(node, DEEPEST)
    except _Budget:
        return None
    if node is None or found is None or found == COMPUTED:
        return None
    where = resolved(node, values) if isinstance(node, ast.Name) else node
    return Text(found, where.lineno, where.end_lineno or where.lineno) if where is not None else None


def exact(node: ast.expr | None, values: Values) -> str | None:
    """The text where every part is written out; None otherwise."""
    found = text_of(node, values)
    return found.value if found is not None and found.whole else None


def resolved(node: ast.expr | None, values: Values) -> ast.expr | None:
    """The expression that a name stands for, through other names; itself where it is no known name."""
    for _ in range(DEEPEST):
        if not isinstance(node, ast.Name) or node.id not in values:
            break
        node = values[node.id]
    return node


def repeated(target: ast.expr, source: ast.expr | None, values: Values, most: int = 200) -> Iterator[Values] | None:
    """What a loop's names stand for in each round, where it runs over elements that are written out; None elsewhere."""
    given = resolved(source, values)
    names = [target] if isinstance(target, ast.Name) else elements(target)
    rounds = elements(given)
    if not rounds or len(rounds) > most or not all(isinstance(name, ast.Name) for name in names):
        return None
    if len(names) == 1 and isinstance(target, ast.Name):
        return ({**values, target.id: one} for one in rounds)
    if all(len(elements(one)) == len(names) for one in rounds):
        return ({**values, **dict(zip(map(name_of, names), elements(one), strict=True))} for one in rounds)
    return None


class _Budget(Exception):
    """The text refers to itself, or is put together from too many parts."""


class _Reading:
    """Puts one text together; what it may cost is counted."""

    def __init__(self, values: Values) -> None:
        self.values, self.left = values, BUDGET

    def value(self, node: ast.expr | None, depth: int) -> str | None:
        node = resolved(node, self.values)
        if node is None or depth == 0:
            return None
        found = self._of(node, depth - 1)
        self.left -= 1 + len(found or "") // BLOCK
        if self.left < 0:
            raise _Budget
        return found

    def _part(self, node: ast.expr | None, depth: int) -> str:
        found = self.value(node, depth)
        return COMPUTED if found is None else found

    def _of(self, node: ast.expr, depth: int) -> str | None:
        match node:
            case ast.Constant(value=bool()):
                return None
            case ast.Constant(value=str() | int() as written):
                return str(written)
            case ast.JoinedStr(values=parts):
                return "".join(self._part(part, depth) for part in parts)
            case ast.FormattedValue(value=inner):
                return self.value(inner, depth)
            case ast.BinOp(op=ast.Add()):
                return self._sum(node, depth)
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                pattern = self.value(left, depth)
                return self._modulo(pattern, right, depth) if pattern is not None else None
            case ast.Call():
                return self._called(node, depth)
        return None

    def _sum(self, node: ast.BinOp, depth: int) -> str | None:
        parts: list[str | None] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
            parts.append(self.value(left.right, depth))
            left = left.left
        parts.append(self.value(left, depth))
        if all(part is None for part in parts):
            return None
        return "".join(COMPUTED if part is None else part for part in reversed(parts))

    def _modulo(self, written: str, given: ast.expr, depth: int) -> str:
        """`"… %s" % name`, `"… %(name)s" % {"name": …}`."""
        rest = iter(given.elts if isinstance(given, ast.Tuple) else [given])
        named = _of_dict(given)

        def one(found: re.Match[str]) -> str:
            if found[2] == "%":
                return "%"
            return self._part(named.get(found[1]) if found[1] else next(rest, None), depth)

        return MODIFIER.sub(one, written)

    def _called(self, node: ast.Call, depth: int) -> str | None:
        """`"…".format(…)`, `"…".join([…])`, `"…".strip()`, and what wraps a text: `text(…)`, `dedent(…)`, `SQL(…)`."""
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        match name_of(node):
            case "format" if owner is not None:
                return self._formatted(self.value(owner, depth), node, depth)
            case "join" if owner is not None and node.args:
                parts = elements(resolved(node.args[0], self.values))
                between = self.value(owner, depth)
                texts = [self._part(part, depth) for part in parts]
                return between.join(texts) if between is not None and parts else None
            case "strip" | "lstrip" | "rstrip" if owner is not None and not node.args:
                return self.value(owner, depth)
            case "lower" | "upper" as how if owner is not None:
                inner = self.value(owner, depth)
                return getattr(inner, how)() if inner is not None and COMPUTED not in inner else None
            case "text" | "dedent" | "DDL" | "SQL" | "str" | "quote_name" if node.args:
                return self.value(node.args[0], depth)
        return None

    def _formatted(self, written: str | None, call: ast.Call, depth: int) -> str | None:
        if written is None:
            return None
        parts, place = [], 0
        try:
            for before, field, _, _ in Formatter().parse(written):
                parts.append(before)
                if field is None:
                    continue
                given = argument(call, field) if field else argument(call, "", place)
                given = argument(call, "", int(field)) if field.isdecimal() else given
                place += not field
                parts.append(self._part(given, depth))
        except ValueError:
            return None
        return "".join(parts)


def _of_dict(node: ast.expr) -> dict[str, ast.expr]:
    if not isinstance(node, ast.Dict):
        return {}
    pairs = zip(node.keys, node.values, strict=True)
    return {key.value: value for key, value in pairs if isinstance(key, ast.Constant) and isinstance(key.value, str)}
