"""What an expression of a migration comes to, as far as its text alone tells; what only running tells is `UNKNOWN`."""

from enum import Enum
from typing import NamedTuple


class Known(Enum):
    """What has no parts: nothing known, Alembic's `op` itself, `inspector.get_table_names()`."""

    NOTHING = "nothing"
    OP = "op"
    TABLE_NAMES = "table names"


class Text(NamedTuple):
    """A text and the line where it begins; parts that are computed stand in it as `HOLE`."""

    text: str
    line: int


class Relation(NamedTuple):
    """A table, view or sequence that is described, not yet created: `sa.Table("orders", …)`. None where computed."""

    name: str | None
    schema_name: str | None


class Exists(NamedTuple):
    """Whether the relation is there when it runs (`positive`), or is not."""

    relation: str
    schema_name: str | None
    positive: bool


class Mapped(NamedTuple):
    """The keys and values of a dict that is written out."""

    items: "tuple[tuple[Value, Value], ...]"


class Row(NamedTuple):
    """The elements of a list, tuple or set that is written out."""

    elements: "tuple[Value, ...]"


class Plain(NamedTuple):
    """A number, a truth value or None."""

    value: object


Value = Known | Text | Relation | Exists | Mapped | Row | Plain

UNKNOWN = Known.NOTHING
HOLE = "computed_at_run_time"
"""Stands in a text for a part that is computed; it reads as one word, as a name would."""

LONGEST_TEXT = 200_000
"""Characters that a text may come to: the SQL reader takes no more."""

LONGEST_ROW = 2_000
"""Elements that a list may come to by adding others."""


def name(value: Value) -> str | None:
    """The text of a value that is all known; None of any other."""
    return value.text if isinstance(value, Text) and HOLE not in value.text else None


def joined(parts: list[Value], line: int) -> Value:
    """The texts one after another; a part that is not known becomes a hole, and too long a text is unknown."""
    texts = [_shown(part) for part in parts]
    if sum(map(len, texts)) > LONGEST_TEXT:
        return UNKNOWN
    return Text("".join(texts), line)


def _shown(part: Value) -> str:
    if isinstance(part, Text):
        return part.text
    known = isinstance(part, Plain) and isinstance(part.value, int | type(None))
    return str(part.value) if known and isinstance(part, Plain) else HOLE


def row(parts: list[Value]) -> Value:
    """The elements of several lists in one; too many are unknown."""
    found = tuple(one for part in parts for one in elements(part) or ())
    return Row(found) if len(found) <= LONGEST_ROW else UNKNOWN


def elements(value: Value) -> tuple[Value, ...] | None:
    """What a loop over the value gives; None where that is not known."""
    if isinstance(value, Row):
        return value.elements
    if isinstance(value, Mapped):
        return tuple(key for key, _ in value.items)
    return None
