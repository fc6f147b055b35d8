"""What the `up` of one Laravel migration does, followed as PHP would run it, never run.

https://laravel.com/docs/migrations
"""

from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

from playbook.schema import effect
from playbook.schema.effect import Effect, Guard
from playbook.schema.framework import Dynamic
from playbook.schema.frameworks.laravel import condition, php
from playbook.schema.frameworks.laravel.builder import BUILDER, CREATES, DROPS, OWN, blueprint, is_schema
from playbook.schema.frameworks.laravel.php import Scope, Value
from playbook.schema.operation import Kind
from playbook.schema.syntax import DEEPEST, Node, line, quote, short, text
from playbook.schema.unread import Unread

EXECUTES = {"statement", "unprepared"}
"""https://laravel.com/docs/database#running-a-general-statement"""

ASKS = {"select", "update", "insert", "affectingStatement", "exec"}
EACH = {"each", "map", "chunk", "chunkById", "eachById", "lazy", "cursor", "times", "when", "unless", "filter"}


class Code(NamedTuple):
    """A migration's class: `own` where its parent is Laravel's."""

    scope: Scope
    own: bool


def effects(code: Code, prefix: str, there: Set[str]) -> list[Effect]:
    """What `up` does where the tables `there` exist (others may); raises `Unread` where it takes too long to follow."""
    up = code.scope.methods.get("up")
    if up is None:
        return [] if code.own else [Dynamic(1, "it has no up of its own: its parent's may do anything")]
    return _Walk(code, prefix, there).body(up.child_by_field_name("body"), code.scope)


class _Walk:
    """One migration followed; `touched` are the tables that it did something to already."""

    def __init__(self, code: Code, prefix: str, there: Set[str]) -> None:
        self.code, self.prefix, self.there = code, prefix, there
        self.touched: set[str] = set()
        self.depth = self.followed = 0

    def body(self, node: Node | None, scope: Scope) -> list[Effect]:
        """Statements one after another, up to one that returns."""
        return effect.in_turn(self.each(node, scope), self.known, effect.under) if node is not None else []

    def each(self, node: Node, scope: Scope) -> Iterator[tuple[list[Effect], Guard | None]]:
        """What each statement does, and the guard that lets the next one run."""
        for one in node.named_children if node.type in BODIES else [node]:
            self.depth += 1
            self.followed += 1
            if self.depth > DEEPEST or self.followed > effect.MOST:
                raise Unread("its code is nested too deep, or runs too long")
            effects = self.statement(one, scope)
            self.depth -= 1
            scope = _assigned(one, scope)
            yield effects, condition.leaving(one, scope)
            if one.type in condition.LEAVES:
                return

    def statement(self, node: Node, scope: Scope) -> list[Effect]:
        match node.type:
            case "expression_statement" | "return_statement" | "parenthesized_expression":
                return [each for one in node.named_children for each in self.statement(one, scope)]
            case "assignment_expression":
                right = node.child_by_field_name("right")
                return self.statement(right, scope) if right is not None else []
            case "if_statement":
                return self.condition(node, scope)
            case "conditional_expression" | "switch_statement" | "match_expression" | "catch_clause":
                guard = Guard(line(node), f"{quote(node, 30)} is so")
                parts = [one for one in node.named_children if one != node.child_by_field_name("condition")]
                return effect.under([each for one in parts for each in self.body(one, scope)], guard)
            case "binary_expression":
                left, right = (node.child_by_field_name(side) for side in ("left", "right"))
                if (
                    left is None
                    or right is None
                    or text(node.child_by_field_name("operator")) not in ("&&", "||", "and", "or")
                ):
                    return []
                return self.statement(left, scope) + effect.under(self.statement(right, scope), condition.words(left))
            case "foreach_statement":
                return self.loop(node, scope)
            case "while_statement" | "for_statement" | "do_statement":
                guard = Guard(line(node), f"its loop runs ({quote(node, 30)})")
                return effect.under(self.body(node.child_by_field_name("body"), scope), guard)
            case "compound_statement" | "finally_clause" | "try_statement" | "else_clause" | "switch_block":
                return self.body(node, scope)
            case "case_statement" | "default_statement" | "match_block" | "match_conditional_expression":
                return [each for one in node.named_children for each in self.statement(one, scope)]
            case "include_expression" | "require_expression" | "require_once_expression" | "include_once_expression":
                return [Dynamic(line(node), f"{quote(node)} may do anything")]
        return self.call(node, scope) if node.type in php.CALLS else []

    def condition(self, node: Node, scope: Scope) -> list[Effect]:
        asked = node.child_by_field_name("condition")
        guard = condition.guard(asked, scope) if asked is not None else Guard(line(node), "a condition holds")
        body, others = node.child_by_field_name("body"), node.children_by_field_name("alternative")
        if (known := self.known(guard)) is not None:
            return self.body(body, scope) if known else [each for one in others for each in self.body(one, scope)]
        branches = [(guard, self.body(body, scope))]
        branches += [(guard.negated(), self.body(one.child_by_field_name("body") or one, scope)) for one in others]
        return effect.either(branches, any(one.type == "else_clause" for one in others))

    def known(self, guard: Guard) -> bool | None:
        """Whether the guard lets code run: known of a table that earlier migrations leave behind."""
        if guard.relation is None or guard.exists is None or guard.relation in self.touched:
            return None
        return guard.exists if f"{self.prefix}{guard.relation}" in self.there else None

    def loop(self, node: Node, scope: Scope) -> list[Effect]:
        over, bound = node.named_children[0], node.named_children[1]
        rows, body = php.value(over, scope), node.child_by_field_name("body")
        names = [text(one) for one in bound.named_children] if bound.type == "pair" else [text(bound)]
        pairs = list(rows.items()) if isinstance(rows, dict) else None
        if isinstance(rows, tuple):
            pairs = [(str(place), one) for place, one in enumerate(rows)]
        if pairs is None:
            guard = Guard(line(node), f"its loop runs ({quote(node, 40)})")
            return effect.under(self.body(body, scope.having(dict.fromkeys(names))), guard)
        found: list[Effect] = []
        for key, one in pairs:
            given: Mapping[str, Value] = dict(zip(names, (key, one) if len(names) > 1 else (one,), strict=False))
            found += self.body(body, scope.having(given))
        return found

    def call(self, node: Node, scope: Scope) -> list[Effect]:
        owner = node.child_by_field_name("object") or node.child_by_field_name("scope")
        name = text(node.child_by_field_name("name") or node.child_by_field_name("function"))
        given = php.arguments(node)
        if (
            owner is not None
            and is_schema(owner, scope)
            and (found := self.build(node, name, given, scope)) is not None
        ):
            return found
        if name in EXECUTES | ASKS and owner is not None:
            sql, at = php.sql(given[0] if given else None, scope)
            return [] if sql is None and name in ASKS else effect.of_sql(sql, at, quote(node, 40))
        if name in scope.methods and short(owner) in ("$this", "self", "static"):
            return self.inline(scope.methods[name], given, scope)
        if (name == "up" and short(owner) != "parent") or (short(owner).endswith("Artisan") and name == "call"):
            return [Dynamic(line(node), f"{quote(node)} may do anything")]
        if name == "up" and not self.code.own:
            return [Dynamic(line(node), "its parent's up may do anything")]
        effects = self.body(owner, scope) if owner is not None and owner.type in php.CALLS else []
        for one in given:
            effects += self.closure(php.closure(one), name, scope)
        return effects

    def closure(self, function: Node | None, name: str, scope: Scope) -> list[Effect]:
        """A function that the one called runs: once, or for each of something."""
        if function is None:
            return []
        inside = scope.having(dict.fromkeys(php.parameters(function)))
        found = self.body(function.child_by_field_name("body"), inside)
        return effect.under(found, Guard(line(function), f"{name} runs it")) if name in EACH else found

    def build(self, node: Node, name: str, given: list[Node], scope: Scope) -> list[Effect] | None:
        """What the schema builder's method does; None for one that takes no tables."""
        names = [one if isinstance(one := php.value(each, scope), str) else None for each in given] or [None]
        function = next((found for one in given if (found := php.closure(one)) is not None), None)
        if name in CREATES:
            temporary = function is not None and any(True for _ in blueprint(function, {"temporary"}))
            return [] if temporary else [self.emit("creates", names[0], node)]
        if name in DROPS:
            return [self.emit("drops", names[0], node)]
        if name == "rename":
            names = names[::-1] if short(given[0] if given else None).startswith("to:") else names
            return [self.emit("renames", names[0], node, names[1] if len(names) > 1 else None)]
        if name == "table":
            return self.table(names[0], function, scope)
        if name.startswith("dropAll") and name not in OWN:
            return [Dynamic(line(node), f"{quote(node)} drops whatever there is")]
        if name.startswith(("create", "drop", "rename")) and name not in OWN:
            return [Dynamic(line(node), f"{quote(node)} is none of Laravel's own methods")]
        if name.startswith("whenTable"):
            inside = [each for one in given for each in self.closure(php.closure(one), name, scope)]
            return effect.under(inside, Guard(line(node), quote(node, 40)))
        return None

    def table(self, name: str | None, function: Node | None, scope: Scope) -> list[Effect]:
        """`Schema::table`: its blueprint can create, drop and rename the table itself."""
        found: list[Effect] = []
        for call in blueprint(function, CREATES | DROPS | {"rename"}) if function is not None else ():
            method, given = text(call.child_by_field_name("name")), php.arguments(call)
            if method == "rename":
                to = php.value(given[0] if given else None, scope)
                found.append(self.emit("renames", name, call, to if isinstance(to, str) else None))
            else:
                found.append(self.emit("creates" if method in CREATES else "drops", name, call))
        return found

    def inline(self, method: Node, given: list[Node], scope: Scope) -> list[Effect]:
        names = php.parameters(method)
        known: dict[str, Value] = dict.fromkeys(names)
        known |= dict(zip(names, (php.value(one, scope) for one in given), strict=False))
        return self.body(method.child_by_field_name("body"), self.code.scope.having(known))

    def emit(self, kind: Kind, name: str | None, node: Node, to: str | None = "") -> Effect:
        """One operation, its names with the connection's prefix."""
        self.touched |= {one for one in (name, to) if one}
        return effect.named(kind, self.prefixed(name), line(node), self.prefixed(to) if to else to, quote(node, 40))

    def prefixed(self, name: str | None) -> str | None:
        """The prefix goes before the table's own name (`Grammar::wrapTable`)."""
        if name is None or not self.prefix:
            return name
        schema, dot, bare = name.rpartition(".")
        return f"{schema}{dot}{self.prefix}{bare}"


BODIES = {"compound_statement", "else_clause", "finally_clause", "try_statement", "switch_block", "match_block"}


def _assigned(node: Node, scope: Scope) -> Scope:
    inside = node.named_child(0) if node.type == "expression_statement" else None
    if inside is None or inside.type != "assignment_expression":
        return scope
    left, right = inside.child_by_field_name("left"), inside.child_by_field_name("right")
    known = php.value(right, scope)
    if right is not None and right.type in php.CALLS and is_schema(right, scope):
        known = BUILDER
    return scope.having({text(left): known})
