"""The tables that Sequelize's models declare: named in their options, or the plural of the model's name.

https://sequelize.org/docs/v6/core-concepts/model-basics/#table-name-inference. The plural is the one of the npm package
inflection, which differs from Python's of the same name in rare words; `plural.py` tells only those that are sure.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from playbook.schema.framework import Declared, Files
from playbook.schema.frameworks.sequelize.plural import plural
from playbook.schema.javascript.modules import Modules, is_code
from playbook.schema.javascript.recorder import Recorder, is_plain
from playbook.schema.javascript.run import Run
from playbook.schema.javascript.values import NOTHING, Scope, Text, Value, truth
from playbook.schema.syntax import Node, line, text, walk
from playbook.schema.unread import Unread

MARK = re.compile(r"\.define\s*\(|\.init\s*\(|@Table\b|\bbelongsToMany\b")
NAMING = ("freezeTableName", "underscored", "schema", "tableName", "modelName")


class Naming(NamedTuple):
    """How the connection names tables; None where its options are computed."""

    frozen: bool | None
    underscored: bool | None


def declared(files: Files) -> tuple[Declared, ...]:
    """Every model whose table's name is sure."""
    modules = Modules(files)
    run = Run(modules, Recorder())
    naming = _naming(files, modules)
    found: dict[tuple[str | None, str], Declared] = {}
    for path in sorted(files):
        if is_code(path) and MARK.search(files[path]):
            run.steps = 0
            for one in _of_file(path, run, modules, naming):
                found.setdefault((one.schema_name, one.relation), one)
    return tuple(found.values())


def _scope(path: str, run: Run, modules: Modules) -> tuple[Node, Scope] | None:
    try:
        modules.exports(run, path)
    except (Unread, RecursionError):
        return None
    return modules.trees[path]


def _naming(files: Files, modules: Modules) -> Naming:
    """What `new Sequelize(…, {define: {…}})` says for all models; the defaults where none is seen."""
    naming = Naming(False, False)
    for path in sorted(files):
        if not is_code(path) or not re.search(r"new\s+(?:\w+\.)?Sequelize\s*\(", files[path]):
            continue
        run = Run(modules, Recorder())
        known = _scope(path, run, modules)
        for node in walk(known[0]) if known is not None else ():
            if node.type != "new_expression" or not text(node.child_by_field_name("constructor")).endswith("Sequelize"):
                continue
            arguments = node.child_by_field_name("arguments")
            last = arguments.named_children[-1] if arguments is not None and arguments.named_children else None
            naming = _said(run, run.value(last, known[1]) if known is not None else NOTHING, naming)
    return naming


def _said(run: Run, options: Value, naming: Naming) -> Naming:
    if not isinstance(options, dict):
        return naming if isinstance(options, Text) else Naming(None, None)
    define = run.member(options, "define")
    if define is NOTHING:
        return naming
    if not isinstance(define, dict):
        return Naming(None, None)
    return Naming(*(truth(run.member(define, one)) for one in ("freezeTableName", "underscored")))


def _of_file(path: str, run: Run, modules: Modules, naming: Naming) -> Iterator[Declared]:
    known = _scope(path, run, modules)
    if known is None:
        return
    root, scope = known
    try:
        for node in walk(root):
            if node.type == "call_expression":
                yield from _of_call(node, run, scope, path, naming)
            elif node.type == "class_declaration":
                yield from _of_class(node, run, scope, path, naming)
    except (Unread, RecursionError):
        return


def _of_call(node: Node, run: Run, scope: Scope, path: str, naming: Naming) -> Iterator[Declared]:
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or callee.type != "member_expression" or arguments is None:
        return
    method = text(callee.child_by_field_name("property"))
    given = [one for one in arguments.named_children if one.type != "comment"]
    if method == "define" and given:
        name = run.value(given[0], scope)
        options = run.value(given[2], scope) if len(given) > 2 else {}  # noqa: PLR2004
        yield from _model(name, options, run, path, node, naming)
    elif method == "init" and len(given) > 1:
        options = run.value(given[1], scope)
        class_name = Text(text(callee.child_by_field_name("object")), line(node))
        if isinstance(options, dict) and ("sequelize" in options or "tableName" in options or "modelName" in options):
            named = run.member(options, "modelName")
            name = named if named is not NOTHING else _class_around(node) if class_name.value == "super" else class_name
            yield from _model(name, options, run, path, node, naming)
    elif method == "belongsToMany" and len(given) > 1:
        options = run.value(given[1], scope)
        through = run.member(options, "through") if isinstance(options, dict) else NOTHING
        if isinstance(through, Text) and is_plain(
            through
        ):  # a text names the table itself (lib/associations/belongs-to-many.js)
            yield Declared(through.value, through.value, path, line(node))


def _class_around(node: Node) -> Value:
    at: Node | None = node
    while at is not None and at.type not in ("class_declaration", "class"):
        at = at.parent
    return Text(text(at.child_by_field_name("name")), line(node)) if at is not None else NOTHING


def _of_class(node: Node, run: Run, scope: Scope, path: str, naming: Naming) -> Iterator[Declared]:
    """`@Table` of sequelize-typescript (https://github.com/sequelize/sequelize-typescript#readme)."""
    holders = [node, *([node.parent] if node.parent is not None and node.parent.type == "export_statement" else [])]
    for one in (each for holder in holders for each in holder.children if each.type == "decorator"):
        call = one.named_children[0] if one.named_children else one
        if text(call.child_by_field_name("function") or call) != "Table":
            continue
        arguments = call.child_by_field_name("arguments")
        given = arguments.named_children if arguments is not None else []
        options = run.value(given[0], scope) if given else {}
        named = run.member(options, "modelName") if isinstance(options, dict) else NOTHING
        name = named if named is not NOTHING else Text(text(node.child_by_field_name("name")), line(node))
        yield from _model(name, options, run, path, node, naming)


def _model(name: Value, options: Value, run: Run, path: str, node: Node, naming: Naming) -> Iterator[Declared]:
    if not is_plain(name) or not isinstance(options, dict):
        return
    table, schema = run.member(options, "tableName"), run.member(options, "schema")
    relation = table.value if is_plain(table) else None
    if table is NOTHING:
        relation = _inferred(name.value, _either(run, options, "freezeTableName", naming.frozen), options, run, naming)
    if relation is not None:
        yield Declared(relation, name.value, path, line(node), schema.value if is_plain(schema) else None)


def _inferred(name: str, frozen: bool | None, options: dict[str, Value], run: Run, naming: Naming) -> str | None:
    underscored = _either(run, options, "underscored", naming.underscored)
    if frozen is None or underscored is None:
        return None
    if frozen:
        return name
    many = plural(name)
    return underscore(many) if many is not None and underscored else many


def _either(run: Run, options: dict[str, Value], name: str, otherwise: bool | None) -> bool | None:
    own = run.member(options, name)
    return otherwise if own is NOTHING else truth(own)


def underscore(name: str) -> str:
    """The npm package's `underscore` of a name: words of camel case apart, in lower case."""
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)).lower()
