"""What Sentry counts of an issue, from its events in the API's shape: all of them, or those of some environments."""

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.stand_ins.sentry_world import World

Event = Mapping[str, Any]

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HOURS, DAYS = 25, 31
"""Buckets of the two periods; the last one is running."""

TOP = 10
"""Values of a tag that are shown (`group_tags.py`, `limit`)."""

NEW = timedelta(days=7)
"""How long an issue is a new one (docs.sentry.io/product/issues/states-triage)."""


def tag(event: Event, key: str) -> str | None:
    """The value of one tag of the event."""
    return next((one["value"] for one in event["tags"] if one["key"] == key), None)


def created(event: Event) -> datetime:
    """When the event happened."""
    return datetime.fromisoformat(event["dateCreated"])


def figures(events: Sequence[Event], releases: Mapping[str, dict[str, Any]], now: datetime) -> dict[str, Any]:
    """The fields of issue details that are counted; `events` newest first."""
    versions = [version for event in events if (version := (event.get("release") or {}).get("version"))]
    moments = [created(event) for event in events]
    users = {value for event in events if (value := tag(event, "user"))}
    return {
        "count": str(len(events)),
        "userCount": len(users),
        "firstSeen": events[-1]["dateCreated"] if events else None,
        "lastSeen": events[0]["dateCreated"] if events else None,
        "firstRelease": _release(versions[-1], releases) if versions else None,
        "lastRelease": _release(versions[0], releases) if versions else None,
        "tags": [
            {name: one[name] for name in ("key", "name", "totalValues", "uniqueValues")} for one in tags_of(events)
        ],
        "stats": {"24h": _buckets(moments, now, HOUR, HOURS), "30d": _buckets(moments, now, DAY, DAYS)},
    }


def _release(version: str, releases: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return releases.get(version, {"version": version})


def _buckets(moments: Sequence[datetime], now: datetime, width: timedelta, number: int) -> list[list[int]]:
    seconds = int(width.total_seconds())
    last = int(now.timestamp()) // seconds
    counts = Counter(int(at.timestamp()) // seconds for at in moments)
    return [[index * seconds, counts[index]] for index in range(last - number + 1, last + 1)]


def tags_of(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Every tag, with its most frequent values; `events` newest first."""
    seen: dict[str, dict[str, list[str]]] = {}
    for event in events:
        for one in event["tags"]:
            seen.setdefault(one["key"], {}).setdefault(one["value"], []).append(event["dateCreated"])
    return [_tag(key, values) for key, values in sorted(seen.items())]


def _tag(key: str, values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    ranked = sorted(values.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return {
        "key": key,
        "name": key.replace("_", " ").replace(".", " ").title(),
        "totalValues": sum(map(len, values.values())),
        "uniqueValues": len(values),
        "topValues": [
            {
                "key": key,
                "name": value.partition(":")[2] if key == "user" else value,
                "value": value,
                "count": len(moments),
                "firstSeen": moments[-1],
                "lastSeen": moments[0],
                "query": None,
            }
            for value, moments in ranked[:TOP]
        ],
    }


def standing(events: Sequence[Event], resolved: datetime | None, now: datetime) -> dict[str, Any]:
    """Status and what is said with it; `resolved` is when somebody last resolved it."""
    oldest, newest = created(events[-1]), created(events[0])
    if resolved is not None and newest <= resolved:
        return {"status": "resolved", "substatus": None}
    again = [at for event in events if resolved is not None and (at := created(event)) > resolved]
    if again and now - min(again) < NEW:
        return {"status": "unresolved", "substatus": "regressed"}
    return {"status": "unresolved", "substatus": "new" if now - oldest < NEW else "ongoing"}


def narrowed(world: World, environments: Collection[str], now: datetime) -> World:
    """What it knows of these environments alone; of an issue that has no event there, zeros."""
    releases = {row["version"]: row for row in world.releases}
    events = {
        issue: [event for event in rows if tag(event, "environment") in environments]
        for issue, rows in world.events.items()
    }
    issues = tuple({**one, **figures(events.get(one["id"], []), releases, now)} for one in world.issues)
    tags = {issue: tags_of(rows) for issue, rows in events.items()}
    return dataclasses.replace(world, issues=issues, events=events, tags=tags)


def environments_of(world: World) -> set[str]:
    """Every environment that an event or a deploy has named."""
    named = {tag(event, "environment") for rows in world.events.values() for event in rows}
    named |= {row["environment"] for rows in world.deploys.values() for row in rows}
    return {one for one in named if one}
