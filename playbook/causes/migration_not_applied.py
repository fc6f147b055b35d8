"""The migration that creates it is in the release, and nobody ran it."""

from datetime import timedelta

from playbook.causes import Cause, against, cite, cite_change, cite_run, decisive, hint, place, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.logs import MIGRATIONS, Logs, MigrationRun
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import SchemaEvent, SchemaHistory
from playbook.schema.belonging import Belonging
from playbook.schema.commands import called, for_change, look_for
from playbook.schema.making import making
from playbook.schema.pending import apps_pending, fewer_than_brought, more_than_brought, surely_pending
from playbook.schema.place import own_service
from playbook.schema.story import SETTLING, Story, not_elsewhere, runs_making, several_databases


def run_the_migration(
    relation: MissingRelation | None,
    changes: Changes | None,
    schema: SchemaHistory | None,
    logs: Logs | None,
    event: Event | None,
) -> Remedy:
    """The framework's own command, forward only; where it was faked, `migrate` would skip it."""
    creating = making(relation, changes, schema) if relation else ()
    change = creating[0] if creating else None
    paste = for_change(change, event)
    faked = relation and logs and not_elsewhere(runs_making(relation, logs, creating, "faked"), event)
    edited = isinstance(change, SchemaEvent) and change.brought == "edited"
    if (faked or edited) and paste.by_hand:
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
    story: Story,
    changes: Changes,
    belonging: Belonging | None,
    frequency: Frequency | None,
    issue: Issue,
    event: Event | None,
) -> Signal | None:
    """Did the application say that this release's migration of the relation is pending?

    A hint where a migrate command ran shortly before: then something kept it from this one, or it reached another
    database; and where the errors have stopped: then somebody has run it since.
    """
    if story.near("started", "faked", "failed") or story.everywhere("applied", "started"):
        return None  # other causes say more exactly where it ran, and what came of it
    for run in story.any_here("unapplied"):
        done = [one for one in story.logs.migration_runs if one.outcome == "nothing to do" and one.at > run.at]
        for change in story.creating:
            if surely_pending(run, change, changes, issue) and not not_elsewhere(done, event):
                sure = not isinstance(change, SchemaEvent) or belonging is None or belonging.sure(change)
                sure = sure and story.unbroken and frequency is not None
                made = hint if _stopped(frequency) or _tried(story, run) else decisive if sure else telling
                return made(
                    f"{place(change)} creates {story.relation.label}, and {change.migration} was reported as pending "
                    f"at {clock(run.at)}",
                    cite_change(change),
                    cite_run(run),
                )
    return None


@cause.signal(Strength.DECISIVE)
def recorded_without_running(story: Story) -> Signal | None:
    """Was it recorded as applied without being run (`migrate --fake`)?"""
    faked = story.here("faked")
    if not faked or story.near("applied"):
        return None
    run, name = faked[-1], (faked[-1].migration or "").rpartition(".")[2]
    text = f"The migration of {story.relation.label} was only recorded as applied, at {clock(run.at)}, and not run then"
    # `--fake-initial` fakes an initial migration where the tables are there already: it proves nothing.
    made = hint if name.startswith("0001") or not name else decisive if story.unbroken else telling
    return made(text, cite_run(run))


@cause.signal(Strength.TELLING)
def pending_at_start_up(
    story: Story, changes: Changes | None, frequency: Frequency | None, issue: Issue, event: Event | None
) -> Signal | None:
    """Did the application start with migrations pending?

    Telling only where a migration of the release is known to create the relation: others may wait for years.
    """
    apps = {change.migration.partition(".")[0] for change in story.creating if change.migration}
    pending = [
        run
        for run in story.any_near("unapplied")
        if not (listed := apps_pending(run)[1]) or not apps or apps & set(listed)
    ]
    if not pending or story.near("applied"):
        return None
    run = pending[-1]
    done = [one for one in story.logs.migration_runs if one.outcome == "nothing to do" and one.at > run.at]
    if not_elsewhere(done, event):
        return None
    more = more_than_brought(run, changes) if changes else None
    if more:
        return hint(f"{more} migrations were reported as pending, more than the release brings", cite_run(run))
    fewer = changes is not None and fewer_than_brought(run, changes)
    later = any(one.at > run.at for one in story.near("started"))  # then it did not wait
    said = story.elsewhere("applied", "started")  # then which environment lacks it says more
    strong = own_service(run.line, issue) is not False and bool(story.creating) and not _stopped(frequency)
    strong = strong and not (fewer or later or said or _tried(story, run))
    return (telling if strong else hint)(f"Migrations were reported as pending at {clock(run.at)}", cite_run(run))


@cause.signal(Strength.TELLING)
def shipped_but_never_ran(story: Story, changes: Changes, frequency: Frequency | None, issue: Issue) -> Signal | None:
    """The release brings the migration; do the logs of its migrate command never name it?"""
    brought = {file.path for file in changes.files}
    creating = [change for change in story.creating if change.migration and change.path in brought]
    search = story.logs.search(MIGRATIONS)
    if not creating or search is None or not story.logs.whole(MIGRATIONS):
        return None
    if story.everywhere("started", "applied", "failed", "faked", "reverted"):
        return None
    told = not_elsewhere(story.logs.migration_runs, story.event)
    ours = [run for run in told if own_service(run.line, issue) is not False]
    if any(run.outcome in ("nothing to do", "failed") for run in ours) or not any(run.migration for run in ours):
        return None  # found applied already, kept from running by a failure, or no log of ours names migrations at all
    names = {(run.migration or "").rpartition(".")[2] for run in ours} - {""}
    if any(name in path for path in brought for name in names):
        return None  # a command that ran others of the release would have run it, too: its line is lost
    change = creating[0]
    return (hint if _stopped(frequency) else telling)(
        f"{place(change)} creates {story.relation.label}, and the migrate log from {clock(story.logs.start)} never "
        "names it",
        cite_change(change),
        cite(search, f"{search.total} lines about migrations, none about {change.migration}", "Elasticsearch"),
    )


@cause.signal(Strength.TELLING)
def shipped_with_the_release(
    relation: MissingRelation, changes: Changes, schema: SchemaHistory | None
) -> Signal | None:
    """Does the failing release bring the migration that creates the relation, or write it into an older one?"""
    edited = [one for one in schema.events if one.brought == "edited" and one.kind == "creates"] if schema else []
    creating = making(relation, changes, schema)
    if edited and edited[-1] in creating:
        return telling(
            f"The release writes the table into {place(edited[-1])}, a migration that the last good one had already: "
            "where it is recorded as applied, it does not run again",
            cite_change(edited[-1]),
        )
    brought = [one for one in creating if not isinstance(one, SchemaEvent) or one.brought == "release"]
    if not brought:
        return None
    return hint(
        f"The failing release brings {place(brought[0])}, which creates {relation.label}", cite_change(brought[0])
    )


@cause.signal(Strength.HINT)
def constant_since_it_began(frequency: Frequency) -> Signal | None:
    """Are the errors constant? Diagnosis rule 1: "persistent missing table or migration never applied"."""
    if frequency.trend != "constant":
        return None
    return hint("The errors are constant, as with a migration that was never applied", cite(frequency, frequency.rule))


@cause.signal(Strength.RULES_OUT)
def it_was_applied(story: Story, issue: Issue) -> Signal | None:
    """Do the logs show that it ran, or was tried, where it fails?"""
    tried = [
        run
        for run in story.here("applied", "failed")
        if issue.last_seen is None
        or run.at <= issue.last_seen + SETTLING  # what ran after the errors says nothing of then
    ]
    if not tried:
        return None
    run = tried[0]
    told = "ran" if run.outcome == "applied" else "was tried, and failed,"
    return (against if several_databases(tried) else rules_out)(
        f"The migration of {story.relation.label} {told} at {clock(run.at)}", cite_run(run)
    )


def _stopped(frequency: Frequency | None) -> bool:
    """Whether the errors have ended: a missing relation does not come by itself, so somebody made it since."""
    return frequency is not None and frequency.trend == "stopped"


def _tried(story: Story, pending: MigrationRun) -> bool:
    """Whether a migrate command of ours ran here shortly before that report."""
    ran = story.any_here("started", "applied", "failed")
    return any(timedelta() <= pending.at - run.at <= ONE_DEPLOY for run in ran)


ONE_DEPLOY = timedelta(hours=1)
"""How long before a start-up a migrate command still belongs to the same deploy: most pipelines end after an hour."""
