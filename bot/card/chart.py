"""Events over time as one native chart; what came before the deploy and what came since are two colours.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bot.card.blocks import Block
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Bucket
from playbook.evidence.releases import Releases

MOST_POINTS = 20  # of a series
LONGEST_LABEL = 20  # characters of a point's label, and of a series' name
HOURS = timedelta(hours=3)  # bars up to this width are told apart by their hour alone, which a phone has room for
FEWEST_POINTS = 3  # fewer bars show nothing that a sentence does not,
FEWEST_EVENTS = 5  # nor do fewer events


class Mark(NamedTuple):
    """The moment that parts the chart in two colours: `name` is what happened then."""

    name: str
    at: datetime


def chart(frequency: Frequency | None, releases: Releases | None, environment: str | None) -> Block | None:
    """A bar chart of the event counts, a day as two-hour bars; None where there is nothing to see.

    The deploy marks it where one is known and in sight, else the onset; labels stay short, since long ones would
    overlap. slack_sdk has no model of this block yet, so it is a plain dict.
    """
    if frequency is None or frequency.total < FEWEST_EVENTS:
        return None
    joined = -(-len(frequency.buckets) // MOST_POINTS)
    buckets = frequency.buckets[len(frequency.buckets) % joined :]  # whole bars; Sentry's day has 25 hours
    width = timedelta(seconds=frequency.bucket_seconds * joined)
    starts = [bucket.start for bucket in buckets[::joined]]
    if len(starts) < FEWEST_POINTS:
        return None
    dated = starts[-1] - starts[0] >= timedelta(days=1)
    labels = [_label(start, width, dated) for start in starts]
    if len(set(labels)) < len(labels):
        return None
    mark = _mark(frequency, releases, environment, starts[0], starts[-1] + width)
    told = f"Events per {_told(width)}, times in UTC"
    if mark is not None:
        moment = clock(mark.at) if dated else f"{mark.at:%H:%M} UTC"
        told = f"Events per {_told(width)} · {mark.name} {moment}"
    return {
        "type": "data_visualization",
        "title": told,
        "chart": {
            "type": "bar",
            "series": _series(buckets, labels, joined, mark),
            "axis_config": {"categories": labels, "x_label": "Day/hour (UTC)" if dated else "Hour (UTC)"},
        },
    }


def _mark(
    frequency: Frequency, releases: Releases | None, environment: str | None, start: datetime, end: datetime
) -> Mark | None:
    """The deploy before the onset, else the onset; None when it lies outside the chart, which then has one colour."""
    deploy = releases.deploy_before(environment) if releases else None
    if deploy is not None:
        return Mark("deploy", deploy.at) if start < deploy.at < end else None
    onset = frequency.onset
    return Mark("onset", onset) if onset is not None and start < onset < end else None


def _series(buckets: Sequence[Bucket], labels: Sequence[str], joined: int, mark: Mark | None) -> list[dict[str, Any]]:
    """Every bucket counts in one series only: the one in which the mark falls is the first of the later ones."""
    if mark is None:
        return [{"name": "Events", "data": _points(buckets, labels, joined)}]
    size = buckets[1].start - buckets[0].start
    before = [bucket if bucket.start + size <= mark.at else _empty(bucket) for bucket in buckets]
    since = [_empty(bucket) if bucket.start + size <= mark.at else bucket for bucket in buckets]
    return [
        {"name": f"{mark.name} and after", "data": _points(since, labels, joined)},  # first: in the loudest colour
        {"name": f"before the {mark.name}", "data": _points(before, labels, joined)},
    ]


def in_words(block: Block) -> str:
    """The same counts as a sentence, the earlier colour first: for clients without charts, and for people who listen.

    Bars without events are left out.
    """
    series = reversed(block["chart"]["series"])
    return ". ".join([block["title"], *(f"{one['name'].capitalize()}: {_counts(one['data'])}" for one in series)])


def _counts(points: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{point['label']} {point['value']:,}" for point in points if point["value"]) or "none"


def _points(buckets: Sequence[Bucket], labels: Sequence[str], joined: int) -> list[dict[str, Any]]:
    sums = [sum(bucket.count for bucket in buckets[first : first + joined]) for first in range(0, len(buckets), joined)]
    return [{"label": label, "value": count} for label, count in zip(labels, sums, strict=True)]


def _empty(bucket: Bucket) -> Bucket:
    return bucket.model_copy(update={"count": 0})


def _label(start: datetime, width: timedelta, dated: bool) -> str:
    """`08h`, `08:30`, `21/08h`: short, and unlike every other label."""
    hour = f"{start:%H}h" if width <= HOURS and not start.minute else f"{start:%H:%M}"
    return f"{start:%d}/{hour}" if dated else hour


def _told(width: timedelta) -> str:
    seconds = round(width.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
