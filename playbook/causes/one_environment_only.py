"""Only one environment, shard or tenant lacks it; elsewhere the same code finds it."""

from playbook.causes import Cause, against, cite, decisive, hint, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.logs import Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.spread import Spread
from playbook.schema.commands import commands, framework_of, look_for
from playbook.schema.story import changes_of, here, only_this_pending, place, runs_of


def bring_it_level(relation: MissingRelation | None, changes: Changes | None, event: Event | None) -> Remedy:
    """The migrate command, in the one place that lacks it."""
    creating = changes_of(relation, changes, "creates") if relation else ()
    change = creating[0] if creating else None
    paste = commands(change.framework if change else framework_of(event), change.migration if change else None)
    where = event.environment if event and event.environment else "the environment that fails"
    return Remedy(
        action=f"Bring {where} level with the environments that work: run the migrations there",
        command=paste.migrate,
        verify=look_for(relation) if relation else paste.state,
        rollback="Rolling back only that environment is safe; the others have the relation",
    )


cause = Cause(__name__, claim="Only one environment lacks the relation", remedy=bring_it_level)


@cause.signal(Strength.DECISIVE)
def applied_elsewhere_pending_here(
    relation: MissingRelation, changes: Changes, logs: Logs, event: Event
) -> Signal | None:
    """Was it applied in another environment while this one reports it as pending?"""
    creating = changes_of(relation, changes, "creates")
    applied = [run for run in runs_of(relation, logs, creating, "applied") if place(run.line, event) == "elsewhere"]
    pending = [
        run
        for run in here([run for run in logs.migration_runs if run.outcome == "unapplied"], event)
        if any(only_this_pending(run, change, changes) for change in creating)
    ]
    if not applied or not pending:
        return None
    return decisive(
        f"It was applied in {applied[-1].line.environment} and is pending in {event.environment}",
        cite(applied[-1].line, applied[-1].line.message, "Elasticsearch"),
        cite(pending[-1].line, pending[-1].line.message, "Elasticsearch"),
    )


@cause.signal(Strength.TELLING)
def applied_elsewhere_never_here(
    relation: MissingRelation, changes: Changes | None, logs: Logs, event: Event
) -> Signal | None:
    """Do the logs name the migration in another environment, and never in this one?"""
    runs = runs_of(relation, logs, changes_of(relation, changes, "creates"), "applied", "failed")
    elsewhere = [run for run in runs if place(run.line, event) == "elsewhere" and run.outcome == "applied"]
    if not elsewhere or any(place(run.line, event) != "elsewhere" for run in runs):
        return None
    run = elsewhere[-1]
    return telling(
        f"It was applied in {run.line.environment}; no log of {event.environment} names it",
        cite(run.line, run.line.message, "Elasticsearch"),
        cite(event, f"environment {event.environment}"),
    )


@cause.signal(Strength.TELLING)
def one_segment_has_it(spread: Spread) -> Signal | None:
    """Does one environment or server stand out? Diagnosis rule 5: "environment-specific schema drift"."""
    for segment in spread.segments:
        if segment.key in PLACES:
            return telling(f"Only a segment is affected: {segment.key} {segment.value}", cite(spread, segment.told))
    return None


@cause.signal(Strength.HINT)
def comes_and_goes(frequency: Frequency) -> Signal | None:
    """Are the errors intermittent? Diagnosis rule 1: "environment-specific schema differences"."""
    if frequency.trend != "intermittent":
        return None
    return hint("The errors come and go, as when only part of the systems lack it", cite(frequency, frequency.rule))


@cause.signal(Strength.AGAINST)
def everyone_is_affected(spread: Spread) -> Signal | None:
    """Is nobody spared? Diagnosis rule 5: "If all users affected, likely missing migration in deployment pipeline"."""
    if spread.reach != "everyone":
        return None
    return against("No environment or server stands out", cite(spread, spread.rule))


PLACES = ("environment", "server_name", "tenant", "shard", "region", "database")
"""Tags that say where, not what: only these make a segment an environment of its own."""
