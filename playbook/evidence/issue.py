"""The issue as Sentry tells it: playbook step 1."""

from typing import ClassVar

from playbook.evidence.error import Error
from playbook.evidence.fact import Fact, Value
from playbook.evidence.instant import Instant


class Bucket(Value):
    """How many events fell into the time that begins at `start`."""

    start: Instant
    count: int


class Issue(Fact):
    """`count` and `users` are lifetime figures; None where the server does not say.

    `error` is read from `metadata`, never from the title. `hourly` holds the last 24 hours where the server sends
    them along (25 buckets on Sentry, the last one still running), () where it does not; `daily` the last 30 days
    likewise. `first_release` and `last_release` are versions; Sentry caches them for an hour, their absence too.
    `merged` is true when the reference led to another issue than the one asked for. With `environment`, counts,
    moments and releases are those of that environment only.
    """

    source: ClassVar[str] = "Sentry"

    id: str
    short_id: str
    title: str
    error: Error
    level: str | None = None
    status: str | None = None
    substatus: str | None = None
    priority: str | None = None
    category: str | None = None
    culprit: str | None = None
    platform: str | None = None
    project: str
    project_id: str
    count: int | None = None
    users: int | None = None
    first_seen: Instant | None = None
    last_seen: Instant | None = None
    first_release: str | None = None
    last_release: str | None = None
    hourly: tuple[Bucket, ...] = ()
    daily: tuple[Bucket, ...] = ()
    environment: str | None = None
    merged: bool = False

    @property
    def finding(self) -> str:
        parts = [f"{self.error.type or self.title} in {self.project}"]
        if self.count is not None:
            parts.append(f"{self.count:,} events")
        if self.users:
            parts.append(f"{self.users:,} users")
        if self.status:
            parts.append(self.status)
        if self.merged:
            parts.append(f"the one asked for was merged into {self.short_id}")
        return " · ".join(parts)
