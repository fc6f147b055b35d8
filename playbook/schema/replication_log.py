"""Replicas: whether one served the query, and what a line of a database's or exporter's log says of its lag."""

import re
from datetime import timedelta

from playbook.evidence.event import Event, Tagged
from playbook.evidence.logs import LogLine

LONGEST = 2_000
"""Characters of a line that are read: it tells its measure at the beginning."""

LAG = re.compile(
    r"(?:replica|replication|standby|wal|slave|secondary|follower).{0,80}"
    r"(?:\blag|behind|delay|not caught up|conflict with recovery|paused|stopped|broken|terminat)"
    r"|canceling statement due to conflict with recovery",
    re.IGNORECASE,
)
"""Words of PostgreSQL's and MySQL's own messages and of their exporters (postgresql.org, "Hot Standby";
dev.mysql.com, "SHOW REPLICA STATUS": Seconds_Behind_Source)."""

CAUGHT_UP = re.compile(r"(?:lag|behind|delay)\D{0,20}\b0(?:\.0+)?\s*(?:s|sec|seconds|ms|bytes)?\b", re.IGNORECASE)

_TIME = r"\d{1,9}(?:\.\d{1,9})?"
_UNIT = r"ms|s|secs?|seconds?|min|minutes?|h|hours?"
MEASURED = re.compile(
    rf"(?:lag|behind|delay)[^\d\n]{{0,40}}(?P<after>{_TIME}) ?(?P<unit>{_UNIT})\b"
    rf"|(?P<before>{_TIME}) ?(?P<unit_before>{_UNIT}) (?:behind|of lag|lag)\b"
    r"|seconds_behind_(?:source|master)\D{1,5}(?P<mysql>\d{1,9})",
    re.IGNORECASE,
)
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def how_far(line: LogLine) -> timedelta | None:
    """How far behind the line says a replica is, in time; None where it tells no time."""
    found = MEASURED.search(line.message[:LONGEST])
    if found is None:
        return None
    unit = (found["unit"] or found["unit_before"] or "s").casefold()
    number = float(found["after"] or found["before"] or found["mysql"])
    return timedelta(seconds=number * SECONDS["ms" if unit == "ms" else unit[0]])


def names_server(line: LogLine, replica: str) -> bool:
    """Whether the line is about that replica, by its message or its host."""
    pattern = rf"(?<![\w-]){re.escape(replica)}(?![\w-])"
    return re.search(pattern, f"{line.message[:LONGEST]} {line.host or ''}", re.IGNORECASE) is not None


def tells_lag(line: LogLine) -> bool:
    """Whether the line says that a replica is behind, and not that it has caught up."""
    return LAG.search(line.message[:LONGEST]) is not None and CAUGHT_UP.search(line.message[:LONGEST]) is None


REPLICA = re.compile(r"(?<![a-z])(?:replica|standby|read[-_]?only|reader|secondary|follower)(?![a-z])", re.IGNORECASE)
DATABASE_TAGS = (
    "database",
    "db.alias",
    "db_alias",
    "db.instance",
    "db.role",
    "database_alias",
    "server.address",
)
"""Tags of an event that name the database which was asked."""


def replica_of(event: Event | None) -> Tagged | None:
    """The tag by which the event says that a replica served the query; None where none does."""
    tags = event.tags if event else ()
    return next((tag for tag in tags if tag.key in DATABASE_TAGS and REPLICA.search(tag.value)), None)
