"""Playbook step 1: type, value, priority, users, status, first and last seen, from one call."""

from playbook.evidence.error import Error
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Bucket, Issue
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.reading import at, count, items, link, moment, text
from playbook.sources.sentry import Sentry

SAME_DIGIT = str.maketrans("OIL", "011")
"""Crockford's base 32, in which short ids count, reads O as 0, I and L as 1 (www.crockford.com/base32.html)."""


def issue(inquiry: Inquiry, sentry: Sentry) -> Issue:
    """Issue details.

    Gives the issue the reference names, also where it was merged into another (`merged`). Never `None`: raises
    `Unavailable` where there is no such issue, for then there is nothing to diagnose.
    """
    ref = inquiry.ref
    asked = ref.issue_id or ref.short_id or _issue_of(ref, sentry)
    environment = ref.environment
    answer = sentry.issue(asked, environment)
    if answer is None and environment:  # Sentry says the same of an unknown environment as of an unknown issue
        environment, answer = None, sentry.issue(asked)
    if answer is None:
        raise Unavailable(
            f"Sentry shows this token no {ref}: it was deleted, belongs to another organization, or the token may "
            "not see its project; check the reference, SENTRY_ORG and the token's projects"
        )
    number = text(answer, "id")
    if number is None:
        raise Unavailable(f"Sentry's answer about {ref} holds no issue; check that SENTRY_URL leads to Sentry")
    short_id = text(answer, "shortId") or number
    value = text(answer, "metadata", "value") or ""
    return Issue(
        url=link(answer, "permalink") or inquiry.issue_url(number),
        id=number,
        short_id=short_id,
        title=text(answer, "title") or text(answer, "metadata", "title") or f"issue {number}",
        error=Error(type=text(answer, "metadata", "type"), value=value),
        level=text(answer, "level"),
        status=text(answer, "status"),
        substatus=text(answer, "substatus"),
        priority=text(answer, "priority"),
        category=text(answer, "issueCategory"),
        culprit=text(answer, "culprit"),
        platform=text(answer, "platform"),
        project=text(answer, "project", "slug") or text(answer, "project", "name") or "",
        project_id=text(answer, "project", "id") or text(answer, "project", "slug") or "",
        count=count(answer, "count"),
        users=count(answer, "userCount"),
        first_seen=moment(answer, "firstSeen"),
        last_seen=moment(answer, "lastSeen"),
        first_release=_version(at(answer, "firstRelease")),
        last_release=_version(at(answer, "lastRelease")),
        hourly=_buckets(answer, "24h"),
        daily=_buckets(answer, "30d"),
        merged=_is_another(ref, number, short_id),
        environment=environment,
    )


def _issue_of(ref: IssueRef, sentry: Sentry) -> str:
    found = text(sentry.issue_of_event(ref.event_id or ""), "groupId")
    if found is None:
        raise Unavailable(
            f"Sentry shows this token no {ref}: it is older than events are kept, or belongs to another "
            "organization; give the issue's link or short id instead"
        )
    return found


def _version(release: Json) -> str | None:
    return text(release) if isinstance(release, str) else text(release, "version")


def _buckets(answer: Json, period: str) -> tuple[Bucket, ...]:
    """`[[unix seconds, count], …]`, oldest first, one for each start; what is no such pair is dropped."""
    found = {}
    for pair in items(answer, "stats", period):
        start, events = moment(pair, 0), count(pair, 1)
        if start is not None and events is not None:
            found[start] = Bucket(start=start, count=events)
    return tuple(found[start] for start in sorted(found))


def _is_another(ref: IssueRef, number: str, short_id: str) -> bool:
    """Sentry answers for a merged issue with the one it went into, and says so by the id alone."""
    if ref.issue_id:
        return number != ref.issue_id
    return bool(ref.short_id) and number != short_id and _folded(short_id) != _folded(ref.short_id or "")


def _folded(short_id: str) -> str:
    project, _, counted = short_id.upper().rpartition("-")
    return f"{project}-{counted.translate(SAME_DIGIT)}"
