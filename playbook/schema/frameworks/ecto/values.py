"""What an expression of Elixir is, where the code says so by itself: texts, atoms, lists and `table(…)`."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from playbook.schema.effect import HOLE
from playbook.schema.frameworks.ecto.nodes import arguments, block, called, functions, keyword, parameters
from playbook.schema.syntax import DEEPEST, Node, short, text

Value: TypeAlias = "str | tuple[Value, ...] | Table | None"
"""A text or atom, a list, a `table(…)`; None for what only running would tell."""


class Table(NamedTuple):
    """`table(name, prefix: …)`; the name None where it is computed, a prefix HOLE where it is."""

    name: str | None
    prefix: str | None


Scope: TypeAlias = Mapping[str, Value]
"""Variables by their names, module attributes as `@name`."""


def value(node: Node | None, scope: Scope, depth: int = 0) -> Value:
    """What the expression is, where the code says so by itself."""
    if node is None or depth > DEEPEST:
        return None
    match node.type:
        case "atom":
            return text(node)[1:]
        case "quoted_atom" | "string" | "charlist":
            return "".join(_parts(node, scope, depth + 1))
        case "sigil":
            letter, words = text(node.named_child(0)), "".join(_parts(node, scope, depth + 1))
            return tuple(words.split()) if letter in ("w", "W") else words if letter in ("s", "S", "c", "C") else None
        case "list":
            return tuple(value(one, scope, depth + 1) for one in node.named_children)
        case "identifier":
            return scope.get(text(node))
        case "unary_operator" if text(node).startswith("@"):
            return scope.get(text(node))
        case "binary_operator" if text(node.child_by_field_name("operator")) == "<>":
            sides = [value(node.child_by_field_name(side), scope, depth + 1) for side in ("left", "right")]
            return "".join(one if isinstance(one, str) else HOLE for one in sides) if any(sides) else None
        case "call" if short(node).endswith("()"):
            return scope.get(short(node))
        case "call" if called(node) == "table":
            given = arguments(node)
            name = value(given[0], scope, depth + 1) if given else None
            prefix = keyword(given, "prefix")
            said = value(prefix, scope, depth + 1) if prefix is not None else None
            where = None if prefix is None or text(prefix) == "nil" else said if isinstance(said, str) else HOLE
            whole = len([one for one in given if one.type != "keywords"]) == 1
            return Table(name if isinstance(name, str) else None, where if whole else HOLE)
    return None


def _parts(node: Node, scope: Scope, depth: int) -> Iterator[str]:
    for part in node.named_children:
        if part.type == "quoted_content":
            yield text(part)
        elif part.type == "escape_sequence":
            yield {"\\n": "\n", "\\t": "\t"}.get(text(part), text(part)[1:])
        elif part.type == "interpolation":
            inside = value(part.named_child(0), scope, depth)
            yield inside if isinstance(inside, str) else HOLE


def constants(module: Node) -> dict[str, Value]:
    """A module's attributes, as `@name`, and its functions that only give a text or a list, as `name()`."""
    found: dict[str, Value] = {}
    for one in block(module):
        operand = one.child_by_field_name("operand") if one.type == "unary_operator" else None
        if operand is not None and operand.type == "call":
            given = arguments(operand)
            found[f"@{called(operand)}"] = value(given[0], found) if given else None
    for name, function in functions(module).items():
        said = block(function)
        if len(said) == 1 and not parameters(function) and said[0].type in ("string", "sigil", "atom", "list"):
            found[f"{name}()"] = value(said[0], found)
    return found
