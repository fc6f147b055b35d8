"""What one Ecto migration does on its way forward, followed as Elixir would run it, never run; `up` wins over `change`.

https://hexdocs.pm/ecto_sql/Ecto.Migration.html
"""

import re

from playbook.schema import effect
from playbook.schema.effect import HOLE, Effect, Guard
from playbook.schema.framework import Dynamic
from playbook.schema.frameworks.ecto.nodes import (
    arguments,
    block,
    branches,
    called,
    functions,
    keyword,
    outside,
    parameters,
    statements,
)
from playbook.schema.frameworks.ecto.values import Scope, Table, Value, constants, value
from playbook.schema.operation import Kind, Operation
from playbook.schema.syntax import DEEPEST, Node, line, quote, short, text, tree, walk
from playbook.schema.unread import Unread

KINDS: dict[str, Kind] = {
    "create": "creates",
    "create_if_not_exists": "creates",
    "drop": "drops",
    "drop_if_exists": "drops",
    "rename": "renames",
}
CHANCES = {"if", "unless", "case", "cond", "with", "for", "try", "receive"}
RUNS = re.compile(r"(?:^|\.)\w*Migrat\w*\.\w+$|\.(?:up|change)$|^Code\.\w+$|^System\.cmd$")
"""Calls of other modules that may do anything: `Oban.Migration.up(version: 12)`, `Code.eval_file(…)`."""

QUERIES = re.compile(r"(?:^|\.)query!?$|(?:^|\.)query_many!?$")


def effects(source: str) -> list[Effect]:
    """What the file's migration does; raises `Unread` where it cannot be followed."""
    modules = [one for one in walk(tree(source, "elixir"), outside) if called(one) == "defmodule"]
    bodies = [module for module in modules if {"up", "change"} & set(functions(module))]
    return _Walk(bodies[0]).whole() if bodies else [Dynamic(1, "it has neither up nor change")]


class _Walk:
    """One migration followed on its way forward."""

    def __init__(self, module: Node) -> None:
        self.functions = functions(module)
        self.attributes: Scope = constants(module)
        self.followed = self.depth = 0

    def whole(self) -> list[Effect]:
        """`up`, or else `change` (`Ecto.Migrator.attempt`)."""
        return self.body(block(self.functions.get("up") or self.functions["change"]), self.attributes)

    def body(self, nodes: list[Node], scope: Scope) -> list[Effect]:
        found: list[Effect] = []
        for node in nodes:
            self.followed += 1
            self.depth += 1
            if self.depth > DEEPEST or self.followed > effect.MOST:
                raise Unread("its code is nested too deep, or runs too long")
            found += self.statement(node, scope)
            self.depth -= 1
            if node.type == "binary_operator" and text(node.child_by_field_name("operator")) == "=":
                left = text(node.child_by_field_name("left"))
                scope = {**scope, left: value(node.child_by_field_name("right"), scope)}
        return found

    def statement(self, node: Node, scope: Scope) -> list[Effect]:
        if node.type == "binary_operator":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None:
                return []
            if text(node.child_by_field_name("operator")) == "|>" and right.type == "call":
                return self.call(right, [left, *arguments(right)], scope)
            return self.statement(right, scope)
        if node.type in ("call", "identifier"):
            return self.call(node, arguments(node), scope)
        return self.body(node.named_children, scope) if node.type in ("block", "body", "stab_clause") else []

    def call(self, node: Node, given: list[Node], scope: Scope) -> list[Effect]:
        name = called(node) if node.type == "call" else short(node)
        if name in KINDS:
            return self.table(node, KINDS[name], given, scope)
        if name == "execute" or QUERIES.search(name):
            return self.execute(node, name, given, scope)
        if name == "execute_file" or RUNS.search(name):
            return [Dynamic(line(node), f"{quote(node)} may do anything")]
        if name in ("if", "unless") and given and "direction()" in text(given[0]).replace(" ", ""):
            return self.direction(node, name, given[0], scope)
        if name in ("for", "Enum.each", "Enum.map"):
            return self.loop(node, given, scope)
        if name in CHANCES:
            guard = Guard(line(node), f"{quote(given[0], 40) if given else name} is so")
            return effect.under(self.body(branches(node), scope), guard)
        if name in self.functions and name not in ("up", "down", "change"):
            function = self.functions[name]
            names = [text(one) for one in parameters(function)]
            known: dict[str, Value] = dict(zip(names, (value(one, scope) for one in given), strict=False))
            return self.body(block(function), {**self.attributes, **known})
        inside = [one for one in node.named_children if one.type == "do_block"]
        inside += [clause for one in given if one.type == "anonymous_function" for clause in one.named_children]
        return [each for one in inside for each in self.body(statements(one), scope)]

    def direction(self, node: Node, name: str, asked: Node, scope: Scope) -> list[Effect]:
        """`direction()` is `:up` on the way forward."""
        words = text(asked).replace(" ", "")
        if words not in ("direction()==:up", "direction()==:down", "direction()!=:up", "direction()!=:down"):
            return effect.under(self.body(branches(node), scope), Guard(line(node), quote(asked, 40)))
        forward = (words in ("direction()==:up", "direction()!=:down")) == (name == "if")
        blocks = [one for one in node.named_children if one.type == "do_block"]
        elses = [one for block in blocks for one in block.named_children if one.type == "else_block"]
        chosen = block(node) if forward else [each for one in elses for each in one.named_children]
        return self.body(chosen, scope)

    def loop(self, node: Node, given: list[Node], scope: Scope) -> list[Effect]:
        """A loop over what is written out, in one variable; of any other only running it would tell."""
        positional = [one for one in given if one.type != "keywords"]
        generator = positional[0] if positional else None
        name, over, body = "", None, block(node)
        if generator is not None and generator.type == "binary_operator" and len(positional) == 1:
            name, over = text(generator.child_by_field_name("left")), generator.child_by_field_name("right")
        elif len(positional) > 1 and positional[1].type == "anonymous_function":
            clause = positional[1].named_children[0]
            over, body = generator, statements(clause)
            name = text(clause.child_by_field_name("left"))
        rows = value(over, scope)
        if not isinstance(rows, tuple) or isinstance(rows, Table) or not re.fullmatch(r"\w+", name):
            guard = Guard(line(node), f"its loop runs ({quote(node, 40)})")
            return effect.under(self.body(body or branches(node), scope), guard)
        return [each for row in rows for each in self.body(body, {**scope, name: row})]

    def table(self, node: Node, kind: Kind, given: list[Node], scope: Scope) -> list[Effect]:
        """One of a table's; those of indexes, constraints and columns are none."""
        if not given:
            return []
        first, words = value(given[0], scope), quote(node, 40)
        other = keyword(given, "to") if kind == "renames" else None
        if not isinstance(first, Table):
            known = isinstance(first, str) or given[0].type == "call"
            return [] if known else [Dynamic(line(node), f"{words} is computed")]
        if kind != "renames":
            return [_named(kind, first, line(node), None, words)]
        positional = [one for one in given if one.type != "keywords"]
        to = value(other, scope)
        if len(positional) > 1:
            return []
        return [_named(kind, first, line(node), to if isinstance(to, Table) else Table(None, None), words)]

    def execute(self, node: Node, name: str, given: list[Node], scope: Scope) -> list[Effect]:
        """The SQL of the way forward: the first text; `execute` also takes a list and a function."""
        for one in given:
            if one.type == "anonymous_function":
                return [each for clause in one.named_children for each in self.body(statements(clause), scope)]
            if text(one).startswith("&") and (local := self.functions.get(text(one)[1:].partition("/")[0])) is not None:
                return self.body(block(local), self.attributes)
            found = value(one, scope)
            if isinstance(found, str) and one.type not in ("alias", "identifier", "atom"):
                return effect.of_sql(found, line(one), quote(node, 40))
            if name == "execute":
                texts = found if isinstance(found, tuple) and not isinstance(found, Table) else (found,)
                return [
                    each for sql in texts for each in effect.of_sql(sql if isinstance(sql, str) else None, line(one))
                ]
        return []


def _named(kind: Kind, table: Table, at: int, to: Table | None, words: str) -> Effect:
    """Prefixes are schemas; a table's `prefix:` is a name of its own and may hold anything but a hole."""
    named = effect.named(kind, table.name, at, "" if to is None else to.name, words)
    if isinstance(named, Dynamic) or table.prefix is None:
        return named
    if HOLE in table.prefix:
        return Dynamic(at, f"it {effect.VERBS[kind]} {table.name} in a schema whose name is computed")
    return Operation(kind, named.relation, at, named.to, table.prefix)
