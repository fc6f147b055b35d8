"""What a fold says beside what a database had after each migration: right, wrong, or told to be dynamic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from playbook.schema.framework import Migration
from tests.schema.frameworks.django_referee import relations_after

Steps = list[tuple[str, list[str]]]
"""Each migration that ran, by its name, with the relations that there were after it."""


@dataclass
class Row:
    """One package's line in the table; `wrong` names relations with the first migration after which they were."""

    relations: int = 0
    right: int = 0
    dynamic: set[str] = field(default_factory=set)
    wrong: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        wrong = ", ".join(f"{relation} after {name}" for relation, name in sorted(self.wrong.items()))
        return f"{self.relations} | {self.right} | {', '.join(sorted(self.dynamic))} | {wrong}"


def compared(
    migrations: tuple[Migration, ...], steps: Steps, packages: Mapping[str, str], first: Iterable[str] = ()
) -> dict[str, Row]:
    """A row for each package. A relation counts, in the end, for the package whose migration made it; `packages` are
    by migration, and `first` are relations that were there before any.

    Raises ValueError where the fold's migrations are not those that ran, in their order.
    """
    ran = [name for name, _ in steps]
    read = [migration.name for migration in migrations]
    if ran != read:
        place = next((at for at, (one, other) in enumerate(zip(ran, read, strict=False)) if one != other), len(ran))
        raise ValueError(f"after {place} migrations, {ran[place:][:1]} ran, while the fold has {read[place:][:1]}")
    rows = {package: Row() for package in packages.values()}
    owners = dict.fromkeys(first, packages[ran[0]])
    before, said = set(first), ""
    folds = [
        fold | set(first) - dropped
        for fold, dropped in zip(relations_after(migrations), _gone(migrations), strict=True)
    ]
    for migration, (name, real), fold in zip(migrations, steps, folds, strict=True):
        said += " ".join(one.what for one in migration.dynamic)
        owners |= dict.fromkeys(set(real) - before, packages[name])
        before = set(real)
        for relation in before ^ fold:
            if relation.rpartition(".")[2] not in said:
                rows[owners.get(relation, packages[name])].wrong.setdefault(relation, name)
    for relation in before | folds[-1]:
        row = rows[owners.get(relation, packages[ran[-1]])]
        row.relations += relation in before
        row.right += relation in before and relation in folds[-1]
        if relation not in row.wrong and (relation in before) != (relation in folds[-1]):
            row.dynamic.add(relation)
    return rows


def _gone(migrations: tuple[Migration, ...]) -> list[set[str]]:
    """The names that were dropped or renamed away so far."""
    gone: set[str] = set()
    found = []
    for migration in migrations:
        gone |= {one.relation for one in migration.operations if one.kind in ("drops", "renames")}
        found.append(set(gone))
    return found
