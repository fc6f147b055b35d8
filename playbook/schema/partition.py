"""A name that ends in a period is a partition's, or that of a table made for each period: `events_p2026_12_01`.

Forms: pg_partman's `events_p20261201` (github.com/pgpartman/pg_partman, its own suffixes), those people write by hand
(`events_2026_12`, `events_y2026m12`, `events_202612`), quarters and ISO weeks. Nothing is known by the name alone: a
`report_2024` is a table like any other until its parent or its siblings are seen.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.statement import LINE_LENGTH

Place = Literal["ahead", "begun", "later", "over"]
"""The onset against the period: that is next, it has just begun, some time after that, or when it was long over."""


class Part(NamedTuple):
    """`parent` as it would be named without the period; the period from `start` to before `end`, as UTC has it."""

    parent: str
    start: datetime
    end: datetime


def part_of(name: str | None) -> Part | None:
    """The parent and the period that a name tells; None where it ends in no date that exists."""
    if not name or len(name) > LONGEST:
        return None
    found = next((match for form in FORMS if (match := form.fullmatch(name))), None)
    if found is None or not any(sign.isalpha() for sign in found["parent"]):
        return None
    try:
        start, end = _period({unit: int(found[unit]) for unit in UNITS if found[unit]})
    except ValueError:  # no such day
        return None
    return Part(found["parent"], start, end)


def sibling_of(part: Part, other: str) -> Part | None:
    """Another period of the same parent, by its name; None where it is none."""
    found = part_of(other.rpartition(".")[2])
    same = found is not None and found.parent.casefold() == part.parent.casefold()
    return found if found is not None and same and found.start != part.start else None


def siblings_in(part: Part, text: str) -> tuple[str, ...]:
    """The parts of other periods that the statements of a text create."""
    named = (found["name"].strip("\"'`[]") for found in CREATES.finditer(text[:LINE_LENGTH]))
    return tuple(name for name in named if sibling_of(part, name))


def as_long_as(part: Part, others: Iterable[str]) -> Part:
    """The same part with the length that its siblings have: pg_partman names a week or a month by its first day."""
    starts = sorted({one.start for name in others if (one := sibling_of(part, name))} | {part.start})
    if len(starts) == 1 or part.end - part.start != timedelta(days=1):
        return part
    if all(one.day == 1 for one in starts):
        apart = min(_month(later) - _month(earlier) for earlier, later in pairwise(starts))
        return part._replace(end=_months(part.start.year, part.start.month, apart if apart in (3, 12) else 1)[1])
    weekly = all((one - part.start).days % 7 == 0 for one in starts)
    return part._replace(end=part.start + timedelta(days=7)) if weekly else part


def _month(moment: datetime) -> int:
    return moment.year * 12 + moment.month


def placed(part: Part, onset: datetime) -> Place | None:
    """Where the onset lies against the period, whatever the time zone; None where it lies more than one before it."""
    length = part.end - part.start
    if onset < part.start - length - ZONES:
        return None
    if onset < part.start - ZONES:
        return "ahead"
    if onset <= part.start + max(length / FRESH, timedelta(days=1)) + ZONES:
        return "begun"
    return "later" if onset <= part.end + A_MONTH else "over"


def making_it(relation: MissingRelation, part: Part, how: str) -> str | None:
    """PostgreSQL's statement that makes the partition, by the bounds that its name tells; None where it is divided
    otherwise than by range, or in a dialect whose partitions have no names that a query could ask for."""
    if relation.dialect != "postgresql" or not re.search(r"\brange\b", how, re.IGNORECASE):
        return None
    form = "%Y-%m-%d" if part.end - part.start >= timedelta(days=1) else "%Y-%m-%d %H:%M:%S"
    schema = f"{_quoted(relation.schema_name)}." if relation.schema_name else ""
    return (
        f"CREATE TABLE {schema}{_quoted(relation.name or '')} PARTITION OF {schema}{_quoted(part.parent)} "
        f"FOR VALUES FROM ('{part.start:{form}}') TO ('{part.end:{form}}');"
    )


def listing(relation: MissingRelation, part: Part) -> str | None:
    """PostgreSQL's statement that lists the partitions there are, with their bounds."""
    if relation.dialect != "postgresql":
        return None
    parent = f"{_quoted(relation.schema_name)}." if relation.schema_name else ""
    named = (parent + _quoted(part.parent)).replace("'", "''")
    return PARTITIONS.format(parent=named)


def _quoted(name: str) -> str:
    return name if PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _period(told: dict[str, int]) -> tuple[datetime, datetime]:
    year = told["year"]
    if "week" in told:
        start = datetime.fromisocalendar(year, told["week"], 1).replace(tzinfo=UTC)
        return start, start + timedelta(weeks=1)
    if "quarter" in told:
        return _months(year, told["quarter"] * 3 - 2, 3)
    if "day" in told:
        start = datetime(year, told["month"], told["day"], told.get("hour", 0), tzinfo=UTC)
        return start, start + (timedelta(hours=1) if "hour" in told else timedelta(days=1))
    return _months(year, told["month"], 1) if "month" in told else _months(year, 1, 12)


def _months(year: int, month: int, count: int) -> tuple[datetime, datetime]:
    last = month + count - 1
    return datetime(year, month, 1, tzinfo=UTC), datetime(year + last // 12, last % 12 + 1, 1, tzinfo=UTC)


CREATES = re.compile(
    r"\bcreate\s{1,20}table\s{1,20}(?:if\s{1,20}not\s{1,20}exists\s{1,20})?(?P<name>[\w$.\"'`\[\]-]{1,200})",
    re.IGNORECASE,
)

PARTITIONS = (
    "SELECT c.oid::regclass, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = "
    "i.inhrelid WHERE i.inhparent = '{parent}'::regclass ORDER BY 1;"
)
"""postgresql.org, "pg_inherits"; a parent that is not partitioned lists what inherits from it."""

UNITS = ("year", "quarter", "week", "month", "day", "hour")

_DATE = (
    r"(?P<year>(?:19|20)\d\d)(?:[_-]?q(?P<quarter>[1-4])|[_-]?w(?P<week>\d\d)"
    r"|[_-]?m?(?P<month>\d\d)(?:[_-]?d?(?P<day>\d\d)(?:[_t-]?h?(?P<hour>\d\d)(?:00){0,2})?)?)?"
)
FORMS = (
    re.compile(rf"(?P<parent>.+?)[_$.-]{{1,2}}(?:p_?|y)?{_DATE}", re.IGNORECASE),
    re.compile(rf"(?P<parent>.+[^\W\d_])(?=\d{{6}}){_DATE}", re.IGNORECASE),  # `events202612`
)

LONGEST = 128
"""Characters of a name (SQL Server's limit, the widest)."""

PLAIN = re.compile(r"[a-z_][a-z0-9_]{0,62}")

ZONES = timedelta(hours=14)
"""The furthest that a clock is from UTC: a period begins when the job's own time zone says so."""

A_MONTH = timedelta(days=31)
"""A name that ends in a day may be that of a month."""

FRESH = 10
"""The tenth of a period, at least a day, in which errors for want of its relation begin: code asks for it from then on.
Later it had probably been in use, and something took it away."""
