"""The migration that creates it was run, and failed or timed out."""

from playbook.causes import Cause, cite, decisive, hint, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.logs import DEPLOYS, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.commands import commands, framework_of, look_for
from playbook.schema.story import after, before, changes_of, here, not_elsewhere, runs_of, tells_failure


def mend_and_run_again(relation: MissingRelation | None, changes: Changes | None, event: Event | None) -> Remedy:
    """First the reason in the log, then the same command again."""
    creating = changes_of(relation, changes, "creates") if relation else ()
    change = creating[0] if creating else None
    paste = commands(change.framework if change else framework_of(event), change.migration if change else None)
    return Remedy(
        action="Mend what made the migration fail (its error is cited above), then run it again",
        command=paste.migrate,
        verify=paste.state or (look_for(relation) if relation else None),
        rollback="Roll the code back if the migration cannot be mended soon; on MySQL and Oracle check for a "
        "half-made schema first, since their DDL is not undone by a failed transaction",
    )


cause = Cause(__name__, claim="The migration failed", remedy=mend_and_run_again)


@cause.signal(Strength.DECISIVE)
def its_run_failed(
    relation: MissingRelation, changes: Changes | None, logs: Logs, event: Event | None
) -> Signal | None:
    """Does the migrate log show a failure of the very migration that creates the relation?

    Diagnosis rule 4: "correlated migration execution logs, CREATE TABLE failures".
    """
    creating = changes_of(relation, changes, "creates")
    failed = not_elsewhere(runs_of(relation, logs, creating, "failed"), event)
    if not failed:
        return None
    run = failed[-1]
    mended = any(later.at > run.at for later in not_elsewhere(runs_of(relation, logs, creating, "applied"), event))
    made = decisive if here([run], event) and not mended else telling
    return made(
        f"The migration that creates {relation.label} failed at {clock(run.at)}",
        cite(run.line, run.line.message, "Elasticsearch"),
    )


@cause.signal(Strength.TELLING)
def a_run_failed_before_it_began(logs: Logs, frequency: Frequency, event: Event | None) -> Signal | None:
    """Did some migrate command fail shortly before the onset, without naming the relation?"""
    if frequency.onset is None:
        return None
    failed = not_elsewhere([run for run in logs.migration_runs if run.outcome == "failed"], event)
    earlier = [run for run in failed if not after(run.at, frequency.onset)]
    if not earlier:
        return None
    run = earlier[-1]
    return telling(
        f"A migrate command failed at {clock(run.at)}, before the errors began",
        cite(run.line, run.line.message, "Elasticsearch"),
    )


@cause.signal(Strength.HINT)
def the_deploy_reported_failure(logs: Logs) -> Signal | None:
    """Do the deploy logs show a failure or a time-out? Playbook step 6: "migration failures or timeouts"."""
    told = {run.line.message for run in logs.migration_runs}
    failing = [line for line in logs.lines(DEPLOYS) if tells_failure(line) and line.message not in told]
    if not failing:
        return None
    return hint("The deploy log reports a failure", cite(failing[-1], failing[-1].message, "Elasticsearch"))


@cause.signal(Strength.RULES_OUT)
def it_succeeded_before_it_began(
    relation: MissingRelation, changes: Changes | None, logs: Logs, frequency: Frequency, event: Event | None
) -> Signal | None:
    """Was the migration applied, here and before the errors began?"""
    if frequency.onset is None:
        return None
    applied = here(runs_of(relation, logs, changes_of(relation, changes, "creates"), "applied"), event)
    for run in applied:
        if before(run.at, frequency.onset):
            return rules_out(
                f"The migration of {relation.label} succeeded at {clock(run.at)}, before the errors began",
                cite(run.line, run.line.message, "Elasticsearch"),
            )
    return None
