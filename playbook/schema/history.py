"""What the repository's migrations make of an empty database: who creates, drops and renames each relation."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from playbook.schema.framework import Declared, Dynamic, Files, Migration, frameworks
from playbook.schema.operation import Kind, Operation


class Event(NamedTuple):
    """Something that a migration does to a relation; `name` and `to` are qualified where the migration says so."""

    kind: Kind
    name: str
    to: str | None
    framework: str
    migration: str
    path: str
    line: int
    schema_name: str | None = None

    @property
    def relation(self) -> str:
        """The name without its schema."""
        return self.name.removeprefix(f"{self.schema_name}.") if self.schema_name else self.name


class Gap(NamedTuple):
    """What could not be read, or only by running it: until it is known, nothing is surely absent."""

    path: str
    line: int | None
    why: str


class History(NamedTuple):
    """`relations` are there in the end, by their names; `events` are all that ever happened to any, in their order.

    `migrations` are those of every framework, in the order in which each would run them.
    """

    relations: Mapping[str, Event]
    events: tuple[Event, ...]
    declared: tuple[Declared, ...]
    gaps: tuple[Gap, ...]
    migrations: tuple[Migration, ...] = ()

    def of(self, relation: str) -> tuple[Event, ...]:
        """What happened to the relation under this name or, through renames, under an earlier one; oldest first.

        Names are compared as a database that folds case would; one without a schema matches every schema.
        """
        names, found = {relation.lower()}, []
        for event in reversed(self.events):
            if event.kind == "renames" and event.to is not None and _any(names, event.to):
                names.add(event.name.lower())
                found.append(event)
            elif _any(names, event.name):
                found.append(event)
        return tuple(reversed(found))


def history(files: Files) -> History:
    """Folds the migrations of every framework that has any among these files."""
    events: list[Event] = []
    gaps: list[Gap] = []
    relations: dict[str, Event] = {}
    declared: list[Declared] = []
    migrations: list[Migration] = []
    for framework in frameworks():
        wanted = {path: text for path, text in files.items() if framework.wants(path)}
        if not wanted:
            continue
        for migration in framework.migrations(wanted):
            migrations.append(migration)
            gaps += _gaps(migration)
            for operation in migration.operations:
                event = _event(operation, migration)
                events.append(event)
                _apply(event, relations)
        declared += [one._replace(framework=framework.name) for one in framework.declared(wanted)]
    return History(relations, tuple(events), tuple(declared), tuple(gaps), tuple(migrations))


def _event(operation: Operation, migration: Migration) -> Event:
    qualified = f"{operation.schema_name}." if operation.schema_name else ""
    return Event(
        operation.kind,
        f"{qualified}{operation.relation}",
        f"{qualified}{operation.to}" if operation.to and "." not in operation.to else operation.to,
        migration.framework,
        migration.name,
        migration.path,
        operation.line,
        operation.schema_name,
    )


def _apply(event: Event, relations: dict[str, Event]) -> None:
    if event.kind == "creates":
        relations[event.name] = event
    elif event.kind == "drops":
        relations.pop(event.name, None)
    elif event.kind == "renames" and event.to is not None:
        relations.pop(event.name, None)
        relations[event.to] = event


def _gaps(migration: Migration) -> Iterable[Gap]:
    if migration.unread is not None:
        yield Gap(migration.path, None, migration.unread)
    yield from (Gap(migration.path, one.line, one.what) for one in migration.dynamic)


def _any(names: set[str], name: str) -> bool:
    folded = name.lower()
    return folded in names or folded.rpartition(".")[2] in names


__all__ = ["Declared", "Dynamic", "Event", "Gap", "History", "history"]
