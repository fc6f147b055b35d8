"""The code was serving before its migration ran, or queries the relation while it is imported by migrate."""

from playbook.causes import Cause, against, cite, cite_run, decisive, hint, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.commands import look_for
from playbook.schema.migrate_stack import in_a_management_command, own_migration, while_migrating
from playbook.schema.replication_log import replica_of
from playbook.schema.statement import says_it_is_missing
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
    found = [frame for frame in event.frames if while_migrating(frame)]
    if not found:
        return None
    own = [frame for frame in event.frames if own_migration(frame)]
    if own:  # the code of a migration: it asks for what another one should have made, which has many reasons
        return hint("A migration's own code made the query", cite(event, own[-1].place))
    return telling("The query was made while a migrate command ran, before it was done", cite(event, found[-1].place))


@cause.signal(Strength.DECISIVE)
def asked_for_while_imported(event: Event, story: Story | None) -> Signal | None:
    """Was the query made while code was imported by a management command, `migrate` among them?

    Decisive where the migrate command's own log shows that it died of just this, with its migration in the release:
    then it can never get to it, in any database.
    """
    if not any(in_a_management_command(frame) for frame in event.frames):
        return None
    own = [frame for frame in event.frames if frame.in_app and not own_migration(frame)]
    imported = [frame for frame in own if frame.function == "<module>" and frame.filename != "manage.py"]
    if not imported:
        return None
    cited = cite(event, imported[-1].place)
    died = [
        run
        for run in (story.any_here("failed") if story else ())
        if story is not None and says_it_is_missing(story.relation, run.line.message)
    ]
    if story is None or not died or not story.creating or story.near("applied", "faked"):
        return telling(f"It is asked for while {imported[-1].place} is imported by a management command", cited)
    return (decisive if story.unbroken else telling)(
        f"The migrate command itself died of it at {clock(died[-1].at)}, as {imported[-1].place} asks for "
        f"{story.relation.label} while it is imported",
        cite_run(died[-1]),
        cited,
    )


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
