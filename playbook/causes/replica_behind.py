"""The relation is on the primary, and a read replica has not caught up."""

import re
from datetime import timedelta

from playbook.causes import Cause, against, cite, decisive, hint, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.logs import REPLICATION, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.spread import Spread
from playbook.schema.commands import lag_of, look_for
from playbook.schema.replication_log import how_far, names_server, replica_of, tells_lag
from playbook.schema.story import after, changes_of, environment, here, runs_making


def wait_or_read_the_primary(relation: MissingRelation | None) -> Remedy:
    """Measure the lag, and read from the primary until it is gone."""
    return Remedy(
        action="Measure the lag on the replica that failed, and send these reads to the primary until it has caught "
        "up; then find out why it lags",
        command=lag_of(relation),
        verify=look_for(relation) if relation else None,
        rollback="Rolling the code back is safe, and needed only if the lag will last",
    )


cause = Cause(__name__, claim="A read replica is behind", remedy=wait_or_read_the_primary)


@cause.signal(Strength.DECISIVE)
def lagging_after_it_was_created(
    relation: MissingRelation,
    changes: Changes | None,
    logs: Logs,
    issue: Issue,
    event: Event,
    frequency: Frequency,
) -> Signal | None:
    """Was it created on the primary, and so short ago that the replica which failed, by its lag, cannot have it?"""
    tag = replica_of(event)
    if tag is None or frequency.onset is None:
        return None
    applied = here(runs_making(relation, logs, changes_of(relation, changes, "creates"), "applied"), event, issue)
    lagging = [line for line in logs.lines(REPLICATION) if tells_lag(line) and environment(line, event) == "here"]
    for run in applied:
        later = [line for line in lagging if line.at >= run.at and names_server(line, tag.value)]
        missing = [line for line in later if (lag := how_far(line)) is not None and lag >= line.at - run.at]
        if missing and not after(run.at, frequency.onset):
            return (decisive if missing[0].at <= frequency.onset + NEAR else telling)(
                f"Created on the primary at {clock(run.at)}; {tag.value}, which served the query, was further behind "
                f"than that at {clock(missing[0].at)}",
                cite(run.line, run.line.message, "Elasticsearch"),
                cite(missing[0], missing[0].message, "Elasticsearch"),
                cite(event, f"{tag.key}: {tag.value}"),
            )
    return None


@cause.signal(Strength.TELLING)
def lag_was_reported(logs: Logs, frequency: Frequency | None, event: Event | None) -> Signal | None:
    """Do the replication logs report lag around the onset? Playbook step 6: "Database replication logs".

    Some lag is a replica's daily life: it tells only where a replica served the failing query.
    """
    onset = frequency.onset if frequency else None
    lagging = [
        line
        for line in logs.lines(REPLICATION)
        if tells_lag(line)
        and environment(line, event) != "elsewhere"
        and (onset is None or abs(line.at - onset) <= NEAR)
    ]
    if not lagging:
        return None
    line, tag = lagging[0], replica_of(event) if event else None
    cited = cite(line, line.message, "Elasticsearch")
    if tag is None or event is None:
        return hint(f"Replication was reported as behind at {clock(line.at)}", cited)
    text = f"Replication was reported as behind at {clock(line.at)}, and a replica served the failing query"
    return telling(text, cited, cite(event, f"{tag.key}: {tag.value}"))


@cause.signal(Strength.HINT)
def read_from_a_replica(event: Event) -> Signal | None:
    """Does the event say that a replica served the query?"""
    tag = replica_of(event)
    if tag is None:
        return None
    return hint("A replica served the failing query", cite(event, f"{tag.key}: {tag.value}"))


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


NEAR = timedelta(hours=1)
"""How far from the onset a report of lag still speaks of it."""
