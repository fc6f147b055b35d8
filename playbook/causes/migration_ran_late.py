"""The code was serving before its migration ran, or queries the relation while it is imported by migrate."""

import re

from playbook.causes import Cause, against, cite, cite_run, decisive, hint, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.event import Event, Frame
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.commands import look_for
from playbook.schema.replication_log import replica_of
from playbook.schema.story import SETTLING, Story, after, latest_onset, several_databases


def order_the_deploy(relation: MissingRelation | None) -> Remedy:
    """Nothing to repair now; the order of the deploy is what to mend."""
    return Remedy(
        action="Nothing is left to repair if the errors have stopped. Make the deploy wait for the migration before "
        "new code serves, and move queries at import time into functions",
        verify=look_for(relation) if relation else None,
        rollback="Not needed once the relation is there; if it is not, rolling the code back is safe",
    )


cause = Cause(__name__, claim="The migration ran too late", remedy=order_the_deploy)


@cause.signal(Strength.DECISIVE)
def applied_after_it_began(story: Story, frequency: Frequency, issue: Issue, event: Event | None) -> Signal | None:
    """Was the migration applied here after the first error, and did the errors end with it?

    Errors that ended long before it ran were ended by something else; a failure before it says more of the reason;
    a replica that caught up ends them as well.
    """
    latest = latest_onset(frequency)
    if frequency.onset is None or latest is None or issue.last_seen is None:
        return None
    failed = story.near("failed")
    for run in story.near("applied", "started"):
        if not after(run.at, latest) or issue.last_seen > run.at + SETTLING:
            continue
        if any(one.at > run.at for one in failed):
            continue  # it began, and came to nothing
        applied = run.outcome == "applied"  # some commands, Alembic's among them, only log that a migration begins
        with_it = issue.last_seen >= run.at - SETTLING
        ended = applied and frequency.trend == "stopped"
        certain = ended and story.is_here(run) and not failed and replica_of(event) is None
        made = (decisive if certain else telling) if with_it else hint
        return made(
            f"The errors began {clock(frequency.onset)}; the migration was {run.outcome} {clock(run.at)}; "
            f"the last error came {clock(issue.last_seen)}",
            cite_run(run),
            cite(issue, f"first event of this trouble {clock(frequency.onset)}, last {clock(issue.last_seen)}"),
        )
    return None


@cause.signal(Strength.TELLING)
def raised_while_migrating(event: Event) -> Signal | None:
    """Does the stack show migration code? Diagnosis rule 4: "stack trace shows migration-related code"."""
    found = [frame for frame in event.frames if any(mark in _where(frame) for mark in MIGRATE_CODE)]
    if not found:
        return None
    own = [frame for frame in event.frames if OWN_MIGRATION.search(_where(frame))]
    if own:  # the code of a migration: it asks for what another one should have made, which has many reasons
        return hint("A migration's own code made the query", cite(event, own[-1].place))
    return telling("The query was made while a migrate command ran, before it was done", cite(event, found[-1].place))


@cause.signal(Strength.RULES_OUT)
def went_on_after_it_was_applied(story: Story, issue: Issue) -> Signal | None:
    """Did the errors go on long after the migration was applied here?"""
    applied = story.here("applied")
    run = next((one for one in applied if issue.last_seen and issue.last_seen > one.at + SETTLING), None)
    if run is None or issue.last_seen is None:
        return None
    return (against if several_databases(applied) else rules_out)(
        f"The errors went on until {clock(issue.last_seen)}, long after it was applied {clock(run.at)}",
        cite_run(run),
        cite(issue, f"last event {clock(issue.last_seen)}"),
    )


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

OWN_MIGRATION = re.compile(
    r"(?:^|[/.])(?:migrations|versions|migrate)[/.](?!executor|recorder|autodetector)\w*\d{3}\w*"
)
"""A migration's own file: its name begins with a number or holds one (`0042_order`, `1a2b3c4d5e6f_orders`)."""


def _where(frame: Frame) -> str:
    return f"{frame.filename or ''} {frame.module or ''}".lower()
