"""What the code of one Rails migration does, followed as Ruby would run it, never run.

`change` wins over `up` (`exec_migration` in activerecord/lib/active_record/migration.rb); inside `revert` every command
is turned round and their order too (activerecord/lib/active_record/migration/command_recorder.rb).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from typing import NamedTuple

from playbook.schema import effect
from playbook.schema.added import Unread
from playbook.schema.effect import Effect, Guard
from playbook.schema.framework import Dynamic
from playbook.schema.frameworks.rails import condition, naming, ruby
from playbook.schema.frameworks.rails.ruby import Scope, Value
from playbook.schema.operation import Kind
from playbook.schema.syntax import DEEPEST, Node, line, quote, short, text

Units = list[list[Effect]]
"""Commands in their order; `revert` turns their order round, but not the one inside a command."""

OPPOSITE: dict[Kind, Kind] = {"creates": "drops", "drops": "creates", "renames": "renames", "models": "models"}

EXECUTES = {"execute", "exec_query", "exec_update", "raw_execute"}
"""https://api.rubyonrails.org/classes/ActiveRecord/ConnectionAdapters/DatabaseStatements.html"""

ASKS = {"exec", "query", "select_all", "select_value", "async_exec"}
"""The same of a bare connection, and of mini_sql's `DB`: SQL that is computed there seldom changes a schema."""

EACH = {
    *(
        "each",
        "each_pair",
        "each_value",
        "each_key",
        "each_with_index",
        "each_with_object",
        "map",
        "flat_map",
        "find_each",
    ),
    *(
        "times",
        "upto",
        "downto",
        "step",
        "in_batches",
        "each_slice",
        "reverse_each",
        "select",
        "reject",
        "in_groups_of",
    ),
    *("find_in_batches", "each_entry", "cycle", "filter_map", "collect", "loop", "inject", "reduce", "each_batch"),
}
"""Methods that run their block once for each of something, perhaps never."""

SOME_TABLE = re.compile(r"(?:create|drop|rename|copy|recreate|swap|clone|move)_\w*(?:table|view|partition)s?\w*!?")
"""Methods of gems and of the application that by their names make or take tables."""

HARMLESS = {
    "create_table_comment",
    "rename_table_indexes",
    "rename_table_sequences",
    "create_translation_table_columns",
}

SENDS = {"send", "public_send", "__send__"}
EVALUATES = {"eval", "instance_eval", "class_eval"}
LOADS = {"load", "system", "load_schema", "`"}


class Code(NamedTuple):
    """A migration class: its name, its methods' nodes by name, its scope, and whether it is Rails' own kind."""

    name: str
    methods: Mapping[str, Node]
    scope: Scope
    own: bool


class Affix(NamedTuple):
    """What the configuration puts before and after every table's name (`config.active_record.table_name_prefix`)."""

    prefix: str = ""
    suffix: str = ""

    def around(self, name: str | None) -> str | None:
        """The name as the database has it."""
        return None if name is None else f"{self.prefix}{name}{self.suffix}"


Others = Callable[[str], Code | None]
"""Another migration by its class, for `revert TheOther` and `run TheOther`."""


def effects(code: Code, affix: Affix, others: Others, there: Set[str] = frozenset()) -> list[Effect]:
    """What the migration does on the way up, where the tables `there` exist (others may); raises `Unread` where it
    would take too long to follow."""
    walk = _Walk(code, affix, others, _Budget())
    walk.there = there
    return walk.whole(up=True)


class _Budget:
    """How many statements were followed."""

    def __init__(self) -> None:
        self.followed = 0

    def spend(self) -> None:
        self.followed += 1
        if self.followed > effect.MOST:
            raise Unread(f"it runs more than {effect.MOST:,} statements")


class _Walk:
    """One migration followed: `reverting` while its commands are turned round, `depth` of what is nested, `there` the
    tables that are known to exist, `touched` those that it did something to already."""

    there: Set[str] = frozenset()

    def __init__(self, code: Code, affix: Affix, others: Others, budget: _Budget, depth: int = 0) -> None:
        self.touched: set[str] = set()
        self.code, self.affix, self.others, self.budget, self.depth = code, affix, others, budget, depth
        self.reverting = False

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
        if node.type in BODIES:
            return self.statements(node.named_children, scope)
        return self.statements([node], scope)

    def statements(self, nodes: list[Node], scope: Scope) -> Units:
        """Statements one after another, up to one that returns."""
        found: Units = []
        guards: list[Guard] = []
        for node in nodes:
            if node.type in condition.LEAVES:
                break
            self.depth += 1
            if self.depth > DEEPEST:
                raise Unread(f"its code is nested deeper than {DEEPEST}")
            self.budget.spend()
            units = self.statement(node, scope)
            self.depth -= 1
            for guard in guards if units else ():
                units = _under(units, guard)
            found += units
            if node.type == "assignment":
                scope = _assigned(node, scope)
            leaving = condition.leaves(node, scope)
            if leaving is None or self.known(leaving):
                continue
            if self.known(leaving) is False:
                break
            guards.append(leaving)
            if len(guards) > DEEPEST:
                raise Unread(f"it may return in more than {DEEPEST} places")
        return found

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
        if (command := COMMANDS.get(name)) is not None:
            return command(self, node, scope)
        if receiver is not None and scope.values.get(short(receiver)) == _DIRECTION and name in ("up", "down"):
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
        if SOME_TABLE.fullmatch(name) and name not in HARMLESS:
            return [*found, [Dynamic(line(node), f"{quote(node)} is none of Rails' own methods")]]
        if _unknown(node, name, scope):
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
        rows = _rows(ruby.value(receiver, scope), name)
        if rows is None:
            guard = Guard(line(node), f"its loop runs ({quote(node, 40)})")
            return _under(self.block(block, scope), guard)
        names = ruby.parameters(block)
        found: Units = []
        for row in rows:
            parts = row if isinstance(row, tuple) and len(names) > 1 and name != "each_with_index" else (row,)
            found += self.block(block, scope, dict(zip(names, parts, strict=False)))
        return found

    def emit(self, kind: Kind, name: str | None, node: Node, to: str | None = "") -> list[Effect]:
        """One command on a table, turned round while reverting; its name as the configuration decorates it."""
        if node.child_by_field_name("receiver") is None:
            name, to = self.affix.around(name), self.affix.around(to) if to else to
        if self.reverting and kind == "renames":
            name, to = to, name
        kind = OPPOSITE[kind] if self.reverting else kind
        self.touched |= {one for one in (name, to) if one}
        return [effect.named(kind, name, line(node), to, quote(node, 40))]

    def names(self, node: Node, scope: Scope) -> list[str | None]:
        """The texts of the positional arguments; None for one that is computed."""
        values = (ruby.value(one, scope) for one in ruby.arguments(node))
        return [one if isinstance(one, str) else None for one in values] or [None]

    def create_table(self, node: Node, scope: Scope) -> Units:
        options = ruby.keywords(node, scope)
        if options.get("temporary", "false") != "false":
            return []
        name = self.names(node, scope)[0]
        if options.get("if_not_exists") == "true" and self.known(Guard(0, "", name, False)) is False:
            return []
        force = options.get("force", "false") not in ("false", "nil", None) and not self.reverting
        return [[*(self.emit("drops", name, node) if force else []), *self.emit("creates", name, node)]]

    def drop_table(self, node: Node, scope: Scope) -> Units:
        if ruby.keywords(node, scope).get("temporary", "false") != "false":
            return []
        return [self.emit("drops", name, node) for name in self.names(node, scope)]

    def rename_table(self, node: Node, scope: Scope) -> Units:
        names = [*self.names(node, scope), None]
        return [self.emit("renames", names[0], node, names[1])]

    def join(self, node: Node, scope: Scope) -> Units:
        """`create_join_table` and `drop_join_table`: `table_name:` or the rule; only the first of the two is prefixed
        before the rule sees it (`method_missing` in migration.rb)."""
        kind: Kind = "creates" if text(node.child_by_field_name("method")).startswith("create") else "drops"
        options, names = ruby.keywords(node, scope), [*self.names(node, scope), None]
        if "table_name" in options:
            said = options["table_name"]
            name = said if isinstance(said, str) else None
        else:
            first, second = self.affix.around(names[0]), names[1]
            name = naming.join_table(first, second) if first is not None and second is not None else None
        kind = OPPOSITE[kind] if self.reverting else kind
        return [[effect.named(kind, name, line(node), "", quote(node, 40))]]

    def view(self, node: Node, scope: Scope) -> Units:
        """`create_view` and `drop_view` of the gem scenic (https://github.com/scenic-views/scenic#readme)."""
        kind: Kind = "creates" if text(node.child_by_field_name("method")).startswith("create") else "drops"
        return [self.emit(kind, self.names(node, scope)[0], node)]

    def execute(self, node: Node, scope: Scope) -> Units:
        given = ruby.arguments(node)
        asks = text(node.child_by_field_name("method")) in ASKS
        if self.reverting or not given:
            return []
        sql = ruby.string(given[0], scope)
        return [] if asks and sql.value is None else [effect.of_sql(sql.value, sql.line, quote(node, 40))]

    def reversible(self, node: Node, scope: Scope) -> Units:
        block = node.child_by_field_name("block")
        direction = dict.fromkeys(ruby.parameters(block)[:1], _DIRECTION)
        return self.block(block, scope, direction)

    def up_only(self, node: Node, scope: Scope) -> Units:
        return [] if self.reverting else [self.as_written(node.child_by_field_name("block"), scope)]

    def turned(self, node: Node, scope: Scope) -> Units:
        """`revert` of a block, or of other migrations by their classes, the last first."""
        block = node.child_by_field_name("block")
        found = [self.other(one, up=False) for one in ruby.arguments(node)[::-1]]
        body = block.child_by_field_name("body") if block is not None else None
        return found + self.revert(body, scope)

    def run(self, node: Node, _scope: Scope) -> Units:
        """`run OtherMigration` (and its `revert: true`, `direction: :down`)."""
        receiver = node.child_by_field_name("receiver")
        if receiver is not None and receiver.type != "self":
            return []
        down = {text(one) for one in node.children_by_field_name("arguments")[0].named_children if one.type == "pair"}
        return [self.other(one, up=not down) for one in ruby.arguments(node)]

    def other(self, node: Node, up: bool) -> list[Effect]:
        """What another migration does, at this one's line."""
        code = self.others(text(node))
        if code is None or self.depth > DEEPEST:
            return [Dynamic(line(node), f"it runs {quote(node, 40)}, which is not among the migrations")]
        walk = _Walk(code, self.affix, self.others, self.budget, self.depth + 10)
        return [one._replace(line=line(node)) for one in walk.whole(up != self.reverting)]


_DIRECTION = "the direction of `reversible`"

BODIES = {"body_statement", "block_body", "then", "else", "do", "begin", "ensure", "parenthesized_statements"}
FOLLOWED = {"call", "begin", "if", "unless", "case", "conditional", "parenthesized_statements", "binary"}

COMMANDS: dict[str, Callable[[_Walk, Node, Scope], Units]] = {
    "create_table": _Walk.create_table,
    "drop_table": _Walk.drop_table,
    "rename_table": _Walk.rename_table,
    "create_join_table": _Walk.join,
    "drop_join_table": _Walk.join,
    "create_virtual_table": _Walk.view,
    "drop_virtual_table": _Walk.view,
    "create_view": _Walk.view,
    "drop_view": _Walk.view,
    "reversible": _Walk.reversible,
    "up_only": _Walk.up_only,
    "revert": _Walk.turned,
    "run": _Walk.run,
    "change_table": lambda _walk, _node, _scope: [],
    **dict.fromkeys(EXECUTES | ASKS, _Walk.execute),
}


def _under(units: Units, guard: Guard) -> Units:
    return [effect.under(unit, guard) for unit in units]


def _either(branches: Iterable[tuple[Guard, Units]], exhaustive: bool) -> Units:
    flat = [(guard, [one for unit in units for one in unit]) for guard, units in branches]
    return [[one] for one in effect.either(flat, exhaustive)]


def _unknown(node: Node, name: str, scope: Scope) -> bool:
    """Whether the call runs code that is not here: a file, a text, a task, a method by a computed name."""
    receiver, given = node.child_by_field_name("receiver"), ruby.arguments(node)
    if name in SENDS:
        sent = ruby.value(given[0], scope) if given else None
        return not isinstance(sent, str) or sent in COMMANDS
    if name in EVALUATES:
        return bool(given)
    return (name in LOADS and receiver is None) or (name == "invoke" and "Rake::" in text(receiver))


def _assigned(node: Node, scope: Scope) -> Scope:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    return scope.having({text(left): ruby.value(right, scope)})


def _rows(over: Value, method: str) -> list[Value] | None:
    """What a block gets each time; None where that is not written out."""
    if isinstance(over, dict):
        rows: dict[str, list[Value]] = {
            "each_key": list(over),
            "each_value": list(over.values()),
            "each": list(over.items()),
            "each_pair": list(over.items()),
        }
        return rows.get(method)
    if not isinstance(over, tuple) or method not in ("each", "map", "flat_map", "each_with_index", "reverse_each"):
        return None
    return list(over[::-1] if method == "reverse_each" else over)
