"""The migration that creates it is in the release, and nobody ran it."""

from playbook.causes import Cause, cite, decisive, hint, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.logs import MIGRATIONS, START_UP, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.commands import commands, framework_of, look_for
from playbook.schema.story import changes_of, here, not_elsewhere, only_this_pending, place, runs_of


def run_the_migration(relation: MissingRelation | None, changes: Changes | None, event: Event | None) -> Remedy:
    """The framework's own command for the very migration, where its name is known."""
    creating = changes_of(relation, changes, "creates") if relation else ()
    change = creating[0] if creating else None
    paste = commands(change.framework if change else framework_of(event), change.migration if change else None)
    named = f" {change.migration}" if change and change.migration else ""
    return Remedy(
        action=f"Run the pending migration{named} in the environment that fails",
        command=paste.migrate,
        verify=paste.state or (look_for(relation) if relation else None),
        rollback="Rolling the code back is safe: the migration has not touched this database yet",
    )


cause = Cause(__name__, claim="The migration was not applied", remedy=run_the_migration)


@cause.signal(Strength.DECISIVE)
def reported_as_pending(relation: MissingRelation, changes: Changes, logs: Logs, event: Event | None) -> Signal | None:
    """Did the application say that this release's migration of the relation is pending?"""
    creating = changes_of(relation, changes, "creates")
    if any(place(run.line, event) == "elsewhere" for run in runs_of(relation, logs, creating, "applied")):
        return None  # it was applied, only not here: `one_environment_only` says that more exactly
    for run in here([run for run in logs.migration_runs if run.outcome == "unapplied"], event):
        for change in creating:
            if only_this_pending(run, change, changes):
                return decisive(
                    f"{change.migration} creates {relation.label}, and the application reports it as pending",
                    cite(change, change.quote, "GitHub"),
                    cite(run.line, run.line.message, "Elasticsearch"),
                )
    return None


@cause.signal(Strength.DECISIVE)
def recorded_without_running(
    relation: MissingRelation, changes: Changes | None, logs: Logs, event: Event | None
) -> Signal | None:
    """Was it recorded as applied without being run (`migrate --fake`)?"""
    faked = here(runs_of(relation, logs, changes_of(relation, changes, "creates"), "faked"), event)
    if not faked:
        return None
    line = faked[-1].line
    text = f"The migration of {relation.label} was only recorded as applied, at {clock(line.at)}, and never run"
    return decisive(text, cite(line, line.message, "Elasticsearch"))


@cause.signal(Strength.TELLING)
def pending_at_start_up(logs: Logs, event: Event | None) -> Signal | None:
    """Did the application start with migrations pending?"""
    pending = not_elsewhere([run for run in logs.migration_runs if run.outcome == "unapplied"], event)
    if not pending:
        return None
    line = pending[-1].line
    return telling("The application reported pending migrations", cite(line, line.message, "Elasticsearch"))


@cause.signal(Strength.TELLING)
def shipped_but_never_ran(
    relation: MissingRelation, changes: Changes, logs: Logs, event: Event | None
) -> Signal | None:
    """The release holds the migration; do the logs of its migrate command never name it?"""
    creating = changes_of(relation, changes, "creates")
    if not creating or not logs.whole(MIGRATIONS):
        return None
    if runs_of(relation, logs, creating, "started", "applied", "failed"):
        return None
    change = creating[0]
    search = logs.search(MIGRATIONS) or logs.search(START_UP)
    if search is None or not any(run.outcome != "unapplied" for run in not_elsewhere(logs.migration_runs, event)):
        return None
    return telling(
        f"{change.path} creates {relation.label}, and the migrate log from {clock(logs.start)} never names it",
        cite(change, change.quote, "GitHub"),
        cite(
            search,
            f"{search.total} lines about migrations, none about {change.migration or relation.label}",
            "Elasticsearch",
        ),
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
    relation: MissingRelation, changes: Changes | None, logs: Logs, event: Event | None
) -> Signal | None:
    """Do the logs show that it ran, or was tried, where it fails?"""
    tried = here(runs_of(relation, logs, changes_of(relation, changes, "creates"), "applied", "failed"), event)
    if not tried:
        return None
    run = tried[0]
    told = "ran" if run.outcome == "applied" else "was tried, and failed,"
    return rules_out(
        f"The migration of {relation.label} {told} at {clock(run.at)}",
        cite(run.line, run.line.message, "Elasticsearch"),
    )
