"""The rules of which Slack's grammar of blocks is made: each looks at one value and tells what is wrong with it.

In the words that Slack uses where they are known: "must be less than 3001 characters", "unsupported type: …",
"missing required field: …", "invalid additional property: …", "no more than 10 items allowed".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Refusal:
    """One thing that Slack would not take, in the shape in which `blocks.validate` tells of it.

    `pointer` is a JSON pointer (RFC 6901) from what was checked; `code` is `failed_constraint`, the one that Slack
    documents; `constraint` says what was expected, by its `type`.
    """

    pointer: str
    message: str
    constraint: Mapping[str, Any]
    code: str = "failed_constraint"

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        told = {"pointer": self.pointer, "code": self.code, "message": self.message}
        return {**told, "constraint": dict(self.constraint)}


Rule = Callable[[Any, str], Iterator[Refusal]]
"""Value and pointer in, refusals out."""

Fields = Mapping[str, Rule]
"""By field; a name that ends in ! is required."""


def refused(pointer: str, message: str, kind: str, expected: object, got: object = None) -> Refusal:
    constraint = {"type": kind, "expected": expected}
    return Refusal(pointer, message, constraint if got is None else {**constraint, "got": got})


def anything(_value: Any, _pointer: str) -> Iterator[Refusal]:
    yield from ()


def flag(value: Any, pointer: str) -> Iterator[Refusal]:
    if not isinstance(value, bool):
        yield refused(pointer, "must be a boolean", "type", "boolean")


def text(most: int | None = None, least: int = 0) -> Rule:
    """A string of so many characters."""

    def rule(value: Any, pointer: str) -> Iterator[Refusal]:
        if not isinstance(value, str):
            yield refused(pointer, "must be a string", "type", "string")
        elif len(value) < least:
            yield refused(pointer, f"must be more than {least - 1} characters", "min_length", least, len(value))
        elif most is not None and len(value) > most:
            yield refused(pointer, f"must be less than {most + 1} characters", "max_length", most, len(value))

    return rule


def number(least: float | None = None, most: float | None = None, *, whole: bool = True, above: bool = False) -> Rule:
    """A number in these bounds; `above` leaves the lower bound out."""

    def rule(value: Any, pointer: str) -> Iterator[Refusal]:
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            yield refused(pointer, "must be an integer" if whole else "must be a number", "type", "number")
        elif least is not None and (value < least or (above and value == least)):
            yield refused(pointer, f"must be {'more than' if above else 'at least'} {least}", "minimum", least, value)
        elif most is not None and value > most:
            yield refused(pointer, f"must be at most {most}", "maximum", most, value)

    return rule


def one_of(*values: Any) -> Rule:
    """One of these values."""

    def rule(value: Any, pointer: str) -> Iterator[Refusal]:
        if not any(value == known and type(value) is type(known) for known in values):
            told = ", ".join(map(str, values))
            yield refused(pointer, f"must be one of: {told}", "enum", list(values), value)

    return rule


def each(rule: Rule, least: int = 0, most: int | None = None) -> Rule:
    """A list of so many of these."""

    def rule_of_list(value: Any, pointer: str) -> Iterator[Refusal]:
        if not isinstance(value, list | tuple):
            yield refused(pointer, "must be an array", "type", "array")
            return
        if len(value) < least:
            yield refused(pointer, f"must contain at least {least} items", "min_items", least, len(value))
        if most is not None and len(value) > most:
            yield refused(pointer, f"no more than {most} items allowed", "max_items", most, len(value))
            return
        for index, one in enumerate(value):
            yield from rule(one, f"{pointer}/{index}")

    return rule_of_list


def thing(fields: Fields, further: Rule = anything) -> Rule:
    """An object of these fields and no others; `further` looks at it when its fields are right."""
    known = {name.removesuffix("!"): rule for name, rule in fields.items()}
    required = [name.removesuffix("!") for name in fields if name.endswith("!")]

    def rule(value: Any, pointer: str) -> Iterator[Refusal]:
        if not isinstance(value, Mapping):
            yield refused(pointer, "must be an object", "type", "object")
            return
        sound = True
        for name in required:
            if value.get(name) is None:
                sound = False
                yield refused(pointer, f"missing required field: {name}", "required", [name])
        for name, inner in value.items():
            if name not in known:
                found = [
                    refused(pointer, f"invalid additional property: {name}", "additional_property", list(known), name)
                ]
            else:
                found = [] if inner is None else list(known[name](inner, f"{pointer}/{escaped(name)}"))
            sound = sound and not found
            yield from found
        if sound:
            yield from further(value, pointer)

    return rule


def typed(kinds: Mapping[str, Rule]) -> Rule:
    """An object whose `type` is one of these, and then as its kind says."""

    def rule(value: Any, pointer: str) -> Iterator[Refusal]:
        if not isinstance(value, Mapping):
            yield refused(pointer, "must be an object", "type", "object")
            return
        kind = value.get("type")
        if kind is None:
            yield refused(pointer, "missing required field: type", "required", ["type"])
        elif not isinstance(kind, str) or kind not in kinds:
            yield refused(f"{pointer}/type", f"unsupported type: {str(kind)[:100]}", "enum", sorted(kinds), kind)
        else:
            yield from kinds[kind](value, pointer)

    return rule


def at_least_one(*names: str) -> Rule:
    """An object with one of these fields, or several."""

    def rule(value: Any, pointer: str) -> Iterator[Refusal]:
        if all(value.get(name) is None for name in names):
            yield refused(pointer, f"missing required field: {' or '.join(names)}", "required", list(names))

    return rule


def exactly_one(*names: str) -> Rule:
    """An object with one of these fields and not two."""

    def rule(value: Any, pointer: str) -> Iterator[Refusal]:
        given = [name for name in names if value.get(name) is not None]
        if len(given) != 1:
            yield refused(pointer, f"must provide exactly one of {', '.join(names)}", "one_of", list(names), given)

    return rule


def both(*rules: Rule) -> Rule:
    """All of these rules."""

    def rule(value: Any, pointer: str) -> Iterator[Refusal]:
        for one in rules:
            yield from one(value, pointer)

    return rule


def distinct(values: Sequence[Any], pointer: str, what: str) -> Iterator[Refusal]:
    """That no two of these are the same; those that are None do not count."""
    seen: set[str] = set()
    for value in values:
        if isinstance(value, str) and value in seen:
            yield refused(pointer, f"{what} {value[:60]!r} twice", "unique", what, value)
        if isinstance(value, str):
            seen.add(value)


def escaped(name: object) -> str:
    """A field's name in a JSON pointer."""
    return str(name).replace("~", "~0").replace("/", "~1")
