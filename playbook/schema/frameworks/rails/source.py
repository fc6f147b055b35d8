"""Where in a migration's file its class is, and what the names in it stand for."""

from collections.abc import Iterator

from playbook.schema.frameworks.rails import ruby
from playbook.schema.frameworks.rails.code import Code
from playbook.schema.frameworks.rails.ruby import Scope, Value
from playbook.schema.syntax import DEEPEST, Node, text, tree


def code(source: str, called: str) -> Code | None:
    """The migration's class: the one that the file is named after, or the last that can migrate; raises
    `Unread`."""
    root = tree(source, "ruby")
    classes = list(_classes(root))
    every = [one for one in classes if "Migration" in text(one[1].child_by_field_name("superclass"))]
    every = every or [one for one in classes if {"up", "change"} & set(_methods(one[1]))]
    if not every:
        return None
    name, node = next((one for one in every if one[0].rpartition("::")[2] == called), every[-1])
    methods = _methods(node)
    scope = Scope({}, methods, ruby.heredocs(root) if "<<" in source else {}, {})
    scope = scope._replace(tables=_tables(root, scope))
    scope = scope.having(_constants([root, *_bodies(root, node)], scope))
    own = text(node.child_by_field_name("superclass")).lstrip("< ").startswith("ActiveRecord::Migration")
    return Code(name, methods, scope, own)


def _classes(root: Node) -> Iterator[tuple[str, Node]]:
    """Every class of the file outside methods, with its whole name."""
    waiting = [("", root)]
    while waiting:
        outer, node = waiting.pop()
        name = outer
        if node.type in ("class", "module"):
            name = f"{outer}::{text(node.child_by_field_name('name'))}".removeprefix("::")
        if node.type == "class":
            yield name, node
        if node.type in ("program", "class", "module", "body_statement") and name.count("::") < DEEPEST:
            waiting += [(name, one) for one in reversed(node.named_children)]


def _bodies(root: Node, node: Node) -> Iterator[Node]:
    """The bodies around the class and its own, from the outside in."""
    around: list[Node] = []
    one: Node | None = node
    while one is not None and one != root:
        if one.type in ("class", "module") and (body := one.child_by_field_name("body")) is not None:
            around.append(body)
        one = one.parent
    yield from reversed(around)


def _methods(node: Node) -> dict[str, Node]:
    """The class's methods by their names: of instances, of the class itself (`def self.up`), private ones too."""
    body = node.child_by_field_name("body")
    waiting = list(reversed(body.named_children)) if body is not None else []
    found: dict[str, Node] = {}
    while waiting:
        one = waiting.pop()
        if one.type in ("method", "singleton_method"):
            found[text(one.child_by_field_name("name"))] = one
        elif one.type == "singleton_class" and (inside := one.child_by_field_name("body")) is not None:
            waiting += reversed(inside.named_children)
        elif one.type == "call" and (given := one.child_by_field_name("arguments")) is not None:
            waiting += reversed(given.named_children)
    return found


def _constants(bodies: list[Node], scope: Scope) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for body in bodies:
        for one in body.named_children:
            left = one.child_by_field_name("left") if one.type == "assignment" else None
            if left is not None and left.type in ("constant", "identifier"):
                found[text(left)] = ruby.value(one.child_by_field_name("right"), scope.having(found))
    return found


def _tables(root: Node, scope: Scope) -> dict[str, Value]:
    """The tables of models that the migration itself defines, by their class."""
    found: dict[str, Value] = {}
    for name, node in _classes(root):
        body = node.child_by_field_name("body")
        for one in body.named_children if body is not None else ():
            if one.type == "assignment" and text(one.child_by_field_name("left")) == "self.table_name":
                found[name.rpartition("::")[2]] = ruby.value(one.child_by_field_name("right"), scope)
    return found
