"""The code was serving before its migration ran, or queries the relation while it is imported by migrate."""

from datetime import timedelta

from playbook.causes import Cause, cite, decisive, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.logs import Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.commands import look_for
from playbook.schema.story import after, changes_of, here, not_elsewhere, runs_of

SETTLING = timedelta(minutes=10)
"""How long errors may trail after the migration: requests under way, queued events, pods with a cached failure."""


def order_the_deploy(relation: MissingRelation | None) -> Remedy:
    """Nothing to repair now; the order of the deploy is what to mend."""
    return Remedy(
        action="Nothing to repair if the errors have stopped: make the deploy wait for the migration before new code "
        "serves, and move queries at import time into functions",
        verify=look_for(relation) if relation else None,
        rollback="No rollback is needed once the relation is there",
    )


cause = Cause(__name__, claim="The migration ran too late", remedy=order_the_deploy)


@cause.signal(Strength.DECISIVE)
def applied_after_it_began(
    relation: MissingRelation,
    changes: Changes | None,
    logs: Logs,
    frequency: Frequency,
    issue: Issue,
    event: Event | None,
) -> Signal | None:
    """Was the migration applied here after the first error, and did the errors end with it?"""
    if frequency.onset is None or issue.last_seen is None:
        return None
    creating = changes_of(relation, changes, "creates")
    for run in not_elsewhere(runs_of(relation, logs, creating, "applied", "started"), event):
        if not after(run.at, frequency.onset) or issue.last_seen > run.at + SETTLING:
            continue
        applied = run.outcome == "applied"  # some commands, Alembic's among them, only log that a migration begins
        certain = applied and frequency.trend == "stopped" and bool(here([run], event))
        made = decisive if certain else telling
        return made(
            f"The errors began {clock(frequency.onset)}; the migration was {run.outcome} {clock(run.at)}; "
            f"the last error came {clock(issue.last_seen)}",
            cite(run.line, run.line.message, "Elasticsearch"),
            cite(issue, f"first event of this trouble {clock(frequency.onset)}, last {clock(issue.last_seen)}"),
        )
    return None


@cause.signal(Strength.TELLING)
def raised_while_migrating(event: Event) -> Signal | None:
    """Does the stack show migration code? Diagnosis rule 4: "stack trace shows migration-related code"."""
    for frame in event.frames:
        where = f"{frame.filename or ''} {frame.module or ''}".lower()
        if any(mark in where for mark in MIGRATE_CODE):
            return telling(
                "The query runs inside the migrate command, before the relation can exist",
                cite(event, frame.place),
            )
    return None


@cause.signal(Strength.RULES_OUT)
def went_on_after_it_was_applied(
    relation: MissingRelation, changes: Changes | None, logs: Logs, issue: Issue, event: Event | None
) -> Signal | None:
    """Did the errors go on long after the migration was applied here?"""
    if issue.last_seen is None:
        return None
    for run in here(runs_of(relation, logs, changes_of(relation, changes, "creates"), "applied"), event):
        if issue.last_seen > run.at + SETTLING:
            return rules_out(
                f"The errors went on until {clock(issue.last_seen)}, long after it was applied {clock(run.at)}",
                cite(run.line, run.line.message, "Elasticsearch"),
                cite(issue, f"last event {clock(issue.last_seen)}"),
            )
    return None


MIGRATE_CODE = (
    "django/core/management/commands/migrate",
    "django.core.management.commands.migrate",
    "django/db/migrations/",
    "django.db.migrations.",
    "alembic/runtime/",
    "alembic.runtime.",
    "active_record/migration",
)
"""Paths and modules that are on the stack only while a migrate command runs."""
