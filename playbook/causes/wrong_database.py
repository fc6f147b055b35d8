"""The relation exists, but the query looks in another database, schema, search path or case."""

from playbook.causes import Cause, cite, hint, rules_out, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.environment import stage_in
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.logs import Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.commands import look_for
from playbook.schema.statement import same_schema, says_it_exists
from playbook.schema.story import (
    SETTLING,
    after,
    before,
    changes_of,
    here,
    latest_onset,
    more_than_brought,
    runs_making,
    several_databases,
)


def find_where_it_is(relation: MissingRelation | None) -> Remedy:
    """Ask the very connection that fails where it looks and where the relation is."""
    return Remedy(
        action="With the failing service's own connection settings, compare where it looks with where the relation is; "
        "then mend the setting (DATABASE_URL, search_path, quoting of the name)",
        command=look_for(relation) if relation else None,
        verify="The same statement, from the failing service, shows the relation in a schema of its search path",
        rollback="Rolling back helps only if the setting came with the release; do not run migrations before you know "
        "which database they would reach",
    )


cause = Cause(__name__, claim="The query looks in the wrong database, schema or case", remedy=find_where_it_is)


@cause.signal(Strength.TELLING)
def applied_here_and_still_missing(
    relation: MissingRelation,
    changes: Changes | None,
    logs: Logs,
    frequency: Frequency,
    issue: Issue,
    event: Event | None,
) -> Signal | None:
    """Was the migration applied here before the errors began, and is the relation missing all the same?"""
    if frequency.onset is None:
        return None
    runs = runs_making(relation, logs, changes_of(relation, changes, "creates"), "applied", "reverted")
    done = [run for run in here(runs, event, issue) if before(run.at, frequency.onset)]
    if not done or done[-1].outcome == "reverted":
        return None
    return (hint if several_databases(done) else telling)(
        f"{relation.label} was created at {clock(done[-1].at)}, before the errors, and is missing for this query",
        cite(done[-1].line, done[-1].line.message, "Elasticsearch"),
        cite(issue, relation.quote),
    )


@cause.signal(Strength.TELLING)
def migrate_found_it_there(relation: MissingRelation, logs: Logs, issue: Issue, event: Event | None) -> Signal | None:
    """Did a migrate command fail because the relation exists already?"""
    for run in here([run for run in logs.migration_runs if run.outcome == "failed"], event, issue):
        if says_it_exists(relation, run.line.message):
            return telling(
                f"A migrate command found {relation.label} there at {clock(run.at)}; this query does not",
                cite(run.line, run.line.message, "Elasticsearch"),
                cite(issue, relation.quote),
            )
    return None


@cause.signal(Strength.TELLING)
def created_in_another_case(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Does the migration create the name in a case that the query does not use?"""
    for change in changes_of(relation, changes, "creates"):
        if change.relation != relation.name and relation.dialect in CASE_MATTERS:
            return telling(
                f"The migration creates {change.relation}, the query asks for {relation.name}: names differ by case",
                cite(change, change.quote, "GitHub"),
                cite(relation, relation.quote),
            )
    return None


@cause.signal(Strength.TELLING)
def created_in_another_schema(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Does the migration create the same name in another schema than the query names?

    A query that names none finds it where the search path leads there, which nobody told: only a hint.
    """
    for change in changes.schema_changes:
        if change.kind != "creates" or change.relation != relation.name or change.schema_name is None:
            continue
        same = same_schema(relation, change.schema_name)
        if same:
            continue
        return (hint if same is None else telling)(
            f"The migration creates {change.schema_name}.{change.relation}, the query asks for {relation.label}",
            cite(change, change.quote, "GitHub"),
            cite(relation, relation.quote),
        )
    return None


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


@cause.signal(Strength.HINT)
def more_pending_than_shipped(changes: Changes, logs: Logs, issue: Issue, event: Event | None) -> Signal | None:
    """Are more migrations pending than the release brought, as in a database that is empty, old or another's?"""
    for run in here([run for run in logs.migration_runs if run.outcome == "unapplied"], event, issue):
        if more := more_than_brought(run, changes):
            return hint(
                f"{more} migrations are pending, more than the release brings: it may be an old or another database",
                cite(run.line, run.line.message, "Elasticsearch"),
            )
    return None


@cause.signal(Strength.RULES_OUT)
def ended_when_it_was_applied(
    relation: MissingRelation,
    changes: Changes | None,
    logs: Logs,
    frequency: Frequency,
    issue: Issue,
    event: Event | None,
) -> Signal | None:
    """Did the errors end when the migration was applied here, so that the query looks where migrations go?"""
    latest = latest_onset(frequency)
    if latest is None or issue.last_seen is None or frequency.trend != "stopped":
        return None
    for run in here(runs_making(relation, logs, changes_of(relation, changes, "creates"), "applied"), event, issue):
        if after(run.at, latest) and abs(issue.last_seen - run.at) <= SETTLING:
            return rules_out(
                f"The errors ended ({clock(issue.last_seen)}) when {relation.label} was created here ({clock(run.at)})",
                cite(run.line, run.line.message, "Elasticsearch"),
                cite(issue, f"last event {clock(issue.last_seen)}"),
            )
    return None


CASE_MATTERS = ("postgresql", "cockroachdb")
"""Dialects that fold unquoted names to lower case, as patches are read here; of those that fold to capitals (Oracle,
Snowflake, DB2, H2) a patch does not tell which names its framework quotes."""
