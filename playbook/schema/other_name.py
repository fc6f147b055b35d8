"""Under which other name migrations create what a query misses: in another case, or in another schema."""

from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import SchemaHistory
from playbook.schema.belonging import Belonging
from playbook.schema.making import making
from playbook.schema.statement import same_schema
from playbook.schema.target import apart


def elsewhere_named(
    relation: MissingRelation, changes: Changes | None, schema: SchemaHistory | None
) -> SchemaChange | None:
    """The migration that creates it in another case, on a database that tells cases apart, or in another schema."""
    made = making(relation, changes, schema)
    names = {name_after(one).rpartition(".")[2] for one in made}
    if made and relation.name not in names:
        return made[-1] if relation.dialect in CASE_MATTERS else None
    listed = schema.events if schema and schema.events else changes.schema_changes if changes else ()
    used = (one for one in listed if apart(one.path) is None)
    named = [one for one in used if one.kind == "creates" and one.relation == relation.name]
    if any(same_schema(relation, one.schema_name) for one in named):
        return None
    return next((one for one in named if one.schema_name is not None), None)


def name_after(change: SchemaChange) -> str:
    """The name that the relation has after it, qualified where the migration says so."""
    if change.kind == "renames" and change.to:
        return change.to
    return f"{change.schema_name}.{change.relation}" if change.schema_name else change.relation


def known_schema(relation: MissingRelation, other: SchemaChange, schema: SchemaHistory | None) -> bool:
    """Whether the query's schema is one that migrations know; one that they do not is made at run time."""
    elsewhere = other.schema_name is not None and same_schema(relation, other.schema_name) is False
    return not elsewhere or schema is None or relation.schema_name in schema.schemas


def surely_elsewhere(
    relation: MissingRelation, other: SchemaChange, schema: SchemaHistory, belonging: Belonging
) -> bool:
    """Whether it stands under that one name only, and neither code nor another schema says that ours is lacking one."""
    meant = any(one.managed and one.schema_name and same_schema(relation, one.schema_name) for one in schema.declared)
    elsewhere = same_schema(relation, other.schema_name) is False
    alone = len(schema.standing) == 1 and name_after(other) in schema.standing
    return schema.whole and belonging.same_code and belonging.all_sure((other,)) and alone and not (elsewhere and meant)


CASE_MATTERS = ("postgresql", "cockroachdb")
"""Dialects that fold unquoted names to lower case, as patches are read here; of those that fold to capitals (Oracle,
Snowflake, DB2, H2) a patch does not tell which names its framework quotes."""
