"""Which migrations make the relation, and which take it away: by the release's patches, and by the whole history."""

from collections.abc import Iterable

from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import SchemaEvent, SchemaHistory
from playbook.schema.statement import DEFAULT_SCHEMAS, same_schema
from playbook.schema.target import apart


def changes_of(relation: MissingRelation, changes: Changes | None, kind: str) -> tuple[SchemaChange, ...]:
    """The schema changes of that kind in the failing release that name the relation, in its schema if both tell one."""
    return of_relation(relation, changes.schema_changes if changes else (), kind)


def of_relation(relation: MissingRelation, listed: Iterable[SchemaChange], kind: str) -> tuple[SchemaChange, ...]:
    """The same of any list of changes. Names are compared whole: one that was quoted may hold a dot."""
    return tuple(one for one in listed if one.kind == kind and _is(relation, one.relation, one.schema_name))


def making(
    relation: MissingRelation, changes: Changes | None, schema: SchemaHistory | None
) -> tuple[SchemaChange, ...]:
    """The migrations of the failing release that make the relation, whenever they were written.

    By the whole history where it was read: what still stands after the last time that it was taken away, each database
    by itself; a rename to its name makes it too. Else by the patches of the release alone. What lies in folders of
    tests, examples and copies makes nothing.
    """
    if schema is None or not schema.events:
        return tuple(one for one in changes_of(relation, changes, "creates") if apart(one.path) is None)
    found: dict[str, list[SchemaEvent]] = {}
    for event in in_use(schema.events):
        if makes(relation, event):
            found.setdefault(event.target, []).append(event)
        elif takes_away(relation, event):
            left = [one for one in found.pop(event.target, []) if _schema(one) != _schema(event)]
            found |= {event.target: left} if left else {}
    return tuple(event for events in found.values() for event in events)


def _schema(event: SchemaEvent) -> str | None:
    """The schema that the relation, or its new name, is in; None for the one where unqualified names lie."""
    told = event.to.rpartition(".")[0] if event.kind == "renames" and event.to else ""
    name = (told or event.schema_name or "").casefold()
    return name if name and name not in DEFAULT_SCHEMAS else None


def in_use(events: Iterable[SchemaEvent]) -> tuple[SchemaEvent, ...]:
    """Without those of tests, examples and copies."""
    return tuple(event for event in events if apart(event.path) is None)


def stands(relation: MissingRelation, schema: SchemaHistory) -> bool:
    """Whether the relation is there once every migration of the failing release has run."""
    return bool(making(relation, None, schema))


def taken_away_by(relation: MissingRelation, schema: SchemaHistory) -> SchemaEvent | None:
    """The migration of the failing release after which the relation is gone; None where it stands, or never was."""
    if stands(relation, schema):
        return None
    return next((event for event in reversed(in_use(schema.events)) if takes_away(relation, event)), None)


def newer(relation: MissingRelation, schema: SchemaHistory) -> tuple[SchemaEvent, ...]:
    """The default branch's migrations that make the relation, where those of the failing release neither make it nor
    take it away."""
    if stands(relation, schema) or taken_away_by(relation, schema):
        return ()
    return tuple(event for event in in_use(schema.later) if makes(relation, event))


def makes(relation: MissingRelation, event: SchemaChange) -> bool:
    """Whether the relation has its name after it."""
    if event.kind == "renames" and event.to is not None:
        schema, _, name = event.to.rpartition(".")
        return _is(relation, name, schema or event.schema_name)
    return event.kind == "creates" and _is(relation, event.relation, event.schema_name)


def deed(event: SchemaChange) -> str:
    """What it does to give a relation its name, before that name: `creates`, `renames orders_cart to`."""
    return f"renames {event.relation} to" if event.kind == "renames" else "creates"


def takes_away(relation: MissingRelation, event: SchemaChange) -> bool:
    """Whether nothing has the relation's name after it."""
    return event.kind in ("drops", "renames") and _is(relation, event.relation, event.schema_name)


def _is(relation: MissingRelation, name: str, schema: str | None) -> bool:
    mine = (relation.name or "").casefold()
    return name.casefold() == mine and same_schema(relation, schema) is not False
