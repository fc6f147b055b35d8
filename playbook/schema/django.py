"""What a Django migration does to the database, and which tables a module's models declare.

Operations: https://docs.djangoproject.com/en/5.2/ref/migration-operations/; table names:
https://docs.djangoproject.com/en/5.2/ref/models/options/#table-names.
"""

import ast

from playbook.schema import sql
from playbook.schema.added import Unread
from playbook.schema.operation import Operation
from playbook.schema.python import Constants, argument, constants, elements, literal, name_of, text, tree


def operations(source: str, app: str, whole: bool) -> tuple[Operation, ...]:
    """The database operations of a migration file, or of added lines of one; raises `Unread`."""
    module = tree(source)
    named = constants(module)
    if whole:
        listed = _operations_of_class(module)
    else:
        listed = [one.value for one in module.body if isinstance(one, ast.Expr)]
        listed = [part for one in listed for part in (elements(one) or [one])]
    return tuple(found for one in listed for found in _read(one, app, named))


def _operations_of_class(module: ast.Module) -> list[ast.expr]:
    for statement in module.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Migration":
            for inner in statement.body:
                targets = inner.targets if isinstance(inner, ast.Assign) else []
                if any(name_of(target) == "operations" for target in targets) and isinstance(inner, ast.Assign):
                    if not isinstance(inner.value, ast.List | ast.Tuple):
                        raise Unread("its operations are computed, not written out")
                    return elements(inner.value)
    return []


def _read(node: ast.expr, app: str, named: Constants) -> list[Operation]:
    if not isinstance(node, ast.Call):
        return []
    line = node.lineno
    match name_of(node):
        case "CreateModel":
            return _create_model(node, app, named)
        case "DeleteModel":
            name = text(argument(node, "name", 0), named)
            return [Operation("drops", _default(app, name), line)] if name else []
        case "RenameModel":
            old, new = text(argument(node, "old_name", 0), named), text(argument(node, "new_name", 1), named)
            if old and new and old.lower() != new.lower():
                return [Operation("renames", _default(app, old), line, _default(app, new))]
        case "AlterModelTable":
            name, table = text(argument(node, "name", 0), named), text(argument(node, "table", 1), named)
            if name and table and table != _default(app, name):
                schema, bare = _split(table)
                return [Operation("renames", _default(app, name), line, bare, schema)]
        case "AddField":
            model, name = text(argument(node, "model_name", 0), named), text(argument(node, "name", 1), named)
            field = argument(node, "field", 2)
            if model and name and field is not None:
                return _many_to_many(field, _default(app, model), name, named)
        case "RunSQL":
            return _run_sql(node, named)
        case "SeparateDatabaseAndState":
            inner = elements(argument(node, "database_operations", 0))
            return [found for one in inner for found in _read(one, app, named)]
    return []


def _create_model(node: ast.Call, app: str, named: Constants) -> list[Operation]:
    name = text(argument(node, "name", 0), named)
    options = _options(argument(node, "options", 2))
    if not name or _is(options.get("managed"), False) or _is(options.get("proxy"), True):
        return []
    written = options.get("db_table")
    table = text(written, named) if written is not None else _default(app, name)
    if not table:
        return []
    schema, bare = _split(table)
    found = [Operation("creates", bare, node.lineno, None, schema)]
    for field in elements(argument(node, "fields", 1)):
        pair = elements(field)
        field_name = text(pair[0], named) if len(pair) > 1 else None
        if field_name:
            found += _many_to_many(pair[1], bare, field_name, named)
    return found


def _many_to_many(field: ast.expr, table: str, name: str, named: Constants) -> list[Operation]:
    """The table between two models; with `through` it is a model of its own."""
    if not isinstance(field, ast.Call) or name_of(field) != "ManyToManyField" or argument(field, "through") is not None:
        return []
    own = text(argument(field, "db_table"), named)
    return [Operation("creates", own or f"{table}_{name}", field.lineno)]


def _run_sql(node: ast.Call, named: Constants) -> list[Operation]:
    given = argument(node, "sql", 0)
    found: list[Operation] = []
    for part in elements(given) or ([given] if given is not None else []):
        # A statement with parameters comes as a pair: ("UPDATE …", [1]).
        found += sql.of_literal(literal(next(iter(elements(part)), part), named))
    return found


def models(source: str, app: str | None) -> tuple[Operation, ...]:
    """The tables that models declare (without creating them); `app` None reads only those that name their table.

    A class is a model when it derives from `models.Model`, or has a field of `models`; abstract and proxy models
    have no table of their own. Raises `Unread`.
    """
    found = []
    for node in ast.walk(tree(source)):
        if isinstance(node, ast.ClassDef) and _is_model(node):
            meta = next((one for one in node.body if isinstance(one, ast.ClassDef) and one.name == "Meta"), None)
            options = _assigned(meta)
            written = options.get("db_table")
            table = text(written, {}) if written is not None else (_default(app, node.name) if app else None)
            if table and not _is(options.get("abstract"), True) and not _is(options.get("proxy"), True):
                schema, bare = _split(table)
                found.append(Operation("models", bare, node.lineno, None, schema))
    return tuple(sorted(found, key=lambda operation: operation.line))


def _is_model(node: ast.ClassDef) -> bool:
    if any(name_of(base) == "Model" and isinstance(base, ast.Attribute) for base in node.bases):
        return any(isinstance(base, ast.Attribute) and name_of(base.value) == "models" for base in node.bases)
    fields = [one.value for one in node.body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call)]
    return bool(node.bases) and any(
        isinstance(field.func, ast.Attribute)
        and name_of(field.func.value) == "models"
        and field.func.attr.endswith(("Field", "ForeignKey"))
        for field in fields
    )


def _assigned(meta: ast.ClassDef | None) -> dict[str, ast.expr]:
    return {
        name_of(target): one.value
        for one in (meta.body if meta else [])
        if isinstance(one, ast.Assign)
        for target in one.targets
    }


def _options(node: ast.expr | None) -> dict[str, ast.expr]:
    if not isinstance(node, ast.Dict):
        return {}
    pairs = zip(node.keys, node.values, strict=True)
    return {key.value: value for key, value in pairs if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def _is(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _default(app: str, model: str) -> str:
    return f"{app}_{model.lower()}"


def _split(table: str) -> tuple[str | None, str]:
    """`"shop"."orders"`, the form people write to reach another schema, as (schema, table)."""
    parts = [part.strip('"`[] ') for part in table.split('"."')]
    return (parts[0], parts[-1]) if len(parts) > 1 else (None, parts[0])
