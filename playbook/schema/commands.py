"""The commands people paste: how the failing service's framework migrates, and how a database is asked.

Each framework brings its own commands (`Framework.commands`). Names come from outside, so every one is quoted for the
shell or for SQL before it becomes part of a command. Sources: postgresql.org
(system catalogs), dev.mysql.com (information_schema).
"""

from playbook.evidence.changes import SchemaChange
from playbook.evidence.event import Event
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.framework import Commands, framework_named, frameworks


def commands(framework: str | None, migration: str | None, path: str | None = None) -> Commands:
    """The commands for one migration, or for all pending ones where its name is not known.

    The trap is a command that names a migration and goes *to* it, and so takes back every later one (Django's
    `migrate app name`, Rails' `db:migrate VERSION=`, golang-migrate's `goto`), or that creates a database where it
    misses one (`dbmate up`, `diesel setup`, `sqlx database setup`): no framework gives one of those.
    """
    found = framework_named(framework)
    return found.commands(migration, path) if found else Commands()


def for_change(change: SchemaChange | None, event: Event | None) -> Commands:
    """The commands for the migration of a schema change; by the failing service's framework where none is known."""
    return commands(change.framework, change.migration, change.path) if change else commands(framework_of(event), None)


def called(change: SchemaChange | None) -> str:
    """How one names the migration aloud, with a space before it: ` orders.0042_order`, ` (db/0042_orders.sql)`."""
    if change is None:
        return ""
    return f" {change.migration}" if change.migration else f" ({change.path})"


def framework_of(event: Event | None) -> str | None:
    """The framework whose migrate command the failing service most likely has, by its database frames."""
    for frame in reversed(event.database_frames if event else ()):
        where = (frame.module or frame.filename or "").lower()
        for framework in frameworks():
            if any(mark in where for mark in framework.drivers):
                return framework.name
    return None


def look_for(relation: MissingRelation) -> str:
    """A statement that asks the database itself whether it has the relation, and where, in its dialect."""
    if relation.name is None:
        return EVERY_TABLE
    named = STATEMENTS.get(relation.dialect or "", ANY_DIALECT)
    return named.format(name=_literal(relation.name, relation.dialect))


EVERY_TABLE = "SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2;"
ANY_DIALECT = "SELECT table_schema, table_name FROM information_schema.tables WHERE lower(table_name) = lower({name});"
POSTGRESQL = (
    "SELECT current_database(), current_schemas(false), pg_is_in_recovery(), (SELECT "
    "array_agg(relnamespace::regnamespace::text || '.' || relname) FROM pg_class WHERE relkind IN "
    "('r', 'p', 'v', 'm', 'f', 'S') AND lower(relname) = lower({name})) AS found;"
)
"""Tables, partitioned ones, views, foreign tables and sequences: `pg_tables` knows only the first two."""

STATEMENTS = {
    "postgresql": POSTGRESQL,
    "cockroachdb": ANY_DIALECT,
    "mysql": "SELECT DATABASE(), table_schema, table_name FROM information_schema.tables WHERE table_name = {name};",
    "sqlite": "SELECT name FROM sqlite_master WHERE name = {name};",
    "oracle": "SELECT owner, object_name, object_type FROM all_objects WHERE object_name = UPPER({name});",
    "sqlserver": "SELECT DB_NAME(), SCHEMA_NAME(schema_id), name FROM sys.objects WHERE name = {name};",
}


def lag_of(relation: MissingRelation | None) -> str | None:
    """A statement that asks a replica how far it is behind, in its dialect."""
    return LAG.get((relation.dialect if relation else None) or "postgresql")


LAG = {
    "postgresql": "SELECT pg_is_in_recovery(), now() - pg_last_xact_replay_timestamp() AS lag;",
    "mysql": "SHOW REPLICA STATUS;",
}
"""postgresql.org, "Recovery Information Functions"; dev.mysql.com, "SHOW REPLICA STATUS" (Seconds_Behind_Source)."""


def _literal(text: str, dialect: str | None) -> str:
    doubled = text.replace("\\", "\\\\") if dialect == "mysql" else text
    return "'" + doubled.replace("'", "''") + "'"
