"""The relation exists, but the query looks in another database, schema, search path or case."""

from playbook.causes import Cause, cite, hint, telling
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
from playbook.schema.story import before, changes_of, here, runs_of


def find_where_it_is(relation: MissingRelation | None) -> Remedy:
    """Ask the very connection that fails where it looks and where the relation is."""
    return Remedy(
        action="With the failing service's own connection settings, compare where it looks with where the relation is; "
        "then mend the setting (DATABASE_URL, search_path, quoting of the name)",
        command=look_for(relation) if relation else None,
        verify="The same statement, from the failing service, shows the relation in a schema of its search path",
        rollback="Rolling back helps only if the setting came with the release",
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
    for run in here(runs_of(relation, logs, changes_of(relation, changes, "creates"), "applied"), event):
        if before(run.at, frequency.onset):
            return telling(
                f"{relation.label} was created at {clock(run.at)}, before the errors, and is missing for this query",
                cite(run.line, run.line.message, "Elasticsearch"),
                cite(issue, relation.quote),
            )
    return None


@cause.signal(Strength.TELLING)
def created_in_another_case(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Does the migration create the name in a case that the query does not use?"""
    for change in changes_of(relation, changes, "creates"):
        created = change.relation.rpartition(".")[2]
        if created != relation.name and relation.dialect in CASE_MATTERS:
            return telling(
                f"The migration creates {created}, the query asks for {relation.name}: names differ by case",
                cite(change, change.quote, "GitHub"),
                cite(relation, relation.quote),
            )
    return None


@cause.signal(Strength.TELLING)
def created_in_another_schema(relation: MissingRelation, changes: Changes) -> Signal | None:
    """Does the migration create the same name in another schema than the query names?"""
    if relation.name is None or relation.schema_name is None:
        return None
    for change in changes.schema_changes:
        schema, _, name = change.relation.rpartition(".")
        if change.kind == "creates" and schema and name == relation.name and schema != relation.schema_name:
            return telling(
                f"The migration creates {change.relation}, the query asks for {relation.label}",
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
def no_search_path_names_it(relation: MissingRelation) -> Signal | None:
    """Is the name unqualified, so that only the search path decides where it is looked for?"""
    if relation.name is None or relation.dialect != "postgresql" or relation.schema_name:
        return None
    if relation.name == relation.name.lower():
        return None
    return hint(
        f"{relation.name} has capitals: PostgreSQL finds it only where it was created with the same quoted name",
        cite(relation, relation.quote),
    )


CASE_MATTERS = ("postgresql", "oracle", "snowflake", "db2", "h2")
"""Dialects that fold unquoted names, so that a quoted and an unquoted spelling are two names."""
