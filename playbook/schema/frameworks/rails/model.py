"""Which tables an application's models query: their names by Rails' rules, and the join tables that they imply.

activerecord/lib/active_record/model_schema.rb (`compute_table_name`, `reset_table_name`): a subclass of a model shares
its table, one of an abstract class has its own; a module may give its classes a prefix.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from playbook.schema.effect import HOLE
from playbook.schema.framework import Declared, Files
from playbook.schema.frameworks.rails import naming, ruby
from playbook.schema.frameworks.rails.naming import Inflections
from playbook.schema.frameworks.rails.ruby import Scope, Value
from playbook.schema.syntax import DEEPEST, Node, line, text, tree, walk
from playbook.schema.unread import Unread

FILE = re.compile(r"(?:^|/)(?:app/models/.+|lib/(?:.+/)?engine)\.rb$")
INFLECTIONS = re.compile(r"(?:^|/)config/initializers/inflections\.rb$")

ROOTS = {"ActiveRecord::Base", "ApplicationRecord"}

AFFIXED: dict[str, Value] = {"table_name_prefix": "", "table_name_suffix": ""}
NOTHING = Scope(AFFIXED, {}, {}, {})
"""What a class's body knows; names of tables in it are almost always written out."""


class Class(NamedTuple):
    """A class as its file has it; `table` is the name it gives itself, `computed` where only running it would tell."""

    name: str
    parent: str
    path: str
    line: int
    table: str | None
    computed: bool
    abstract: bool
    joins: tuple[tuple[str, str, str | None, int], ...]


class Module(NamedTuple):
    """What a module says of the tables of the classes in it; None for a prefix that is computed."""

    name: str
    prefix: str | None


def wants(path: str) -> bool:
    """Models, and what changes their names: rules of inflection, an engine's own namespace."""
    return bool(FILE.search(path) or INFLECTIONS.search(path))


def declared(files: Files, around: tuple[str, str]) -> tuple[Declared, ...]:
    """The tables of the models, `around` with what the configuration puts before and after every name."""
    classes: dict[str, Class] = {}
    modules: dict[str, str | None] = {}
    inflections = Inflections()
    for path in sorted(files):
        if not wants(path):
            continue
        try:
            root = tree(files[path], "ruby")
        except Unread:
            continue
        if INFLECTIONS.search(path):
            inflections = _inflections(root)
        for found in _definitions(root, path):
            if isinstance(found, Module):
                modules[found.name] = found.prefix
            else:
                classes.setdefault(found.name, found)
    return tuple(_Names(classes, modules, inflections, around).every())


class _Names:
    """Table names, looked up through parents and modules."""

    def __init__(
        self,
        classes: Mapping[str, Class],
        modules: Mapping[str, str | None],
        inflections: Inflections,
        around: tuple[str, str],
    ) -> None:
        self.classes, self.modules, self.inflections, self.around = classes, modules, inflections, around

    def every(self) -> Iterator[Declared]:
        for one in self.classes.values():
            if not self.is_model(one) or one.abstract:
                continue
            if (table := self.table(one)) is not None:
                yield _declared(table, one.name, one.path, one.line)
            for association, target, said, at in one.joins:
                joined = said or self.joined(one, table, target)
                if joined is not None:
                    yield _declared(joined, f"{one.name}.{association}", one.path, at)

    def parent(self, one: Class) -> Class | str:
        """The parent as Ruby finds it: from the innermost namespace outward."""
        return self.found(one.parent, one.name.rpartition("::")[0])

    def found(self, name: str, inside: str) -> Class | str:
        if name.startswith("::"):
            return self.classes.get(name[2:], name[2:])
        while True:
            whole = f"{inside}::{name}" if inside else name
            if whole in self.classes:
                return self.classes[whole]
            if not inside:
                return name
            inside = inside.rpartition("::")[0]

    def is_model(self, one: Class) -> bool:
        for _ in range(DEEPEST):
            up = self.parent(one)
            if isinstance(up, str):
                return up in ROOTS
            one = up
        return False

    def table(self, one: Class, depth: int = 0) -> str | None:
        """The class's table; None where only running it would tell."""
        if one.computed or depth > DEEPEST:
            return None
        if one.table is not None:
            return one.table
        up = self.parent(one)
        if isinstance(up, Class) and up.name not in ROOTS and (not up.abstract or up.table or up.computed):
            return self.table(up, depth + 1)
        outer, _, bare = one.name.rpartition("::")
        prefix = self.prefix(outer, depth)
        return None if prefix is None else f"{prefix}{self.plural(bare)}{self.around[1]}"

    def prefix(self, outer: str, depth: int) -> str | None:
        """What the modules around put before the name: the innermost that says so, or a model that holds the class."""
        holder = self.classes.get(outer)
        contained = ""
        if holder is not None and self.is_model(holder) and not holder.abstract:
            table = self.table(holder, depth + 1)
            if table is None:
                return None
            contained = f"{self.inflections.singular(table)}_"
        while outer:
            if outer in self.modules:
                said = self.modules[outer]
                return None if said is None else f"{said}{contained}"
            outer = outer.rpartition("::")[0]
        return f"{self.around[0]}{contained}"

    def plural(self, name: str) -> str:
        return self.inflections.plural(self.inflections.underscored(name))

    def joined(self, one: Class, table: str | None, target: str) -> str | None:
        """`has_and_belongs_to_many`'s table (activerecord/lib/active_record/associations.rb)."""
        class_name = target if target[:1].isupper() else naming.camelized(self.inflections.singular(target))
        other = self.found(class_name, one.name)
        there = self.table(other) if isinstance(other, Class) else None
        return naming.join_table(table, there) if table is not None and there is not None else None


def _declared(table: str, name: str, path: str, at: int) -> Declared:
    schema, _, bare = table.rpartition(".")
    return Declared(bare, name, path, at, schema or None)


def _definitions(root: Node, path: str) -> Iterator[Class | Module]:
    waiting = [("", root)]
    while waiting:
        outer, node = waiting.pop()
        name = outer
        if node.type in ("class", "module"):
            name = f"{outer}::{text(node.child_by_field_name('name'))}".removeprefix("::")
            yield from _defined(name, node, path)
        if node.type in ("program", "class", "module", "body_statement") and name.count("::") < DEEPEST:
            waiting += [(name, one) for one in reversed(node.named_children)]


def _defined(name: str, node: Node, path: str) -> Iterator[Class | Module]:
    body = node.child_by_field_name("body")
    inside = [] if body is None else list(body.named_children)
    prefix = [one for one in inside if text(one.child_by_field_name("name")) == "table_name_prefix"]
    prefix += [one for one in inside if _set(one, "table_name_prefix")]
    for one in prefix:
        yield Module(name, _given(one))
    for one in inside:
        if one.type == "call" and text(one.child_by_field_name("method")) == "isolate_namespace":
            for given in ruby.arguments(one)[:1]:
                yield Module(text(given), f"{Inflections().underscored(text(given)).replace('/', '_')}_")
    parent = node.child_by_field_name("superclass")
    if node.type != "class" or parent is None or parent.named_child_count == 0:
        return
    tables = [one for one in inside if _set(one, "table_name")]
    table = _given(tables[-1]) if tables else None
    computed = bool(tables) and table is None
    abstract = any(_set(one, "abstract_class") and _given(one) == "true" for one in inside)
    abstract = abstract or any(text(one) == "primary_abstract_class" for one in inside)
    yield Class(name, text(parent.named_child(0)), path, line(node), table, computed, abstract, tuple(_joins(inside)))


def _set(one: Node, what: str) -> bool:
    """`self.what = …`, `set_what …` of old, or `def self.what`."""
    if one.type == "assignment":
        return text(one.child_by_field_name("left")) == f"self.{what}"
    if one.type == "singleton_method":
        return text(one.child_by_field_name("name")) == what
    return one.type == "call" and text(one.child_by_field_name("method")) == f"set_{what}"


def _given(one: Node) -> str | None:
    """The literal that such a statement gives."""
    if one.type == "call":
        found = next((ruby.value(given, NOTHING) for given in ruby.arguments(one)), None)
    elif one.type == "assignment":
        found = ruby.value(one.child_by_field_name("right"), NOTHING)
    else:
        body = one.child_by_field_name("body")
        lines = [] if body is None else body.named_children if body.type == "body_statement" else [body]
        found = ruby.value(lines[0], NOTHING) if len(lines) == 1 else None
    return found if isinstance(found, str) and HOLE not in found else None


def _joins(inside: list[Node]) -> Iterator[tuple[str, str, str | None, int]]:
    for one in inside:
        if one.type != "call" or text(one.child_by_field_name("method")) != "has_and_belongs_to_many":
            continue
        options = ruby.keywords(one, NOTHING)
        names = [ruby.value(given, NOTHING) for given in ruby.arguments(one)[:1]]
        target, table = options.get("class_name", names[0] if names else None), options.get("join_table")
        computed = "join_table" in options and (not isinstance(table, str) or HOLE in table)
        if names and isinstance(names[0], str) and isinstance(target, str) and not computed:
            yield names[0], target, table if isinstance(table, str) else None, line(one)


def _inflections(root: Node) -> Inflections:
    """The rules that are written out; those of patterns are not followed."""
    irregular: dict[str, str] = {}
    sets: dict[str, set[str]] = {"uncountable": set(), "acronym": set()}
    for one in (node for node in walk(root) if node.type == "call"):
        method = text(one.child_by_field_name("method"))
        values = [ruby.value(given, NOTHING) for given in ruby.arguments(one)]
        words = [word for value in values for word in _words(value)]
        if method == "irregular" and len(words) == len(values) == 2:  # noqa: PLR2004 - one and many
            irregular[words[0].lower()] = words[1].lower()
        elif method in sets:
            sets[method] |= set(words)
    return Inflections(irregular, frozenset(word.lower() for word in sets["uncountable"]), frozenset(sets["acronym"]))


def _words(value: Value) -> tuple[str, ...]:
    parts = value if isinstance(value, tuple) else (value,)
    return tuple(part for part in parts if isinstance(part, str) and part)
