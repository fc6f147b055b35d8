"""Ecto keeps migrations in `priv/*/migrations` and runs them by the number of their file; `up` wins over `change`.

https://hexdocs.pm/ecto_sql/Ecto.Migration.html; lib/ecto/migrator.ex and lib/ecto/migration.ex in ecto_sql.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from playbook.schema import effect
from playbook.schema.added import Unread
from playbook.schema.effect import HOLE, Effect, Guard
from playbook.schema.framework import Declared, Dynamic, Files, Framework, Migration
from playbook.schema.operation import Kind, Operation
from playbook.schema.syntax import DEEPEST, Node, line, quote, short, text, tree, walk

FILE = re.compile(r"(?:^|/)priv/(?:\w+/)*\w*migrations/(?:[^/]+/)*([0-9]+)_\w+\.exs$")
CONFIGURATION = re.compile(r"(?:^|/)config/\w+\.exs$")
CODE = re.compile(r"(?:^|/)lib/.+\.ex$")

Value: TypeAlias = "str | tuple[Value, ...] | Table | None"
"""A text or atom, a list, a `table(…)`; None for what only running would tell."""


class Table(NamedTuple):
    """`table(name, prefix: …)`; the name None where it is computed, a prefix HOLE where it is."""

    name: str | None
    prefix: str | None


Scope: TypeAlias = Mapping[str, Value]
"""Variables by their names, module attributes as `@name`."""

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


def wants(path: str) -> bool:
    """Migrations, schemas, and the configuration that may put every table into another database schema."""
    return bool(FILE.search(path) or CONFIGURATION.search(path) or CODE.search(path))


def migrations(files: Files) -> tuple[Migration, ...]:
    """Every migration in the order of its number (`Ecto.Migrator.pending_in_direction`)."""
    found = [_configured(path, files[path]) for path in sorted(files) if CONFIGURATION.search(path)]
    numbered = [(int(match[1][:30]), path, match[1]) for path in files if (match := FILE.search(path))]
    for _, path, version in sorted(numbered):
        found.append(_migration(version, path, files[path]))
    return tuple(one for one in found if one is not None)


def _configured(path: str, source: str) -> Migration | None:
    """`migration_default_prefix` moves every table; which repository it is for, only running would tell."""
    place = source.find("migration_default_prefix:")
    if place < 0:
        return None
    at = source.count("\n", 0, place) + 1
    return Migration("ecto", path, path, (), (Dynamic(at, "migration_default_prefix puts tables into another schema"),))


def _migration(version: str, path: str, source: str) -> Migration:
    try:
        modules = [one for one in walk(tree(source, "elixir"), _outside) if _called(one) == "defmodule"]
        bodies = [module for module in modules if {"up", "change"} & set(_functions(module))]
        effects: list[Effect] = [Dynamic(1, "it has neither up nor change")] if not bodies else []
        for module in bodies[:1]:
            effects = _Walk(module).whole()
    except (Unread, RecursionError) as error:
        why = str(error.args[0]) if isinstance(error, Unread) else "its code is nested too deep"
        return Migration("ecto", version, path, unread=why)
    operations, dynamic = effect.split(effects)
    dynamics = (*dynamic, Dynamic(1, "its prefix is each tenant's own")) if "/tenant_migrations/" in path else dynamic
    return Migration("ecto", version, path, operations, dynamics)


class _Walk:
    """One migration followed on its way forward."""

    def __init__(self, module: Node) -> None:
        self.functions = _functions(module)
        self.attributes: dict[str, Value] = {}
        self.followed = self.depth = 0
        for one in _block(module):
            operand = one.child_by_field_name("operand") if one.type == "unary_operator" else None
            if operand is not None and operand.type == "call":
                given = _arguments(operand)
                self.attributes[f"@{_called(operand)}"] = value(given[0], self.attributes) if given else None

        for name, function in self.functions.items():
            said = _block(function)
            if len(said) == 1 and not _parameters(function) and said[0].type in ("string", "sigil", "atom", "list"):
                self.attributes[f"{name}()"] = value(said[0], self.attributes)

    def whole(self) -> list[Effect]:
        """`up`, or else `change` (`Ecto.Migrator.attempt`)."""
        return self.body(_block(self.functions.get("up") or self.functions["change"]), self.attributes)

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
                return self.call(right, [left, *_arguments(right)], scope)
            return self.statement(right, scope)
        if node.type in ("call", "identifier"):
            return self.call(node, _arguments(node), scope)
        return self.body(node.named_children, scope) if node.type in ("block", "body", "stab_clause") else []

    def call(self, node: Node, given: list[Node], scope: Scope) -> list[Effect]:
        name = _called(node) if node.type == "call" else short(node)
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
            return effect.under(self.body(_branches(node), scope), guard)
        if name in self.functions and name not in ("up", "down", "change"):
            function = self.functions[name]
            names = [text(one) for one in _parameters(function)]
            known: dict[str, Value] = dict(zip(names, (value(one, scope) for one in given), strict=False))
            return self.body(_block(function), {**self.attributes, **known})
        inside = [one for one in node.named_children if one.type == "do_block"]
        inside += [clause for one in given if one.type == "anonymous_function" for clause in one.named_children]
        return [each for one in inside for each in self.body(_statements(one), scope)]

    def direction(self, node: Node, name: str, asked: Node, scope: Scope) -> list[Effect]:
        """`direction()` is `:up` on the way forward."""
        words = text(asked).replace(" ", "")
        if words not in ("direction()==:up", "direction()==:down", "direction()!=:up", "direction()!=:down"):
            return effect.under(self.body(_branches(node), scope), Guard(line(node), quote(asked, 40)))
        forward = (words in ("direction()==:up", "direction()!=:down")) == (name == "if")
        blocks = [one for one in node.named_children if one.type == "do_block"]
        elses = [one for block in blocks for one in block.named_children if one.type == "else_block"]
        chosen = _block(node) if forward else [each for one in elses for each in one.named_children]
        return self.body(chosen, scope)

    def loop(self, node: Node, given: list[Node], scope: Scope) -> list[Effect]:
        """A loop over what is written out, in one variable; of any other only running it would tell."""
        positional = [one for one in given if one.type != "keywords"]
        generator = positional[0] if positional else None
        name, over, body = "", None, _block(node)
        if generator is not None and generator.type == "binary_operator" and len(positional) == 1:
            name, over = text(generator.child_by_field_name("left")), generator.child_by_field_name("right")
        elif len(positional) > 1 and positional[1].type == "anonymous_function":
            clause = positional[1].named_children[0]
            over, body = generator, _statements(clause)
            name = text(clause.child_by_field_name("left"))
        rows = value(over, scope)
        if not isinstance(rows, tuple) or isinstance(rows, Table) or not re.fullmatch(r"\w+", name):
            guard = Guard(line(node), f"its loop runs ({quote(node, 40)})")
            return effect.under(self.body(body or _branches(node), scope), guard)
        return [each for row in rows for each in self.body(body, {**scope, name: row})]

    def table(self, node: Node, kind: Kind, given: list[Node], scope: Scope) -> list[Effect]:
        """One of a table's; those of indexes, constraints and columns are none."""
        if not given:
            return []
        first, words = value(given[0], scope), quote(node, 40)
        other = _keyword(given, "to") if kind == "renames" else None
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
                return [each for clause in one.named_children for each in self.body(_statements(clause), scope)]
            if text(one).startswith("&") and (local := self.functions.get(text(one)[1:].partition("/")[0])) is not None:
                return self.body(_block(local), self.attributes)
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
        case "call" if _called(node) == "table":
            given = _arguments(node)
            name = value(given[0], scope, depth + 1) if given else None
            prefix = _keyword(given, "prefix")
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


def _called(node: Node) -> str:
    """The name of what is called, with its module: `Enum.each`."""
    return short(node.child_by_field_name("target")) if node.type == "call" else ""


def _arguments(node: Node) -> list[Node]:
    given = next((one for one in node.named_children if one.type == "arguments"), None)
    return [one for one in given.named_children if one.type != "comment"] if given is not None else []


def _keyword(given: list[Node], name: str) -> Node | None:
    for pair in (pair for one in given if one.type == "keywords" for pair in one.named_children):
        if text(pair.child_by_field_name("key")).strip().rstrip(":") == name:
            return pair.child_by_field_name("value")
    return None


def _statements(node: Node) -> list[Node]:
    """The statements of a block or clause; of a clause those to the right of the arrow."""
    right = node.child_by_field_name("right") if node.type == "stab_clause" else None
    return list((right or node).named_children)


def _block(node: Node) -> list[Node]:
    """What stands between `do` and `end`, without `else` and its kind, or after `do:`."""
    blocks = [one for one in node.named_children if one.type == "do_block"]
    if blocks:
        return [one for one in blocks[0].named_children if not one.type.endswith("_block")]
    after = _keyword(_arguments(node), "do")
    return [] if after is None else [after]


def _branches(node: Node) -> list[Node]:
    """Every statement of every branch."""
    blocks = [one for one in node.named_children if one.type == "do_block"]
    inside = [each for one in blocks for each in one.named_children]
    after = [one for name in ("do", "else") if (one := _keyword(_arguments(node), name)) is not None]
    parts = [_statements(one) if one.type == "stab_clause" or one.type.endswith("_block") else [one] for one in inside]
    return [
        each for part in parts for one in part for each in ([*_statements(one)] if one.type == "stab_clause" else [one])
    ] + after


def _functions(module: Node) -> dict[str, Node]:
    """The module's functions by name; of several clauses the first."""
    found: dict[str, Node] = {}
    for one in _block(module):
        if _called(one) in ("def", "defp") and (head := _head(one)) is not None:
            found.setdefault(_called(head) if head.type == "call" else text(head), one)
    return found


def _head(function: Node) -> Node | None:
    first = next(iter(_arguments(function)), None)
    return first.child_by_field_name("left") if first is not None and first.type == "binary_operator" else first


def _parameters(function: Node) -> list[Node]:
    head = _head(function)
    return _arguments(head) if head is not None else []


def _outside(node: Node) -> bool:
    return node.type in ("source", "do_block") or _called(node) == "defmodule"


def declared(files: Files) -> tuple[Declared, ...]:
    """The tables of `schema "posts" do` and of `many_to_many … join_through: "posts_tags"`."""
    found: list[Declared] = []
    for path in sorted(filter(CODE.search, files)):
        if 'schema "' not in files[path] and 'schema("' not in files[path]:
            continue
        try:
            root = tree(files[path], "elixir")
        except Unread:
            continue
        for module in (one for one in walk(root) if _called(one) == "defmodule"):
            found += _schema(module, path)
    return tuple(found)


def _schema(module: Node, path: str) -> Iterator[Declared]:
    """https://hexdocs.pm/ecto/Ecto.Schema.html: `@schema_prefix` is the table's schema."""
    name = text(next(iter(_arguments(module)), None))
    attributes = _Walk(module).attributes
    prefix = attributes.get("@schema_prefix")
    for one in _block(module):
        given = _arguments(one)
        if _called(one) != "schema" or not given or not isinstance(table := value(given[0], attributes), str):
            continue
        if HOLE not in table:
            yield Declared(table, name, path, line(one), prefix if isinstance(prefix, str) else None)
        for field in _block(one):
            through = _keyword(_arguments(field), "join_through") if _called(field) == "many_to_many" else None
            if through is not None and isinstance(joined := value(through, attributes), str) and HOLE not in joined:
                yield Declared(joined, f"{name}.{text(_arguments(field)[0]).lstrip(':')}", path, line(field))


framework = Framework("ecto", wants, migrations, declared)
