"""Events over time as one native chart, with onset and deploy named where they fall.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
"""

from datetime import datetime, timedelta

from bot.card.blocks import Block
from playbook.evidence.frequency import Frequency
from playbook.evidence.releases import Releases

MOST_POINTS = 20  # of a series
LONGEST_LABEL = 20  # characters of a point's label
HOURS = timedelta(hours=3)  # bars up to this width are told apart by their hour alone, which a phone has room for
FEWEST_POINTS = 3  # fewer bars show nothing that a sentence does not


def chart(frequency: Frequency | None, releases: Releases | None, environment: str | None) -> Block | None:
    """A bar chart of the event counts, a day as two-hour bars; None where there is nothing to see.

    slack_sdk has no model of this block yet, so it is a plain dict.
    """
    if frequency is None or not frequency.total:
        return None
    joined = -(-len(frequency.buckets) // MOST_POINTS)
    buckets = frequency.buckets[len(frequency.buckets) % joined :]  # whole bars; Sentry's day has 25 hours
    width = timedelta(seconds=frequency.bucket_seconds * joined)
    starts = [bucket.start for bucket in buckets[::joined]]
    if len(starts) < FEWEST_POINTS:
        return None
    deploy = releases.deploy_before(environment) if releases else None
    marks = {"deploy": deploy.at if deploy else None, "onset": frequency.onset}
    dated = starts[-1] - starts[0] >= timedelta(days=1)
    labels = [_label(start, start + width, marks, dated) for start in starts]
    counts = [
        sum(bucket.count for bucket in buckets[first : first + joined]) for first in range(0, len(buckets), joined)
    ]
    points = [{"label": label, "value": count} for label, count in zip(labels, counts, strict=True)]
    if len(set(labels)) < len(labels):
        return None
    return {
        "type": "data_visualization",
        "title": f"Events per {_told(width)}, times in UTC",
        "chart": {
            "type": "bar",
            "series": [{"name": "Events", "data": points}],
            "axis_config": {
                "categories": labels,
                "x_label": "Hour (UTC)" if width <= HOURS else "Begins at (UTC)",
                "y_label": "Events",
            },
        },
    }


def _label(start: datetime, end: datetime, marks: dict[str, datetime | None], dated: bool) -> str:
    """`08:00`, `08:00 onset`, `21. 08:00`: at most 20 characters, and unlike every other label."""
    there = [name for name, moment in marks.items() if moment is not None and start <= moment < end]
    day = f"{start:%d}. " if dated and len(there) < len(marks) else ""
    hour = f"{start:%H}h" if not dated and end - start <= HOURS and not start.minute else f"{start:%H:%M}"
    return " ".join([f"{day}{hour}", ", ".join(there)]).strip()[:LONGEST_LABEL]


def _told(width: timedelta) -> str:
    seconds = round(width.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
