"""Rails' `db:migrate`: how to run it forward, and what it announces.

https://guides.rubyonrails.org/active_record_migrations.html#running-migrations; the lines:
activerecord/lib/active_record/migration.rb (`announce`, `Migrator`, `PendingMigrationError`).
"""

from shlex import quote

from playbook.schema.framework import Commands
from playbook.schema.migrate_forms import form

NAME = r"(?P<name>\d{1,30} [\w:]+)"
FORMS = (
    form("started", ": migrating =", rf"==\s+{NAME}: migrating ="),
    form("applied", ": migrated (", rf"==\s+{NAME}: migrated \("),
    form("reverted", ": reverted (", rf"==\s+{NAME}: reverted \("),
    form("failed", "later migrations", r"\bAn error has occurred, (?:this and )?all later migrations canceled"),
    form("unapplied", "PendingMigrationError", r"\bActiveRecord::PendingMigrationError\b"),
    form("unapplied", "Migrations are pending", r"\bMigrations are pending\b"),
)


def commands(migration: str | None, _path: str | None) -> Commands:
    """`db:migrate VERSION=` goes *to* that version, and takes back every later one; `db:migrate:up` runs that one."""
    version = (migration or "").split("_")[0].split(" ")[0]
    up = f"bin/rails db:migrate:up VERSION={quote(version)}" if version.isdecimal() else "bin/rails db:migrate"
    return Commands(migrate=up, state="bin/rails db:migrate:status")
