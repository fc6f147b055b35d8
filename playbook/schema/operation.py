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
    """What one file does in the end: a table that is dropped and created again is not dropped.

    SQLite cannot alter a table much, so its migrations build a new one, drop the old one and rename (the twelve
    steps of https://www.sqlite.org/lang_altertable.html#otheralter): that leaves the relation as it was.
    """
    left: list[Operation] = []
    for operation in operations:
        if operation.kind == "creates":
            _take(left, "drops", operation.relation)
            left.append(operation)
        elif operation.kind == "drops":
            if not _take(left, "creates", operation.relation):
                left.append(operation)
        elif operation.kind == "renames" and operation.to:
            _rename(left, operation, operation.to)
        else:
            left.append(operation)
    return tuple(left)


def _rename(left: list[Operation], operation: Operation, to: str) -> None:
    created = _take(left, "creates", operation.relation)
    dropped = _take(left, "drops", to)
    if created and not dropped:
        left.append(created._replace(relation=to, line=operation.line))
    elif not created:
        left.append(operation)


def _take(left: list[Operation], kind: Kind, relation: str) -> Operation | None:
    """Removes and gives the last operation of that kind on that relation."""
    for place in range(len(left) - 1, -1, -1):
        if left[place].kind == kind and left[place].relation == relation:
            return left.pop(place)
    return None
