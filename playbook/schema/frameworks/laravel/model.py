"""Which tables Eloquent's models query: `$table` or the default name, and the pivot tables of `belongsToMany`.

https://laravel.com/docs/eloquent#table-names, https://laravel.com/docs/eloquent-relationships#many-to-many
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from playbook.schema.effect import HOLE
from playbook.schema.framework import Declared, Files
from playbook.schema.frameworks.laravel import naming, php
from playbook.schema.syntax import DEEPEST, Node, line, short, text, tree, walk
from playbook.schema.unread import Unread

FILE = re.compile(r"(?:^|/)(?:app/[A-Z]\w*|(?:\w+/)*Models?/(?:\w+/)*\w+|Entities/\w+)\.php$")

ROOTS = {"Model", "Authenticatable", "Pivot", "MorphPivot", "Eloquent"}
"""`Authenticatable` is what the skeleton calls `Illuminate\\Foundation\\Auth\\User`."""


class Class(NamedTuple):
    """A class as its file has it."""

    name: str
    parent: str
    path: str
    line: int
    table: str | None
    computed: bool
    abstract: bool
    pivots: tuple[tuple[str, str, int], ...]


def declared(files: Files, prefix: str) -> tuple[Declared, ...]:
    """The tables of the models, each with the connection's prefix."""
    classes: dict[str, Class] = {}
    for path in sorted(filter(FILE.search, files)):
        if "extends" not in files[path]:
            continue
        try:
            root = tree(files[path], "php")
        except Unread:
            continue
        for one in (node for node in walk(root, _outside) if node.type == "class_declaration"):
            found = _class(one, path, _aliases(root) if " as " in files[path] else {})
            classes.setdefault(found.name, found)
    return tuple(_every(classes, prefix))


def _outside(node: Node) -> bool:
    return node.type in ("program", "namespace_definition", "compound_statement")


def _every(classes: Mapping[str, Class], prefix: str) -> Iterator[Declared]:
    for one in classes.values():
        line_up = tuple(_ancestors(one, classes))
        root = line_up[-1].parent
        if root not in ROOTS or one.abstract:
            continue
        giving = next((each for each in line_up if each.table is not None or each.computed), None)
        # A pivot's own table is mostly given by the relation that uses it, so its default name says little.
        table = giving.table if giving is not None else None if "Pivot" in root else naming.table(one.name)
        if table is not None:
            yield _declared(prefix, table, one.name, one.path, one.line)
        for other, table, at in one.pivots:
            yield _declared(prefix, table or naming.pivot(one.name, other), f"{one.name}.{other}", one.path, at)


def _ancestors(one: Class, classes: Mapping[str, Class]) -> Iterator[Class]:
    for _ in range(DEEPEST):
        yield one
        if one.parent in ROOTS or one.parent not in classes:
            return
        one = classes[one.parent]


def _declared(prefix: str, table: str, name: str, path: str, at: int) -> Declared:
    schema, _, bare = table.rpartition(".")
    return Declared(f"{prefix}{bare}", name, path, at, schema or None)


def _class(node: Node, path: str, aliases: Mapping[str, str]) -> Class:
    base = next((one for one in node.named_children if one.type == "base_clause"), None)
    parent = text(base.named_child(0)).rpartition("\\")[2] if base is not None else ""
    scope = php.members(node)
    table = scope.values.get("$this->table")
    named = isinstance(table, str) and bool(table) and HOLE not in table
    computed = ("$this->table" in scope.values and table is None) or "getTable" in scope.methods
    return Class(
        text(node.child_by_field_name("name")),
        parent,
        path,
        line(node),
        table if isinstance(table, str) and named else None,
        computed,
        any(one.type == "abstract_modifier" for one in node.named_children),
        tuple(_pivots(node, aliases)) if "belongsToMany" in text(node) else (),
    )


def _pivots(node: Node, aliases: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    """The other model of each `belongsToMany`, and the table where it is said."""
    for one in walk(node):
        if one.type != "member_call_expression" or text(one.child_by_field_name("name")) != "belongsToMany":
            continue
        given = php.arguments(one)
        other, _, ending = short(given[0]).partition("::") if given else ("", "", "")
        table = (
            php.value(given[1], php.Scope({}, {}))
            if len(given) > 1 and not short(given[1]).startswith(("foreign", "related", "parent", "relation"))
            else ""
        )
        if ending == "class" and isinstance(table, str):
            bare = other.rpartition("\\")[2]
            yield aliases.get(bare, bare), table, line(one)


def _aliases(root: Node) -> dict[str, str]:
    """The classes that the file calls otherwise: `use App\\Models\\Song as Playable`."""
    clauses = (one for one in walk(root, _imports) if one.type == "namespace_use_clause")
    return {
        text(alias): text(one.named_child(0)).rpartition("\\")[2]
        for one in clauses
        if (alias := one.child_by_field_name("alias")) is not None
    }


def _imports(node: Node) -> bool:
    return node.type in ("program", "namespace_definition", "namespace_use_declaration", "namespace_use_group")
