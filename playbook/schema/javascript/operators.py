"""What operators come to: rows of `+`, comparisons, and the choice between two ways."""

from typing import TYPE_CHECKING

from playbook.schema.javascript.values import NOTHING, UNKNOWN, Presence, Scope, Text, Value, joined, truth
from playbook.schema.syntax import Node, text

if TYPE_CHECKING:
    from playbook.schema.javascript.run import Run


def binary(run: "Run", node: Node, scope: Scope) -> Value:
    """`+` over long rows of texts goes without recursion; comparisons only of values that are known."""
    rights: list[tuple[str, Node | None]] = []
    while node.type == "binary_expression":
        operator = text(node.child_by_field_name("operator"))
        left = node.child_by_field_name("left")
        rights.append((operator, node.child_by_field_name("right")))
        if left is None:
            return UNKNOWN
        node = left
    value = run.value(node, scope)
    for operator, right in reversed(rights):
        value = _operated(run, operator, value, right, scope)
    return value


def _operated(run: "Run", operator: str, left: Value, right: Node | None, scope: Scope) -> Value:
    if operator in ("&&", "||", "??"):
        holds = truth(left)
        if operator == "??":
            holds = None if left is UNKNOWN else left is NOTHING or left is None
            return UNKNOWN if holds is None else run.value(right, scope) if holds else left
        if holds is None:
            other = _sometimes(run, right, scope)
            return other if other == (operator == "||") else UNKNOWN
        return run.value(right, scope) if holds == (operator == "&&") else left
    other = run.value(right, scope)
    if operator == "+":
        return joined(left, other)
    if operator in ("===", "==", "!==", "!="):
        return _compared(left, other, operator.startswith("!"))
    return UNKNOWN


def _sometimes(run: "Run", right: Node | None, scope: Scope) -> Value:
    with run.trial() as tried:
        value = run.value(right, scope)
    run.recorder.perhaps([tried], "depends on a condition that is known only when it runs")
    return truth(value) if isinstance(value, bool) else UNKNOWN


def _compared(left: Value, right: Value, negated: bool) -> Value:
    if isinstance(left, Presence) and isinstance(right, bool):
        return left._replace(negated=left.negated ^ (not right) ^ negated)
    if isinstance(left, Text) and isinstance(right, Text) and truth(left) is not None and truth(right) is not None:
        return (left.value == right.value) != negated
    if isinstance(left, bool | int | float) and isinstance(right, bool | int | float):
        return (left == right) != negated
    return UNKNOWN


def unary(run: "Run", node: Node, scope: Scope) -> Value:
    value = run.value(node.child_by_field_name("argument"), scope)
    if text(node.child_by_field_name("operator")) != "!":
        return UNKNOWN
    if isinstance(value, Presence):
        return value._replace(negated=not value.negated)
    holds = truth(value)
    return UNKNOWN if holds is None else not holds


def ternary(run: "Run", node: Node, scope: Scope) -> Value:
    test = run.value(node.child_by_field_name("condition"), scope)
    first, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
    holds = truth(test)
    if holds is not None:
        taken, skipped = (first, other) if holds else (other, first)
        value = run.value(taken, scope)
        if isinstance(test, Presence):
            run.recorder.unless_there(test, lambda: _forget(run, skipped, scope))
        return value
    ways = []
    for way in (first, other):
        with run.trial() as tried:
            run.value(way, scope)
        ways.append(tried)
    run.recorder.perhaps(ways, "depends on a condition that is known only when it runs")
    return UNKNOWN


def _forget(run: "Run", node: Node | None, scope: Scope) -> None:
    run.value(node, scope)
