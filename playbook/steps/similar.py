"""Playbook step 7: other unresolved issues that share the subject, the first release or the minute."""

import re
from datetime import datetime, timedelta

from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import written
from playbook.evidence.issue import Issue
from playbook.evidence.json import Json
from playbook.evidence.prescription import Prescription
from playbook.evidence.release_order import came_back
from playbook.evidence.similar import Link, Similar, SimilarIssue
from playbook.evidence.suspects import mentions
from playbook.sources.reading import at, count, flag, link, moment, rows, text
from playbook.sources.sentry import Sentry

PERIOD = "14d"
"""How far back an issue must have been seen: what has been silent for two weeks is no part of an incident of today."""

AROUND = timedelta(days=3)
"""Without a release, how long before the onset another issue may have begun: a release over a weekend."""

SAME_MINUTE = timedelta(seconds=60)
"""How near two first events must be to count as the same minute: Sentry's own clock stamps both."""


def similar(
    issue: Issue, event: Event | None, frequency: Frequency | None, prescription: Prescription, sentry: Sentry
) -> Similar | None:
    """Similar issues.

    One page of the project's unresolved issues, chosen so that the telling ones are on it (see `_query`), compared
    here. A fact without issues means: looked, none shares anything. Raises `Unavailable`.
    """
    query, release = _query(issue, event, came_back(issue, frequency))
    answer = sentry.issues(query, issue.project_id or issue.project, PERIOD)
    others = [row for row in rows(answer, "rows") if text(row, "id") not in (None, issue.id)]
    onset = (frequency.onset if frequency else None) or issue.first_seen
    shared = [(row, _shares(row, onset, release, prescription.same_trouble)) for row in others]
    found = [_issue(row, shares, release, issue.url) for row, shares in shared if shares]
    return Similar(
        url=issue.url,
        issues=tuple(sorted(found, key=lambda one: (-len(one.shares), one.id))),
        looked_at=len(others),
        more=bool(flag(answer, "more")),
    )


def _query(issue: Issue, event: Event | None, again: bool) -> tuple[str, str | None]:
    """The search, and the release that every row of it was first seen in (None where it does not say).

    A project may have thousands of issues, a page holds 100, and rows do not carry their first release. So Sentry is
    asked for those of the same first release. Without one, for those that began near this issue. A server that sends
    neither releases nor hourly figures is none of Sentry's: GlitchTip would take `firstRelease:` for a tag and find
    nothing, so it is asked for everything unresolved. So is Sentry for a trouble that came back: its
    first release and first minute are those of another day.
    """
    if again:
        return "is:unresolved", None
    release = issue.first_release or (event.release if event and issue.hourly else None)
    if release:
        return f"is:unresolved firstRelease:{_quoted(release)}", release
    if issue.hourly and issue.first_seen:
        return f"is:unresolved firstSeen:>={written(issue.first_seen - AROUND)}", None
    return "is:unresolved", None


def _quoted(value: str) -> str:
    """A value of Sentry's search grammar, where `*` is a wildcard and `"` ends the text."""
    return '"' + re.sub(r'(["*\\])', r"\\\1", value) + '"'


def _shares(row: Json, onset: datetime | None, release: str | None, same_trouble: str | None) -> tuple[Link, ...]:
    shares: list[Link] = []
    told = " ".join(text(row, *path) or "" for path in (("metadata", "value"), ("metadata", "title"), ("title",)))
    if mentions(told, same_trouble):
        shares.append("same subject")
    if release:
        shares.append("same first release")
    began = moment(row, "firstSeen")
    if began and onset and abs(began - onset) <= SAME_MINUTE:
        shares.append("same minute")
    return tuple(shares)


def _issue(row: Json, shares: tuple[Link, ...], release: str | None, own_url: str) -> SimilarIssue:
    number = text(row, "id") or ""
    before, found, _ = own_url.partition("/issues/")
    return SimilarIssue(
        id=number,
        short_id=text(row, "shortId") or number,
        title=text(row, "title") or text(row, "metadata", "value") or "an issue without a title",
        project=text(at(row, "project"), "slug"),
        first_seen=moment(row, "firstSeen"),
        first_release=release,
        count=count(row, "count"),
        shares=shares,
        url=link(row, "permalink") or (f"{before}/issues/{number}/" if found else own_url),
    )
