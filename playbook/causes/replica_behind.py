"""The relation is on the primary, and a read replica has not caught up."""

import re

from playbook.causes import Cause, against, cite, decisive, hint, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.logs import REPLICATION, LogLine, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.spread import Spread
from playbook.schema.story import changes_of, here, place, runs_of


def wait_or_read_the_primary() -> Remedy:
    """Measure the lag, and read from the primary until it is gone."""
    return Remedy(
        action="Send these reads to the primary until the replica has caught up, and find out why it lags",
        command="SELECT pg_is_in_recovery(), now() - pg_last_xact_replay_timestamp() AS lag;",
        verify="On the replica the lag falls to seconds and the errors stop",
        rollback="Rolling back is safe, and needed only if the lag will last",
    )


cause = Cause(__name__, claim="A read replica is behind", remedy=wait_or_read_the_primary)


@cause.signal(Strength.DECISIVE)
def lagging_after_it_was_created(
    relation: MissingRelation, changes: Changes | None, logs: Logs, event: Event, frequency: Frequency
) -> Signal | None:
    """Was it created on the primary, then lag reported here, and did the failing query go to a replica?"""
    served_by = _replica(event)
    if served_by is None or frequency.onset is None:
        return None
    applied = here(runs_of(relation, logs, changes_of(relation, changes, "creates"), "applied"), event)
    lagging = [line for line in logs.lines(REPLICATION) if _tells_lag(line) and place(line, event) == "here"]
    for run in applied:
        later = [line for line in lagging if line.at >= run.at]
        if later:
            return decisive(
                f"Created on the primary at {clock(run.at)}; {served_by} served the query while lag was reported",
                cite(run.line, run.line.message, "Elasticsearch"),
                cite(later[0], later[0].message, "Elasticsearch"),
                cite(event, served_by),
            )
    return None


@cause.signal(Strength.TELLING)
def lag_was_reported(logs: Logs, event: Event | None) -> Signal | None:
    """Do the replication logs report lag around the onset? Playbook step 6: "Database replication logs"."""
    lagging = [line for line in logs.lines(REPLICATION) if _tells_lag(line) and place(line, event) != "elsewhere"]
    if not lagging:
        return None
    line = lagging[0]
    return telling(f"Replication was reported as behind at {clock(line.at)}", cite(line, line.message, "Elasticsearch"))


@cause.signal(Strength.TELLING)
def read_from_a_replica(event: Event) -> Signal | None:
    """Does the event say that a replica served the query?"""
    served_by = _replica(event)
    if served_by is None:
        return None
    return telling("A replica served the failing query", cite(event, served_by))


@cause.signal(Strength.HINT)
def some_servers_only(spread: Spread) -> Signal | None:
    """Are only some servers affected? Diagnosis rule 5: "or database replication lag"."""
    for segment in spread.segments:
        if segment.key == "server_name":
            return hint(f"Only {segment.value} is affected, as when one replica is behind", cite(spread, segment.told))
    return None


@cause.signal(Strength.AGAINST)
def a_write_failed(event: Event) -> Signal | None:
    """Is the failing statement a write? Those go to the primary."""
    if event.sql is None or not WRITES.match(event.sql):
        return None
    return against("The failing statement writes, and writes go to the primary", cite(event, event.sql))


WRITES = re.compile(r"\s*(?:insert|update|delete|merge|replace)\b", re.IGNORECASE)
REPLICA = re.compile(r"(?<![a-z])(?:replica|standby|read[-_]?only|reader|secondary|follower)(?![a-z])", re.IGNORECASE)
LAG = re.compile(
    r"(?:replica|replication|standby|wal|slave|secondary|follower).{0,80}"
    r"(?:\blag|behind|delay|not caught up|conflict with recovery|paused|stopped|broken|terminat)"
    r"|canceling statement due to conflict with recovery",
    re.IGNORECASE,
)
"""Words of PostgreSQL's and MySQL's own messages and of their exporters (postgresql.org, "Hot Standby";
dev.mysql.com, "SHOW REPLICA STATUS": Seconds_Behind_Source)."""

CAUGHT_UP = re.compile(r"(?:lag|behind|delay)\D{0,20}\b0(?:\.0+)?\s*(?:s|sec|seconds|ms|bytes)?\b", re.IGNORECASE)
DATABASE_TAGS = (
    "database",
    "db.alias",
    "db_alias",
    "db.instance",
    "db.role",
    "database_alias",
    "server.address",
)


def _replica(event: Event) -> str | None:
    for tag in event.tags:
        if tag.key in DATABASE_TAGS and REPLICA.search(tag.value):
            return f"{tag.key}: {tag.value}"
    return None


def _tells_lag(line: LogLine) -> bool:
    return LAG.search(line.message[:2_000]) is not None and CAUGHT_UP.search(line.message[:2_000]) is None
