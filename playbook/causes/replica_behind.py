"""The relation is on the primary, and a read replica has not caught up."""

from datetime import timedelta

from playbook.causes import Cause, against, cite, cite_run, decisive, hint, telling
from playbook.diagnosis import Remedy, Signal, Strength
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.logs import REPLICATION, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.spread import Spread
from playbook.schema.commands import lag_of, look_for
from playbook.schema.place import environment
from playbook.schema.replication_log import how_far, names_server, replica_of, tells_lag
from playbook.schema.statement import writes
from playbook.schema.story import Story, after


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
def lagging_after_it_was_created(story: Story, event: Event, frequency: Frequency) -> Signal | None:
    """Was it created on the primary, and so short ago that the replica which failed, by its lag, cannot have it?"""
    tag = replica_of(event)
    if tag is None or frequency.onset is None:
        return None
    told = story.logs.lines(REPLICATION)
    lagging = [line for line in told if tells_lag(line) and environment(line, event) == "here"]
    for run in story.here("applied"):
        later = [line for line in lagging if line.at >= run.at and names_server(line, tag.value)]
        missing = [line for line in later if (lag := how_far(line)) is not None and lag >= line.at - run.at]
        if missing and not after(run.at, frequency.onset):
            return (decisive if missing[0].at <= frequency.onset + NEAR else telling)(
                f"Created on the primary at {clock(run.at)}; {tag.value}, which served the query, was further behind "
                f"than that at {clock(missing[0].at)}",
                cite_run(run),
                cite(missing[0], missing[0].message, "Elasticsearch"),
                cite(event, f"{tag.key}: {tag.value}"),
            )
    return None


@cause.signal(Strength.TELLING)
def lag_was_reported(logs: Logs, frequency: Frequency | None, event: Event | None, issue: Issue) -> Signal | None:
    """Do the replication logs report lag around the onset? Playbook step 6: "Database replication logs".

    Some lag is a replica's daily life: it tells only where a replica served the failing query, and only if it was not
    shorter than the errors lasted: ten seconds explain no hours.
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
    lasted = issue.last_seen - onset if issue.last_seen and onset else None
    if lasted is not None and all((lag := how_far(one)) is not None and lag + NEXT_LOOK < lasted for one in lagging):
        return hint(f"Replication was behind at {clock(line.at)}, by less than the errors lasted", cited)
    text = f"Replication was reported as behind at {clock(line.at)}, and a replica served the failing query"
    return telling(text, cited, cite(event, f"{tag.key}: {tag.value}"))


@cause.signal(Strength.TELLING)
def read_from_a_replica(event: Event, story: Story | None, frequency: Frequency | None) -> Signal | None:
    """Does the event say that a replica served the query, and was it created shortly before?

    A hint by itself; telling where it was created shortly before and no log tells how far behind which replica was.
    """
    tag = replica_of(event)
    if tag is None:
        return None
    onset = frequency.onset if frequency else None
    fresh = [run for run in story.here("applied") if onset and run.at <= onset <= run.at + NEAR] if story else []
    silent = story is not None and not any(tells_lag(line) for line in story.logs.lines(REPLICATION))
    cited = cite(event, f"{tag.key}: {tag.value}")
    if fresh and silent:
        told = f"A replica served the failing query, and the relation was created as late as {clock(fresh[-1].at)}"
        return telling(told, cited, cite_run(fresh[-1]))
    return hint("A replica served the failing query", cited)


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
    if event.sql is None or not writes(event.sql):
        return None
    return against("The failing statement writes, and writes go to the primary", cite(event, event.sql))


NEXT_LOOK = timedelta(minutes=10)
"""By which a lag may have grown until somebody measures it again: monitors look every minute or every few."""

NEAR = timedelta(hours=1)
"""How far from the onset a report of lag still speaks of it."""
