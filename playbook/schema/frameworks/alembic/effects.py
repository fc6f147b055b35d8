"""What one call of a migration does to the relations: Alembic's operations, SQL, and a table's own `create()`.

https://alembic.sqlalchemy.org/en/latest/ops.html
"""

import ast
from typing import TypeGuard

from playbook.schema import sql
from playbook.schema.frameworks.alembic import values
from playbook.schema.frameworks.alembic.evaluate import Evaluator
from playbook.schema.frameworks.alembic.past import Doubt, Effect
from playbook.schema.frameworks.alembic.source import LIBRARIES
from playbook.schema.frameworks.alembic.values import HOLE, Known, Plain, Relation, Row, Text
from playbook.schema.operation import Kind, Operation
from playbook.schema.python import argument, name_of
from playbook.schema.unread import Unread

HARMLESS = {
    "add_column",
    "alter_column",
    "batch_alter_table",
    "bulk_insert",
    "create_check_constraint",
    "create_exclude_constraint",
    "create_foreign_key",
    "create_index",
    "create_primary_key",
    "create_table_comment",
    "create_unique_constraint",
    "drop_column",
    "drop_constraint",
    "drop_index",
    "drop_table_comment",
    "f",
    "get_bind",
    "get_context",
    "inline_literal",
}
"""Alembic's operations that leave the relations there as they are. `batch_alter_table` may build a table anew where
the database cannot alter it, and gives it the old name: https://alembic.sqlalchemy.org/en/latest/batch.html."""

RUNS_SQL = {"execute", "exec_driver_sql"}
WHOLE = {"create", "drop", "create_all", "drop_all"}
"""A table's own methods, and its metadata's."""

ENTITIES = {"create_entity": "creates", "replace_entity": "creates", "drop_entity": "drops"}
"""alembic_utils: https://github.com/olirice/alembic_utils#readme."""

TEMPORARY = {"TEMP", "TEMPORARY"}
ELEMENTS = {
    "CreateTable": "creates",
    "CreateSequence": "creates",
    "DropTable": "drops",
    "DropSequence": "drops",
}
"""SQLAlchemy's statements as objects: https://docs.sqlalchemy.org/en/20/core/ddl.html."""

CHANGING = ("create", "drop", "alter", "rename", "exec", "into")
HEADS = {"CREATE", "DROP", "ALTER", "RENAME", "OR", "REPLACE", "TEMP", "TEMPORARY", "UNLOGGED", "MATERIALIZED"}
"""Words before which it is not yet said what a statement does."""

Hit = list[Effect]


def is_operation(node: ast.expr | None, see: Evaluator) -> TypeGuard[ast.Call]:
    """Whether the expression is a call of `op.…`: what its arguments call builds columns and changes nothing."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return see.value(node.func.value) is Known.OP


def touches(call: ast.Call, see: Evaluator) -> bool:
    """Whether the call may be an operation or a function to follow; most build a column."""
    function = call.func
    if not isinstance(function, ast.Attribute):
        return isinstance(function, ast.Name) and see.source.imports.get(function.id, ("",))[0] not in LIBRARIES
    if function.attr in RUNS_SQL or function.attr in WHOLE or see.value(function.value) is Known.OP:
        return True
    return (
        isinstance(function.value, ast.Name)
        and see.source.imports.get(function.value.id, ("sqlalchemy",))[0] not in LIBRARIES
    )


def of_call(call: ast.Call, see: Evaluator) -> Hit | None:
    """What the call does, in order; None where it is no operation at all, and so may be a function to follow."""
    function = call.func
    if isinstance(function, ast.Attribute):
        if see.value(function.value) is Known.OP:
            return _operation(call, function.attr, see)
        if function.attr in RUNS_SQL:
            return _executed(call, argument(call, "statement", 0) or argument(call, "sqltext"), see)
        if function.attr in ("create_all", "drop_all"):
            return _all(call, function, see)
        if function.attr in ("create", "drop"):
            return _itself(call, function, see)
    return None


def _operation(call: ast.Call, name: str, see: Evaluator) -> Hit:
    match name:
        case "create_table":
            return [] if _passing(call, see) else [_named(call, "creates", argument(call, "table_name", 0), see)]
        case "drop_table":
            return [_named(call, "drops", argument(call, "table_name", 0), see)]
        case "rename_table":
            return [_renamed(call, see)]
        case "execute":
            return _executed(call, argument(call, "sqltext", 0), see)
    if name in ENTITIES:
        return [_entity(call, name, see)]
    if name in HARMLESS:
        return []
    about = values.name(see.value(call.args[0])) if call.args else None
    shown = f' for "{about}"' if about else ""
    return [Doubt(call.lineno, f"calls op.{name}{shown}, which is not Alembic's own")]


def _passing(call: ast.Call, see: Evaluator) -> bool:
    """`prefixes=["TEMPORARY"]` makes a table of the session only."""
    prefixes = see.value(argument(call, "prefixes"))
    given = prefixes.elements if isinstance(prefixes, Row) else ()
    return any((values.name(one) or "").upper() in TEMPORARY for one in given)


def _named(call: ast.Call, kind: Kind, name: ast.expr | None, see: Evaluator) -> Effect:
    return described(kind, Relation(values.name(see.value(name)), *see.schema(call)), call.lineno)


def described(kind: Kind, relation: Relation, line: int) -> Effect:
    """The operation on a relation, unless its name or schema is computed."""
    if relation.name is None:
        return Doubt(line, f"{kind} a relation whose name is computed")
    if relation.schema_name == HOLE:
        return Doubt(line, f'{kind} "{relation.name}" in a schema whose name is computed', (relation.name,))
    return Operation(kind, relation.name, line, None, relation.schema_name)


def _renamed(call: ast.Call, see: Evaluator) -> Effect:
    old = values.name(see.value(argument(call, "old_table_name", 0)))
    new = values.name(see.value(argument(call, "new_table_name", 1)))
    (schema,) = see.schema(call)
    if old is None or new is None or schema == HOLE:
        return Doubt(call.lineno, f'renames "{old or "a relation"}" to "{new or "a name"}", partly computed')
    return Operation("renames", old, call.lineno, new, schema)


def _entity(call: ast.Call, name: str, see: Evaluator) -> Effect:
    found = see.value(call.args[0]) if call.args else None
    if isinstance(found, Relation):
        return described("creates" if ENTITIES[name] == "creates" else "drops", found, call.lineno)
    return Doubt(call.lineno, f"{ENTITIES[name]} an entity that may be a view (op.{name})")


def _all(call: ast.Call, function: ast.Attribute, see: Evaluator) -> Hit:
    """`metadata.create_all(bind)`: every table that the metadata knows, or those of `tables=[…]`."""
    kind: Kind = "creates" if function.attr == "create_all" else "drops"
    given = see.value(argument(call, "tables"))
    if isinstance(given, Row) and all(isinstance(one, Relation) for one in given.elements):
        return [described(kind, one, call.lineno) for one in given.elements if isinstance(one, Relation)]
    return [Doubt(call.lineno, f"{kind} every table that the application's metadata knows ({function.attr})")]


def _itself(call: ast.Call, function: ast.Attribute, see: Evaluator) -> Hit | None:
    """`Table("orders", …).create(bind)`."""
    owner = see.value(function.value)
    if isinstance(owner, Relation):
        return [described("creates" if function.attr == "create" else "drops", owner, call.lineno)]
    return None


def _executed(call: ast.Call, statement: ast.expr | None, see: Evaluator) -> Hit:
    if isinstance(statement, ast.Call) and name_of(statement) in ELEMENTS:
        kind: Kind = "creates" if ELEMENTS[name_of(statement)] == "creates" else "drops"
        found = see.value(statement.args[0]) if statement.args else None
        return [described(kind, found if isinstance(found, Relation) else Relation(None, None), call.lineno)]
    value = see.value(statement)
    if isinstance(value, Text):
        return _statements(value, call)
    if isinstance(value, Plain | Row):
        return []
    built = name_of(statement) if isinstance(statement, ast.Call) else ""
    if built.startswith(("Create", "Drop")) and "Index" not in built:
        return [Doubt(call.lineno, f"executes {built}, which may create or drop relations")]
    texts = isinstance(statement, ast.BinOp | ast.JoinedStr) or built in ("text", "DDL", "format", "join", "read_text")
    return [Doubt(call.lineno, "executes SQL that is computed")] if texts or built == "read" else []


def _statements(value: Text, call: ast.Call) -> Hit:
    lowered = value.text.lower()
    if HOLE not in value.text and not any(word in lowered for word in CHANGING):
        return []
    try:
        found, unclear = sql.read(value.text, value.line)
    except Unread as error:
        return [Doubt(call.lineno, f"executes SQL of which {error.args[0]}")]
    hits: Hit = [_whole(operation) for operation in found]
    hits += [Doubt(one.line, one.what.replace(HOLE, "…")) for one in unclear]
    if HOLE in value.text and not any(isinstance(hit, Doubt) for hit in hits) and _open(value.text):
        hits.append(Doubt(call.lineno, "executes SQL that is computed"))
    return hits


def _whole(operation: Operation) -> Effect:
    """The operation, unless a part of it is a hole."""
    parts = (operation.relation, operation.to, operation.schema_name)
    if not any(HOLE in part for part in parts if part is not None):
        return operation
    shown = operation.relation.replace(HOLE, "…")
    to = f' to "{operation.to.replace(HOLE, "…")}"' if operation.to else ""
    return Doubt(operation.line, f'{operation.kind} "{shown}"{to}, a name that is computed')


def _open(text: str) -> bool:
    """Whether a computed part stands where a statement says what it does, or is the statement."""
    before = text.split(HOLE)[:-1]
    heads = [piece.rpartition(";")[2].split() for piece in before]
    return any(all(word.upper() in HEADS for word in words) for words in heads)
