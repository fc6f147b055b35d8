"""What a report of pending migrations says of one of them: Django's only counts, others name what waits."""

import re

from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.issue import Issue
from playbook.evidence.logs import MigrationRun
from playbook.schema.place import own_service
from playbook.schema.statement import LINE_LENGTH


def apps_pending(run: MigrationRun) -> tuple[int | None, tuple[str, ...]]:
    """How many migrations Django's report says are pending, and of which apps; (None, ()) of other reports."""
    text = run.line.message[:LINE_LENGTH]
    counted = re.search(r"\b(\d{1,4}) unapplied migration", text)
    listed = re.search(r"app\(s\): ([\w, ]{1,1000})", text) or re.search(r"apply[^:\n]{0,80}: ([\w, ]{1,1000})", text)
    apps = tuple(name.strip() for name in listed[1].split(",") if name.strip()) if listed else ()
    return (int(counted[1]) if counted else None), apps


def brought(changes: Changes, app: str) -> int:
    """How many migrations of a Django app the release brings, whatever they do."""
    pattern = re.compile(rf"(?:^|/){re.escape(app)}/migrations/\d\w*\.py$")
    return sum(file.status == "added" and pattern.search(file.path) is not None for file in changes.files)


def surely_pending(run: MigrationRun, change: SchemaChange, changes: Changes, issue: Issue) -> bool:
    """Whether a report of pending migrations says that this very one is pending, and nothing stranger.

    Django's report only counts and names apps. Migrations wait in order, so it is this one where exactly as many are
    pending as the release brought: fewer may be later ones; more mean another database, or one never migrated.
    """
    if change.migration is None:
        return False
    count, apps = apps_pending(run)
    if not apps:
        text = run.line.message[:LINE_LENGTH]
        if change.framework == run.framework == "alembic" and NOT_AT_HEAD in text:
            own = own_service(run.line, issue) is True and not changes.incomplete
            return own and _only_one_brought(change, changes)
        name = change.migration.split(" ")[0] if change.framework == "rails" else change.migration
        specific = change.framework == "rails" or (len(name) >= SPECIFIC and not name.replace(".", "").isdecimal())
        return specific and re.search(rf"(?<![\w.]){re.escape(name)}(?![a-zA-Z0-9])", text) is not None
    if change.framework != "django" or own_service(run.line, issue) is not True or changes.incomplete:
        return False
    return change.migration.partition(".")[0] in apps and count == sum(brought(changes, app) for app in apps)


def _only_one_brought(change: SchemaChange, changes: Changes) -> bool:
    """Whether the release adds no other file beside this migration: it is the last one then, the head."""
    folder = change.path.rpartition("/")[0]
    beside = [file.path for file in changes.files if file.status == "added" and file.path.rpartition("/")[0] == folder]
    return beside == [change.path]


NOT_AT_HEAD = "Target database is not up to date"
"""What Alembic says where the database's revision is not the head, whichever is missing: so the head surely is
(alembic.sqlalchemy.org, "Cookbook"; `alembic/command.py`)."""

SPECIFIC = 6
"""Characters from which a migration's name is taken for its own: shorter ones are words or numbers."""


def more_than_brought(run: MigrationRun, changes: Changes) -> int | None:
    """How many are pending where those are more than the release brought; None otherwise."""
    count, apps = apps_pending(run)
    if count is None or not apps or changes.incomplete:
        return None
    return count if count > sum(brought(changes, app) for app in apps) else None


def fewer_than_brought(run: MigrationRun, changes: Changes) -> bool:
    """Whether fewer are pending than the release brought: then those may be later ones than the one in question."""
    count, apps = apps_pending(run)
    return count is not None and bool(apps) and count < sum(brought(changes, app) for app in apps)
