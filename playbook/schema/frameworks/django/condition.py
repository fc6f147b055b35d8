"""Whether a condition in a migration holds, where what is written decides it; the fold is of the default database."""

import ast

from playbook.schema.python import name_of
from playbook.schema.python_text import Values, exact, resolved

QUOTE = 60
"""Characters of a condition that are quoted: it goes on a card."""

DEEPEST = 20
"""How many `not`, `and`, `or` inside each other are followed."""


def holds(test: ast.expr, values: Values, vendor: str | None, depth: int = DEEPEST) -> bool | None:
    """True, False, or None where only running it would tell.

    `connection.vendor` is decided where the settings name one database, `connection.alias` is `default`, and a router
    lets everything run there (https://docs.djangoproject.com/en/5.2/topics/db/multi-db/#allow_migrate).
    """
    test = resolved(test, values) or test
    if depth == 0:
        return None
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = holds(test.operand, values, vendor, depth - 1)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        return _together(test, [holds(one, values, vendor, depth - 1) for one in test.values])
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(test, values, vendor)
    return {"TYPE_CHECKING": False, "allow_migrate": True, "allow_migrate_model": True}.get(name_of(test))


def words(test: ast.expr) -> str:
    """The condition as it is written, shortened."""
    try:
        written = " ".join(ast.unparse(test).split())
    except RecursionError:
        written = "a condition"
    return written if len(written) <= QUOTE else written[: QUOTE - 1] + "…"


def _together(test: ast.BoolOp, parts: list[bool | None]) -> bool | None:
    deciding = isinstance(test.op, ast.Or)
    if deciding in parts:
        return deciding
    return None if None in parts else not deciding


def _compared(test: ast.Compare, values: Values, vendor: str | None) -> bool | None:
    """`connection.vendor == "…"`, `… in ("…", "…")`, and the same of `connection.alias` and `db_alias`."""
    left = resolved(test.left, values) or test.left
    known = {"vendor": vendor, "alias": "default"}.get(left.attr) if isinstance(left, ast.Attribute) else None
    right = resolved(test.comparators[0], values) or test.comparators[0]
    if known is None:
        return None
    listed = right.elts if isinstance(right, ast.List | ast.Tuple | ast.Set) else [right]
    named = [exact(one, values) for one in listed]
    if None in named:
        return None
    match test.ops[0]:
        case ast.Eq() | ast.In():
            return known in named
        case ast.NotEq() | ast.NotIn():
            return known not in named
    return None
