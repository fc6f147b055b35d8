"""What an incident leaves with Sentry, as plain values: everything that it was told, and nothing that it made of it.

`tests.lab.sentry_known.world` derives the rest at any moment, so one happening can be served again and again.
"""

from functools import cached_property
from typing import Any

from pydantic import AwareDatetime, Field

from playbook.evidence.fact import Value
from tests.lab.sentry_grouping import grouping
from tests.stand_ins.sentry_ingest import api_event


class Project(Value):
    """A project, and the GitHub repository that an operator has mapped it to, if anybody has; `issues` is how many it
    had before anything happened."""

    id: str
    slug: str
    repository: str | None = None
    issues: int = 0


class Received(Value):
    """One event as the SDK sent it. The lab's processes have each a clock of their own, which is the true one there:
    `at` is the event's own moment, not that of the server to which it came."""

    project: str
    at: AwareDatetime
    event: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.event["event_id"])

    @property
    def version(self) -> str | None:
        return self.event.get("release") or None

    @cached_property
    def in_api_shape(self) -> dict[str, Any]:
        """As the API gives it, without what only the whole knows (issue, project, release, neighbours)."""
        return api_event(self.event)

    @cached_property
    def grouping(self) -> str:
        """What it shares with every other event of its issue."""
        return grouping(self.event)


class Commit(Value):
    """A commit of a release, as `sentry-cli releases set-commits --local` sends it."""

    id: str
    repository: str | None = None
    message: str | None = None
    author_name: str | None = None
    author_email: str | None = None
    timestamp: AwareDatetime | None = None


class Release(Value):
    """A release that somebody announced; one that only events name needs no announcement."""

    version: str
    projects: tuple[str, ...]
    created: AwareDatetime
    released: AwareDatetime | None = None
    ref: str | None = None
    url: str | None = None
    commits: tuple[Commit, ...] = ()


class Deploy(Value):
    """A deploy that somebody announced."""

    version: str
    environment: str
    started: AwareDatetime | None
    finished: AwareDatetime
    name: str | None = None
    url: str | None = None


class Resolved(Value):
    """Somebody pressed *Resolve*; `issue` is the short id."""

    issue: str
    at: AwareDatetime


class Reported(Value):
    """Everything; `suspected` are the commits that Sentry suspects, in the API's shape, by event id."""

    projects: tuple[Project, ...]
    received: tuple[Received, ...] = ()
    releases: tuple[Release, ...] = ()
    deploys: tuple[Deploy, ...] = ()
    resolved: tuple[Resolved, ...] = ()
    suspected: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)

    def project(self, reference: str) -> Project | None:
        """By number or slug."""
        return next((one for one in self.projects if reference in {one.id, one.slug}), None)
