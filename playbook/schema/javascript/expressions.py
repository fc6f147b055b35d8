"""What expressions of JavaScript come to: literals, constants, members, calls and the usual methods of lists."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playbook.schema.javascript import builtin
from playbook.schema.javascript.modules import Modules
from playbook.schema.javascript.recorder import Recorder
from playbook.schema.javascript.rules import RULES, WRAPPERS
from playbook.schema.javascript.values import (
    NOTHING,
    UNKNOWN,
    Class,
    Function,
    Later,
    Mark,
    Native,
    Presence,
    Scope,
    Text,
    Value,
    property_of,
    string,
)
from playbook.schema.operation import Operation
from playbook.schema.syntax import Node, line, text
from playbook.schema.unread import Unread

MOST_STEPS = 20_000
"""Statements and expressions of one migration that are followed; an ordinary one has a few hundred."""

DEEPEST = 90
"""How deep expressions and calls may nest: each level takes a few of Python's thousand frames."""


class Expressions:
    """The values of expressions; `Run` adds the statements."""

    DEEPEST_CALLS = 12

    def __init__(self, modules: Modules, recorder: Recorder) -> None:
        self.modules, self.recorder = modules, recorder
        self.steps = self.depth = self.calls = 0
        self.assigned: list[list[tuple[Scope, str]]] = []

    def invoke(self, function: Function, arguments: Sequence[Value]) -> Value:
        raise NotImplementedError

    def unfollowed(self, callee: Node, at: int) -> None:
        raise NotImplementedError

    def step(self, node: Node) -> None:
        self.steps += 1
        self.depth += 1
        if self.steps > MOST_STEPS or self.depth > DEEPEST:
            self.depth -= 1
            why = "deep" if self.steps <= MOST_STEPS else "long"
            raise Unread(f"it is too {why} to follow (line {line(node)})")

    @contextmanager
    def trial(self) -> Iterator[list[Operation]]:
        """Tries operations; what was assigned meanwhile is not known afterwards."""
        self.assigned.append([])
        try:
            with self.recorder.trial() as tried:
                yield tried
        finally:
            for scope, name in self.assigned.pop():
                scope.names[name] = UNKNOWN

    def value(self, node: Node | None, scope: Scope) -> Value:
        if node is None:
            return NOTHING
        while node.type in WRAPPERS:
            inner = [one for one in node.named_children if one.type != "comment"]
            if not inner:
                return UNKNOWN
            node = inner[0]
        self.step(node)
        try:
            rule = RULES.get(node.type)
            return rule(self, node, scope) if rule is not None else UNKNOWN
        finally:
            self.depth -= 1

    def named(self, name: str, scope: Scope) -> Value:
        found = scope.find(name)
        if found is None:
            return builtin.GLOBALS.get(name, UNKNOWN)
        return self.now(found.names, name)

    def now(self, names: dict[str, Value], name: str) -> Value:
        """The value of a name, worked out if that was put off."""
        value = names[name]
        if isinstance(value, Later):
            names[name] = UNKNOWN  # while it is worked out: a constant that needs itself has no value
            names[name] = value = self.value(value.node, value.scope)
        return value

    def bind(self, target: Node, value: Value, scope: Scope) -> None:
        """Gives the names of a pattern their parts of the value."""
        kind = target.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            scope.names[text(target)] = value
        elif kind == "object_pattern":
            for one in target.named_children:
                self._bind_property(one, value, scope)
        elif kind == "array_pattern":
            for place, one in enumerate(target.named_children):
                known = isinstance(value, list) and place < len(value)
                self.bind(one, value[place] if known else UNKNOWN, scope)
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left = target.child_by_field_name("left")
            if left is not None:
                other = value if value is not NOTHING else self.value(target.child_by_field_name("right"), scope)
                self.bind(left, other, scope)
        elif kind == "rest_pattern":
            self.bind(target.named_children[0], UNKNOWN, scope)

    def _bind_property(self, one: Node, value: Value, scope: Scope) -> None:
        if one.type == "pair_pattern":
            inner = one.child_by_field_name("value")
            if inner is not None:
                self.bind(inner, self.member(value, self.key(one, scope)), scope)
        elif one.type == "object_assignment_pattern":
            left = one.child_by_field_name("left")
            self.bind(one, self.member(value, text(left)), scope)
        elif one.type == "shorthand_property_identifier_pattern":
            self.bind(one, self.member(value, text(one)), scope)
        elif one.type == "rest_pattern":
            self.bind(one.named_children[0], UNKNOWN, scope)

    def key(self, pair: Node, scope: Scope) -> str:
        """The name of a property; "..." where it is computed."""
        key = pair.child_by_field_name("key") or pair.child_by_field_name("name")
        if key is None:
            return "..."
        if key.type == "string":
            return string(key).value
        if key.type == "computed_property_name":
            value = self.value(key.named_children[0], scope)
            return value.value if isinstance(value, Text) else "..."
        return text(key)

    def member(self, owner: Value, name: str) -> Value:
        """A property or method of a value."""
        if isinstance(owner, dict):
            if name in owner:
                return self.now(owner, name)
            return property_of(owner, name)
        if isinstance(owner, Class):
            return self._static(owner, name)
        if owner is UNKNOWN or isinstance(owner, Function | Presence | bool | int | float):
            return UNKNOWN
        if isinstance(owner, Text | list | Native | Mark):
            return builtin.member(self, owner, name)
        return owner.member(name)

    def _static(self, owner: Class, name: str) -> Value:
        for one in _body(owner.node):
            if one.type in ("public_field_definition", "field_definition") and self._names(one, name):
                return self.value(one.child_by_field_name("value"), owner.scope)
            if one.type == "method_definition" and self._names(one, name):
                return Function(one, owner.scope, owner)
        return UNKNOWN

    def _names(self, one: Node, name: str) -> bool:
        return text(one.child_by_field_name("name") or one.child_by_field_name("property")) == name

    def instance(self, of: Class) -> dict[str, Value]:
        """An object of a class: its fields as they are written, and its methods."""
        made: dict[str, Value] = {}
        inner = Scope(of.scope)
        inner.names["this"] = made
        for one in _body(of.node):
            name = text(one.child_by_field_name("name") or one.child_by_field_name("property"))
            if one.type == "method_definition":
                made[name] = Function(one, of.scope, made)
            elif one.type in ("public_field_definition", "field_definition"):
                made[name] = Later(one.child_by_field_name("value") or one, inner)
        if any(one.type == "class_heritage" and "extends" in text(one) for one in of.node.children):
            made["..."] = UNKNOWN
        return made

    def keys(self, of: dict[str, Value], at: int) -> Value:
        return UNKNOWN if "..." in of else [Text(name, at) for name in of]

    def enum(self, node: Node, scope: Scope) -> dict[str, Value]:
        """TypeScript's enum: each name's text (https://www.typescriptlang.org/docs/handbook/enums.html)."""
        body = node.child_by_field_name("body")
        found: dict[str, Value] = {}
        for one in body.named_children if body is not None else ():
            if one.type == "enum_assignment":
                found[text(one.child_by_field_name("name"))] = self.value(one.child_by_field_name("value"), scope)
        return found

    def call(self, function: Value, arguments: Sequence[Value], at: int) -> Value:
        """What a call gives; `UNKNOWN` of what cannot be followed."""
        if isinstance(function, Function):
            return self.invoke(function, arguments)
        if isinstance(function, Native):
            return function.call(list(arguments), at)
        called = getattr(function, "called", None)
        return called(list(arguments), at) if called is not None else UNKNOWN

    def try_callbacks(self, arguments: Sequence[Value], why: str) -> None:
        """Functions handed to one that cannot be followed may run, or not."""
        for one in arguments:
            if isinstance(one, Function):
                with self.trial() as tried:
                    self.invoke(one, [])
                self.recorder.perhaps([tried], why)


def _body(node: Node) -> list[Node]:
    body = node.child_by_field_name("body")
    return body.named_children if body is not None else []
