"""The migration that creates it is in the release, and nobody ran it."""

from playbook.causes import Cause, against, cite, decisive, hint, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.logs import MIGRATIONS, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.commands import called, for_change, look_for
from playbook.schema.story import (
    SETTLING,
    apps_pending,
    changes_of,
    fewer_than_brought,
    here,
    more_than_brought,
    not_elsewhere,
    own_service,
    runs_making,
    several_databases,
    surely_pending,
    unbroken,
)


def run_the_migration(
    relation: MissingRelation | None, changes: Changes | None, logs: Logs | None, event: Event | None
) -> Remedy:
    """The framework's own command, forward only; where it was faked, `migrate` would skip it."""
    creating = changes_of(relation, changes, "creates") if relation else ()
    change = creating[0] if creating else None
    paste = for_change(change, event)
    faked = relation and logs and not_elsewhere(runs_making(relation, logs, creating, "faked"), event)
    if faked and paste.by_hand:
        return Remedy(
            action=f"The migration{called(change)} is recorded as applied, so `migrate` skips it: print its SQL, "
            "read it, and run it in the database that fails",
            command=paste.by_hand,
            verify=look_for(relation) if relation else None,
            rollback="Rolling the code back is safe: the migration has not touched this database",
        )
    return Remedy(
        action=f"Look at the state, then run the pending migration{called(change)} in the environment that fails"
        + ("; later ones of its app run with it" if change and change.framework == "django" else ""),
        command=paste.migrate,
        verify=paste.state or (look_for(relation) if relation else None),
        rollback="Rolling the code back is safe as long as the migration has not touched this database",
    )


cause = Cause(__name__, claim="The migration was not applied", remedy=run_the_migration)


@cause.signal(Strength.DECISIVE)
def reported_as_pending(
    relation: MissingRelation,
    changes: Changes,
    logs: Logs,
    frequency: Frequency | None,
    issue: Issue,
    event: Event | None,
) -> Signal | None:
    """Did the application say that this release's migration of the relation is pending?"""
    creating = changes_of(relation, changes, "creates")
    tried = not_elsewhere(runs_making(relation, logs, creating, "started", "faked", "failed"), event)
    if tried or runs_making(relation, logs, creating, "applied"):
        return None  # other causes say more exactly where it ran, and what came of it
    for run in here([run for run in logs.migration_runs if run.outcome == "unapplied"], event, issue):
        done = [one for one in logs.migration_runs if one.outcome == "nothing to do" and one.at > run.at]
        for change in creating:
            if surely_pending(run, change, changes, issue) and not not_elsewhere(done, event):
                stopped = frequency is None or frequency.trend == "stopped"  # then somebody may have run it since
                return (decisive if unbroken(logs) and not stopped else telling)(
                    f"{change.migration} creates {relation.label}, and was reported as pending at {clock(run.at)}",
                    cite(change, change.quote, "GitHub"),
                    cite(run.line, run.line.message, "Elasticsearch"),
                )
    return None


@cause.signal(Strength.DECISIVE)
def recorded_without_running(
    relation: MissingRelation, changes: Changes | None, logs: Logs, issue: Issue, event: Event | None
) -> Signal | None:
    """Was it recorded as applied without being run (`migrate --fake`)?"""
    creating = changes_of(relation, changes, "creates")
    faked = here(runs_making(relation, logs, creating, "faked"), event, issue)
    if not faked or not_elsewhere(runs_making(relation, logs, creating, "applied"), event):
        return None
    line, name = faked[-1].line, (faked[-1].migration or "").rpartition(".")[2]
    text = f"The migration of {relation.label} was only recorded as applied, at {clock(line.at)}, and not run then"
    # `--fake-initial` fakes an initial migration where the tables are there already: it proves nothing.
    made = hint if name.startswith("0001") or not name else decisive if unbroken(logs) else telling
    return made(text, cite(line, line.message, "Elasticsearch"))


@cause.signal(Strength.TELLING)
def pending_at_start_up(
    relation: MissingRelation, changes: Changes | None, logs: Logs, issue: Issue, event: Event | None
) -> Signal | None:
    """Did the application start with migrations pending?"""
    creating = changes_of(relation, changes, "creates")
    apps = {change.migration.partition(".")[0] for change in creating if change.migration}
    pending = [
        run
        for run in not_elsewhere([run for run in logs.migration_runs if run.outcome == "unapplied"], event)
        if not (listed := apps_pending(run)[1]) or not apps or apps & set(listed)
    ]
    if not pending or not_elsewhere(runs_making(relation, logs, creating, "applied"), event):
        return None
    run = pending[-1]
    done = [one for one in logs.migration_runs if one.outcome == "nothing to do" and one.at > run.at]
    if not_elsewhere(done, event):
        return None
    more = more_than_brought(run, changes) if changes else None
    cited = cite(run.line, run.line.message, "Elasticsearch")
    if more:
        return hint(f"{more} migrations were reported as pending, more than the release brings", cited)
    fewer = changes is not None and fewer_than_brought(run, changes)
    strong = own_service(run.line, issue) is not False and not fewer
    return (telling if strong else hint)(f"Migrations were reported as pending at {clock(run.at)}", cited)


@cause.signal(Strength.TELLING)
def shipped_but_never_ran(
    relation: MissingRelation, changes: Changes, logs: Logs, issue: Issue, event: Event | None
) -> Signal | None:
    """The release holds the migration; do the logs of its migrate command never name it?"""
    creating = [change for change in changes_of(relation, changes, "creates") if change.migration]
    search = logs.search(MIGRATIONS)
    if not creating or search is None or not logs.whole(MIGRATIONS):
        return None
    if runs_making(relation, logs, creating, "started", "applied", "failed", "faked", "reverted"):
        return None
    ours = [run for run in not_elsewhere(logs.migration_runs, event) if own_service(run.line, issue) is not False]
    if any(run.outcome in ("nothing to do", "failed") for run in ours) or not any(run.migration for run in ours):
        return None  # found applied already, kept from running by a failure, or no log of ours names migrations at all
    change = creating[0]
    return telling(
        f"{change.path} creates {relation.label}, and the migrate log from {clock(logs.start)} never names it",
        cite(change, change.quote, "GitHub"),
        cite(search, f"{search.total} lines about migrations, none about {change.migration}", "Elasticsearch"),
    )


@cause.signal(Strength.HINT)
def shipped_with_the_release(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Does the failing release bring the migration that creates the relation?"""
    creating = changes_of(relation, changes, "creates")
    if not creating:
        return None
    change = creating[0]
    return hint(
        f"The failing release brings {change.path}, which creates {relation.label}",
        cite(change, change.quote, "GitHub"),
    )


@cause.signal(Strength.HINT)
def constant_since_it_began(frequency: Frequency) -> Signal | None:
    """Are the errors constant? Diagnosis rule 1: "persistent missing table or migration never applied"."""
    if frequency.trend != "constant":
        return None
    return hint("The errors are constant, as with a migration that was never applied", cite(frequency, frequency.rule))


@cause.signal(Strength.RULES_OUT)
def it_was_applied(
    relation: MissingRelation, changes: Changes | None, logs: Logs, issue: Issue, event: Event | None
) -> Signal | None:
    """Do the logs show that it ran, or was tried, where it fails?"""
    creating = changes_of(relation, changes, "creates")
    tried = [
        run
        for run in here(runs_making(relation, logs, creating, "applied", "failed"), event, issue)
        if issue.last_seen is None
        or run.at <= issue.last_seen + SETTLING  # what ran after the errors says nothing of then
    ]
    if not tried:
        return None
    run = tried[0]
    told = "ran" if run.outcome == "applied" else "was tried, and failed,"
    return (against if several_databases(tried) else rules_out)(
        f"The migration of {relation.label} {told} at {clock(run.at)}",
        cite(run.line, run.line.message, "Elasticsearch"),
    )
