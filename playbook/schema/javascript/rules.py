"""One rule for each kind of expression: what it comes to, given what its parts do."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from playbook.schema.javascript import builtin, operators
from playbook.schema.javascript.values import (
    NOTHING,
    UNKNOWN,
    Class,
    Function,
    Later,
    Scope,
    Text,
    Value,
    escaped,
    joined,
    shown,
    string,
)
from playbook.schema.syntax import Node, line, text

if TYPE_CHECKING:
    from playbook.schema.javascript.run import Run

WRAPPERS = frozenset(
    {"parenthesized_expression", "await_expression", "as_expression", "satisfies_expression", "non_null_expression"}
)
FUNCTIONS = frozenset({"arrow_function", "function_expression", "function", "generator_function", "method_definition"})
IMPORTS = ("import_clause", "import_specifier", "namespace_import", "import_require_clause")


def _template(run: "Run", node: Node, scope: Scope) -> Value:
    parts: list[str] = []
    for one in node.named_children:
        if one.type == "template_substitution":
            value = run.value(one.named_children[0], scope) if one.named_children else UNKNOWN
            parts.append(shown(value))
        elif one.type == "escape_sequence":
            parts.append(escaped(text(one)))
        else:
            parts.append(text(one))
    return Text("".join(parts), line(node))


def _array(run: "Run", node: Node, scope: Scope) -> Value:
    found: list[Value] = []
    for one in node.named_children:
        if one.type == "spread_element":
            inner = run.value(one.named_children[0], scope)
            if isinstance(inner, list):
                found += inner
            else:
                return UNKNOWN
        elif one.type != "comment":
            found.append(run.value(one, scope))
    return found


def _object(run: "Run", node: Node, scope: Scope) -> Value:
    made: dict[str, Value] = {}
    for one in node.named_children:
        if one.type == "pair":
            value = one.child_by_field_name("value")
            made[run.key(one, scope)] = Later(value, scope) if value is not None else UNKNOWN
        elif one.type == "shorthand_property_identifier":
            made[text(one)] = run.named(text(one), scope)
        elif one.type == "method_definition":
            made[run.key(one, scope)] = Function(one, scope, made)
        elif one.type == "spread_element":
            inner = run.value(one.named_children[0], scope)
            made.update(inner if isinstance(inner, dict) else {"...": UNKNOWN})
    return made


def _member(run: "Run", node: Node, scope: Scope) -> Value:
    return _chain(run, node, scope)


def _chain(run: "Run", node: Node, scope: Scope) -> Value:
    """`a.b(…).c(…)` from its beginning; without recursion, for a chain may have hundreds of links."""
    links: list[Node] = []
    while node.type in ("member_expression", "call_expression", "subscript_expression") or node.type in WRAPPERS:
        links.append(node)
        inner = node.child_by_field_name("object") or node.child_by_field_name("function")
        if inner is None:
            inner = node.named_children[0] if node.type in WRAPPERS and node.named_children else None
        if inner is None:
            return UNKNOWN
        node = inner
    value = run.value(node, scope)
    owner: Value = NOTHING
    for link in reversed(links):
        if link.type == "member_expression":
            name = text(link.child_by_field_name("property"))
            owner, value = value, run.member(value, name)
            if isinstance(value, Function) and isinstance(owner, dict) and value.this is NOTHING:
                value = value._replace(this=owner) if value.node.type != "arrow_function" else value
        elif link.type == "subscript_expression":
            owner, value = value, _subscript(run, value, link, scope)
        elif link.type == "call_expression":
            value = _call(run, value, link, scope, owner)
    return value


def _subscript(run: "Run", owner: Value, link: Node, scope: Scope) -> Value:
    index = run.value(link.child_by_field_name("index"), scope)
    if isinstance(owner, list) and isinstance(index, int):
        return owner[index] if 0 <= index < len(owner) else UNKNOWN
    if isinstance(index, Text):
        return run.member(owner, index.value)
    return UNKNOWN


def _call(run: "Run", function: Value, link: Node, scope: Scope, owner: Value) -> Value:
    arguments = link.child_by_field_name("arguments")
    callee = link.child_by_field_name("function") or link
    at = line(_place(callee))
    if arguments is None:
        return UNKNOWN
    if arguments.type == "template_string":
        return _template(run, arguments, scope)  # a tag such as `sql` or `dedent`
    if callee.type == "member_expression" and text(callee.child_by_field_name("property")) in (
        "then",
        "catch",
        "finally",
    ):
        given = _arguments(run, arguments, scope)
        return builtin.promised(run, owner, text(callee.child_by_field_name("property")), given, at)
    name = text(callee)
    if name in ("require", "import") and function is UNKNOWN:
        given = _arguments(run, arguments, scope)
        spec = given[0] if given else UNKNOWN
        return run.modules.required(run, spec.value, scope) if isinstance(spec, Text) else UNKNOWN
    if function is UNKNOWN:
        given = _arguments(run, arguments, scope)
        if any(getattr(one, "powerful", False) for one in _all(given)):
            run.unfollowed(callee, at)
        run.try_callbacks(given, f"depends on {name[:40]}, which cannot be followed")
        return UNKNOWN
    return run.call(function, _arguments(run, arguments, scope), at)


def _all(values: Sequence[Value]) -> Iterator[Value]:
    for one in values:
        yield one
        if isinstance(one, dict):
            yield from one.values()


def _place(callee: Node) -> Node:
    return callee.child_by_field_name("property") or callee if callee.type == "member_expression" else callee


def _arguments(run: "Run", arguments: Node, scope: Scope) -> list[Value]:
    found: list[Value] = []
    for one in arguments.named_children:
        if one.type == "spread_element":
            inner = run.value(one.named_children[0], scope)
            found += inner if isinstance(inner, list) else [UNKNOWN]
        elif one.type != "comment":
            found.append(run.value(one, scope))
    return found


def _assignment(run: "Run", node: Node, scope: Scope) -> Value:
    target, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    value = run.value(right, scope)
    if node.type == "augmented_assignment_expression":
        plus = text(node.child_by_field_name("operator")) == "+="
        value = joined(run.value(target, scope), value) if plus else UNKNOWN
    if target is None:
        return value
    if target.type == "identifier":
        name = text(target)
        found = scope.find(name) or scope
        found.names[name] = value
        for trial in run.assigned:
            trial.append((found, name))
    elif target.type == "member_expression":
        owner = run.value(target.child_by_field_name("object"), scope)
        if isinstance(owner, dict):
            owner[text(target.child_by_field_name("property"))] = UNKNOWN if run.assigned else value
    elif target.type in ("object_pattern", "array_pattern"):
        run.bind(target, value, scope)
    return value


def _new(run: "Run", node: Node, scope: Scope) -> Value:
    constructor = node.child_by_field_name("constructor")
    arguments = node.child_by_field_name("arguments")
    given = _arguments(run, arguments, scope) if arguments is not None else []
    made = run.value(constructor, scope)
    if isinstance(made, Class):
        return run.instance(made)
    name = text(constructor).rpartition(".")[2]
    if name == "Promise":
        run.try_callbacks(given, "depends on a promise that is kept only when it runs")
        return UNKNOWN
    if given and isinstance(given[0], dict):
        return {**given[0], "constructor": Text(name, line(node))}
    return UNKNOWN


def _number(_run: "Run", node: Node, _scope: Scope) -> Value:
    written = text(node).replace("_", "")
    return int(written) if written.isdecimal() and len(written) < 18 else UNKNOWN  # noqa: PLR2004 - a timestamp fits


def _function(_run: "Run", node: Node, scope: Scope) -> Value:
    return Function(node, scope)


RULES: dict[str, Callable[[Any, Node, Scope], Value]] = {
    "string": lambda _run, node, _scope: string(node),
    "template_string": _template,
    "number": _number,
    "true": lambda _run, _node, _scope: True,
    "false": lambda _run, _node, _scope: False,
    "null": lambda _run, _node, _scope: NOTHING,
    "undefined": lambda _run, _node, _scope: NOTHING,
    "identifier": lambda run, node, scope: run.named(text(node), scope),
    "this": lambda run, _node, scope: run.named("this", scope),
    "array": _array,
    "object": _object,
    "member_expression": _member,
    "call_expression": _chain,
    "subscript_expression": _chain,
    "binary_expression": operators.binary,
    "unary_expression": operators.unary,
    "ternary_expression": operators.ternary,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _assignment,
    "new_expression": _new,
    "class": lambda _run, node, scope: Class(node, scope, text(node.child_by_field_name("name"))),
    **dict.fromkeys(FUNCTIONS, _function),
    **dict.fromkeys(IMPORTS, lambda run, node, scope: run.modules.found(run, node, scope)),
}
