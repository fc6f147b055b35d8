"""Sentry's REST API as questions: which path, with which parameters; nothing here touches the network.

Paths are relative to `/api/0/organizations/{org}/`, those that begin with `projects/` to `/api/0/projects/{org}/`;
the live door (`sources/sentry_rest.py`) puts host, organisation and token to them. Lists come as
`{"rows": [...], "more": bool}`.
"""

from urllib.parse import quote

from playbook.evidence.json import Json
from playbook.sources.door import Door, Question

PAGE = 100
"""Rows of one page: Sentry's own cap (docs.sentry.io/api/pagination)."""


class Sentry:
    """One method, one question. Each gives plain JSON, `None` where Sentry says there is none, or raises
    `Unavailable`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def issue(self, issue: str, environment: str | None = None) -> Json:
        """Issue details by number or short id; with the environment's own figures where one is given.

        None stands for an issue that does not exist and, with `environment`, for one that Sentry does not know. A
        merged issue answers with another `id` than the one asked for.
        """
        return self._one(f"issues/{quote(issue, safe='')}/", environment=environment)

    def issue_of_event(self, event_id: str) -> Json:
        """`{"groupId": …, "event": …}` for a 32-hex event id (scope org:read)."""
        return self._one(f"eventids/{quote(event_id, safe='')}/")

    def event(self, issue: str, which: str, environment: str | None = None) -> Json:
        """One event: `recommended`, `latest`, `oldest` or a 32-hex id; None when events are past retention, or none
        is of that environment. Where a server has no `recommended` one, this is the latest."""
        return self._one(f"issues/{quote(issue, safe='')}/events/{quote(which, safe='')}/", environment=environment)

    def events(self, issue: str, environment: str | None = None) -> Json:
        """The newest events of the issue, one page, without stack traces; `dateCreated` is what they are for."""
        return self._rows(f"issues/{quote(issue, safe='')}/events/", environment=environment, per_page=PAGE)

    def committers(self, project: str, event_id: str) -> Json:
        """Whom Sentry suspects of the event: `{"committers": [{"author", "commits": [commit]}]}`, a commit as in
        `release_commits`, with `suspectCommitType` for how it was found. None where Sentry suspects nobody, which is
        usual (src/sentry/api/endpoints/event_file_committers.py; undocumented, scope project:read)."""
        return self._one(f"projects/{quote(project, safe='')}/events/{quote(event_id, safe='')}/committers/")

    def tags(self, issue: str, environment: str | None = None) -> Json:
        """A plain array of tags with `topValues`."""
        return self._one(f"issues/{quote(issue, safe='')}/tags/", environment=environment)

    def issues(self, query: str, project: str, period: str) -> Json:
        """One page of the project's issues that match; `query` may be empty (then it matches everything)."""
        return self._rows("issues/", query=query, project=project, statsPeriod=period, limit=PAGE)

    def counts_by(self, fields: tuple[str, ...], query: str, project: str, period: str) -> Json:
        """Events of the project counted by the values of `fields` together: rows like
        `{"environment": "eu", "count()": 12}`, most frequent first, one page (scope org:read)."""
        return self._one(
            "events/",
            dataset="errors",
            field=[*fields, "count()"],
            sort="-count()",
            query=query,
            project=project,
            statsPeriod=period,
            per_page=PAGE,
        )

    def releases(self, project: str) -> Json:
        """The project's newest releases, one page, newest first."""
        return self._rows("releases/", project=project, per_page=PAGE)

    def release_commits(self, version: str) -> Json:
        """The commits of a release, newest first, one page."""
        return self._rows(f"releases/{quote(version, safe='')}/commits/", per_page=PAGE)

    def deploys(self, version: str) -> Json:
        """The deploys of a release, one page."""
        return self._rows(f"releases/{quote(version, safe='')}/deploys/", per_page=PAGE)

    def code_mappings(self, project: str) -> Json:
        """Where the project's code lives: `repoName`, `stackRoot`, `sourceRoot` (undocumented; scope org:read)."""
        return self._rows("code-mappings/", project=project, per_page=PAGE)

    def _one(self, path: str, **parameters: Json) -> Json:
        return self._ask(path, parameters)

    def _rows(self, path: str, **parameters: Json) -> Json:
        return self._ask(path, {**parameters, "rows": True})

    def _ask(self, path: str, parameters: dict[str, Json]) -> Json:
        told = {name: value for name, value in parameters.items() if value is not None}
        return self._door(Question(source="sentry", call=path, arguments=told))
