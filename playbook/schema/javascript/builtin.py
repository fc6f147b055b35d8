"""The parts of JavaScript's own library that migrations build their names and their order with."""

import posixpath
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from playbook.schema.javascript.values import (
    COMPUTED,
    FILES,
    NOTHING,
    PATHS,
    UNKNOWN,
    Function,
    Mark,
    Native,
    Text,
    Value,
    joined,
    shown,
    truth,
)

if TYPE_CHECKING:
    from playbook.schema.javascript.expressions import Expressions

PROMISE, OBJECT = Mark("Promise"), Mark("Object")
GLOBALS: dict[str, Value] = {
    "Promise": PROMISE,
    "Bluebird": PROMISE,
    "Object": OBJECT,
    "undefined": NOTHING,
    "String": Native(lambda given, at: Text(shown(given[0]), at) if given else Text("", at)),
}

MOST_PARTS = 5_000
"""Elements of one list that are built up; nobody writes out more."""


def member(run: "Expressions", owner: Value, name: str) -> Value:
    """A method or property of a text, a list, or one of the language's own objects; `UNKNOWN` of any other."""
    if isinstance(owner, Text):
        return _of_text(owner, name)
    if isinstance(owner, list):
        return len(owner) if name == "length" else _of_list(run, owner, name)
    if owner == PROMISE:
        return _of_promise(run, name)
    if owner == OBJECT:
        return _of_object(run, name)
    if owner == FILES:
        return Native(lambda given, _at: _file(run, given)) if name.startswith("readFile") else UNKNOWN
    if owner == PATHS:
        return Native(_path) if name in ("join", "resolve") else Native(_folder) if name == "dirname" else UNKNOWN
    if isinstance(owner, Native) and name == "bind":
        return Native(lambda _given, _at: owner)
    return UNKNOWN


def promised(run: "Expressions", owner: Value, name: str, given: Sequence[Value], at: int) -> Value:
    """`.then(…)`, `.catch(…)` and `.finally(…)` of whatever was waited for."""
    if name == "catch":
        run.try_callbacks(given, "depends on whether the lines before it fail")
        return owner
    result = run.call(given[0], [owner] if name == "then" else [], at) if given else owner
    run.try_callbacks(given[1:], "depends on whether the lines before it fail")
    return result if name == "then" else owner


def _of_text(owner: Text, name: str) -> Value:
    plain: dict[str, Callable[[str], str]] = {
        "toLowerCase": str.lower,
        "toUpperCase": str.upper,
        "trim": str.strip,
        "toString": str,
        "valueOf": str,
    }
    if name in plain:
        return Native(lambda _given, _at: Text(plain[name](owner.value), owner.line))
    if name == "concat":
        return Native(lambda given, _at: Text(owner.value + "".join(shown(one) for one in given), owner.line))
    if name == "split":
        return Native(lambda given, _at: _split(owner, given))
    if name == "length":
        return UNKNOWN
    return Native(lambda _given, at: Text(COMPUTED, at)) if name in ("replace", "replaceAll", "slice") else UNKNOWN


def _split(owner: Text, given: Sequence[Value]) -> Value:
    if not given or not isinstance(given[0], Text) or not given[0].value or COMPUTED in owner.value:
        return UNKNOWN
    parts, at = [], owner.line
    for part in owner.value.split(given[0].value, MOST_PARTS):
        parts.append(Text(part, at))
        at += part.count("\n") + given[0].value.count("\n")
    return parts


def _of_list(run: "Expressions", owner: list[Value], name: str) -> Value:
    def each(given: list[Value], at: int) -> Value:
        return [run.call(given[0], [one, place, owner], at) for place, one in enumerate(owner[:MOST_PARTS])]

    def reduce(given: list[Value], at: int) -> Value:
        rest = list(owner[:MOST_PARTS])
        value = given[1] if len(given) > 1 else rest.pop(0) if rest else UNKNOWN
        for place, one in enumerate(rest):
            value = run.call(given[0], [value, one, place, owner], at)
        return value

    def push(given: list[Value], _at: int) -> Value:
        if len(owner) < MOST_PARTS:
            owner.extend([UNKNOWN] * len(given) if run.assigned else given)
        return len(owner)

    def kept(given: list[Value], at: int) -> Value:
        chosen = [(one, truth(run.call(given[0], [one], at))) for one in owner[:MOST_PARTS]]
        return UNKNOWN if any(holds is None for _, holds in chosen) else [one for one, holds in chosen if holds]

    def together(given: list[Value], _at: int) -> Value:
        more = [part for one in given for part in (one if isinstance(one, list) else [one])]
        return [*owner, *more][:MOST_PARTS]

    def text_of(given: list[Value], at: int) -> Value:
        between = shown(given[0]) if given else ","
        first = next((one.line for one in owner if isinstance(one, Text)), at)
        return Text(between.join(shown(one) for one in owner), first)

    def nothing(result: Callable[[list[Value], int], Value]) -> Callable[[list[Value], int], Value]:
        return lambda given, at: result(given, at) if given else UNKNOWN

    methods: dict[str, Callable[[list[Value], int], Value]] = {
        "map": nothing(each),
        "forEach": nothing(each),
        "flatMap": nothing(lambda given, at: _flat(each(given, at))),
        "reduce": nothing(reduce),
        "filter": nothing(kept),
        "push": push,
        "concat": together,
        "join": text_of,
        "flat": lambda _given, _at: _flat(owner),
        "reverse": lambda _given, _at: list(reversed(owner)),
    }
    return Native(methods[name]) if name in methods else UNKNOWN


def _flat(values: list[Value]) -> list[Value]:
    return [part for one in values for part in (one if isinstance(one, list) else [one])][:MOST_PARTS]


def _of_promise(run: "Expressions", name: str) -> Value:
    """Also Bluebird's `map`, `each` and `mapSeries`, which older migrations use (http://bluebirdjs.com/docs/api)."""
    if name in ("all", "allSettled", "resolve", "props"):
        return Native(lambda given, _at: given[0] if given else NOTHING)
    if name in ("map", "each", "mapSeries"):
        return Native(lambda given, at: _over(run, given, at))
    return UNKNOWN


def _over(run: "Expressions", given: list[Value], at: int) -> Value:
    if len(given) > 1 and isinstance(given[0], list):
        return [run.call(given[1], [one], at) for one in given[0][:MOST_PARTS]]
    run.try_callbacks(given, "depends on a list that is known only when it runs")
    return UNKNOWN


def _of_object(run: "Expressions", name: str) -> Value:
    def parts(given: list[Value], at: int) -> Value:
        of = given[0] if given else UNKNOWN
        if not isinstance(of, dict) or "..." in of:
            return UNKNOWN
        if name == "keys":
            return [Text(key, at) for key in of]
        values = [run.now(of, key) for key in of]
        return values if name == "values" else [[Text(key, at), value] for key, value in zip(of, values, strict=True)]

    def assigned(given: list[Value], _at: int) -> Value:
        if not given or not isinstance(given[0], dict):
            return UNKNOWN
        for one in given[1:]:
            given[0].update(one if isinstance(one, dict) else {"...": UNKNOWN})
        return given[0]

    if name in ("keys", "values", "entries"):
        return Native(parts)
    if name == "assign":
        return Native(assigned)
    return Native(lambda given, _at: given[0] if given else NOTHING) if name == "freeze" else UNKNOWN


def _path(given: list[Value], at: int) -> Value:
    whole = joined(Text("", at), Text("/".join(shown(one) for one in given), at))
    return Text(posixpath.normpath(whole.value), at) if COMPUTED not in whole.value else UNKNOWN


def _folder(given: list[Value], at: int) -> Value:
    known = given and isinstance(given[0], Text) and COMPUTED not in given[0].value
    return Text(posixpath.dirname(given[0].value), at) if known else UNKNOWN


def _file(run: "Expressions", given: list[Value]) -> Value:
    """A file that is read while migrating, where it is among those that were handed in."""
    path = given[0].value if given and isinstance(given[0], Text) else None
    content = run.modules.files.get(path) if path is not None else None
    return Text(content, 1) if content is not None else UNKNOWN


__all__ = ["GLOBALS", "Function", "member", "promised"]
