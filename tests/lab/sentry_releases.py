"""What Sentry knows of releases: those that were announced, and those that only an event names.

getsentry/sentry: `src/sentry/models/release.py`, `src/sentry/api/serializers/models/release.py`; how a version is
read is sentry-relay's `parse_release` (a table of it is in tests/lab/test_sentry_grouping.py).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.lab.reported import Commit, Deploy, Received, Release, Reported
from tests.stand_ins.sentry_world import a_commit, a_deploy, a_release

FIRST_RELEASE = 1001
FIRST_DEPLOY = 71

_BUILD_HASH = re.compile(
    r"[0-9a-fA-F]{12}|[0-9a-fA-F]{16}|[0-9a-fA-F]{20}|[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}"
)
_NUMBERED = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.\d+)?(?:-([\w.-]+))?(?:\+([\w.-]+))?")


def text(at: datetime) -> str:
    """A moment as Sentry writes it."""
    return at.isoformat().replace("+00:00", "Z")


def releases(
    reported: Reported, received: Sequence[Received], new: Mapping[str, int], now: datetime
) -> dict[str, dict[str, Any]]:
    """By version, newest first, as `GET releases/{version}/` gives them; `received` are the events so far, oldest
    first, `new` the number of issues that began with each version."""
    announced = {one.version: one for one in reported.releases if one.created <= now}
    seen: dict[str, list[Received]] = {}
    for event in received:
        if event.version:
            seen.setdefault(event.version, []).append(event)
    finished = deploys(reported, now)
    rows = []
    for version in {**announced, **seen}:
        release, events = announced.get(version), seen.get(version, [])
        created = min([*([release.created] if release else []), *(event.at for event in events[:1])])
        rows.append((created, version, release, events))
    rows.sort(key=lambda row: row[:2])
    found = [
        _row(number, created, version, release, events, finished.get(version, []), new, reported)
        for number, (created, version, release, events) in enumerate(rows, start=FIRST_RELEASE)
    ]
    found.sort(key=lambda row: (row["dateReleased"] or row["dateCreated"], row["id"]), reverse=True)
    return {row["version"]: row for row in found}


def _row(
    number: int,
    created: datetime,
    version: str,
    release: Release | None,
    events: Sequence[Received],
    finished: Sequence[dict[str, Any]],
    new: Mapping[str, int],
    reported: Reported,
) -> dict[str, Any]:
    made = commits(release, reported) if release else []
    slugs = dict.fromkeys([*(release.projects if release else ()), *(event.project for event in events)])
    authors = {str(one["author"]): one["author"] for one in made}
    return a_release(
        version,
        created,
        id=number,
        ref=release.ref if release else None,
        url=release.url if release else None,
        dateReleased=text(release.released) if release and release.released else None,
        newGroups=new.get(version, 0),
        commitCount=len(made),
        deployCount=len(finished),
        lastCommit=made[0] if made else None,
        lastDeploy=finished[0] if finished else None,
        authors=list(authors.values()),
        projects=[_project(slug, version, new, reported) for slug in slugs],
        firstEvent=text(events[0].at) if events else None,
        lastEvent=text(events[-1].at) if events else None,
        versionInfo=version_info(version),
    )


def _project(slug: str, version: str, new: Mapping[str, int], reported: Reported) -> dict[str, Any]:
    known = reported.project(slug)
    more = {"newGroups": new.get(version, 0), "platform": "python", "platforms": ["python"], "hasHealthData": False}
    return {"id": int(known.id) if known else 0, "slug": slug, "name": slug, **more}


def commits(release: Release, reported: Reported) -> list[dict[str, Any]]:
    """The release's commits, newest first."""
    known = {one.repository for one in reported.projects}
    oldest_last = sorted(
        enumerate(release.commits), key=lambda pair: (-(pair[1].timestamp or release.created).timestamp(), pair[0])
    )
    return [_commit(one, release, known) for _, one in oldest_last]


def _commit(commit: Commit, release: Release, known: Iterable[str | None]) -> dict[str, Any]:
    made = a_commit(commit.id)
    repository = made["repository"]
    of_github = commit.repository is not None and commit.repository in known
    provider = {"id": "integrations:github", "name": "GitHub"} if of_github else {"id": "unknown", "name": "Unknown"}
    named = {
        "name": commit.repository or "",
        "url": f"https://github.com/{commit.repository}" if of_github else None,
        "provider": provider,
        "externalSlug": commit.repository if of_github else None,
        "integrationId": repository["integrationId"] if of_github else None,
        "externalId": repository["externalId"] if of_github else None,
        "dateCreated": text(release.created),
    }
    return {
        **made,
        "message": commit.message,
        "dateCreated": text(commit.timestamp or release.created),
        "author": {"name": commit.author_name, "email": commit.author_email} if commit.author_email else {},
        "repository": {**repository, **named} if commit.repository else {},
    }


def deploys(reported: Reported, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """By version, newest first: those that have ended by now."""
    found: dict[str, list[tuple[datetime, dict[str, Any]]]] = {}
    for number, deploy in enumerate(reported.deploys, start=FIRST_DEPLOY):
        if deploy.finished <= now:
            found.setdefault(deploy.version, []).append((deploy.finished, deployed(deploy, number)))
    return {
        version: [row for _, row in sorted(rows, key=lambda pair: pair[0], reverse=True)]
        for version, rows in found.items()
    }


def deployed(deploy: Deploy, number: int) -> dict[str, Any]:
    """One deploy as `GET` and `POST` answer it."""
    return {
        **a_deploy(deploy.finished, deploy.environment),
        "id": str(number),
        "dateStarted": text(deploy.started) if deploy.started else None,
        "name": deploy.name,
        "url": deploy.url,
    }


def new_groups(first_versions: Iterable[str | None]) -> dict[str, int]:
    """How many issues began with each version."""
    return dict(Counter(version for version in first_versions if version))


def version_info(version: str) -> dict[str, Any] | None:
    """How Sentry reads a version; None where it cannot."""
    if re.search(r"[\n\r\t/\\]", version) or version in {".", ".."}:
        return None
    package, _, raw = version.rpartition("@")
    whole = _BUILD_HASH.fullmatch(raw)
    numbered = _NUMBERED.fullmatch(raw) if package and not whole else None
    if numbered is None or (raw.isdigit() and len(raw) > 6):
        shown = raw[:12] if whole else version
        told: dict[str, Any] = {"raw": raw}
    else:
        build = numbered[5]
        told = {
            "raw": raw,
            "major": int(numbered[1]),
            "minor": int(numbered[2] or 0),
            "patch": int(numbered[3] or 0),
            "pre": numbered[4],
            "buildCode": build,
            "components": 1 + sum(part is not None for part in numbered.group(2, 3)),
        }
        shown = f"{raw.removesuffix(f'+{build}')} ({build})" if build else raw
    return {"package": package or None, "version": told, "description": shown, "buildHash": raw if whole else None}
