"""The literal values of Ruby code: strings with their interpolations, symbols, arrays, hashes, heredocs, constants.

https://docs.ruby-lang.org/en/master/syntax/literals_rdoc.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from playbook.schema.effect import HOLE
from playbook.schema.syntax import DEEPEST, Node, line, short, text, walk

Value: TypeAlias = "str | tuple[Value, ...] | dict[str, Value] | None"
"""A text or symbol, an array, a hash; None for what only running would tell."""

SAME = {
    *(
        "freeze",
        "to_s",
        "to_sym",
        "dup",
        "squish",
        "strip",
        "strip_heredoc",
        "chomp",
        "html_safe",
        "to_a",
        "with_indifferent_access",
    ),
}
"""Methods whose result is the same name, or the same SQL but for its white space."""

QUOTING = {"quote_table_name", "quote_column_name", "quoted_table_name"}

FORMAT = re.compile(r"%(?:[sd]|[{<]\w+[}>]s?)")
"""What `"…" % values` puts its values in for."""

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "s": " ", "e": "\x1b", "0": "\0", "\n": ""}


class Text(NamedTuple):
    """A text of the code and the line on which its content begins."""

    value: str | None
    line: int


class Scope(NamedTuple):
    """What names stand for at one place: `values` of variables and constants, bodies of `methods`, `heredocs` by the
    byte where they are announced, `tables` of the models that the file itself defines."""

    values: Mapping[str, Value]
    methods: Mapping[str, Node]
    heredocs: Mapping[int, Node]
    tables: Mapping[str, Value]

    def having(self, values: Mapping[str, Value]) -> "Scope":
        """The same place with these variables besides."""
        return self._replace(values={**self.values, **values})


def heredocs(root: Node) -> dict[int, Node]:
    """The body of each heredoc, by the byte where it is announced: bodies follow in the order of their beginnings."""
    beginnings: list[Node] = []
    bodies: list[Node] = []
    for node in walk(root):
        if node.type == "heredoc_beginning":
            beginnings.append(node)
        elif node.type == "heredoc_body":
            bodies.append(node)
    if len(beginnings) != len(bodies):
        return {}
    return {beginning.start_byte: body for beginning, body in zip(beginnings, bodies, strict=True)}


def value(node: Node | None, scope: Scope, depth: int = 0) -> Value:
    """What the expression is, where the code says so by itself."""
    if node is None or depth > DEEPEST:
        return None
    deeper = depth + 1
    match node.type:
        case "simple_symbol" | "integer" | "true" | "false" | "nil":
            return text(node).removeprefix(":")
        case "string" | "bare_string" | "bare_symbol" | "delimited_symbol" | "heredoc_body" | "hash_key_symbol":
            return _joined(node, scope, deeper)
        case "heredoc_beginning":
            return value(scope.heredocs.get(node.start_byte), scope, deeper)
        case "chained_string":
            return _sum(value(part, scope, deeper) for part in node.named_children)
        case "array" | "string_array" | "symbol_array":
            return tuple(value(part, scope, deeper) for part in node.named_children if part.type != "comment")
        case "hash":
            return pairs(node, scope, deeper)
        case "identifier" | "constant" | "instance_variable" | "class_variable":
            return _variable(node, scope, deeper)
        case "parenthesized_statements" if node.named_child_count == 1:
            return value(node.named_child(0), scope, deeper)
        case "binary":
            return _binary(node, scope, deeper)
        case "call":
            return _called(node, scope, deeper)
    return None


def pairs(node: Node, scope: Scope, depth: int = 0) -> dict[str, Value]:
    """The pairs of a hash, or the keywords of a call, whose keys are written out."""
    found: dict[str, Value] = {}
    for pair in node.named_children:
        if pair.type == "pair":
            key = value(pair.child_by_field_name("key"), scope, depth)
            if isinstance(key, str):
                found[key] = value(pair.child_by_field_name("value"), scope, depth)
    return found


def string(node: Node | None, scope: Scope) -> Text:
    """The text of an expression, holes in it for what is put in at run time."""
    found = value(node, scope)
    at = line(node) if node is not None else 1
    if node is not None:
        announced = next((one for one in walk(node) if one.type == "heredoc_beginning"), None)
        at = line(scope.heredocs[announced.start_byte]) if announced and announced.start_byte in scope.heredocs else at
    return Text(found if isinstance(found, str) else None, at)


def arguments(call: Node) -> list[Node]:
    """The positional arguments of a call."""
    given = call.child_by_field_name("arguments")
    aside = ("pair", "comment", "block_argument", "hash_splat_argument", "heredoc_body")
    return [one for one in given.named_children if one.type not in aside] if given is not None else []


def keywords(call: Node, scope: Scope) -> dict[str, Value]:
    """The keyword arguments of a call."""
    given = call.child_by_field_name("arguments")
    return pairs(given, scope) if given is not None else {}


def parameters(block: Node | None) -> list[str]:
    """The names of a block's or method's parameters, those in brackets taken out of them."""
    given = block.child_by_field_name("parameters") if block is not None else None
    if given is None:
        return []
    named = ("optional_parameter", "keyword_parameter")
    found = (one.child_by_field_name("name") if one.type in named else one for one in _flat(given))
    return [text(one) for one in found if one is not None and one.type == "identifier"]


def _flat(given: Node) -> Iterator[Node]:
    for one in given.named_children:
        if one.type == "destructured_parameter":
            yield from one.named_children
        else:
            yield one


def _joined(node: Node, scope: Scope, depth: int) -> str:
    """The parts of a text, with a hole for each that is not known."""
    if node.named_child_count == 0:
        return text(node) if node.type == "hash_key_symbol" else ""
    parts: list[str] = []
    for part in node.named_children:
        if part.type in ("string_content", "heredoc_content"):
            parts.append(text(part))
        elif part.type == "escape_sequence":
            parts.append(ESCAPES.get(text(part)[1:], text(part)[1:]))
        elif part.type == "interpolation":
            inside = value(part.named_child(0), scope, depth) if part.named_child_count == 1 else None
            parts.append(inside if isinstance(inside, str) else HOLE)
    return "".join(parts)


def _binary(node: Node, scope: Scope, depth: int) -> Value:
    """Texts or arrays put together, or a text with values put in."""
    operator = text(node.child_by_field_name("operator"))
    left, right = (value(node.child_by_field_name(side), scope, depth) for side in ("left", "right"))
    if operator in ("+", "<<"):
        return _sum(iter((left, right)))
    return FORMAT.sub(HOLE, left) if operator == "%" and isinstance(left, str) else None


def _sum(parts: Iterator[Value]) -> Value:
    texts = list(parts)
    if all(isinstance(one, tuple) for one in texts):
        return tuple(each for one in texts if isinstance(one, tuple) for each in one)
    return "".join(one if isinstance(one, str) else HOLE for one in texts) if any(texts) else None


def _variable(node: Node, scope: Scope, depth: int) -> Value:
    name = text(node)
    if name in scope.values:
        return scope.values[name]
    if name in scope.methods:
        return _result(scope.methods[name], scope, depth)
    return None


def _result(method: Node, scope: Scope, depth: int) -> Value:
    """What a method of one expression gives."""
    body = method.child_by_field_name("body")
    if body is None:
        return None
    if body.type != "body_statement":
        return value(body, scope, depth)
    lines = [one for one in body.named_children if one.type not in ("comment", "heredoc_body")]
    return value(lines[0], scope, depth) if len(lines) == 1 else None


def _called(node: Node, scope: Scope, depth: int) -> Value:
    receiver, method = node.child_by_field_name("receiver"), text(node.child_by_field_name("method"))
    if method in SAME and receiver is not None:
        return value(receiver, scope, depth)
    if method == "table_name" and receiver is not None:
        return scope.tables.get(short(receiver))
    given = arguments(node)
    if method in QUOTING and len(given) == 1:
        return value(given[0], scope, depth)
    if method == "keys" and receiver is not None:
        found = value(receiver, scope, depth)
        return tuple(found) if isinstance(found, dict) else None
    if receiver is None and not given and method in scope.methods:
        return _result(scope.methods[method], scope, depth)
    return None
