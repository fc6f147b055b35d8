"""What the patches and the logs together say of one relation's migrations, at one place.

A run in another environment proves nothing here, and a run whose environment nobody told proves less than one that
told: the two are kept apart, so that no signal can mistake staging's migrate job for production's.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.environment import same_environment
from playbook.evidence.event import Event
from playbook.evidence.logs import LogLine, Logs, MigrationRun, Outcome
from playbook.evidence.missing_relation import MissingRelation

Place = Literal["here", "elsewhere", "untold"]

CLOCKS = timedelta(minutes=1)
"""How far the clocks of a log shipper and of an SDK may disagree before an order of moments means anything."""


def changes_of(relation: MissingRelation, changes: Changes | None, kind: str) -> tuple[SchemaChange, ...]:
    """The schema changes of that kind in the failing release that name the relation."""
    if changes is None:
        return ()
    return tuple(one for one in changes.schema_changes if one.kind == kind and relation.matches(one.relation))


def runs_of(
    relation: MissingRelation, logs: Logs, made_by: Iterable[SchemaChange], *outcomes: Outcome
) -> tuple[MigrationRun, ...]:
    """The logged runs with one of the outcomes that are about this relation: by a migration's name or its own."""
    names = {change.migration for change in made_by if change.migration}
    return tuple(
        run
        for run in logs.migration_runs
        if run.outcome in outcomes and (run.migration in names or names_relation(relation, run.line.message))
    )


def place(line: LogLine, event: Event | None) -> Place:
    """Where a log line was written, seen from the event."""
    if line.environment is None or event is None or event.environment is None:
        return "untold"
    match same_environment(line.environment, event.environment):
        case True:
            return "here"
        case False:
            return "elsewhere"
    return "untold"


def here(runs: Iterable[MigrationRun], event: Event | None) -> tuple[MigrationRun, ...]:
    """Runs in the event's own environment, by their own word."""
    return tuple(run for run in runs if place(run.line, event) == "here")


def not_elsewhere(runs: Iterable[MigrationRun], event: Event | None) -> tuple[MigrationRun, ...]:
    """Runs in the event's environment, or in one that nobody told."""
    return tuple(run for run in runs if place(run.line, event) != "elsewhere")


def before(moment: datetime, onset: datetime) -> bool:
    """Surely before the onset, whatever the clocks."""
    return moment < onset - CLOCKS


def after(moment: datetime, onset: datetime) -> bool:
    """Surely after the onset, whatever the clocks."""
    return moment > onset + CLOCKS


def names_relation(relation: MissingRelation, text: str) -> bool:
    """Whether a line speaks of this relation as a relation (`CREATE TABLE shop.orders`, `relation "orders"`).

    The bare word is not enough: Django's log says `orders.0042_…` of an app that may be called like a table.
    """
    if relation.name is None:
        return False
    pattern = _KEYWORD + _QUALIFIER + re.escape(relation.name) + r"(?![\w$])"
    return re.search(pattern, text[:LINE_LENGTH], re.IGNORECASE) is not None


def names_pending(run: MigrationRun, change: SchemaChange) -> bool:
    """Whether a report of pending migrations names this one, or (as Django's does) its app."""
    if change.migration is None:
        return False
    app = change.migration.partition(".")[0] if change.framework == "django" else change.migration
    text = run.line.message[:LINE_LENGTH]
    return run.migration == change.migration or any(
        re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", text) for name in (change.migration, app)
    )


def only_this_pending(run: MigrationRun, change: SchemaChange, changes: Changes) -> bool:
    """Whether the report is about this migration and no more are pending than the release brought.

    More would mean that the database is not the one the service used to ask, or was never migrated at all: then
    running this one migration is not the answer.
    """
    brought = {one.migration for one in changes.schema_changes if one.migration}
    counted = re.search(r"\b(\d{1,4}) unapplied migration", run.line.message[:LINE_LENGTH])
    return names_pending(run, change) and (counted is None or int(counted[1]) <= len(brought))


def made_again(relation: MissingRelation, lines: Iterable[LogLine], since: datetime, until: datetime) -> bool:
    """Whether a statement between the two moments created the relation, or renamed another one to it.

    Tables are swapped that way: the old one is dropped or renamed, the new one takes its name.
    """
    if relation.name is None:
        return False
    name = _QUALIFIER + re.escape(relation.name) + r"(?![\w$])"
    created = rf"\bcreate\s+(?:table|(?:materialized\s+)?view)\s+(?:if\s+not\s+exists\s+)?{name}"
    pattern = re.compile(rf"{created}|\bto\s+{name}", re.IGNORECASE)
    return any(since <= line.at <= until and pattern.search(line.message[:LINE_LENGTH]) for line in lines)


def tells_failure(line: LogLine) -> bool:
    """Whether a deploy log line reports a failure, by its level or in words that deploy tools use for one."""
    return (line.level or "").casefold() in FAILING_LEVELS or FAILURE.search(line.message[:LINE_LENGTH]) is not None


def tells_drop(relation: MissingRelation, line: LogLine) -> bool:
    """Whether a log line is a statement that dropped or renamed the relation; a failed or intended one is not."""
    text = line.message[:LINE_LENGTH]
    if (line.level or "").casefold() in FAILING_LEVELS or relation.name is None:
        return False
    name = _QUALIFIER + re.escape(relation.name) + r"(?![\w$])"
    dropped = rf"\bdrop\s+(?:table|(?:materialized\s+)?view)\s+(?:if\s+exists\s+)?{name}"
    renamed = (
        rf"\b(?:alter|rename)\s+(?:table|view)\s+(?:if\s+exists\s+)?(?:only\s+)?{name}[\"'`\]]?\s+(?:rename\s+)?to\b"
    )
    return re.search(f"{dropped}|{renamed}", text, re.IGNORECASE) is not None


FAILING_LEVELS = ("error", "fatal", "critical", "panic", "alert", "emergency")
FAILURE = re.compile(
    r"\b(?:failed|failure|timed out|time-?out|backofflimitexceeded|crashloopbackoff|aborted)\b", re.IGNORECASE
)
"""Words of kubectl, Helm, Argo CD and GitHub Actions when a job or rollout fails."""

LINE_LENGTH = 4_000
"""Characters of a log line that are read: statements name their relation at the beginning."""

_KEYWORD = r"\b(?:table|relation|view|sequence)\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?"
_QUALIFIER = r"[\"'`\[«»„“]?(?:[\w$]{1,63}[\"'`\]]?\.[\"'`\[]?)?"
