"""The statements of a migration followed as Ruby would run them, never run: branches, loops, blocks and methods.

`change` wins over `up` (`exec_migration` in activerecord/lib/active_record/migration.rb); inside `revert` every command
is turned round and their order too (activerecord/lib/active_record/migration/command_recorder.rb).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import TypeAlias

from playbook.schema import effect
from playbook.schema.effect import Effect, Guard
from playbook.schema.framework import Dynamic
from playbook.schema.frameworks.rails import condition, ruby
from playbook.schema.frameworks.rails.code import Affix, Code, Others
from playbook.schema.frameworks.rails.methods import EACH, is_of_tables, is_unknown, rows_of
from playbook.schema.frameworks.rails.ruby import Scope, Value
from playbook.schema.syntax import DEEPEST, Node, line, quote, short, text
from playbook.schema.unread import Unread

Units = list[list[Effect]]
"""Commands in their order; `revert` turns their order round, but not the one inside a command."""

Command: TypeAlias = "Callable[[Walk, Node, Scope], Units]"
"""What a method of Rails' migrations does when it is called at a node."""

DIRECTION = "the direction of `reversible`"

BODIES = {"body_statement", "block_body", "then", "else", "do", "begin", "ensure", "parenthesized_statements"}
FOLLOWED = {"call", "begin", "if", "unless", "case", "conditional", "parenthesized_statements", "binary"}


class Budget:
    """How many statements were followed."""

    def __init__(self) -> None:
        self.followed = 0

    def spend(self) -> None:
        self.followed += 1
        if self.followed > effect.MOST:
            raise Unread(f"it runs more than {effect.MOST:,} statements")


class Walk:
    """One migration followed: `reverting` while its commands are turned round, `depth` of what is nested, `there` the
    tables that are known to exist, `touched` those that it did something to already."""

    def __init__(
        self, code: Code, affix: Affix, others: Others, commands: Mapping[str, Command], there: Set[str] = frozenset()
    ) -> None:
        self.code, self.affix, self.others, self.commands, self.there = code, affix, others, commands, there
        self.touched: set[str] = set()
        self.budget, self.depth = Budget(), 0
        self.reverting = False

    def aside(self, code: Code) -> "Walk":
        """Through another migration that this one runs, at this one's expense."""
        walk = Walk(code, self.affix, self.others, self.commands)
        walk.budget, walk.depth = self.budget, self.depth + 10
        return walk

    def whole(self, up: bool) -> list[Effect]:
        """Both ways: down is `change` reverted, or `down`."""
        methods = self.code.methods
        if "change" in methods:
            body = methods["change"].child_by_field_name("body")
            units = self.body(body, self.code.scope) if up else self.revert(body, self.code.scope)
        else:
            method = methods.get("up" if up else "down")
            if method is None and not self.code.own:
                return [Dynamic(1, f"{self.code.name} has no change or up of its own: its parent's may do anything")]
            units = self.body(method.child_by_field_name("body") if method else None, self.code.scope)
        return [one for unit in units for one in unit]

    def revert(self, body: Node | None, scope: Scope) -> Units:
        """The commands turned round, the last first (`CommandRecorder#revert`)."""
        self.reverting = not self.reverting
        units = self.body(body, scope)
        self.reverting = not self.reverting
        return units[::-1]

    def body(self, node: Node | None, scope: Scope) -> Units:
        """A method's body, a block's, or one statement."""
        if node is None:
            return []
        return self.statements(node.named_children if node.type in BODIES else [node], scope)

    def statements(self, nodes: list[Node], scope: Scope) -> Units:
        """Statements one after another, up to one that returns."""
        return effect.in_turn(self.each(nodes, scope), self.known, _under)

    def each(self, nodes: list[Node], scope: Scope) -> Iterator[tuple[Units, Guard | None]]:
        """What each statement does, and the guard that lets the next one run."""
        for node in nodes:
            if node.type in condition.LEAVES:
                return
            self.depth += 1
            if self.depth > DEEPEST:
                raise Unread(f"its code is nested deeper than {DEEPEST}")
            self.budget.spend()
            units = self.statement(node, scope)
            self.depth -= 1
            if node.type == "assignment":
                scope = _assigned(node, scope)
            yield units, condition.leaves(node, scope)

    def statement(self, node: Node, scope: Scope) -> Units:
        match node.type:
            case "call":
                return self.call(node, scope)
            case "identifier" if text(node) in self.code.methods and text(node) not in scope.values:
                return self.inline(text(node), [], scope)
            case "assignment" | "operator_assignment":
                right = node.child_by_field_name("right")
                return self.body(right, scope) if right is not None and right.type in FOLLOWED else []
            case "if" | "unless" | "elsif" | "if_modifier" | "unless_modifier" | "conditional":
                return self.condition(node, scope)
            case "case":
                return self.case(node, scope)
            case "binary":
                left, right = (node.child_by_field_name(side) for side in ("left", "right"))
                if right is None or right.type not in FOLLOWED or left is None:
                    return []
                guard = condition.guard(left, scope)
                kept = guard if text(node.child_by_field_name("operator")) in ("and", "&&") else guard.negated()
                return self.body(left, scope) + _under(self.body(right, scope), kept)
            case "while" | "until" | "for" | "while_modifier" | "until_modifier":
                guard = Guard(line(node), f"its loop runs ({quote(node, 30)})")
                return _under(self.body(node.child_by_field_name("body"), scope), guard)
            case "rescue" | "rescue_modifier":
                handler = node.child_by_field_name("handler" if node.type == "rescue_modifier" else "body")
                tried = self.body(node.child_by_field_name("body"), scope) if node.type == "rescue_modifier" else []
                return tried + _under(self.body(handler, scope), Guard(line(node), "an error is rescued"))
            case "begin" | "ensure" | "else" | "then" | "parenthesized_statements" | "do" | "begin_block":
                return self.statements(node.named_children, scope)
        return []

    def condition(self, node: Node, scope: Scope) -> Units:
        asked = node.child_by_field_name("condition")
        guard = condition.guard(asked, scope) if asked is not None else Guard(line(node), "a condition holds")
        if node.type.startswith("unless"):
            guard = guard.negated()
        consequence = node.child_by_field_name("consequence") or node.child_by_field_name("body")
        alternative = node.child_by_field_name("alternative")
        if self.known(guard) is not None:
            return self.body(consequence if self.known(guard) else alternative, scope)
        first, second = self.body(consequence, scope), self.body(alternative, scope)
        if alternative is None:
            return _under(first, guard)
        return _either([(guard, first), (guard.negated(), second)], True)

    def known(self, guard: Guard) -> bool | None:
        """Whether the guard lets code run: known of a table that earlier migrations leave behind."""
        if guard.relation is None or guard.exists is None or guard.relation in self.touched:
            return None
        return guard.exists if self.affix.around(guard.relation) in self.there else None

    def case(self, node: Node, scope: Scope) -> Units:
        branches = [
            (Guard(line(one), f"{quote(node, 30)} is so"), self.body(one.child_by_field_name("body") or one, scope))
            for one in node.named_children
            if one.type in ("when", "else", "in_clause")
        ]
        return _either(branches, any(one.type == "else" for one in node.named_children))

    def call(self, node: Node, scope: Scope) -> Units:
        receiver, name = node.child_by_field_name("receiver"), short(node.child_by_field_name("method"))
        block = node.child_by_field_name("block")
        if (command := self.commands.get(name)) is not None:
            return command(self, node, scope)
        if receiver is not None and scope.values.get(short(receiver)) == DIRECTION and name in ("up", "down"):
            if (name == "down") != self.reverting:
                return []
            return [self.as_written(block, scope)]
        if (receiver is None or receiver.type == "self") and name in self.code.methods:
            return self.inline(name, ruby.arguments(node), scope)
        if name in EACH and block is not None:
            return self.loop(node, block, scope)
        found: Units = []
        if receiver is not None and receiver.type in FOLLOWED:
            found = self.body(receiver, scope)
        if is_of_tables(name):
            return [*found, [Dynamic(line(node), f"{quote(node)} is none of Rails' own methods")]]
        if is_unknown(node, name, scope, self.commands):
            found.append([Dynamic(line(node), f"{quote(node)} may do anything")])
        return found + self.block(block, scope)

    def block(self, block: Node | None, scope: Scope, given: Mapping[str, Value] | None = None) -> Units:
        """A block that runs once, its parameters unknown unless `given`."""
        if block is None:
            return []
        unknown: dict[str, Value] = dict.fromkeys(ruby.parameters(block))
        return self.body(block.child_by_field_name("body"), scope.having({**unknown, **(given or {})}))

    def as_written(self, block: Node | None, scope: Scope, given: Mapping[str, Value] | None = None) -> list[Effect]:
        """A block whose commands are not turned round, as one command."""
        before, self.reverting = self.reverting, False
        units = self.block(block, scope, given)
        self.reverting = before
        return [one for unit in units for one in unit]

    def inline(self, name: str, given: list[Node], scope: Scope) -> Units:
        """A method of the migration's own, with what it is given."""
        method = self.code.methods[name]
        values = [ruby.value(one, scope) for one in given]
        names = ruby.parameters(method)
        known: dict[str, Value] = dict.fromkeys(names)
        known |= dict(zip(names, values, strict=False))
        return self.body(method.child_by_field_name("body"), self.code.scope.having(known))

    def loop(self, node: Node, block: Node, scope: Scope) -> Units:
        """A block once for each element of what is written out; of anything else only running it would tell."""
        receiver, name = node.child_by_field_name("receiver"), text(node.child_by_field_name("method"))
        rows = rows_of(ruby.value(receiver, scope), name)
        if rows is None:
            guard = Guard(line(node), f"its loop runs ({quote(node, 40)})")
            return _under(self.block(block, scope), guard)
        names = ruby.parameters(block)
        found: Units = []
        for row in rows:
            parts = row if isinstance(row, tuple) and len(names) > 1 and name != "each_with_index" else (row,)
            found += self.block(block, scope, dict(zip(names, parts, strict=False)))
        return found


def _under(units: Units, guard: Guard) -> Units:
    return [effect.under(unit, guard) for unit in units]


def _either(branches: Iterable[tuple[Guard, Units]], exhaustive: bool) -> Units:
    flat = [(guard, [one for unit in units for one in unit]) for guard, units in branches]
    return [[one] for one in effect.either(flat, exhaustive)]


def _assigned(node: Node, scope: Scope) -> Scope:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return scope.having({text(left): ruby.value(right, scope)})
