"""One statement that changes which relations there are, and what a row of them comes to in the end."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Kind = Literal["creates", "drops", "renames", "models"]


class Operation(NamedTuple):
    """`renames` goes from `relation` to `to`; `line` is its line in the file, counted from 1."""

    kind: Kind
    relation: str
    line: int
    to: str | None = None
    schema_name: str | None = None


def net(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """What they come to in the end: a table that is created and dropped was never there, renames add up.

    SQLite cannot alter a table much, so its migrations build a new one, drop the old one and rename (the twelve
    steps of https://www.sqlite.org/lang_altertable.html#otheralter); where tables are large, the old one is renamed
    away first. Either leaves the relation as it was. One that is dropped and created under its name is created: the
    drop is mostly there in case it exists.
    """
    found = _Net()
    for one in operations:
        if one.kind == "creates":
            found.there[one.relation] = _Bearer(one)
        elif one.kind == "drops":
            found.drop(one)
        elif one.kind == "renames" and one.to:
            found.rename(one, one.to)
        else:
            found.others.append(one)
    return found.left()


class _Bearer(NamedTuple):
    """What bears a name now, and by which operation; `origin` is its name before them all, None for a new one."""

    by: Operation
    origin: str | None = None
    built_elsewhere: bool = False


class _Net:
    """The names that operations give and take."""

    def __init__(self) -> None:
        self.there: dict[str, _Bearer] = {}
        self.moved: set[str] = set()
        self.dropped: dict[str, Operation] = {}
        self.others: list[Operation] = []

    def drop(self, one: Operation) -> None:
        known = self.there.pop(one.relation, None)
        if known is not None and known.origin is not None:
            self.dropped[known.origin] = one._replace(relation=known.origin)
        elif known is None and one.relation not in self.moved:
            self.dropped.setdefault(one.relation, one)

    def rename(self, one: Operation, to: str) -> None:
        known = self.there.pop(one.relation, None)
        if known is None and not (one.relation in self.moved and to in self.there):
            self.moved.add(one.relation)
            self.there[to] = _Bearer(one, one.relation)
        elif known is not None and known.origin == to:
            self.moved.discard(to)
        elif known is not None and known.origin is not None:
            self.there[to] = known._replace(by=one._replace(relation=known.origin))
        elif known is not None:
            made = one._replace(kind="creates", relation=to, to=None)
            self.there[to] = _Bearer(made, None, built_elsewhere=True)

    def left(self) -> tuple[Operation, ...]:
        rebuilt = {name for name, one in self.there.items() if one.built_elsewhere and name in self.dropped}
        stays = [one.by for name, one in self.there.items() if name not in rebuilt]
        goes = [one for name, one in self.dropped.items() if name not in self.there]
        return (*self.others, *stays, *goes)
