"""Tables that SQLAlchemy, Flask-SQLAlchemy and SQLModel classes and `Table(…)` declare.

https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html
"""

import ast
import re
from collections.abc import Iterator

from playbook.schema.framework import Declared, Files
from playbook.schema.frameworks.alembic import values
from playbook.schema.frameworks.alembic.evaluate import Budget, Evaluator
from playbook.schema.frameworks.alembic.source import Library, Source, assigned
from playbook.schema.frameworks.alembic.values import Mapped, Plain, Relation, Row
from playbook.schema.python import argument, name_of, owner_of

SIGNS = ("sqlalchemy", "sqlmodel", "__tablename__", ".Model")
"""What a file that declares such a table speaks of."""

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<!^)(?=[A-Z][a-z])")
"""Where Flask-SQLAlchemy puts an underscore: before a capital after a small letter or digit, and before one that a
small letter follows (`camel_to_snake_case` in flask_sqlalchemy/model.py)."""

OTHERS = {"models", "peewee", "orm", "pw", "odoo", "tortoise"}
"""Whose `Model` is another library's: `django.db.models.Model` before all."""


def declared(files: Files) -> tuple[Declared, ...]:
    """The tables by file and line; version files hold snapshots of tables, which are left out."""
    library = Library(files)
    found: list[Declared] = []
    for path in sorted(files):
        text = files[path]
        if not any(sign in text for sign in SIGNS) or "down_revision" in text:
            continue
        source = library.of(path)
        if source is not None:
            found += sorted(_of_file(source, Evaluator(source, {}, Budget(), library)), key=lambda one: one.line)
    return tuple(found)


def _of_file(source: Source, see: Evaluator) -> Iterator[Declared]:
    for model in source.classes.values():
        yield from _of_class(model, source, see)
        for statement in model.body:
            for expression in assigned(statement).values():
                yield from _of_table(expression, model.name, source, see)
    for name, expression in source.constants.items():
        yield from _of_table(expression, name, source, see)


def _of_class(model: ast.ClassDef, source: Source, see: Evaluator) -> Iterator[Declared]:
    given = _body(model)
    if _is(see.value(given.get("__abstract__")), True) or "__table__" in given:
        return
    relation = values.name(see.value(given["__tablename__"])) if "__tablename__" in given else None
    if "__tablename__" not in given:
        relation = _default(model, given, source, see)
    if relation:
        schema = _schema(model, source, see, set())
        if schema != values.HOLE:
            yield Declared(relation, model.name, source.path, model.lineno, schema)


def _default(model: ast.ClassDef, given: dict[str, ast.expr], source: Source, see: Evaluator) -> str | None:
    """The name where none is written: SQLModel's and Flask-SQLAlchemy's; plain SQLAlchemy has none.

    `SQLModel.__tablename__` in sqlmodel/main.py; `should_set_tablename` and `__table_cls__` in
    flask_sqlalchemy/model.py: a model that extends another model and has no primary key of its own shares its table.
    """
    if any(isinstance(one, ast.FunctionDef) and one.name == "__tablename__" for one in model.body):
        return None
    if any(one.arg == "table" and _is(see.value(one.value), True) for one in model.keywords):
        return model.name.lower()
    if not _flask(model, source, set()):
        return None
    direct = any(name_of(base) == "Model" for base in model.bases) or _abstract_above(model, source, see)
    keyed = any(_primary(expression) for expression in given.values())
    return CAMEL.sub("_", model.name).lower().lstrip("_") if direct or keyed else None


def _flask(model: ast.ClassDef, source: Source, seen: set[str]) -> bool:
    """Whether it extends `db.Model`, or a class of this file that does."""
    for base in model.bases:
        if isinstance(base, ast.Attribute) and base.attr == "Model" and owner_of(base) not in OTHERS:
            return True
        above = source.classes.get(name_of(base))
        if above is not None and above.name not in seen and _flask(above, source, {*seen, above.name}):
            return True
    return False


def _abstract_above(model: ast.ClassDef, source: Source, see: Evaluator) -> bool:
    above = [source.classes[name_of(base)] for base in model.bases if name_of(base) in source.classes]
    return all(_is(see.value(_body(one).get("__abstract__")), True) or not _flask(one, source, set()) for one in above)


def _primary(expression: ast.expr) -> bool:
    """`db.Column(db.Integer, primary_key=True)`, `mapped_column(…)` alike."""
    key = argument(expression, "primary_key") if isinstance(expression, ast.Call) else None
    return isinstance(key, ast.Constant) and key.value is True


def _schema(model: ast.ClassDef, source: Source, see: Evaluator, seen: set[str]) -> str | None:
    """`__table_args__ = {"schema": …}` (or as the last of a tuple), or that of the metadata, here or in a base."""
    given = _body(model)
    arguments = see.value(given.get("__table_args__"))
    if isinstance(arguments, Row) and arguments.elements:
        arguments = arguments.elements[-1]
    if isinstance(arguments, Mapped):
        for key, value in arguments.items:
            if values.name(key) == "schema":
                return None if value == Plain(None) else values.name(value) or values.HOLE
    if "metadata" in given:
        return _of_metadata(given["metadata"], source, see)
    for base in model.bases:
        above = source.classes.get(name_of(base))
        if above is not None and above.name not in seen:
            found = _schema(above, source, see, {*seen, above.name})
            if found is not None:
                return found
    return None


def _of_metadata(expression: ast.expr | None, source: Source, see: Evaluator) -> str | None:
    """`MetaData(schema="…")`, itself or under a name of this file."""
    if isinstance(expression, ast.Name):
        expression = source.constants.get(expression.id)
    if not isinstance(expression, ast.Call) or name_of(expression) != "MetaData":
        return None
    return see.schema(expression)[0]


def _of_table(expression: ast.expr, name: str, source: Source, see: Evaluator) -> Iterator[Declared]:
    """`orders = Table("orders", metadata, …)`, and `db.Table("orders", …)`, whose metadata is the application's own."""
    if not isinstance(expression, ast.Call) or name_of(expression) != "Table" or len(expression.args) < 2:  # noqa: PLR2004
        return
    relation = see.value(expression)
    if not isinstance(relation, Relation) or relation.name is None or relation.schema_name == values.HOLE:
        return
    schema = relation.schema_name or _of_metadata(expression.args[1], source, see)
    reflected = any(one.arg in ("autoload_with", "autoload") for one in expression.keywords)
    if schema != values.HOLE and not isinstance(expression.args[1], ast.Constant):
        yield Declared(relation.name, name, source.path, expression.lineno, schema, managed=not reflected)


def _body(model: ast.ClassDef) -> dict[str, ast.expr]:
    return {name: value for statement in model.body for name, value in assigned(statement).items()}


def _is(value: values.Value, wanted: object) -> bool:
    return isinstance(value, Plain) and value.value is wanted
