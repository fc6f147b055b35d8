"""Only one environment, shard or tenant lacks it; elsewhere the same code finds it."""

from playbook.causes import Cause, against, cite, cite_run, decisive, hint, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Issue
from playbook.evidence.logs import MigrationRun
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.releases import Releases
from playbook.evidence.schema_history import SchemaHistory
from playbook.evidence.spread import Spread
from playbook.schema.commands import called, for_change, look_for
from playbook.schema.making import making
from playbook.schema.pending import surely_pending
from playbook.schema.story import Story


def bring_it_level(
    relation: MissingRelation | None, changes: Changes | None, schema: SchemaHistory | None, event: Event | None
) -> Remedy:
    """The migrate command, in the one place that lacks it."""
    change = next(iter(making(relation, changes, schema)), None) if relation else None
    paste = for_change(change, event)
    where = event.environment if event and event.environment else "the environment that fails"
    return Remedy(
        action=f"Bring {where} level with the environments that work: run the pending migration{called(change)} there",
        command=paste.migrate,
        verify=look_for(relation) if relation else paste.state,
        rollback=f"Rolling the code of {where} back is safe as long as the migration has not touched its database",
    )


cause = Cause(__name__, claim="This environment lacks the relation, another has it", remedy=bring_it_level)


@cause.signal(Strength.DECISIVE)
def applied_elsewhere_pending_here(story: Story, changes: Changes, issue: Issue, event: Event) -> Signal | None:
    """Was it applied in another environment while this one reports it as pending?

    Some commands, Alembic's among them, log only that a migration begins: where none says that it failed, telling.
    """
    applied = _applied_elsewhere(story)
    pending = [
        run
        for run in story.any_here("unapplied")
        if any(surely_pending(run, change, changes, issue) for change in story.creating)
    ]
    if not applied or not pending or story.near("started", "applied", "faked", "failed"):
        return None
    if any(run.at > pending[-1].at for run in story.any_near("nothing to do")):
        return None
    return (decisive if story.unbroken and applied[-1].outcome == "applied" else telling)(
        f"It was {applied[-1].outcome} in {applied[-1].line.environment} and is pending in {event.environment}",
        cite_run(applied[-1]),
        cite_run(pending[-1]),
    )


@cause.signal(Strength.TELLING)
def applied_elsewhere_never_here(story: Story, event: Event) -> Signal | None:
    """Do the logs name the migration in another environment, and never in this one?"""
    elsewhere = _applied_elsewhere(story)
    if not elsewhere or story.near("started", "applied", "faked", "failed") or not story.unbroken:
        return None
    return telling(
        f"It was {elsewhere[-1].outcome} in {elsewhere[-1].line.environment}; no log of {event.environment} names it",
        cite_run(elsewhere[-1]),
        cite(event, f"environment {event.environment}"),
    )


@cause.signal(Strength.TELLING)
def one_segment_has_it(spread: Spread, releases: Releases | None) -> Signal | None:
    """Does one environment or server stand out? Diagnosis rule 5: "environment-specific schema drift".

    Only where another environment got the same release: else the code is what the others lack. A server is a hint:
    it may be a canary, or ask another database.
    """
    for segment in spread.segments:
        if segment.key in PLACES:
            others = {deploy.environment for deploy in releases.deploys} - {segment.value} if releases else set()
            made = telling if (others and segment.key == "environment") or segment.key in PARTS else hint
            return made(f"Mostly {segment.key} {segment.value} is affected", cite(spread, segment.told))
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
    if spread.reach != "everyone" or "environment" not in spread.compared:
        return None
    return against("No environment or server stands out", cite(spread, spread.rule))


def _applied_elsewhere(story: Story) -> tuple[MigrationRun, ...]:
    """The runs that say so; where there is none, those that began and did not fail."""
    failed = story.elsewhere("failed", "reverted")
    begun = (run for run in story.elsewhere("started") if not any(later.at >= run.at for later in failed))
    return story.elsewhere("applied") or tuple(begun)


PARTS = ("tenant", "shard", "region", "database")
"""Tags of parts that run the same release and have a database each."""

PLACES = ("environment", "server_name", *PARTS)
"""Tags that say where, not what: only these make a segment an environment of its own."""
