"""How Elixir's syntax tree says what code says: calls and their arguments, blocks, and a module's functions."""

from playbook.schema.syntax import Node, short, text


def called(node: Node) -> str:
    """The name of what is called, with its module: `Enum.each`."""
    return short(node.child_by_field_name("target")) if node.type == "call" else ""


def arguments(node: Node) -> list[Node]:
    """What a call is given, keywords among it; comments are none."""
    given = next((one for one in node.named_children if one.type == "arguments"), None)
    return [one for one in given.named_children if one.type != "comment"] if given is not None else []


def keyword(given: list[Node], name: str) -> Node | None:
    """The value of a keyword among the arguments; None where it is not given."""
    for pair in (pair for one in given if one.type == "keywords" for pair in one.named_children):
        if text(pair.child_by_field_name("key")).strip().rstrip(":") == name:
            return pair.child_by_field_name("value")
    return None


def statements(node: Node) -> list[Node]:
    """The statements of a block or clause; of a clause those to the right of the arrow."""
    right = node.child_by_field_name("right") if node.type == "stab_clause" else None
    return list((right or node).named_children)


def block(node: Node) -> list[Node]:
    """What stands between `do` and `end`, without `else` and its kind, or after `do:`."""
    blocks = [one for one in node.named_children if one.type == "do_block"]
    if blocks:
        return [one for one in blocks[0].named_children if not one.type.endswith("_block")]
    after = keyword(arguments(node), "do")
    return [] if after is None else [after]


def branches(node: Node) -> list[Node]:
    """Every statement of every branch."""
    blocks = [one for one in node.named_children if one.type == "do_block"]
    inside = [each for one in blocks for each in one.named_children]
    after = [one for name in ("do", "else") if (one := keyword(arguments(node), name)) is not None]
    parts = [statements(one) if one.type == "stab_clause" or one.type.endswith("_block") else [one] for one in inside]
    return [
        each for part in parts for one in part for each in ([*statements(one)] if one.type == "stab_clause" else [one])
    ] + after


def functions(module: Node) -> dict[str, Node]:
    """The module's functions by name; of several clauses the first."""
    found: dict[str, Node] = {}
    for one in block(module):
        if called(one) in ("def", "defp") and (head := _head(one)) is not None:
            found.setdefault(called(head) if head.type == "call" else text(head), one)
    return found


def _head(function: Node) -> Node | None:
    first = next(iter(arguments(function)), None)
    return first.child_by_field_name("left") if first is not None and first.type == "binary_operator" else first


def parameters(function: Node) -> list[Node]:
    """The parameters of a `def` or `defp`."""
    head = _head(function)
    return arguments(head) if head is not None else []


def outside(node: Node) -> bool:
    """Whether a module may stand within the node: nothing inside functions is looked through."""
    return node.type in ("source", "do_block") or called(node) == "defmodule"
