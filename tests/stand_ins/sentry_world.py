"""What the stand-in Sentry knows: plain JSON in the API's own shapes, and one incident to begin with.

The shapes are held against Sentry's OpenAPI schema by tests/sources/test_sentry_stand_in.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

ORGANIZATION = "acme"
EVENT_ID = "8f3a5c0f2d1b4e6a9c7d8e9f0a1b2c3d"
VERSION = "shop@1.4.0"
FIRST_SEEN = datetime(2026, 11, 20, 10, 1, 2, tzinfo=UTC)
LAST_SEEN = datetime(2026, 11, 20, 11, 59, 0, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """What a Sentry knows, in the API's own shapes. `events`, `tags` and `comments` are keyed by issue number, events
    and comments newest first; `counts` by the fields asked for, joined by commas; `commits` and `deploys` by version;
    `committers` are the commits that Sentry suspects, by event; `listed` are the rows of the issue list where these are
    not simply the issues; `answers` are further paths, served as they are."""

    issues: tuple[dict[str, Any], ...] = ()
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tags: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    counts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    listed: tuple[dict[str, Any], ...] | None = None
    releases: tuple[dict[str, Any], ...] = ()
    commits: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    deploys: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    committers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    code_mappings: tuple[dict[str, Any], ...] = ()
    members: tuple[dict[str, Any], ...] = ()
    comments: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "World":
        """From plain JSON with the same names."""
        given: dict[str, Any] = {
            name: tuple(value) if name in _TUPLES and value is not None else value for name, value in said.items()
        }
        return cls(**given)

    def issue(self, reference: str) -> dict[str, Any] | None:
        """By number or short id, in either case."""
        return next((one for one in self.issues if reference.upper() in {one["id"], one["shortId"].upper()}), None)


_TUPLES = frozenset({"issues", "listed", "releases", "code_mappings", "members"})


def shop() -> World:
    """SHOP-42: `relation "orders_order" does not exist`, since the deploy of shop@1.4.0 on 2026-11-20."""
    issue = an_issue()
    events = [
        an_event(event_id=f"{number:032x}" if number else EVENT_ID, at=LAST_SEEN - timedelta(minutes=number))
        for number in range(3)
    ]
    releases = (
        a_release(VERSION, FIRST_SEEN - timedelta(minutes=6)),
        a_release("shop@1.3.9", FIRST_SEEN - timedelta(days=3)),
    )
    return World(
        issues=(issue,),
        events={issue["id"]: events},
        tags={issue["id"]: [a_tag("environment", {"production": 1523}), a_tag("release", {VERSION: 1523})]},
        counts={"environment": [{"environment": "production", "count()": 1523}]},
        releases=releases,
        commits={VERSION: [a_commit()]},
        deploys={VERSION: [a_deploy(FIRST_SEEN - timedelta(minutes=5))]},
        code_mappings=(a_code_mapping(),),
        members=(a_member(),),
    )


def a_member(user: str = "7", name: str = "Ada", email: str = "ada@example.com", **changed: Any) -> dict[str, Any]:
    """A member of the organization, as GET /members/ gives it: the id of the membership is not that of the user."""
    emails = [{"id": "1", "email": email, "is_verified": True}]
    person = {"id": user, "name": name, "username": email, "email": email, "emails": emails, "isActive": True}
    return {
        "id": f"9{user}",
        "email": email,
        "name": name,
        "user": person,
        "role": "member",
        "orgRole": "member",
        "pending": False,
        "expired": False,
        "inviteStatus": "approved",
        "dateCreated": _text(FIRST_SEEN - timedelta(days=200)),
        **changed,
    }


def a_comment(number: int, text: str) -> dict[str, Any]:
    """A comment below an issue, as GET /issues/{id}/comments/ gives it; undocumented, as the members' row is here."""
    return {"id": str(number), "type": "note", "data": {"text": text}, "dateCreated": _text(LAST_SEEN), "user": None}


def an_issue(
    number: str = "5551234567",
    short_id: str = "SHOP-42",
    value: str = 'relation "orders_order" does not exist\nLINE 1: SELECT COUNT(*) FROM "orders_order"\n        ^',
    **changed: Any,
) -> dict[str, Any]:
    """Issue details, as GET /issues/{id}/ gives them; also a row of the issue list."""
    midnight = LAST_SEEN.replace(minute=0, second=0)
    hours = [midnight - timedelta(hours=back) for back in range(24, -1, -1)]
    days = [midnight.replace(hour=0) - timedelta(days=back) for back in range(30, -1, -1)]
    return {
        "id": number,
        "shortId": short_id,
        "shareId": None,
        "title": f"ProgrammingError: {value.splitlines()[0]}",
        "culprit": "/api/orders/",
        "permalink": f"https://acme.sentry.example/issues/{number}/",
        "logger": None,
        "level": "error",
        "status": "unresolved",
        "statusDetails": {},
        "substatus": "new",
        "priority": "high",
        "priorityLockedAt": None,
        "seerFixabilityScore": None,
        "seerAutofixLastTriggered": None,
        "seerExplorerAutofixLastTriggered": None,
        "platform": "python",
        "project": {"id": "42", "name": "shop", "slug": "shop", "platform": "python-django"},
        "type": "error",
        "issueType": "error",
        "issueCategory": "error",
        "metadata": {
            "type": "ProgrammingError",
            "value": value,
            "filename": "django/db/backends/utils.py",
            "function": "_execute",
        },
        "numComments": 0,
        "assignedTo": None,
        "annotations": [],
        "isBookmarked": False,
        "isPublic": False,
        "isSubscribed": False,
        "subscriptionDetails": None,
        "hasSeen": False,
        "isUnhandled": True,
        "count": "1523",
        "userCount": 87,
        "firstSeen": _text(FIRST_SEEN),
        "lastSeen": _text(LAST_SEEN),
        "firstRelease": a_release(VERSION, FIRST_SEEN - timedelta(minutes=6)),
        "lastRelease": a_release(VERSION, FIRST_SEEN - timedelta(minutes=6)),
        "tags": [{"key": "environment", "name": "Environment", "totalValues": 1523}],
        "stats": {
            "24h": [[int(at.timestamp()), 700 if at.hour >= FIRST_SEEN.hour and at.day == 20 else 0] for at in hours],
            "30d": [[int(at.timestamp()), 1523 if at.day == 20 and at.month == 11 else 0] for at in days],
        },
        "activity": [],
        "seenBy": [],
        "participants": [],
        "userReportCount": 0,
        **changed,
    }


def an_event(event_id: str = EVENT_ID, at: datetime = LAST_SEEN, **changed: Any) -> dict[str, Any]:
    """One event, as GET /issues/{id}/events/latest/ gives it: root cause first, crash last."""
    value = 'relation "orders_order" does not exist\nLINE 1: SELECT COUNT(*) FROM "orders_order"\n        ^'
    frames = [
        a_frame("app/orders/views.py", "app.orders.views", "index", 31, in_app=True),
        a_frame("django/db/backends/utils.py", "django.db.backends.utils", "_execute", 105, in_app=False),
    ]
    chain = [("UndefinedTable", "psycopg2.errors"), ("ProgrammingError", "django.db.utils")]
    return {
        "id": event_id,
        "eventID": event_id,
        "groupID": "5551234567",
        "projectID": "42",
        "size": 20480,
        "dateCreated": _text(at),
        "dateReceived": _text(at + timedelta(seconds=1)),
        "dist": None,
        "message": "",
        "title": 'ProgrammingError: relation "orders_order" does not exist',
        "location": "django/db/backends/utils.py",
        "culprit": "/api/orders/",
        "platform": "python",
        "type": "error",
        "metadata": {"type": "ProgrammingError", "value": value},
        "tags": [
            {"key": "environment", "value": "production"},
            {"key": "release", "value": VERSION},
            {"key": "server_name", "value": "web-1"},
        ],
        "user": None,
        "contexts": {"trace": {"trace_id": "a" * 32, "span_id": "b" * 16, "type": "trace"}},
        "context": {},
        "sdk": {"name": "sentry.python.django", "version": "2.0.0"},
        "packages": {"Django": "5.2"},
        "release": a_release(VERSION, FIRST_SEEN - timedelta(minutes=6)),
        "entries": [
            {
                "type": "exception",
                "data": {
                    "values": [
                        {
                            "type": name,
                            "value": value,
                            "module": module,
                            "mechanism": {"type": "django", "handled": False},
                            "threadId": None,
                            "rawStacktrace": None,
                            "stacktrace": {"frames": frames, "framesOmitted": None, "hasSystemFrames": True},
                        }
                        for name, module in chain
                    ],
                    "hasSystemFrames": True,
                    "excOmitted": None,
                },
            }
        ],
        "errors": [],
        "occurrence": None,
        "crashFile": None,
        "fingerprints": ["c" * 32],
        "_meta": {},
        "nextEventID": None,
        "previousEventID": None,
        "userReport": None,
        "sdkUpdates": [],
        "resolvedWith": [],
        **changed,
    }


def a_frame(filename: str, module: str, function: str, line: int, *, in_app: bool) -> dict[str, Any]:
    """A frame of a Python stack; its path in the container is below /srv."""
    names = {"filename": filename, "absPath": f"/srv/{filename}", "module": module, "function": function}
    return {**names, "lineNo": line, "colNo": None, "inApp": in_app, "context": [], "vars": None, "package": None}


def a_release(version: str, created: datetime, **changed: Any) -> dict[str, Any]:
    """Release details, as GET /releases/{version}/ gives them; also a row of the list."""
    package, _, raw = version.rpartition("@")
    return {
        "id": 1001,
        "version": version,
        "shortVersion": version,
        "status": "open",
        "ref": None,
        "url": None,
        "dateCreated": _text(created),
        "dateReleased": None,
        "data": {},
        "newGroups": 1,
        "commitCount": 1,
        "deployCount": 1,
        "owner": None,
        "lastCommit": None,
        "lastDeploy": None,
        "authors": [],
        "projects": [
            {
                "id": 42,
                "slug": "shop",
                "name": "shop",
                "newGroups": 1,
                "platform": "python-django",
                "platforms": ["python"],
                "hasHealthData": False,
            }
        ],
        "firstEvent": None,
        "lastEvent": None,
        "userAgent": None,
        "versionInfo": {
            "package": package or None,
            "version": {"raw": raw},
            "description": raw,
            "buildHash": None,
        },
        **changed,
    }


def a_commit(sha: str = "2f1c0ff" + "0" * 33, **changed: Any) -> dict[str, Any]:
    """A commit of a release, whose repository the integration knows."""
    return {
        "id": sha,
        "message": "Count orders on the front page",
        "dateCreated": _text(FIRST_SEEN - timedelta(hours=2)),
        "pullRequest": None,
        "suspectCommitType": "",
        "repository": {
            "id": "7",
            "name": "acme/shop",
            "url": "https://github.com/acme/shop",
            "provider": {"id": "integrations:github", "name": "GitHub"},
            "status": "active",
            "dateCreated": _text(FIRST_SEEN - timedelta(days=300)),
            "integrationId": "9",
            "externalSlug": "acme/shop",
            "externalId": "123",
        },
        "author": {"name": "A Developer", "email": "dev@example.com"},
        "releases": [],
        **changed,
    }


def a_deploy(finished: datetime, environment: str = "production") -> dict[str, Any]:
    """A deploy of a release."""
    times = {"dateStarted": _text(finished - timedelta(minutes=1)), "dateFinished": _text(finished)}
    return {"id": "77", "environment": environment, **times, "name": None, "url": None}


def a_code_mapping() -> dict[str, Any]:
    """From the container's paths to those of the repository; undocumented, so no schema to hold it against."""
    return {
        "id": "5",
        "projectId": "42",
        "projectSlug": "shop",
        "repoId": "7",
        "repoName": "acme/shop",
        "integrationId": "9",
        "provider": {"key": "github", "name": "GitHub"},
        "stackRoot": "/srv/app/",
        "sourceRoot": "app/",
        "defaultBranch": "main",
    }


def a_tag(key: str, values: dict[str, int]) -> dict[str, Any]:
    """One tag with its most frequent values."""
    return {
        "key": key,
        "name": key.title(),
        "totalValues": sum(values.values()),
        "topValues": [
            {
                "key": key,
                "name": value,
                "value": value,
                "count": count,
                "firstSeen": _text(FIRST_SEEN),
                "lastSeen": _text(LAST_SEEN),
                "query": None,
            }
            for value, count in values.items()
        ],
    }


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
