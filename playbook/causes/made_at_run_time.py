"""No migration is to make it: a temporary table or a period's partition is made at run time, and was not this time."""

from playbook.causes import Cause, against, cite, cite_change, cite_run, decisive, hint, place, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.logs import Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import SchemaHistory
from playbook.schema.belonging import Belonging, of_another_service
from playbook.schema.commands import look_for
from playbook.schema.making import making
from playbook.schema.partition import listing, making_it, part_of, placed
from playbook.schema.partitioning import Partitioning
from playbook.schema.story import SETTLING, Story, before
from playbook.schema.temporary import (
    SAME_SESSION,
    is_ours,
    is_temporary,
    lines_of_the_trace,
    made_for_itself,
    temporary_by_name,
)


def make_it_where_it_is_used(
    relation: MissingRelation | None, event: Event | None, parts: Partitioning | None
) -> Remedy:
    """Temporary: one session for making and using it. A partition: make it, then mend what makes them."""
    label, part = relation.label if relation else "the relation", parts.part if parts else None
    if relation is None or parts is None or part is None or is_temporary(relation, event):
        return Remedy(
            action=f"Make {label} and use it over one connection and in one transaction, or do without it (WITH …): a "
            "pooler in transaction mode, a reconnect and ON COMMIT DROP each leave the session without it",
            command=SAME_SESSION.get((relation.dialect if relation else None) or ""),
            verify="The number is the same where it is made and where it is used; in PgBouncer's console SHOW "
            "DATABASES tells pool_mode",
            rollback="Rolling back helps only if the release brought the statement that makes it; a pooler's setting "
            "is rolled back by itself",
        )
    command = PARTMAN if parts.known.partman else making_it(relation, part, parts.known.by)
    return Remedy(
        action=f"Make {label} now, with bounds like the other partitions', then mend the job that makes those of "
        f"{part.parent}: it did not make this one",
        command=command or listing(relation, part),
        verify=listing(relation, part) if command else look_for(relation),
        rollback="Rolling back does not help: any release asks for the partition of this period",
    )


cause = Cause(
    __name__, claim="The relation is made at run time, and was not there this time", remedy=make_it_where_it_is_used
)


@cause.signal(Strength.DECISIVE)
def made_for_its_own_session(
    relation: MissingRelation,
    event: Event,
    logs: Logs | None,
    schema: SchemaHistory | None,
    belonging: Belonging | None,
    changes: Changes | None,
    issue: Issue,
) -> Signal | None:
    """Did the same request, or its trace, make it as a temporary table before it was missed?

    Then it was made, for one session, and another one asked. A lasting relation of that name may be meant all the same:
    decisive only where all migrations of that very release were read and none knows it (a model alone makes nothing). A
    line of the trace that is not surely of our service, here, may be of another database.
    """
    lines = lines_of_the_trace(event, logs)
    known = bool(making(relation, changes, schema))
    alone = schema is not None and schema.whole and not (schema.events or schema.later or schema.gone)
    alone = alone and belonging is not None and belonging.same_code
    for told, citations in (
        (event.statements, [cite(event, one) for one in event.statements]),
        ([line.message for line in lines], [cite(line, line.message, Logs.source) for line in lines]),
    ):
        made = made_for_itself(relation, told, event.sql)
        if made is None:
            continue
        clear = made.certainty == "surely" and not known
        ours = told is event.statements or is_ours(lines[made.place], event, issue)
        return (decisive if clear and alone and ours else telling if clear else hint)(
            f"This request made {relation.label} as a temporary relation, which only the session that made it sees",
            citations[made.place],
            cite(relation, relation.quote),
        )
    return None


@cause.signal(Strength.DECISIVE)
def named_as_temporary(relation: MissingRelation) -> Signal | None:
    """Does its name alone say that it is temporary: SQL Server's `#x`, PostgreSQL's `pg_temp.x`?"""
    if not temporary_by_name(relation):
        return None
    return decisive(
        f"{relation.label} can only be a temporary relation, by its name: this session had not made it",
        cite(relation, relation.quote),
    )


@cause.signal(Strength.DECISIVE)
def named_after_the_period_that_begins(
    relation: MissingRelation, parts: Partitioning, frequency: Frequency, issue: Issue, story: Story | None
) -> Signal | None:
    """Is it the partition of a period that began, or is next, when the errors began, and are there parts of others?

    Telling, as somebody may have dropped it; decisive where the logs show the statement that makes it fail. Only a hint
    later in its period, when it had probably been there, and where nothing tells that partitions are made at run time:
    migrations may make them, one by one.
    """
    part, known, onset = parts.part, parts.known, frequency.onset
    when = placed(part, onset) if part and onset else None
    if part is None or onset is None or parts.lasting or when in (None, "over"):
        return None
    cited = [cite_change(one) for one in (known.parent, *known.siblings[-1:]) if one]
    cited += [cite(line, line.message, Logs.source) for line in parts.made[-1:]]
    by = f" ({known.by})" if known.by else ""
    text = f"{relation.label} is named as the partition of {part.parent}{by} from {part.start:%Y-%m-%d} to "
    text += f"{part.end:%Y-%m-%d}; the errors began at {clock(onset)}"
    failed = story.failed_before(onset) if story else None
    made = story.made_after(failed.at if failed else story.logs.start) if story else None
    if story is not None and failed is not None:
        went_on = made is not None and (issue.last_seen is None or issue.last_seen > made.at + SETTLING)
        sure = story.is_here(failed) and story.unbroken and onset - failed.at <= part.end - part.start and not went_on
        text += f", and making it failed at {clock(failed.at)}"
        return (decisive if sure else telling)(text, cite_run(failed), *cited)
    if made is not None and before(made.at, onset):
        return None
    return (telling if when != "later" and parts.at_run_time else hint)(text, *cited)


@cause.signal(Strength.AGAINST)
def its_period_was_long_over(relation: MissingRelation, parts: Partitioning, frequency: Frequency) -> Signal | None:
    """Was the period of the partition long over when the errors began, so that it had been there?"""
    part, onset = parts.part, frequency.onset
    if part is None or onset is None or parts.lasting or placed(part, onset) != "over":
        return None
    return against(
        f"{relation.label} is the partition of a period that was over on {part.end:%Y-%m-%d}: it had been there, and "
        "was taken away (by the job that clears old ones?)",
        cite(relation, relation.quote),
    )


@cause.signal(Strength.RULES_OUT)
def a_migration_makes_it(
    relation: MissingRelation, changes: Changes | None, schema: SchemaHistory | None, event: Event | None, issue: Issue
) -> Signal | None:
    """Does a migration of the release make a relation of just that name, although it looks like a partition's?"""
    creating = making(relation, changes, schema)
    if not creating or part_of(relation.name) is None:
        return None
    ours = [one for one in creating if not of_another_service(one.path, event, issue)]
    one = (ours or creating)[-1]
    return (rules_out if ours else against)(f"{place(one)} creates {relation.label}", cite_change(one))


PARTMAN = "CALL partman.run_maintenance_proc();"
"""github.com/pgpartman/pg_partman: makes the partitions that are due, of every parent it keeps."""
