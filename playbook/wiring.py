"""Reads a signature and calls the function with what it asks for, by type: the one clever file.

Needs are written once, in the signature. `Logs` is required: where it is absent or unavailable the function is not
called and the lack is told. `Logs | None` is optional: the function is called with None. Types are resolved when the
function is registered, so that a typo is an error at import and never a None at three in the morning (the idea is
svcs' autowiring, https://svcs.hynek.me).
"""

import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from playbook.evidence.fact import Derived, Fact

Function = Callable[..., Any]


@dataclass(frozen=True)
class Need:
    """One parameter: the type of what it asks for, and whether the function can do without."""

    parameter: str
    type: type
    required: bool


class Lack(Exception):
    """A required need that is not there; `type` is what was asked for."""

    def __init__(self, need: type) -> None:
        super().__init__(need.__name__)
        self.type = need


def needs(function: Function, allowed: tuple[type, ...]) -> tuple[Need, ...]:
    """What `function` asks for, in order; TypeError with a sentence where it asks for anything not `allowed`."""
    hints = get_type_hints(function)
    found = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in hints:
            raise TypeError(f"{_name(function)}: parameter {parameter.name!r} has no type, so nobody can fill it")
        kind, required = _optional(hints[parameter.name])
        if not isinstance(kind, type) or not issubclass(kind, allowed):
            names = ", ".join(one.__name__ for one in allowed)
            raise TypeError(f"{_name(function)}: {parameter.name!r} asks for {kind}; only these are given: {names}")
        found.append(Need(parameter.name, kind, required))
    return tuple(found)


def gives(function: Function) -> type:
    """The type a function returns, without `| None`; TypeError where it says none."""
    hint = get_type_hints(function).get("return")
    kind, _ = _optional(hint)
    if not isinstance(kind, type) or kind is type(None):
        raise TypeError(f"{_name(function)}: the return annotation must name one fact")
    return kind


def call(function: Function, wanted: tuple[Need, ...], have: Mapping[type, object]) -> Any:
    """Calls `function` with what it needs out of `have`; raises `Lack` for the first required need not there.

    What is derived from facts is made of them on the way; it lacks what they lack.
    """
    arguments: dict[str, object] = {}
    for need in wanted:
        if need.type in have or not issubclass(need.type, Derived):
            if need.type not in have and need.required:
                raise Lack(need.type)
            arguments[need.parameter] = have.get(need.type)
            continue
        try:
            arguments[need.parameter] = call(need.type.of, _needs_of(need.type), have)
        except Lack:
            if need.required:
                raise
            arguments[need.parameter] = None
    return function(**arguments)


def of_facts(wanted: tuple[Need, ...]) -> tuple[Need, ...]:
    """The same needs with what is derived taken apart into the facts that it is made of, each once."""
    found: dict[type, Need] = {}
    for need in wanted:
        parts = of_facts(_needs_of(need.type)) if issubclass(need.type, Derived) else (need,)
        for part in parts:
            required = (need.required and part.required) or (part.type in found and found[part.type].required)
            found[part.type] = Need(part.parameter, part.type, required)
    return tuple(found.values())


@cache
def _needs_of(kind: type[Derived]) -> tuple[Need, ...]:
    return needs(kind.of, (Fact, Derived))


def _optional(hint: Any) -> tuple[Any, bool]:
    """(`Logs`, False) for `Logs | None`, else (the hint, True)."""
    if get_origin(hint) in (Union, types.UnionType):
        rest = [one for one in get_args(hint) if one is not type(None)]
        if len(rest) == 1 and len(get_args(hint)) > 1:
            return rest[0], False
    return hint, True


def _name(function: Function) -> str:
    return f"{function.__module__}.{function.__qualname__}"
