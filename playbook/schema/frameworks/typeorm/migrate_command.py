"""TypeORM's `migration:run`: how to run it, and what it prints.

https://typeorm.io/docs/migrations/executing, https://typeorm.io/docs/migrations/status; the lines:
src/migration/MigrationExecutor.ts.
"""

from playbook.schema.framework import Commands
from playbook.schema.migrate_forms import form

FORMS = (
    form("applied", "executed successfully.", r"\bMigration (?P<name>\w+) has been\s+executed successfully\."),
    form("faked", "executed successfully.", r"\bMigration (?P<name>\w+) has been \(fake\) executed successfully\."),
    form(
        "reverted",
        "reverted successfully.",
        r"\bMigration (?P<name>\w+) has been (?:\(fake\)\s)?\s?reverted successfully\.",
    ),
    form("failed", "failed, error:", r"\bMigration \"(?P<name>\w+)\" failed, error:"),
    form("nothing to do", "No migrations are pending", r"^\s*No migrations are pending"),
)


def commands(_migration: str | None, _path: str | None) -> Commands:
    """`-d` is required since 0.3, and no name is taken: all pending ones run."""
    return Commands(
        migrate='npx typeorm migration:run -d "$DATA_SOURCE"', state='npx typeorm migration:show -d "$DATA_SOURCE"'
    )
