"""Which stretch of the logs is worth reading: from before the deploy to after the onset."""

from datetime import datetime, timedelta
from typing import NamedTuple

from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Issue
from playbook.evidence.releases import Releases

BEFORE = timedelta(hours=6)
"""Before the onset: a deploy and its migrate job end minutes before the first error, but code that is seldom run may
show what it misses only in the next shift."""

BEFORE_DEPLOY = timedelta(minutes=30)
"""Before a known deploy: the migrate job runs before the rollout that Sentry hears of when it is finished."""

LONGEST_BEFORE = timedelta(days=3)
"""The window never begins earlier: a release over a weekend; beyond, a page of lines tells too little."""

AFTER = timedelta(hours=6)
"""After the onset: long enough to see that the migration came late."""

WIDEST_GAP = timedelta(days=1)
"""At most so much is added for a clock of an SDK that is wrong: Sentry itself corrects larger drifts."""


class Window(NamedTuple):
    """Both ends are included; lines close to `centre` matter most when there are more than can be read."""

    start: datetime
    end: datetime
    centre: datetime


def around_onset(
    inquiry: Inquiry, issue: Issue, event: Event | None, frequency: Frequency | None, releases: Releases | None
) -> Window:
    """From before the deploy (or the onset) to after the onset, never past the moment of asking."""
    onset = (frequency.onset if frequency else None) or issue.first_seen or (event.at if event else None) or inquiry.at
    start = onset - BEFORE
    deploy = releases.deploy_before(event.environment if event else None) if releases else None
    if deploy is not None:
        start = max(min(start, deploy.at - BEFORE_DEPLOY), onset - LONGEST_BEFORE)
    gap = _gap(event)
    return Window(start - gap, max(min(onset + AFTER + gap, inquiry.at), onset + gap), onset)


def around_event(event: Event, window: Window) -> Window:
    """The trace belongs to one event, which may be much younger than the onset."""
    moments = [moment for moment in (event.at, event.received_at) if moment is not None]
    if not moments:
        return window
    return Window(min(moments) - timedelta(hours=1), max(moments) + timedelta(hours=1), min(moments))


def _gap(event: Event | None) -> timedelta:
    """How far the event's own clock and the server's disagree."""
    if event is None or event.at is None or event.received_at is None:
        return timedelta()
    return min(abs(event.received_at - event.at), WIDEST_GAP)
