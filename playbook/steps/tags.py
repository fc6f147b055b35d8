"""Playbook step 8: environment, release, server and what else the operator tags, without what names a person."""

from urllib.parse import urlsplit

from playbook.evidence.issue import Issue
from playbook.evidence.json import Json
from playbook.evidence.tags import Tag, Tags, TagValue, is_personal
from playbook.evidence.unavailable import Unavailable
from playbook.sources.reading import count, rows, text
from playbook.sources.sentry import Sentry

MOST_TAGS = 100
"""Tags that are kept; an issue with more has generated keys."""


def tags(issue: Issue, sentry: Sentry) -> Tags | None:
    """Tags.

    Every tag with its most frequent values (ten, of the issue's whole life). `None` where the issue has no tag that
    is not personal.
    """
    answer = sentry.tags(issue.id, issue.environment)
    if answer is not None and not isinstance(answer, list):
        raise Unavailable("Sentry's answer about the issue's tags holds no list; check that SENTRY_URL leads to Sentry")
    found = [tag for row in rows(answer)[:MOST_TAGS] if (tag := _tag(row))]
    return Tags(url=issue.url, tags=tuple(found)) if found else None


def _tag(row: Json) -> Tag | None:
    key = text(row, "key")
    if key is None or is_personal(key):
        return None
    values = [
        TagValue(value=value, count=count(one, "count"))
        for one in rows(row, "topValues")
        if (value := _value(key, one))
    ]
    values.sort(key=lambda one: -(one.count or 0))
    # GlitchTip sends both; Sentry's list the first, its single tag the second. They count different things.
    return Tag(key=key, values=tuple(values), total=count(row, "totalValues"), unique=count(row, "uniqueValues"))


def _value(key: str, row: Json) -> str | None:
    """The value; of a URL only host and path, for the rest is what somebody typed."""
    found = text(row, "value")
    if found is None or key != "url":
        return found
    try:
        parts = urlsplit(found)
    except ValueError:
        return None
    return f"{parts.hostname or ''}{parts.path}" or None
