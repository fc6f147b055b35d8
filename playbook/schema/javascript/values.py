"""What an expression of JavaScript comes to where the text alone tells it; `UNKNOWN` where only running it would."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeAlias

from playbook.schema.syntax import Node, line, text

COMPUTED = "ǂ"
"""Stands in a text for a part that only running the code would tell. A letter (a click of the Khoisan languages, which
no table's name holds), so that SQL around it is still cut into words as it would be."""

Value: TypeAlias = Any
"""`Text`, a list, a dict by property, a bool or number, `NOTHING`, `Function`, `Class`, `Native`, an `Object` of a
framework, or `UNKNOWN`."""


class Text(NamedTuple):
    """A text with the line on which it begins."""

    value: str
    line: int


class Mark(NamedTuple):
    """A value with no parts."""

    name: str


UNKNOWN = Mark("unknown")
NOTHING = Mark("undefined")
FILES, PATHS = Mark("fs"), Mark("path")


class Object(Protocol):
    """What a framework gives a migration; calling it or a member of it is what the framework wants to know."""

    def member(self, name: str) -> Value: ...


class Presence(NamedTuple):
    """Whether a relation is there, as `hasTable` asks; `known` is false where no migration ever named it."""

    relation: str
    schema_name: str | None
    there: bool
    known: bool
    negated: bool = False

    @property
    def holds(self) -> bool:
        return self.there != self.negated


class Native(NamedTuple):
    """A function of a framework or of the language: gets its arguments and the line of the call."""

    call: Callable[[list[Value], int], Value]


class Scope:
    """The names of one block or function, inside those of another."""

    def __init__(self, outer: "Scope | None" = None) -> None:
        self.outer = outer
        self.names: dict[str, Value] = {}

    def find(self, name: str) -> "Scope | None":
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.outer
        return scope


class Function(NamedTuple):
    node: Node
    scope: Scope
    this: Value = NOTHING


class Class(NamedTuple):
    node: Node
    scope: Scope
    name: str


class Later(NamedTuple):
    """A module's constant, which is worked out when it is first asked for."""

    node: Node
    scope: Scope


def string(node: Node) -> Text:
    """The text of a literal between quotes, with what its escapes stand for."""
    if node.named_child_count == 0:
        return Text("", line(node))
    parts = [escaped(text(one)) if one.type == "escape_sequence" else text(one) for one in node.named_children]
    return Text("".join(parts), line(node))


ESCAPES: Mapping[str, str] = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
CODE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")


def escaped(sequence: str) -> str:
    r"""What `\n`, `\'`, `\x41` or `\u{1F600}` stands for (https://tc39.es/ecma262/#prod-EscapeSequence)."""
    code = CODE.fullmatch(sequence)
    if code:
        number = int(code[1] or code[2] or code[3], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"  # noqa: PLR2004
    return ESCAPES.get(sequence[1:], sequence[1:])


def joined(left: Value, right: Value) -> Value:
    """What `+` gives of the two: a text where one of them is one, with its unknown parts marked."""
    if isinstance(left, Text) or isinstance(right, Text):
        start = left.line if isinstance(left, Text) else right.line
        return Text(shown(left) + shown(right), start)
    if _number(left) and _number(right):
        return left + right
    return UNKNOWN


def shown(value: Value) -> str:
    """The value as a template would print it, `COMPUTED` where that is not known."""
    if isinstance(value, Text):
        return value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return ",".join(shown(one) for one in value)
    return COMPUTED


def _number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def truth(value: Value) -> bool | None:
    """Whether the value counts as true; None where it is not known."""
    if isinstance(value, Presence):
        return value.holds
    if value is UNKNOWN or (isinstance(value, Text) and COMPUTED in value.value):
        return None
    if value is NOTHING or value is None:
        return False
    if isinstance(value, Text):
        return value.value != ""
    if isinstance(value, bool | int | float):
        return bool(value)
    return True


def property_of(value: Value, name: str) -> Value:
    """A property of an object that is written out, `NOTHING` where it has none of that name and no unknown parts."""
    if isinstance(value, dict):
        return value.get(name, UNKNOWN if "..." in value else NOTHING)
    return UNKNOWN
