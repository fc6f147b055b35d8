"""Gives names their values: the parameters of a function that is called, the targets of a loop or an unpacking."""

import ast

from playbook.schema.frameworks.alembic.evaluate import Evaluator
from playbook.schema.frameworks.alembic.values import UNKNOWN, Mapped, Row, Text, Value, elements


def arguments(call: ast.Call, function: ast.FunctionDef, see: Evaluator) -> dict[str, Value]:
    """What the function's parameters come to in that call."""
    given = function.args
    names = [one.arg for one in [*given.posonlyargs, *given.args]]
    local: dict[str, Value] = dict.fromkeys([*names, *[one.arg for one in given.kwonlyargs]], UNKNOWN)
    defaults = [*zip(reversed(names), reversed(given.defaults), strict=False)]
    defaults += [(one.arg, value) for one, value in zip(given.kwonlyargs, given.kw_defaults, strict=True) if value]
    local.update({name: see.value(value) for name, value in defaults})
    for place, argument in enumerate(call.args):
        if isinstance(argument, ast.Starred):
            local.update(dict.fromkeys(names[place:], UNKNOWN))
            break
        if place < len(names):
            local[names[place]] = see.value(argument)
    extra: list[tuple[Value, Value]] = []
    for keyword in call.keywords:
        if keyword.arg in local:
            local[keyword.arg] = see.value(keyword.value)
        elif keyword.arg is not None:
            extra.append((Text(keyword.arg, call.lineno), see.value(keyword.value)))
    if given.vararg is not None:
        local[given.vararg.arg] = Row(tuple(see.value(one) for one in call.args[len(names) :]))
    if given.kwarg is not None:
        local[given.kwarg.arg] = Mapped(tuple(extra))
    return local


def bind(target: ast.expr, value: Value, local: dict[str, Value]) -> None:
    """Gives the target's names their values; those that do not fit become unknown."""
    if isinstance(target, ast.Name):
        local[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        parts = elements(value) or ()
        fits = len(parts) == len(target.elts) and not any(isinstance(one, ast.Starred) for one in target.elts)
        for place, one in enumerate(target.elts):
            if fits:
                bind(one, parts[place], local)
            else:
                local.update(dict.fromkeys(targets(one), UNKNOWN))


def targets(target: ast.expr) -> list[str]:
    """Every name in a target."""
    return [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]
