"""What Sentry knows at a moment, all of it derived from what it was told until then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.lab.reported import Project, Received, Reported
from tests.lab.sentry_figures import figures, standing, tags_of
from tests.lab.sentry_releases import commits, deploys, new_groups, releases
from tests.stand_ins.sentry_server import EVERY_EVENT_HAS
from tests.stand_ins.sentry_world import World, a_code_mapping, an_issue

FIRST_ISSUE = 5_550_000_001
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of short ids (Crockford's base 32; `src/sentry/utils/numbers.py`)."""

PRIORITIES = {"fatal": "high", "error": "high", "warning": "medium", "info": "low", "debug": "low"}
"""Of an issue that nobody has given another one (docs.sentry.io/product/issues/issue-priority)."""


def world(reported: Reported, now: datetime) -> World:
    """In the API's own shapes; issues in the order in which they began."""
    received = sorted((one for one in reported.received if one.at <= now), key=lambda one: (one.at, one.id))
    groups: dict[tuple[str, str], list[Received]] = {}
    for event in received:
        groups.setdefault((event.project, event.grouping), []).append(event)
    begun = [next((one.version for one in group if one.version), None) for group in groups.values()]
    known = releases(reported, received, new_groups(begun), now)
    issues, events = [], {}
    counted: dict[str, int] = {}
    before = sum(one.issues for one in reported.projects)
    for number, group in enumerate(groups.values(), start=FIRST_ISSUE + before):
        project = _project(reported, group[0].project)
        counted[project.slug] = counted.get(project.slug, project.issues) + 1
        short_id = f"{project.slug.upper()}-{base32(counted[project.slug])}"
        rows = _events(group, str(number), project, known)
        resolved = max((one.at for one in reported.resolved if one.issue == short_id and one.at <= now), default=None)
        issues.append(_issue(str(number), short_id, project, rows, known, resolved, now))
        events[str(number)] = rows
    announced = {one.version: one for one in reported.releases if one.created <= now}
    return World(
        issues=tuple(issues),
        events=events,
        tags={issue: tags_of(rows) for issue, rows in events.items()},
        releases=tuple(known.values()),
        commits={version: commits(one, reported) for version, one in announced.items()},
        deploys=deploys(reported, now),
        committers=reported.suspected,
        code_mappings=tuple(_mapping(one) for one in reported.projects if one.repository),
        answers={"projects/": [_project_row(one) for one in reported.projects]},
    )


def base32(number: int) -> str:
    """As short ids count."""
    digits = ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits or "0"


def _project(reported: Reported, slug: str) -> Project:
    found = reported.project(slug)
    if found is None:
        raise ValueError(f"an event is of the project {slug}, which this Sentry does not have")
    return found


def _events(
    group: Sequence[Received], issue: str, project: Project, known: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Newest first."""
    rows = []
    for place, event in enumerate(group):
        shape = event.in_api_shape
        rows.append(
            {
                **EVERY_EVENT_HAS,
                **shape,
                "groupID": issue,
                "projectID": project.id,
                "release": known.get(event.version or "", shape["release"]),
                "fingerprints": [event.grouping],
                "previousEventID": group[place - 1].id if place else None,
                "nextEventID": group[place + 1].id if place + 1 < len(group) else None,
            }
        )
    return rows[::-1]


def _issue(
    number: str,
    short_id: str,
    project: Project,
    events: Sequence[dict[str, Any]],
    known: dict[str, dict[str, Any]],
    resolved: datetime | None,
    now: datetime,
) -> dict[str, Any]:
    """Title, culprit and metadata are those of the newest event."""
    newest = events[0]
    tags = {one["key"]: one["value"] for one in newest["tags"]}
    return an_issue(
        number,
        short_id,
        title=newest["title"],
        culprit=newest["culprit"],
        logger=tags.get("logger"),
        level=tags["level"],
        priority=PRIORITIES.get(tags["level"], "medium"),
        platform=newest["platform"],
        project={"id": project.id, "name": project.slug, "slug": project.slug, "platform": "python"},
        type=newest["type"],
        issueType="error",
        issueCategory="error",
        metadata=newest["metadata"],
        isUnhandled=tags.get("handled") == "no",
        **standing(events, resolved, now),
        **figures(events, known, now),
    )


def _mapping(project: Project) -> dict[str, Any]:
    named = {"projectId": project.id, "projectSlug": project.slug, "repoName": project.repository}
    return {**a_code_mapping(), **named, "id": f"5{project.id}", "stackRoot": "/srv/app/", "sourceRoot": ""}


def _project_row(project: Project) -> dict[str, Any]:
    return {"id": project.id, "slug": project.slug, "name": project.slug, "platform": "python"}
