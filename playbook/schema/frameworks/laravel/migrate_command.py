"""Laravel's `migrate`: how to run it, and what it prints.

https://laravel.com/docs/migrations#running-migrations (`--force` runs it without asking in production); the lines:
Illuminate/Database/Migrations/Migrator.php (before 9) and Illuminate/Console/View/Components/Task.php (since 9), which
fills the line with dots where there is room. A rollback since 9 prints the very same
line, so that it only tells that the migration was run one way or the other.
"""

from playbook.schema.framework import Commands
from playbook.schema.migrate_forms import form

NAME = r"(?P<name>\d{4}_\d\d_\d\d_\w+)"
TIMED = r"(?P<name>\d{4}_\d\d_\d\d_\d+_\w+) \.{0,150}[ \d.,ms]{0,30}"
FORMS = (
    form("started", "Migrating:", rf"\bMigrating:\s+{NAME}"),
    form("applied", "Migrated:", rf"\bMigrated:\s+{NAME}"),
    form("reverted", "Rolled back:", rf"\bRolled back:\s+{NAME}"),
    form("started", "DONE", rf"{TIMED}\bDONE\b"),
    form("failed", "FAIL", rf"{TIMED}\bFAIL\b"),
    form("nothing to do", "Nothing to migrate", r"(?:^|INFO)\s*Nothing to migrate\b"),
)


def commands(_migration: str | None, _path: str | None) -> Commands:
    """`migrate` goes forward only; `migrate:fresh` and `migrate:refresh` drop tables."""
    return Commands(migrate="php artisan migrate --force", state="php artisan migrate:status")
