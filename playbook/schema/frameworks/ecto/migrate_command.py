"""Ecto's `ecto.migrate`: how to run it, and what it logs: that a way back began, not that it is done.

https://hexdocs.pm/ecto_sql/Mix.Tasks.Ecto.Migrate.html; the lines: lib/ecto/migration/runner.ex and migrator.ex in
ecto_sql, where a version is a number without zeros before it.
"""

from playbook.schema.framework import Commands
from playbook.schema.migrate_forms import form

FORMS = (
    form("started", "== Running ", r"== Running (?P<name>\d{1,30}) \S+ forward"),
    form("reverted", "== Running ", r"== Running (?P<name>\d{1,30}) \S+ backward"),
    form("applied", "== Migrated ", r"== Migrated (?P<name>\d{1,30}) in [\d.]+s"),
    form("nothing to do", "Migrations already up", r"\bMigrations already up\b"),
    form("unapplied", "PendingMigrationError", r"\bPhoenix\.Ecto\.PendingMigrationError\b"),
)


def commands(_migration: str | None, _path: str | None) -> Commands:
    """`ecto.migrate` goes forward only."""
    return Commands(migrate="mix ecto.migrate", state="mix ecto.migrations")
