"""Alembic's `upgrade`: how to run it, and what it logs, which is that a revision begins and never that it is done.

https://alembic.sqlalchemy.org/en/latest/api/commands.html; the lines: alembic/runtime/migration.py (`run_migrations`,
`UpgradeStep`/`StampStep`), alembic/script/revision.py and alembic/command.py.
"""

from shlex import quote

from playbook.schema.framework import Commands
from playbook.schema.migrate_forms import form

FORMS = (
    form("started", "Running upgrade", r"\bRunning upgrade [^\n>]{0,200}-> (?P<name>[^\s,]+)"),
    form("reverted", "Running downgrade", r"\bRunning downgrade (?P<name>[^\s,]+) ->"),
    form("faked", "Running stamp_revision", r"\bRunning stamp_revision [^\n>]{0,200}-> (?P<name>[^\s,]+)"),
    form("failed", "Can't locate revision", r"\bCan't locate revision identified by '(?P<name>[^'\s]+)'"),
    form("failed", "Multiple head revisions", r"\bMultiple head revisions are present\b"),
    form("unapplied", "Target database", r"\bTarget database is not up to date\b"),
)


def commands(migration: str | None, _path: str | None) -> Commands:
    """`upgrade` to a revision that is applied already does nothing: it never goes back."""
    target = quote(migration) if migration else "heads"
    return Commands(migrate=f"alembic upgrade {target}", state="alembic current && alembic heads")
