"""Where a block may be left early, and what a condition makes of the effects behind it."""

import ast
from collections.abc import Iterator

from playbook.schema.frameworks.alembic.past import Doubt, Effect
from playbook.schema.frameworks.alembic.source import NESTED, Source
from playbook.schema.frameworks.alembic.values import Exists, Value
from playbook.schema.operation import Operation

SHOWN = 80
"""Characters of a condition that are shown."""

ENDS = ast.Return | ast.Continue | ast.Raise
"""What leaves the block that it stands in."""


def below(statement: ast.stmt) -> Iterator[ast.AST]:
    """The statements within one, functions defined there left out."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        one = waiting.pop()
        yield one
        if not isinstance(one, (*NESTED, ast.expr)):
            waiting += ast.iter_child_nodes(one)


def leaves_block(statement: ast.stmt) -> bool:
    """Whether the statement may end more than itself: by a `return`, or by a `continue` of a loop around it."""
    loop = isinstance(statement, ast.For | ast.While)
    return any(isinstance(one, ast.Return) or (isinstance(one, ast.Continue) and not loop) for one in below(statement))


def inner(statement: ast.stmt) -> list[ast.stmt]:
    """What stands in a statement's blocks; the statement itself where it has none that are walked into."""
    if isinstance(statement, ast.Match):
        return [one for case in statement.cases for one in case.body]
    if isinstance(statement, ast.While | ast.AsyncFor):
        return [*statement.body, *statement.orelse]
    if isinstance(statement, ast.AsyncWith):
        return statement.body
    if isinstance(statement, ast.TryStar):
        handled = [one for handler in statement.handlers for one in handler.body]
        return [*statement.body, *handled, *statement.orelse, *statement.finalbody]
    return [statement]


def condition(test: ast.expr, source: Source) -> str:
    """The test as it is written."""
    line = source.lines[test.lineno - 1] if test.lineno <= len(source.lines) else ""
    end = test.end_col_offset if test.end_lineno == test.lineno else None
    return line.encode()[test.col_offset : end].decode(errors="replace").strip()[:SHOWN]


def what(effect: Effect) -> tuple[str | None, ...]:
    """What the effect is, wherever it stands."""
    if isinstance(effect, Doubt):
        return ("dynamic", effect.what)
    return effect.kind, effect.relation, effect.to, effect.schema_name


def doubted(effect: Effect, why: str) -> Doubt:
    """The effect as one that may not come: what it would do, and why that is not sure."""
    if isinstance(effect, Doubt):
        return effect
    qualified = f"{effect.schema_name}.{effect.relation}" if effect.schema_name else effect.relation
    to = f' to "{effect.to}"' if effect.to else ""
    return Doubt(
        effect.line,
        f'{effect.kind} "{qualified}"{to}, {why}',
        tuple(filter(None, (effect.relation, effect.to))),
        effect.schema_name,
    )


def weighed(if_so: list[Effect], if_not: list[Effect], test: Value, shown: str, *, empty: bool) -> list[Effect]:
    """The effects of both branches in one row: those that are sure, the others as doubts.

    `empty` says that the test asks for a relation that no earlier migration made: then an empty database takes the
    branch of its absence, and a database that others had filled may take the other one.
    """
    shared = {what(effect) for effect in if_so} & {what(effect) for effect in if_not}
    asks = test if isinstance(test, Exists) else None
    found: dict[bool, list[Effect]] = {True: [], False: []}
    for branch, effects in ((True, if_so), (False, if_not)):
        for effect in effects:
            there = None if asks is None else asks.positive is branch
            if what(effect) in shared:
                found[branch] += [effect] if branch else []
            elif (empty and there is False) or (asks and idempotent(effect, asks, there is True)):
                found[branch].append(effect)
            else:
                found[branch].append(doubted(effect, f"only where {shown if branch else _not(shown)}"))
    last = asks is not None and not asks.positive
    return [*found[not last], *found[last]]


def _not(shown: str) -> str:
    return shown.removeprefix("not ") if shown.startswith("not ") else f"not ({shown})"


def idempotent(effect: Effect, test: Exists, there: bool) -> bool:
    """Whether the effect is sure although guarded: it creates what is not there, or drops what is.

    Whatever the test finds, the relation is there afterwards, or is not.
    """
    if not isinstance(effect, Operation) or effect.relation != test.relation:
        return False
    return effect.kind == ("drops" if there else "creates")


def moved(effect: Effect, line: int) -> Effect:
    """The effect at the line of this file that calls for it."""
    return effect._replace(line=line)
