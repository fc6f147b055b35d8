"""The migration that creates it was run, and failed or timed out."""

from playbook.causes import Cause, against, cite, cite_change, cite_run, decisive, hint, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.logs import DEPLOYS, MIGRATIONS, Logs, MigrationRun
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import SchemaHistory
from playbook.schema.belonging import Belonging
from playbook.schema.commands import called, for_change, look_for
from playbook.schema.making import making
from playbook.schema.partitioning import Partitioning
from playbook.schema.pending import surely_pending
from playbook.schema.place import environment, own_service
from playbook.schema.statement import says_it_exists, says_it_is_missing
from playbook.schema.story import SETTLING, Story, after, before, latest_onset, mends, several_databases, tells_failure


def mend_and_run_again(
    relation: MissingRelation | None, changes: Changes | None, schema: SchemaHistory | None, event: Event | None
) -> Remedy:
    """First the reason in the log, then the same command again."""
    change = next(iter(making(relation, changes, schema)), None) if relation else None
    paste = for_change(change, event)
    return Remedy(
        action=f"Mend what made the migration{called(change)} fail (its error is cited); run it again unless "
        "that was done since",
        command=paste.migrate,
        verify=paste.state or (look_for(relation) if relation else None),
        rollback="Rolling the code back is safe if nothing of the migration stayed: PostgreSQL, SQL Server and SQLite "
        "undo a failed one unless it is non-atomic; on MySQL and Oracle look for a half-made schema first",
    )


cause = Cause(__name__, claim="The migration failed", remedy=mend_and_run_again)


@cause.signal(Strength.DECISIVE)
def its_run_failed(
    story: Story, frequency: Frequency | None, issue: Issue, parts: Partitioning | None
) -> Signal | None:
    """Does the migrate log show a failure of the very migration that creates the relation?

    Diagnosis rule 4: "correlated migration execution logs, CREATE TABLE failures". It explains the errors only if it
    came before them, and if none that followed was applied before them too, or applied without ending them. What makes
    the partition of a period is a job, no migration.
    """
    if parts is not None and parts.part is not None and not parts.lasting:
        return None
    failed = [run for run in story.near("failed") if not says_it_exists(story.relation, run.line.message)]
    if not failed:
        return None
    run, onset, latest = failed[-1], frequency.onset if frequency else None, latest_onset(frequency)
    text = f"The migration that creates {story.relation.label} failed at {clock(run.at)}"
    text += f": {' '.join(run.error.split())[:REASON]}" if run.error else ""
    cited = cite_run(run)
    again = next((one for one in story.near("started", "applied", "faked") if one.at > run.at), None)
    if again is not None and (latest is None or not after(again.at, latest)):
        return hint(f"{text}; it was {again.outcome} again at {clock(again.at)}", cited, cite_run(again))
    went_on = again is not None and (issue.last_seen is None or issue.last_seen > again.at + SETTLING)
    sure = story.is_here(run) and onset is not None and not after(run.at, onset) and story.unbroken
    return (decisive if sure and not went_on else telling)(text, cited)


@cause.signal(Strength.DECISIVE)
def an_earlier_one_failed(
    story: Story, changes: Changes, belonging: Belonging | None, frequency: Frequency, issue: Issue
) -> Signal | None:
    """Did the migrate command die at an earlier migration, so that the one that creates it was never reached?

    Migrations run in order: what waits behind a failure waits because of it, and would again. That it waits is
    reported as pending after the failure, or no run of a complete log ever names it.
    """
    onset = frequency.onset
    if onset is None or story.near("started", "applied", "faked") or (belonging is not None and belonging.several):
        return None
    for change in story.creating:
        failed = [run for run in story.died_here(onset) if _of_one_row(run, change)]
        if not failed:
            continue
        run = failed[-1]
        text = (
            f"The migrate command failed at {clock(run.at)} in {run.migration}, and {change.migration}, which creates "
            f"{story.relation.label},"
        )
        for waits in story.any_here("unapplied"):
            if waits.at > run.at and surely_pending(waits, change, changes, issue):
                made = decisive if story.unbroken else telling
                return made(f"{text} was pending after that", cite_run(run), cite_run(waits))
        brought = any(file.path == change.path and file.status == "added" for file in changes.files)
        if brought and story.logs.whole(MIGRATIONS):
            return decisive(f"{text} was never reached", cite_run(run), cite_change(change))
    return None


@cause.signal(Strength.TELLING)
def a_run_failed_before_it_began(story: Story, frequency: Frequency, issue: Issue) -> Signal | None:
    """Did some migrate command fail shortly before the onset, without naming the relation?"""
    latest = latest_onset(frequency)
    if latest is None:
        return None
    own, done = story.everywhere("failed"), story.logs.migration_runs
    earlier = [
        run
        for run in story.any_near("failed")
        if not after(run.at, latest) and run not in own and not any(mends(later, run) for later in done)
        if not says_it_exists(story.relation, run.line.message)
        if not says_it_is_missing(story.relation, run.line.message)
    ]
    if not earlier:
        return None
    run = earlier[-1]
    ours = own_service(run.line, issue) is not False
    return (telling if ours else hint)(
        f"A migrate command{'' if ours else f' of {run.line.service}'} failed at {clock(run.at)}, before the errors",
        cite_run(run),
    )


@cause.signal(Strength.HINT)
def the_deploy_reported_failure(logs: Logs, frequency: Frequency | None, event: Event | None) -> Signal | None:
    """Do the deploy logs show a failure or a time-out? Playbook step 6: "migration failures or timeouts"."""
    told, latest = {run.line.message for run in logs.migration_runs}, latest_onset(frequency)
    failing = [
        line
        for line in logs.lines(DEPLOYS)
        if tells_failure(line) and line.message not in told and environment(line, event) != "elsewhere"
        if latest is None or not after(line.at, latest)
    ]
    if not failing:
        return None
    return hint("The deploy log reports a failure", cite(failing[-1], failing[-1].message, "Elasticsearch"))


@cause.signal(Strength.RULES_OUT)
def it_succeeded_before_it_began(story: Story, frequency: Frequency) -> Signal | None:
    """Was the migration applied, here and before the errors began?"""
    applied, onset = story.here("applied"), frequency.onset
    run = next((one for one in applied if onset is not None and before(one.at, onset)), None)
    if run is None:
        return None
    return (against if several_databases(applied) else rules_out)(
        f"The migration of {story.relation.label} succeeded at {clock(run.at)}, before the errors began", cite_run(run)
    )


REASON = 160
"""Characters of the failure that are said in the sentence: two lines on a phone, and mostly all of it."""


def _of_one_row(run: MigrationRun, change: SchemaChange) -> bool:
    """Whether the two migrations run one after the other: of one framework, and of one app where it has apps."""
    if run.migration is None or change.migration is None or run.framework != change.framework:
        return False
    return run.migration.rpartition(".")[0] == change.migration.rpartition(".")[0]
