"""The lab's Sentry: takes what real SDKs and `sentry-cli` send, and answers Sentry's REST API about it.

    with LabSentry(lambda: clock.now, {"shop": "acme/shop"}) as sentry:
        sentry_sdk.init(sentry.dsn("shop"), ...)
        ...
    with LabSentry(lambda: asked, reported=sentry.reported) as again:
        door = sentry_door(SentryAccess(url=again.url, organization="acme", token=...), budget)

What it answers is derived from what it was told until `now()`: see `sentry_known`, `sentry_figures`, `sentry_query`.
What it does not understand, a question or an envelope, is an `AssertionError` once the context ends.
"""

import copy
import dataclasses
import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from requests import codes

from tests.lab import sentry_intake as intake
from tests.lab.reported import Project, Reported, Resolved
from tests.lab.sentry_figures import environments_of, narrowed
from tests.lab.sentry_known import world
from tests.lab.sentry_query import NotUnderstood, counts, issues, of_project
from tests.lab.sentry_releases import deploys
from tests.stand_ins.sentry_server import NONE_SUCH, Call, Fault, SentryServer, answer
from tests.stand_ins.sentry_world import ORGANIZATION, World

FIRST_PROJECT = 42
PUBLIC_KEY = "public"

_SCOPE = f"/api/0/organizations/{ORGANIZATION}/"
_ENVELOPE = re.compile(r"/api/(\d+)/envelope/")

_OF_NO_LIST = ("firstRelease", "lastRelease", "tags", "activity", "seenBy", "participants", "userReportCount")
"""What issue details have and a row of the list has not (`src/sentry/api/serializers/models/group_stream.py`)."""


class LabSentry(SentryServer):
    """`now` is asked for the moment at which each question is answered. `repositories` maps each project to its GitHub
    repository ("" for none). `reported` is what another one was told; repositories beside it go over its own. `edited`
    changes the world before anything is answered from it: it gets one of its own, to change or to replace."""

    def __init__(
        self,
        now: Callable[[], datetime],
        repositories: Mapping[str, str] | None = None,
        *,
        reported: Reported | None = None,
        edited: Callable[[World], World] | None = None,
        delay: float = 0.0,
    ) -> None:
        super().__init__(World(), delay=delay)
        self._now = now
        self._edited = edited
        self._reported = (
            _mapped(reported, repositories or {}) if reported else Reported(projects=_projects(repositories or {}))
        )
        self._told, self._deriving = threading.Lock(), threading.Lock()
        self._seen: tuple[Reported, datetime, World] | None = None
        self._not_understood: list[str] = []

    def __exit__(self, *raised: object) -> None:
        super().__exit__(*raised)
        if self._not_understood:
            told = f"the lab's Sentry does not understand: {'; '.join(self._not_understood)}"
            error = next((one for one in raised if isinstance(one, BaseException)), None)
            if error is None:
                raise AssertionError(told)
            error.add_note(told)

    @property
    def reported(self) -> Reported:
        """What it was told so far."""
        with self._told:
            return self._reported

    @property
    def world(self) -> World:
        """What it knows now, edited."""
        return self._whole(self._now())

    def dsn(self, project: str) -> str:
        """Where the SDK of this project sends to."""
        known = self.reported.project(project)
        if known is None:
            raise ValueError(f"this Sentry has no project {project}")
        host = self.url.partition("://")[2]
        return f"http://{PUBLIC_KEY}@{host}/{known.id}"

    def answer(self, call: Call) -> Fault:
        """What Sentry would answer: envelopes need a project, the rest a bearer token."""
        try:
            return self._answered(call)
        except NotUnderstood as why:
            return self._loud(str(why))
        except Exception as why:
            self._loud(f"{call.method} {call.path}: {why!r}")
            raise

    def _answered(self, call: Call) -> Fault:
        if sent := _ENVELOPE.fullmatch(call.path):
            return self._take(call, sent[1])
        if not re.fullmatch(r"Bearer \S+", call.authorization or ""):
            return answer(401, {"detail": "Authentication credentials were not provided."})
        if call.method != "GET":
            try:
                return self._write(call)
            except intake.Refused as refused:
                return answer(400, refused.body)
        found = super().answer(call)
        if found.status == codes.not_found and b'"detail": "' not in found.body:
            raise NotUnderstood(f"GET {call.path}")
        return found

    def _loud(self, why: str) -> Fault:
        with self._told:
            self._not_understood.append(why)
        return answer(400, {"detail": why})

    def known(self, call: Call) -> World:
        """What it knows now, as far as this call is about it: of its environments, and by its query."""
        now = self._now()
        whole = self._whole(now)
        parts = [unquote(part) for part in call.path.removeprefix(_SCOPE).split("/")[:-1]]
        if named := call.query.get("environment", []):
            strange = not set(named) <= environments_of(whole)
            whole = narrowed(whole, named, now)
            if strange and parts[2:] != ["events"]:  # details of an environment that nobody ever named: 404
                return dataclasses.replace(whole, issues=())
        match parts:
            case ["issues"]:
                rows = issues(whole, call.query, now)
                return dataclasses.replace(whole, listed=tuple(map(_row, rows)))
            case ["events"]:
                return dataclasses.replace(whole, counts=counts(whole, call.query, now))
            case ["releases"]:
                return dataclasses.replace(whole, releases=of_project(whole.releases, call.query))
            case ["code-mappings"]:
                return dataclasses.replace(whole, code_mappings=of_project(whole.code_mappings, call.query))
        return whole

    def _whole(self, now: datetime) -> World:
        with self._deriving:
            reported, seen = self.reported, self._seen
            if seen is None or seen[0] is not reported or seen[1] != now:
                made = world(reported, now)
                if self._edited:
                    made = self._edited(copy.deepcopy(made))
                self._seen = seen = (reported, now, made)
            return seen[2]

    def _take(self, call: Call, project_id: str) -> Fault:
        project = self.reported.project(project_id)
        if project is None or call.method != "POST":
            return answer(403, {"detail": "event submission rejected with_reason: ProjectId"})
        received, event_id = intake.envelope(call.body, call.encoding, project.slug, self._now())
        with self._told:
            self._reported = self._reported.model_copy(update={"received": (*self._reported.received, *received)})
        return answer(200, {"id": event_id} if event_id else {})

    def _write(self, call: Call) -> Fault:
        parts = [unquote(part) for part in call.path.removeprefix(_SCOPE).split("/")[:-1]]
        match (call.method, parts):
            case ("POST", ["releases"]):
                return self._announce(call.body, None)
            case ("PUT", ["releases", version]):
                return self._announce(call.body, version)
            case ("POST", ["releases", version, "deploys"]):
                return self._announce_deploy(call.body, version)
            case ("PUT", ["issues", "0"]):  # whether the token may write is asked of an issue that nobody has
                return answer(404, NONE_SUCH)
            case ("PUT", ["issues", reference]) if intake.resolves(call.body):
                return self._resolve(reference)
        raise NotUnderstood(f"{call.method} {call.path}")

    def _announce(self, body: bytes, version: str | None) -> Fault:
        now = self._now()
        with self._told:
            release, new = intake.release(body, self._reported, now, version)
            others = tuple(one for one in self._reported.releases if one.version != release.version)
            self._reported = self._reported.model_copy(update={"releases": (*others, release)})
        row = next(one for one in world(self.reported, now).releases if one["version"] == release.version)
        return answer((201 if new else 208) if version is None else 200, row)

    def _announce_deploy(self, body: bytes, version: str) -> Fault:
        now = self._now()
        if not any(one["version"] == version for one in self._whole(now).releases):
            return answer(404, NONE_SUCH)
        deploy = intake.deploy(body, version, now)
        with self._told:
            self._reported = self._reported.model_copy(update={"deploys": (*self._reported.deploys, deploy)})
            rows = deploys(self._reported, deploy.finished)[version]
        return answer(201, max(rows, key=lambda row: int(row["id"])))

    def _resolve(self, reference: str) -> Fault:
        now = self._now()
        found = self._whole(now).issue(reference)
        if found is None:
            return answer(404, NONE_SUCH)
        with self._told:
            resolved = (*self._reported.resolved, Resolved(issue=found["shortId"], at=now))
            self._reported = self._reported.model_copy(update={"resolved": resolved})
        return answer(200, self._whole(now).issue(reference) or found)


def _projects(repositories: Mapping[str, str]) -> tuple[Project, ...]:
    return tuple(
        Project(id=str(number), slug=slug, repository=repository or None)
        for number, (slug, repository) in enumerate(repositories.items(), start=FIRST_PROJECT)
    )


def _mapped(reported: Reported, repositories: Mapping[str, str]) -> Reported:
    projects = [
        one.model_copy(update={"repository": repositories.get(one.slug, one.repository) or None})
        for one in reported.projects
    ]
    return reported.model_copy(update={"projects": tuple(projects)})


def _row(issue: dict[str, Any]) -> dict[str, Any]:
    row = {name: value for name, value in issue.items() if name not in _OF_NO_LIST}
    whole = {name: issue[name] for name in ("count", "userCount", "firstSeen", "lastSeen")}
    more = {"lifetime": {**whole, "stats": {}}, "filtered": None}
    return {**row, **more, "stats": {"24h": issue["stats"]["24h"]}}
