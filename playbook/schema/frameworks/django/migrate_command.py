"""Django's `migrate`: how to run it forward, and what it prints.

https://docs.djangoproject.com/en/5.2/ref/django-admin/#migrate; the lines: django/core/management/commands/migrate.py
and base.py. The result follows on the same line, so a trace right after the dots is a failure.
"""

from shlex import quote

from playbook.schema.framework import Commands
from playbook.schema.migrate_forms import form

NAME = r"(?P<name>\w+\.\w+)"
FORMS = (
    form("applied", "Applying ", rf"\bApplying {NAME}\.\.\.\s*OK\b"),
    form("faked", "Applying ", rf"\bApplying {NAME}\.\.\.\s*FAKED\b"),
    form("failed", "Applying ", rf"\bApplying {NAME}\.\.\.\s*(?:Traceback|\S*(?:Error|Exception))"),
    form("reverted", "Unapplying ", rf"\bUnapplying {NAME}\.\.\.\s*(?:OK|FAKED)\b"),
    form("started", "Applying ", rf"\bApplying {NAME}\.\.\.\s*$"),
    form("started", "Running migrations", r"^\s*Running migrations:\s*$"),
    form("nothing to do", "No migrations to apply", r"^\s*No migrations to apply\."),
    form("unapplied", "unapplied migration", r"\bYou have \d+ unapplied migration\(s\)"),
    form("failed", "InconsistentMigrationHistory", r"\bInconsistentMigrationHistory\b"),
    form("failed", "Conflicting migrations", r"\bConflicting migrations detected"),
)


def commands(migration: str | None, _path: str | None) -> Commands:
    """`migrate app name` goes *to* that migration, and so takes back every later one of the app; without a name it goes
    forward to the newest."""
    app, _, name = (migration or "").partition(".")
    return Commands(
        migrate="python manage.py migrate" + (f" {quote(app)}" if app and name else ""),
        state="python manage.py showmigrations" + (f" {quote(app)}" if app else ""),
        by_hand=f"python manage.py sqlmigrate {quote(app)} {quote(name)}" if app and name else None,
    )
