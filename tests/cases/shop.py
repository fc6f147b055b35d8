"""The shop in which every incident happens, and what a story may change about it.

shop@1.4.0 was deployed to production at 10:00 on 20 November 2026; the first error came at 10:02; somebody asks at
12:00. A story (`tests/cases/*/story.py`) says what is different, in the order in which it happened. The event is a
real one (tests/real/event.py), with the story's own moments, release and environment.
"""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playbook.evidence.service import Service, Services
from tests.cases.shop_code import Code
from tests.stand_ins.sentry_server import Flavour
from tests.stand_ins.sentry_world import World, a_code_mapping, a_commit, a_deploy, a_release, a_tag, an_issue

REAL_EVENT = Path(__file__).parent.parent / "recorded" / "sentry" / "event.json"
DEPLOYED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ONSET = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
ASKED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GOOD, BAD = "shop@1.3.9", "shop@1.4.0"
INDEX = "logs-shop-default"


def at(minutes: float) -> datetime:
    """So many minutes after the first error (before it where negative)."""
    return ONSET + timedelta(minutes=minutes)


def text(moment: datetime) -> str:
    """A moment as the services write it."""
    return moment.isoformat().replace("+00:00", "Z")


def line(minutes: float, message: str, environment: str | None = "production", **more: Any) -> dict[str, Any]:
    """A log document in the Elastic Common Schema."""
    told = {"@timestamp": text(at(minutes)), "message": message, "service": {"name": "shop"}, **more}
    if environment:
        told["service"] = {"name": "shop", "environment": environment}
    return told


NOISE = (
    line(-300, "GET /healthz 200"),
    line(-1, "rollout of deployment shop to 1.4.0 finished", "production"),
    line(3, "GET /api/orders/ 500", "production", log={"level": "error"}),
)
"""What every log holds besides: nothing of it says why."""


MAPPED = Services(mapped=(Service(project="shop", log_service="shop"),))


@dataclass(frozen=True)
class Incident:
    """One recorded incident: what each service would answer, and what was asked when.

    `verdict` is the grade and cause that an engineer who knows the story would defend with this evidence.

    `logs` None means that Elasticsearch is not configured, `code` None that GitHub is not. `broken` names
    sources that refuse every connection. Every story is told of SHOP-42; its recording carries `short_id` instead, so
    that the incidents can be told apart where all of them are at hand.
    """

    verdict: tuple[str, str | None]
    world: World
    code: Code | None
    logs: Mapping[str, Sequence[Mapping[str, Any]]] | None
    short_id: str = "SHOP-42"
    asked: str = "SHOP-42"
    moment: datetime = ASKED
    services: Services = MAPPED
    broken: tuple[str, ...] = ()
    flavour: Flavour = "sentry"
    log_parts: dict[int, dict[str, object]] = field(default_factory=dict)


def real_event(
    value: str | None = None, types: tuple[str, str] | None = None, release: str | None = BAD, **changed: Any
) -> dict[str, Any]:
    """The real event in this story: the error's text and types may be another server's."""
    event: dict[str, Any] = json.loads(REAL_EVENT.read_text(encoding="utf-8"))
    event = copy.deepcopy(event)
    environment, server = changed.pop("environment", "production"), changed.pop("server", "web-1")
    seen = changed.pop("seen", at(117))
    told = {"environment": environment, "release": release, "server_name": server, **changed.pop("tags", {})}
    values = event["entries"][0]["data"]["values"]
    for index, exception in enumerate(values):
        exception["value"] = value if value is not None else exception["value"]
        exception["type"] = types[index] if types else exception["type"]
    kept = [tag for tag in event["tags"] if tag["key"] not in told]
    event["tags"] = kept + [{"key": key, "value": word} for key, word in told.items() if word is not None]
    event["metadata"] = {**event["metadata"], "type": values[-1]["type"], "value": values[-1]["value"]}
    event["title"] = f"{values[-1]['type']}: {values[-1]['value'].splitlines()[0]}"
    event["release"] = a_release(release, DEPLOYED) if release else None
    event["groupID"] = ISSUE
    event["dateCreated"], event["dateReceived"] = text(seen), text(seen + timedelta(seconds=1))
    return {**event, **changed}


def hourly(first: datetime, last: datetime, per_hour: int) -> dict[str, Any]:
    """`stats` of an issue that came evenly from `first` to `last`, as Sentry counts: 25 hours and 31 days."""
    hour = ASKED.replace(minute=0, second=0, microsecond=0)
    hours = [hour - timedelta(hours=back) for back in range(24, -1, -1)]
    days = [hour.replace(hour=0) - timedelta(days=back) for back in range(30, -1, -1)]

    def counted(start: datetime, length: timedelta) -> int:
        together = min(last, start + length) - max(first, start)
        return max(0, round(per_hour * together / timedelta(hours=1)))

    return {
        "24h": [[int(one.timestamp()), counted(one, timedelta(hours=1))] for one in hours],
        "30d": [[int(one.timestamp()), counted(one, timedelta(days=1))] for one in days],
    }


def sentry(event: dict[str, Any] | None = None, **changed: Any) -> World:
    """What Sentry knows. `issue` changes the issue, `tags` are counts by key and value, `baseline` the project's
    other events, `others` further issues, `deploys` and `commits` those of the failing release; `suspect` is the commit
    that Sentry suspects of the event."""
    event = event or real_event()
    metadata = {**event["metadata"], "filename": "django/db/backends/utils.py", "function": "_execute"}
    first, last = changed.pop("first", ONSET), changed.pop("last", at(117))
    releases = changed.pop("releases", (_release(BAD, DEPLOYED, SHAS[1]), _release(GOOD, at(-4000), SHAS[0])))
    told = {
        "title": event["title"],
        "metadata": metadata,
        "firstSeen": text(first),
        "lastSeen": text(last),
        "firstRelease": releases[0] if releases else None,
        "lastRelease": releases[0] if releases else None,
        "stats": hourly(first, last, changed.pop("per_hour", 700)),
        **changed.pop("issue", {}),
    }
    issue = an_issue(value=event["metadata"]["value"], **told)
    suspect = changed.pop("suspect", None)
    tags = changed.pop("tags", {"environment": {"production": 1523}, "release": {BAD: 1523}, "server_name": SERVERS})
    world: dict[str, Any] = {
        "issues": (issue, *changed.pop("others", ())),
        "events": {issue["id"]: [event]},
        "tags": {issue["id"]: [a_tag(key, values) for key, values in tags.items()]},
        "counts": {"environment,server_name,release": changed.pop("baseline", BASELINE)},
        "releases": releases,
        "commits": {BAD: [a_commit(SHAS[1], dateCreated=text(at(-60)))]} if releases else {},
        "deploys": {BAD: [a_deploy(DEPLOYED)]} if releases else {},
        "committers": {event["id"]: [suspect]} if suspect else {},
        "code_mappings": (a_code_mapping(),),
        **changed,
    }
    return World(**world)


def blamed(sha: str, message: str, written: datetime) -> dict[str, Any]:
    """A commit that Sentry suspects because git's blame names it for a line on the stack."""
    return a_commit(sha, message=message, dateCreated=text(written), suspectCommitType="via SCM integration")


ISSUE = "5551234567"
SHAS = ("1b" * 20, "2c" * 20)
"""Stand for the commits of the last good and the failing release until git has made them (`served`)."""

SERVERS = {"web-1": 790, "web-2": 733}
BASELINE = [
    {"environment": "production", "server_name": "web-1", "release": BAD, "count()": 410},
    {"environment": "production", "server_name": "web-2", "release": BAD, "count()": 395},
    {"environment": "staging", "server_name": "stage-1", "release": BAD, "count()": 12},
]


def _release(version: str, created: datetime, sha: str) -> dict[str, Any]:
    return a_release(version, created, lastCommit=a_commit(sha))


def logs(*lines: Mapping[str, Any]) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """One data stream with these lines and the noise."""
    return {INDEX: (*NOISE, *lines)}
