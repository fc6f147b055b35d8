"""What Sentry is told, read: envelopes of SDKs, and the bodies that `sentry-cli` sends.

Envelopes: develop.sentry.dev/sdk/data-model. Releases and deploys: docs.sentry.io/api/releases ("Create a New Release
for an Organization", "Create a Deploy"); getsentry/sentry, `src/sentry/api/serializers/rest_framework/release.py`.
"""

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.lab.reported import Commit, Deploy, Received, Release, Reported
from tests.lab.sentry_query import NotUnderstood
from tests.stand_ins.sentry_ingest import events_of, items


class Refused(ValueError):
    """What Sentry would answer with status 400; `body` is the answer."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        super().__init__(json.dumps(body))
        self.body = body


def envelope(body: bytes, encoding: str, project: str, now: datetime) -> tuple[tuple[Received, ...], str | None]:
    """The events of an envelope, and the id that the answer names."""
    if encoding == "gzip":
        body = gzip.decompress(body)
    elif encoding:
        raise NotUnderstood(f"an envelope with the encoding {encoding}")
    header, _ = next(items(body))
    received = tuple(Received(project=project, at=_when(event, now), event=event) for event in events_of(body))
    return received, header.get("event_id") or next((one.id for one in received), None)


def _when(event: Mapping[str, Any], now: datetime) -> datetime:
    told = event.get("timestamp")
    if isinstance(told, int | float):
        return datetime.fromtimestamp(told, UTC)
    return moment(told) or now


def moment(told: object) -> datetime | None:
    """A moment of a body; one without a zone is UTC."""
    if not told:
        return None
    try:
        read = datetime.fromisoformat(str(told))
    except ValueError:
        raise Refused({"detail": f"{told} is no date"}) from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def release(body: bytes, reported: Reported, now: datetime, version: str | None = None) -> tuple[Release, bool]:
    """The release after this POST (or PUT, which names the version in its path), and whether it is a new one.

    A release may be told of again: what is told then goes over what was told before, projects are added.
    """
    told = _object(body)
    version = version or told.get("version")
    if not version:
        raise Refused({"version": ["This field is required."]})
    slugs = _projects(told, reported)
    known = next((one for one in reported.releases if one.version == version), None)
    if known is None and not slugs:
        raise Refused({"projects": ["This field is required."]})
    if told.get("refs") and not told.get("commits"):
        # Sentry would ask its GitHub integration; `set-commits --local` sends the commits themselves.
        raise Refused({"refs": [f"Invalid repository names: {told['refs'][0].get('repository')}"]})
    released = moment(told.get("dateReleased"))
    # A scenario may tell of an earlier moment after a later one; its release is no younger for that.
    known = known or Release(version=version, projects=slugs, created=min(now, released or now))
    changed: dict[str, Any] = {"projects": tuple(dict.fromkeys([*known.projects, *slugs]))}
    for name in ("ref", "url"):
        if told.get(name):
            changed[name] = told[name]
    if released:
        changed["released"] = released
    if told.get("commits"):
        changed["commits"] = tuple(_commit(one) for one in told["commits"])
    whole = known.model_copy(update=changed)
    return whole, not any(one.version == version for one in reported.releases)


def _projects(told: Mapping[str, Any], reported: Reported) -> tuple[str, ...]:
    found = [reported.project(str(one)) for one in told.get("projects") or []]
    if None in found:
        raise Refused({"projects": ["Invalid project ids or slugs"]})
    return tuple(one.slug for one in found if one)


def _commit(told: Mapping[str, Any]) -> Commit:
    if not told.get("id"):
        raise Refused({"commits": {"id": ["This field is required."]}})
    names = ("id", "repository", "message", "author_name", "author_email")
    return Commit(**{name: told.get(name) for name in names}, timestamp=moment(told.get("timestamp")))


def deploy(body: bytes, version: str, now: datetime) -> Deploy:
    """A deploy; one that does not say when it ended has ended now."""
    told = _object(body)
    if not told.get("environment"):
        raise Refused({"environment": ["This field is required."]})
    return Deploy(
        version=version,
        environment=told["environment"],
        started=moment(told.get("dateStarted")),
        finished=moment(told.get("dateFinished")) or now,
        name=told.get("name"),
        url=told.get("url"),
    )


def resolves(body: bytes) -> bool:
    """Whether this PUT on an issue resolves it; nothing else is taken."""
    told = _object(body)
    if told != {"status": "resolved"}:
        raise Refused({"detail": 'the lab takes {"status": "resolved"} only'})
    return True


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refused({"detail": "JSON parse error"})
    return told
