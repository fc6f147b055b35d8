"""The commands people paste: how each framework migrates, tells its state and goes back, and how a database is asked.

Names come from outside, so every one is quoted for the shell or for SQL before it becomes part of a command.
Sources: docs.djangoproject.com (django-admin migrate, showmigrations), alembic.sqlalchemy.org (commands),
guides.rubyonrails.org (Active Record Migrations), postgresql.org (to_regclass), dev.mysql.com (SHOW TABLES).
"""

import shlex

from playbook.evidence.changes import SchemaChange
from playbook.evidence.event import Event
from playbook.evidence.fact import Value
from playbook.evidence.missing_relation import MissingRelation

Q = shlex.quote


class Commands(Value):
    """What to paste, in one framework; None where the framework has no such command, or none without more settings.

    `migrate` only ever goes forward. `state` shows what is applied. `by_hand` prints the migration's SQL.
    """

    migrate: str | None = None
    state: str | None = None
    by_hand: str | None = None


def commands(framework: str | None, migration: str | None) -> Commands:
    """The commands for one migration, or for all pending ones where its name is not known.

    Django's `migrate app name` goes *to* that migration, and so takes back every later one of the app; without a name
    it goes forward to the newest (docs.djangoproject.com, "django-admin migrate"). Rails' `db:migrate VERSION=` is
    the same trap, `db:migrate:up` is not. Alembic's `upgrade` never goes back. `dbmate up` creates the database
    where it is missing, `dbmate migrate` does not.
    """
    match framework:
        case "django":
            app, _, name = (migration or "").partition(".")
            return Commands(
                migrate="python manage.py migrate" + (f" {Q(app)}" if app and name else ""),
                state="python manage.py showmigrations" + (f" {Q(app)}" if app else ""),
                by_hand=f"python manage.py sqlmigrate {Q(app)} {Q(name)}" if app and name else None,
            )
        case "alembic":
            target = Q(migration) if migration else "heads"
            return Commands(migrate=f"alembic upgrade {target}", state="alembic current && alembic heads")
        case "rails":
            version = (migration or "").split("_")[0].split(" ")[0]
            up = f"bin/rails db:migrate:up VERSION={Q(version)}" if version.isdecimal() else "bin/rails db:migrate"
            return Commands(migrate=up, state="bin/rails db:migrate:status")
        case "flyway":
            return Commands(migrate="flyway migrate", state="flyway info")
        case "prisma":
            return Commands(migrate="npx prisma migrate deploy", state="npx prisma migrate status")
        case "knex":
            return Commands(migrate="npx knex migrate:latest", state="npx knex migrate:status")
        case "laravel":
            return Commands(migrate="php artisan migrate --force", state="php artisan migrate:status")
        case "ecto":
            return Commands(migrate="mix ecto.migrate", state="mix ecto.migrations")
        case "goose":
            return Commands(migrate="goose up", state="goose status")
        case "dbmate":
            return Commands(migrate="dbmate migrate", state="dbmate status")
        case _:
            return Commands()


def for_change(change: SchemaChange | None, event: Event | None) -> Commands:
    """The commands for the migration of a schema change; by the failing service's framework where none is known."""
    return commands(change.framework, change.migration) if change else commands(framework_of(event), None)


def called(change: SchemaChange | None) -> str:
    """How one names the migration aloud, with a space before it: ` orders.0042_order`, ` (db/0042_orders.sql)`."""
    if change is None:
        return ""
    return f" {change.migration}" if change.migration else f" ({change.path})"


def framework_of(event: Event | None) -> str | None:
    """The framework whose migrate command the failing service most likely has, by its database frames."""
    for frame in reversed(event.database_frames if event else ()):
        where = (frame.module or frame.filename or "").lower()
        for mark, framework in _MARKS:
            if mark in where:
                return framework
    return None


_MARKS = (
    ("django", "django"),
    ("sqlalchemy", "alembic"),
    ("activerecord", "rails"),
    ("active_record", "rails"),
)


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
