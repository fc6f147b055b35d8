"""The names that Django gives tables, shortened as on PostgreSQL.

https://docs.djangoproject.com/en/5.2/ref/models/options/#table-names; django/db/backends/utils.py (`truncate_name`,
`names_digest`, `strip_quotes`). Oracle shortens past 30 characters, MySQL past 64, SQLite never: a name that long is
another there.
"""

from hashlib import md5

from playbook.schema.operation import Kind, Operation

LONGEST = 63
"""Characters of a name on PostgreSQL (`max_name_length` of its backend)."""

DIGEST = 4
"""Characters of the digest at the end of a shortened name."""


def default_table(label: str, model: str) -> str:
    """The table of a model that names none: `app_model`, all of the model in lower case."""
    return shortened(f"{label}_{model.lower()}")


def link_table(table: str, field: str) -> str:
    """The table that Django makes for a many-to-many field, from the `db_table` of its model."""
    bare = table[1:-1] if len(table) > 1 and table[0] == table[-1] == '"' else table
    return shortened(f"{bare}_{field}")


def shortened(identifier: str) -> str:
    """The identifier, its table part cut and given a digest where it is too long."""
    schema, name = _parts(identifier)
    if len(name) <= LONGEST:
        return identifier
    digest = md5(name.encode(), usedforsecurity=False).hexdigest()[:DIGEST]
    return f'{schema}"."' * bool(schema) + name[: LONGEST - DIGEST] + digest


def split(table: str) -> tuple[str | None, str]:
    """`"shop"."orders"`, the form people write to reach another schema, as (schema, table), as it is kept."""
    schema, name = _parts(table)
    return schema or None, name.encode()[:LONGEST].decode(errors="ignore")


def operation(kind: Kind, table: str, line: int, to: str | None = None) -> Operation:
    """The operation on a table by its `db_table`; a target in another schema is qualified."""
    schema, name = split(table)
    if to is None:
        return Operation(kind, name, line, None, schema)
    to_schema, to_name = split(to)
    return Operation(kind, name, line, to_name if to_schema in (None, schema) else f"{to_schema}.{to_name}", schema)


def _parts(identifier: str) -> tuple[str, str]:
    schema, found, name = identifier.partition('"."')
    return (schema.strip('"'), name.strip('"')) if found else ("", identifier.strip('"'))
