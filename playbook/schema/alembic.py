"""What an Alembic revision does on the way up, and which tables SQLAlchemy declares.

Operations: https://alembic.sqlalchemy.org/en/latest/ops.html; `downgrade()` is never read.
"""

import ast

from playbook.schema import sql
from playbook.schema.operation import Operation
from playbook.schema.python import Constants, argument, calls, constants, literal, name_of, owner_of, text, tree


def revision(source: str) -> str | None:
    """The revision's id, which is what Alembic's log names it by; raises `Unread`."""
    return text(ast.Name("revision"), constants(tree(source)))


def operations(source: str) -> tuple[Operation, ...]:
    """What `upgrade()` does, and `upgrade_…()` of several databases; raises `Unread`."""
    module = tree(source)
    named = constants(module)
    found: list[Operation] = []
    for function in module.body:
        if isinstance(function, ast.FunctionDef) and function.name.startswith("upgrade"):
            for call in calls(list(function.body)):
                found += _read(call, named)
    return tuple(found)


def _read(call: ast.Call, named: Constants) -> list[Operation]:
    if owner_of(call) not in ("op", "operations"):
        return []
    schema = text(argument(call, "schema"), named)
    match name_of(call):
        case "create_table":
            name = text(argument(call, "table_name", 0), named)
            return [Operation("creates", name, call.lineno, None, schema)] if name else []
        case "drop_table":
            name = text(argument(call, "table_name", 0), named)
            return [Operation("drops", name, call.lineno, None, schema)] if name else []
        case "rename_table":
            old, new = (
                text(argument(call, "old_table_name", 0), named),
                text(argument(call, "new_table_name", 1), named),
            )
            return [Operation("renames", old, call.lineno, new, schema)] if old and new else []
        case "execute":
            return list(sql.of_literal(literal(argument(call, "sqltext", 0), named)))
    return []


def models(source: str) -> tuple[Operation, ...]:
    """Tables declared by `__tablename__` or by `Table("name", metadata, …)`; raises `Unread`."""
    module = tree(source)
    named = constants(module)
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and any(name_of(target) == "__tablename__" for target in node.targets):
            found.append(Operation("models", text(node.value, named) or "", node.lineno))
        elif isinstance(node, ast.Call) and name_of(node) == "Table" and len(node.args) > 1:
            schema = text(argument(node, "schema"), named)
            found.append(Operation("models", text(node.args[0], named) or "", node.lineno, None, schema))
    return tuple(sorted((one for one in found if one.relation), key=lambda operation: operation.line))
