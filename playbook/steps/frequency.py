"""Playbook step 2: how often over the last 24 hours, in which shape, and since when."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from playbook.evidence.chance import none_in
from playbook.evidence.frequency import Frequency
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Bucket, Issue
from playbook.evidence.trend import SILENCE, LastEvent, Shape, shape
from playbook.sources.reading import flag, moment, rows
from playbook.sources.sentry import PAGE, Sentry

DAY, HOUR, MINUTE = 86_400, 3_600, 60

MOST_BUCKETS = 48
"""Buckets that are read: Sentry sends 25, and a server that sends more means another period."""

FEWEST = 12
"""Buckets wanted of a window: below, thirds and the rate before a jump are made of too little."""

SIZES = {HOUR: "hour", 900: "quarter hour", 300: "five-minute bucket", MINUTE: "minute"}
"""Seconds of a bucket made from single events, and its name: the largest that gives `FEWEST` is taken."""

EARLIER_DAYS = 3
"""Whole days before the window from which a usual day is known."""


def frequency(inquiry: Inquiry, issue: Issue, sentry: Sentry) -> Frequency | None:
    """Frequency, last 24 hours.

    From the counts that came with the issue; where a server sends none (GlitchTip), from its newest 100 events.
    `None` where there are neither.
    """
    now = inquiry.at
    if len(issue.hourly) > 1:
        buckets, seconds = _evenly(issue.hourly)
        return _told(issue, now, buckets, seconds, buckets[0].start, issue.last_seen)
    answer = sentry.events(issue.id, issue.environment)
    found = rows(answer, "rows")
    moments = [when for row in found if (when := moment(row, "dateCreated") or moment(row, "dateReceived"))]
    if not moments:
        return None
    more = flag(answer, "more") is True or len(found) >= PAGE
    oldest, start = min(moments), now - timedelta(seconds=DAY)
    floor = more and oldest > start
    watched_from = oldest if floor else start
    window = (now - watched_from).total_seconds()
    seconds = next((size for size in SIZES if window / size >= FEWEST), MINUTE)
    buckets = _count(moments, watched_from, now, seconds)
    return _told(issue, now, buckets, seconds, watched_from, max(moments), floor=floor)


def _told(
    issue: Issue,
    now: datetime,
    buckets: tuple[Bucket, ...],
    seconds: int,
    watched_from: datetime,
    newest: datetime | None,
    floor: bool = False,
) -> Frequency:
    born = _born(issue, buckets, now)
    first = issue.first_seen if born else None
    begin = first if first and first > watched_from else watched_from
    skipped = sum((bucket.start + timedelta(seconds=seconds)) <= begin for bucket in buckets[:-1])
    found = _shape(issue, now, buckets[skipped:], seconds, begin, newest, born)
    jumped = buckets[skipped + found.begins].start if found.begins is not None else None
    counted = f"; counted from the newest {PAGE} events only, there were more" if floor else ""
    return Frequency(
        url=issue.url,
        buckets=buckets,
        bucket_seconds=seconds,
        trend=found.trend,
        rule=found.rule + counted,
        onset=first or jumped,
        onset_seconds=MINUTE if first else seconds,
        new=born,
        floor=floor,
    )


def _shape(
    issue: Issue,
    now: datetime,
    buckets: Sequence[Bucket],
    seconds: int,
    begin: datetime,
    newest: datetime | None,
    born: bool,
) -> Shape:
    """The shape of the buckets, each weighed with the part of it that lies between `begin` and `now`."""
    counts = [bucket.count for bucket in buckets]
    if not any(counts):
        return _long_silent(issue, now)
    widths = [_part(bucket.start, seconds, begin, now) for bucket in buckets]
    since = issue.first_seen or now
    days = [day.count for day in issue.daily[:-2] if day.start >= since] if issue.daily else []
    usual = days if len(days) >= EARLIER_DAYS else ()
    last = _last_event(buckets, seconds, begin, newest, now)
    return shape(counts, widths, born=born, last=last, days=usual, each=SIZES.get(seconds, "bucket"))


def _last_event(
    buckets: Sequence[Bucket], seconds: int, begin: datetime, newest: datetime | None, now: datetime
) -> LastEvent | None:
    """The moment `newest` in buckets; `None` where it is unknown, or older than an event that was counted."""
    if newest is None or newest < max(bucket.start for bucket in buckets if bucket.count):
        return None
    lasted, silent = (min(newest, now) - begin).total_seconds(), (now - newest).total_seconds()
    return LastEvent(max(lasted, 0.0) / seconds, max(silent, 0.0) / seconds)


def _part(start: datetime, seconds: int, begin: datetime, now: datetime) -> float:
    """How much of the bucket has been watched: at least a minute of it, whatever the clocks say."""
    end = start + timedelta(seconds=seconds)
    watched = (min(end, now) - max(start, begin)).total_seconds()
    return min(1.0, max(watched, MINUTE) / seconds)


def _born(issue: Issue, buckets: Sequence[Bucket], now: datetime) -> bool:
    """Whether the issue did not exist before the window; events counted before its first would say otherwise."""
    first = issue.first_seen
    if first is None or abs((now - first).total_seconds()) > DAY + HOUR:
        return False
    return not any(bucket.count for bucket, after in pairwise(buckets) if after.start <= first)


def _long_silent(issue: Issue, now: datetime) -> Shape:
    """No event in the whole window: stopped, if the issue's own lifetime says that there should have been some."""
    few = Shape("too few to say", "no events in the window")
    if not issue.count or not issue.first_seen or not issue.last_seen or issue.last_seen <= issue.first_seen:
        return few
    former = issue.count / max((issue.last_seen - issue.first_seen).total_seconds(), HOUR)
    silence = (now - issue.last_seen).total_seconds()
    if silence < DAY or none_in(former * silence, 1.0) > SILENCE:
        return few
    each_day = f"{former * DAY:,.1f} a day from the first event to the last"
    return Shape("stopped", f"none in the window after {each_day}: improbable (p < {SILENCE:g})")


def _evenly(buckets: tuple[Bucket, ...]) -> tuple[tuple[Bucket, ...], int]:
    """The buckets on an even grid, with zeros for those left out, and the seconds of one."""
    gaps = [round((after.start - before.start).total_seconds()) for before, after in pairwise(buckets)]
    seconds = max(MINUTE, min(gaps))
    last = buckets[-1].start
    counts: Counter[int] = Counter()
    for bucket in buckets:
        counts[round((last - bucket.start).total_seconds() / seconds)] += bucket.count
    ago = min(max(counts), MOST_BUCKETS - 1)
    grid = [Bucket(start=last - timedelta(seconds=seconds * back), count=counts[back]) for back in range(ago, -1, -1)]
    return tuple(grid), seconds


def _count(moments: Sequence[datetime], begin: datetime, now: datetime, seconds: int) -> tuple[Bucket, ...]:
    """The moments counted into buckets that begin at full multiples of `seconds`; a fast clock counts as now."""
    first, last = int(begin.timestamp()) // seconds, int(now.timestamp()) // seconds
    counts = Counter(min(int(when.timestamp()) // seconds, last) for when in moments)
    return tuple(
        Bucket(start=datetime.fromtimestamp(index * seconds, UTC), count=counts[index])
        for index in range(min(first, last), last + 1)
    )
