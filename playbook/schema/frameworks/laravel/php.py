"""The literal values of PHP code: strings with what is put into them, arrays, a class's constants and properties.

https://www.php.net/manual/en/language.types.string.php
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from playbook.schema.effect import HOLE
from playbook.schema.syntax import DEEPEST, Node, line, short, text, walk

Value: TypeAlias = "str | tuple[Value, ...] | dict[str, Value] | None"
"""A text, a list, an array with keys; None for what only running would tell."""

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "e": "\x1b", "0": "\0"}

CONTENT = ("string_content", "nowdoc_string")

CALLS = (
    "member_call_expression",
    "nullsafe_member_call_expression",
    "scoped_call_expression",
    "function_call_expression",
)


class Scope(NamedTuple):
    """What names stand for: variables as `$name`, properties as `$this->name`, constants as `NAME`; and methods."""

    values: Mapping[str, Value]
    methods: Mapping[str, Node]

    def having(self, values: Mapping[str, Value]) -> "Scope":
        """The same place with these besides."""
        return self._replace(values={**self.values, **values})


def value(node: Node | None, scope: Scope, depth: int = 0) -> Value:
    """What the expression is, where the code says so by itself."""
    if node is None or depth > DEEPEST:
        return None
    deeper = depth + 1
    match node.type:
        case "string" | "encapsed_string" | "heredoc_body" | "nowdoc_body":
            return "".join(_parts(node, scope, deeper))
        case "heredoc" | "nowdoc":
            return value(node.child_by_field_name("value"), scope, deeper)
        case "integer":
            return text(node)
        case "variable_name" | "member_access_expression":
            return scope.values.get(short(node))
        case "class_constant_access_expression":
            owner, _, name = short(node).partition("::")
            return scope.values.get(name) if owner in ("self", "static") else None
        case "parenthesized_expression" | "argument" if node.named_child_count:
            return value(node.named_children[-1], scope, deeper)
        case "binary_expression" if text(node.child_by_field_name("operator")) == ".":
            parts = [value(node.child_by_field_name(side), scope, deeper) for side in ("left", "right")]
            return "".join(one if isinstance(one, str) else HOLE for one in parts) if any(parts) else None
        case "array_creation_expression":
            return _array(node, scope, deeper)
    return None


def sql(node: Node | None, scope: Scope) -> tuple[str | None, int]:
    """The text of an expression, and the line on which it begins; through `DB::raw(…)` too."""
    if node is None:
        return None, 1
    inside = node.named_children[-1] if node.type == "argument" and node.named_child_count else node
    if inside.type == "scoped_call_expression" and text(inside.child_by_field_name("name")) == "raw":
        return sql(next(iter(arguments(inside)), None), scope)
    found = value(node, scope)
    bodies = (one for one in walk(node) if one.type in ("heredoc_body", "nowdoc_body", *CONTENT))
    first = next(bodies, node)
    return (found if isinstance(found, str) else None), line(first)


def arguments(call: Node) -> list[Node]:
    """The arguments of a call."""
    given = call.child_by_field_name("arguments")
    return [one for one in given.named_children if one.type == "argument"] if given is not None else []


def closure(argument: Node) -> Node | None:
    """The function that an argument is."""
    inside = argument.named_child(argument.named_child_count - 1) if argument.named_child_count else None
    return inside if inside is not None and inside.type in ("anonymous_function", "arrow_function") else None


def parameters(function: Node) -> list[str]:
    """The names of a function's parameters, with their `$`."""
    given = function.child_by_field_name("parameters")
    found = given.named_children if given is not None else []
    return [text(one.child_by_field_name("name")) for one in found if one.child_by_field_name("name") is not None]


def members(declared: Node) -> Scope:
    """The literal properties and constants of a class, and its methods."""
    values: dict[str, Value] = {}
    methods: dict[str, Node] = {}
    body = declared.child_by_field_name("body")
    for one in body.named_children if body is not None else ():
        if one.type == "method_declaration":
            methods[text(one.child_by_field_name("name"))] = one
        elif one.type in ("property_declaration", "const_declaration"):
            for element in one.named_children:
                if element.type == "property_element":
                    name = f"$this->{text(element.child_by_field_name('name')).removeprefix('$')}"
                    values[name] = value(element.child_by_field_name("default_value"), Scope(values, {}))
                elif element.type == "const_element" and element.named_child_count > 1:
                    values[text(element.named_child(0))] = value(element.named_child(1), Scope(values, {}))
    return Scope(values, methods)


def _parts(node: Node, scope: Scope, depth: int) -> Iterator[str]:
    for part in node.named_children:
        if part.type in CONTENT:
            yield text(part)
        elif part.type == "escape_sequence":
            yield ESCAPES.get(text(part)[1:], text(part)[1:])
        elif part.type != "comment":
            inside = value(part, scope, depth)
            yield inside if isinstance(inside, str) else HOLE


def _array(node: Node, scope: Scope, depth: int) -> Value:
    elements = [one for one in node.named_children if one.type == "array_element_initializer"]
    if any(one.named_child_count > 1 for one in elements):
        found: dict[str, Value] = {}
        for one in elements:
            key = value(one.named_child(0), scope, depth) if one.named_child_count > 1 else None
            if not isinstance(key, str):
                return None
            found[key] = value(one.named_child(1), scope, depth)
        return found
    return tuple(value(one.named_child(0), scope, depth) for one in elements)
