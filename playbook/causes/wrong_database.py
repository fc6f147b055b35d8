"""The relation exists, but the query looks in another database, schema, search path or case."""

from datetime import datetime, timedelta

from playbook.causes import Cause, cite, cite_change, cite_run, decisive, hint, place, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.environment import stage_in
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.logs import MIGRATIONS, MigrationRun
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import SchemaEvent, SchemaHistory
from playbook.schema.belonging import Belonging
from playbook.schema.commands import look_for
from playbook.schema.making import making, stands
from playbook.schema.other_name import elsewhere_named, known_schema, name_after, surely_elsewhere
from playbook.schema.pending import apps_pending, more_than_brought
from playbook.schema.place import own_service
from playbook.schema.replication_log import replica_of
from playbook.schema.statement import removes, same_schema, says_it_exists, writes
from playbook.schema.story import SETTLING, Story, after, before, latest_onset, several_databases


def find_where_it_is(relation: MissingRelation | None, changes: Changes | None, schema: SchemaHistory | None) -> Remedy:
    """The name that the migrations give it, where it is another; else ask the very connection that fails."""
    other = elsewhere_named(relation, changes, schema) if relation else None
    if other is not None and relation is not None:
        return Remedy(
            action=f"Make the query ask for {name_after(other)}, which the migrations create, or write the migration "
            f"that makes {relation.label}",
            command=look_for(relation),
            verify="The statement shows under which schema and in which case the failing database has it",
            rollback="Rolling back is safe if the query asked for the other name before",
        )
    return Remedy(
        action="With the failing service's own connection settings, compare where it looks with where the relation is; "
        "then mend the setting (DATABASE_URL, search_path, quoting of the name)",
        command=look_for(relation) if relation else None,
        verify="The same statement, from the failing service, shows the relation in a schema of its search path",
        rollback="Rolling back helps only if the setting came with the release; do not run migrations before you know "
        "which database they would reach",
    )


cause = Cause(__name__, claim="The query looks in the wrong database, schema or case", remedy=find_where_it_is)


@cause.signal(Strength.DECISIVE)
def applied_here_and_still_missing(
    story: Story,
    schema: SchemaHistory | None,
    belonging: Belonging | None,
    frequency: Frequency,
    issue: Issue,
    event: Event | None,
) -> Signal | None:
    """Was it applied here shortly before or after the errors began, and is it missing all the same?

    Decisive where it ran with the rollout that brought the errors, or while they went on without a pause, the failing
    statement writes, and no migration of the release or of the default branch takes it away again, and no router
    decides which database a migration reaches. A read may have been served by a replica that nobody told of, and that
    stands still: likely. Longer before, somebody may have dropped it by hand, or restored the database, which leaves no
    trace: likely within the hour. Only a hint later, when it may have been in use, where several databases took it, or
    where a replica served the query.
    """
    onset, latest = frequency.onset, latest_onset(frequency)
    if onset is None or latest is None or issue.last_seen is None:
        return None
    runs = story.here("applied", "reverted")
    done = [run for run in runs if before(run.at, onset) or issue.last_seen > run.at + SETTLING]
    if not done or runs[-1].outcome == "reverted":
        return None
    run, lines = done[-1], story.logs.lines(MIGRATIONS)
    if any(line.at >= run.at and removes(story.relation, line.message) for line in lines):
        return None
    stays = schema is not None and schema.whole and stands(story.relation, schema) and not schema.later
    stays = stays and schema is not None and not schema.routed
    theirs = belonging is not None and belonging.several and not belonging.all_sure(story.creating)
    unobserved = latest - run.at  # below nothing where it ran while the errors went on
    if several_databases(done) or unobserved > NEVER_USED or theirs or replica_of(event) is not None:
        made = hint
    else:
        at_once = unobserved <= ONE_ROLLOUT and _no_pause(run.at, frequency)
        primary = event is not None and event.sql is not None and writes(event.sql)
        made = decisive if stays and at_once and story.unbroken and primary else telling
    return made(
        f"{story.relation.label} was created at {clock(run.at)}, and was missing for this query until "
        f"{clock(issue.last_seen)}",
        cite_run(run),
        cite(issue, story.relation.quote),
    )


@cause.signal(Strength.TELLING)
def migrate_found_it_there(story: Story, issue: Issue) -> Signal | None:
    """Did a migrate command fail because the relation exists already?"""
    for run in story.any_here("failed"):
        if says_it_exists(story.relation, run.line.message):
            return telling(
                f"A migrate command found {story.relation.label} there at {clock(run.at)}; this query does not",
                cite_run(run),
                cite(issue, story.relation.quote),
            )
    return None


@cause.signal(Strength.DECISIVE)
def created_under_another_name(
    relation: MissingRelation, changes: Changes | None, schema: SchemaHistory | None, belonging: Belonging | None
) -> Signal | None:
    """Do the migrations create it in another case or in another schema than the query names?

    A query that names no schema finds it where the search path leads there, which nobody told: only a hint. A schema
    that no migration knows is made at run time, for a tenant; one that the code declares is meant, and lacks it.
    """
    other = elsewhere_named(relation, changes, schema)
    if other is None:
        return None
    several = schema is not None and len(schema.standing) > 1
    if several or same_schema(relation, other.schema_name) is None or not known_schema(relation, other, schema):
        made = hint
    else:
        made = decisive if belonging and schema and surely_elsewhere(relation, other, schema, belonging) else telling
    return made(
        f"{place(other)} creates {name_after(other)}, the query asks for {relation.label}",
        cite_change(other),
        cite(relation, relation.quote),
    )


@cause.signal(Strength.HINT)
def it_should_be_there(relation: MissingRelation, schema: SchemaHistory) -> Signal | None:
    """Did migrations create it before the last good release, and does nothing take it away?"""
    made = [one for one in making(relation, None, schema) if isinstance(one, SchemaEvent) and one.brought == "earlier"]
    if not made:
        return None
    return hint(
        f"{place(made[-1])} creates {relation.label}, the last good release had that already, and no migration takes "
        "it away",
        cite_change(made[-1]),
    )


@cause.signal(Strength.TELLING)
def database_of_another_environment(relation: MissingRelation, event: Event) -> Signal | None:
    """Is the database that the message names called after another environment?"""
    if relation.database is None or event.environment is None:
        return None
    named, mine = stage_in(relation.database), stage_in(event.environment)
    if named is None or mine is None or named == mine:
        return None
    return telling(
        f"A {event.environment} service asked the database {relation.database}",
        cite(relation, relation.quote),
        cite(event, f"environment {event.environment}"),
    )


@cause.signal(Strength.DECISIVE)
def more_pending_than_shipped(
    changes: Changes, story: Story, belonging: Belonging | None, issue: Issue
) -> Signal | None:
    """Are more migrations pending than the release brought, as in a database that is empty, old or another's?

    Decisive where our own service reports them after its migration had been applied here: what the migrate command
    reached has it, and what the service reaches lacks even migrations of before, which a replica that is behind has.
    """
    for run in story.any_here("unapplied"):
        if more := more_than_brought(run, changes):
            text = f"{more} migrations are pending, more than the release brings"
            applied = [one for one in story.here("applied") if one.at <= run.at and _waits_too(one, run)]
            ours = own_service(run.line, issue) is True and not (belonging is not None and belonging.several)
            if not applied or not ours:
                return hint(f"{text}: it may be an old or another database", cite_run(run))
            sure = story.unbroken and not several_databases(applied)
            return (decisive if sure else telling)(
                f"{story.relation.label} was created here at {clock(applied[-1].at)}, and at {clock(run.at)} {text}: "
                "the service reaches another database or schema than the migrate command",
                cite_run(applied[-1]),
                cite_run(run),
            )
    return None


@cause.signal(Strength.RULES_OUT)
def ended_when_it_was_applied(story: Story, frequency: Frequency, issue: Issue) -> Signal | None:
    """Did the errors end when the migration was applied here, so that the query looks where migrations go?"""
    latest = latest_onset(frequency)
    if latest is None or issue.last_seen is None or frequency.trend != "stopped":
        return None
    for run in story.here("applied"):
        if after(run.at, latest) and abs(issue.last_seen - run.at) <= SETTLING:
            return rules_out(
                f"The errors ended ({clock(issue.last_seen)}) when {story.relation.label} was created here "
                f"({clock(run.at)})",
                cite_run(run),
                cite(issue, f"last event {clock(issue.last_seen)}"),
            )
    return None


def _waits_too(applied: MigrationRun, pending: MigrationRun) -> bool:
    """Whether the report counts the app of that migration among those that have some pending."""
    return (applied.migration or "").partition(".")[0] in apps_pending(pending)[1]


def _no_pause(since: datetime, frequency: Frequency) -> bool:
    """Whether the first bucket that begins once a migration of then has settled has errors, or there is none yet.

    Errors that ended with it and came back are of another cause.
    """
    later = [bucket for bucket in frequency.buckets if bucket.start >= since + SETTLING]
    return not later or later[0].count > 0


ONE_ROLLOUT = timedelta(minutes=15)
"""From its creation to the first error, at most: the code that asks arrives with the migration, in one rollout of job,
images and warm-up. Within it nobody had seen the relation missed or at work, and so had no reason to touch it."""

NEVER_USED = timedelta(hours=1)
"""From its creation to the first error: within it the relation was hardly ever seen at work, so that few can have
dropped it by hand since, or restored the database; later, somebody may have, and left no trace."""
