"""The commands people paste: how each framework migrates, tells its state and goes back, and how a database is asked.

Names come from outside, so every one is quoted for the shell or for SQL before it becomes part of a command.
Sources: docs.djangoproject.com (django-admin migrate, showmigrations), alembic.sqlalchemy.org (commands),
guides.rubyonrails.org (Active Record Migrations), postgresql.org (to_regclass), dev.mysql.com (SHOW TABLES).
"""

import shlex

from playbook.evidence.event import Event
from playbook.evidence.fact import Value
from playbook.evidence.missing_relation import MissingRelation

Q = shlex.quote


class Commands(Value):
    """What to paste, in one framework; None where the framework has no such command."""

    migrate: str | None = None
    state: str | None = None
    back: str | None = None


def commands(framework: str | None, migration: str | None) -> Commands:
    """The commands for one migration, or for all pending ones where its name is not known."""
    match framework:
        case "django":
            app, _, name = (migration or "").partition(".")
            target = f" {Q(app)} {Q(name)}" if app and name else ""
            state = (
                f"python manage.py showmigrations {Q(app)}".rstrip(" '") if app else "python manage.py showmigrations"
            )
            return Commands(migrate=f"python manage.py migrate{target}", state=state)
        case "alembic":
            target = Q(migration) if migration else "head"
            return Commands(migrate=f"alembic upgrade {target}", state="alembic current && alembic heads")
        case "rails":
            version = (migration or "").split("_")[0].split(" ")[0]
            up = f"bin/rails db:migrate:up VERSION={Q(version)}" if version.isdigit() else "bin/rails db:migrate"
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
        case _:
            return Commands()


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
    "SELECT current_database(), current_schemas(false), pg_is_in_recovery(), (SELECT array_agg(schemaname || '.' || "
    "tablename) FROM pg_tables WHERE lower(tablename) = lower({name})) AS found;"
)
STATEMENTS = {
    "postgresql": POSTGRESQL,
    "cockroachdb": ANY_DIALECT,
    "mysql": "SELECT DATABASE(), table_schema, table_name FROM information_schema.tables WHERE table_name = {name};",
    "sqlite": "SELECT name FROM sqlite_master WHERE name = {name};",
    "oracle": "SELECT owner, object_name, object_type FROM all_objects WHERE object_name = UPPER({name});",
    "sqlserver": "SELECT DB_NAME(), SCHEMA_NAME(schema_id), name FROM sys.objects WHERE name = {name};",
}


def _literal(text: str, dialect: str | None) -> str:
    doubled = text.replace("\\", "\\\\") if dialect == "mysql" else text
    return "'" + doubled.replace("'", "''") + "'"
