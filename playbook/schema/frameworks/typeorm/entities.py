"""The tables that TypeORM's entities declare, under the names that its default naming strategy gives them.

https://github.com/typeorm/typeorm/blob/master/src/naming-strategy/DefaultNamingStrategy.ts; with another strategy only
names that are written out are told, and with an `entityPrefix` none.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from playbook.schema.framework import Declared, Files
from playbook.schema.javascript.modules import Modules, is_code
from playbook.schema.javascript.recorder import Recorder, is_plain
from playbook.schema.javascript.run import Run
from playbook.schema.javascript.values import NOTHING, Scope, Text, Value, property_of
from playbook.schema.syntax import Node, line, text, walk
from playbook.schema.unread import Unread

OWN_NAMES = re.compile(r"\bnamingStrategy\b|NamingStrategy\b")
PREFIX = re.compile(r"\bentityPrefix\b")
MARK = re.compile(r"@Entity\b|@ViewEntity\b|\bEntitySchema\b")
OF_TYPEORM = re.compile(r"typeorm", re.IGNORECASE)
"""Other libraries, such as MikroORM, have decorators of the same names."""


class Entity(NamedTuple):
    """`relation` is None where its name would have to be guessed; `junctions` are (line, name or None, property,
    class on the other side) of many-to-many properties that own their table."""

    relation: str | None
    schema_name: str | None
    name: str
    path: str
    line: int
    managed: bool
    junctions: tuple[tuple[int, str | None, str, str], ...] = ()


def declared(files: Files) -> tuple[Declared, ...]:
    """Every entity and every junction table whose name is sure."""
    if any(PREFIX.search(text) for text in files.values()):
        return ()
    default = not any(OWN_NAMES.search(text) for text in files.values())
    entities = [one for path in sorted(files) for one in _of_file(path, files, default)]
    tables = {one.name: one.relation for one in entities}
    found = [
        Declared(one.relation, one.name, one.path, one.line, one.schema_name, one.managed)
        for one in entities
        if one.relation is not None
    ]
    for one in entities:
        for at, named, prop, other in one.junctions:
            second = tables.get(other)
            if named is None and default and one.relation is not None and second is not None:
                named = snake(f"{one.relation}_{prop.replace('.', '_')}_{second}")  # noqa: PLW2901
            if named is not None:
                found.append(Declared(named, f"{one.name}.{prop}", one.path, at, one.schema_name))
    return tuple(found)


def snake(name: str) -> str:
    """As TypeORM's `snakeCase` has it (https://github.com/typeorm/typeorm/blob/master/src/util/StringUtils.ts)."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z])([A-Z])([a-z])", r"\1_\2\3", name)).lower()


def _of_file(path: str, files: Files, default: bool) -> Iterator[Entity]:
    if not is_code(path) or not MARK.search(files[path]) or not OF_TYPEORM.search(files[path]):
        return
    modules = Modules(files)
    run = Run(modules, Recorder())
    try:
        modules.exports(run, path)
        root, scope = modules.trees[path]
        for node in walk(root, lambda one: one.type not in ("statement_block", "class_body")):
            if node.type in ("class_declaration", "abstract_class_declaration"):
                yield from _of_class(node, run, scope, path, default)
            elif node.type == "new_expression" and text(node.child_by_field_name("constructor")) == "EntitySchema":
                yield from _of_schema(node, run, scope, path, default)
    except (Unread, RecursionError):
        return


def _decorators(node: Node) -> Iterator[tuple[str, list[Node]]]:
    """The decorators of a class or property: each one's name and its arguments."""
    holders = [node]
    if node.parent is not None and node.parent.type == "export_statement":
        holders.append(node.parent)
    for holder in holders:
        for one in holder.children:
            if one.type == "decorator" and one.named_children:
                call = one.named_children[0]
                arguments = call.child_by_field_name("arguments")
                name = text(call.child_by_field_name("function") or call).rpartition(".")[2]
                yield name, list(arguments.named_children) if arguments is not None else []


def _of_class(node: Node, run: Run, scope: Scope, path: str, default: bool) -> Iterator[Entity]:
    class_name = text(node.child_by_field_name("name"))
    for name, arguments in _decorators(node):
        if name not in ("Entity", "ViewEntity"):
            continue
        values = [run.value(one, scope) for one in arguments]
        options = next((one for one in values if isinstance(one, dict)), {})
        own = values[0] if values and not isinstance(values[0], dict) else _part(run, options, "name")
        relation, schema = _named(own, class_name, default), _part(run, options, "schema")
        yield Entity(
            relation,
            schema.value if is_plain(schema) else None,
            class_name,
            path,
            line(node),
            _part(run, options, "synchronize") is not False,
            tuple(_junctions(node, run, scope)),
        )


def _named(own: Value, class_name: str, default: bool) -> str | None:
    if own is NOTHING:
        return snake(class_name) if default and class_name else None
    return own.value if is_plain(own) else None


def _part(run: Run, options: dict[str, Value], name: str) -> Value:
    return run.now(options, name) if name in options else property_of(options, name)


def _junctions(node: Node, run: Run, scope: Scope) -> Iterator[tuple[int, str | None, str, str]]:
    body = node.child_by_field_name("body")
    pending: list[Node] = []
    for one in body.named_children if body is not None else ():
        if one.type == "decorator":
            pending.append(one)
            continue
        own = dict(_decorators(one))
        for each in pending:
            call = each.named_children[0]
            arguments = call.child_by_field_name("arguments")
            own[text(call.child_by_field_name("function"))] = list(arguments.named_children) if arguments else []
        pending = []
        if "ManyToMany" in own and "JoinTable" in own:
            options = run.value(own["JoinTable"][0], scope) if own["JoinTable"] else {}
            name = _part(run, options, "name") if isinstance(options, dict) else options
            if name is NOTHING or isinstance(name, Text):
                named = name.value if isinstance(name, Text) and is_plain(name) else None
                other = _class_of(own["ManyToMany"][0]) if own["ManyToMany"] else ""
                yield line(one), named, text(one.child_by_field_name("name")), other


def _class_of(target: Node) -> str:
    """`() => Category`, `type => Category` or "Category"."""
    body = target.child_by_field_name("body")
    return text(body if body is not None else target).strip("'\"`")


def _of_schema(node: Node, run: Run, scope: Scope, path: str, default: bool) -> Iterator[Entity]:
    """https://typeorm.io/docs/entity/separating-entity-definition: `tableName`, or the entity's name."""
    arguments = node.child_by_field_name("arguments")
    options = (
        run.value(arguments.named_children[0], scope) if arguments is not None and arguments.named_children else {}
    )
    if isinstance(options, dict):
        name, table, schema = (_part(run, options, one) for one in ("name", "tableName", "schema"))
        called = name.value if is_plain(name) else ""
        relation = _named(table, called, default)
        yield Entity(relation, schema.value if is_plain(schema) else None, called, path, line(node), True)
