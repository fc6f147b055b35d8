"""Liquibase's `update`: how to run it, what it logs, and that a log names a file from where Liquibase looks for files.

https://docs.liquibase.com/commands/update/update.html, https://docs.liquibase.com/commands/change-tracking/status.html;
the lines: liquibase-standard's ChangeSet.java, UpdateVisitor.java and UpdateCommandStep.java; `file::id::author` is
`ChangeSet.toString`.
"""

from playbook.evidence.logs import MigrationRun
from playbook.schema.framework import Commands
from playbook.schema.migrate_forms import form

NAME = r"(?P<name>[^\s:\"]+::[^\n]{1,200}?::[^\s:\"]+)"
FORMS = (
    form("failed", "Migration failed for change", rf"\bMigration failed for change\s?set {NAME}"),
    form("failed", "encountered an exception", rf"\bChangeSet {NAME} encountered an exception\b"),
    form("started", "Running Changeset: ", rf"\bRunning Changeset: {NAME}"),
    form("applied", "ran successfully in", rf"\bChange\s?[Ss]et {NAME} ran successfully in\b"),
    form("faked", "Marking ChangeSet: ", rf"\bMarking ChangeSet: \"?{NAME}\"? (?:as )?ran despite\b"),
    form("nothing to do", "Database is up to date", r"\bDatabase is up to date, no changesets to execute\b"),
)


def commands(_migration: str | None, _path: str | None) -> Commands:
    """`update` goes forward only. `update-sql` prints only what is pending, so it is no way by hand."""
    return Commands(migrate="liquibase update", state="liquibase status --verbose")


def is_of(name: str, _path: str, run: MigrationRun) -> bool:
    """A log names the file as the class path or the search path has it, which is the end of its path in the repository
    (https://docs.liquibase.com/concepts/changelogs/how-liquibase-finds-files.html)."""
    file, _, which = name.partition("::")
    logged, _, ran = (run.migration or "").partition("::")
    logged = logged.removeprefix("classpath:").strip("/")
    return bool(logged) and which == ran and f"/{file}".endswith(f"/{logged}")
