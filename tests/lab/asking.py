"""The bot's ordinary investigation of something that happened: its own settings and clients, over HTTP."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from bot.app import investigator
from bot.settings import Mapping, Project, Settings
from playbook.diagnosis import Verdict
from playbook.evidence.collected import Evidence
from playbook.evidence.issue_ref import IssueRef
from playbook.investigate import Investigation
from playbook.reference import reference
from playbook.sources.recording import Recording
from tests.lab.happened import Happened
from tests.lab.sentry import LabSentry
from tests.lab.shipping import ECS, Place, Shipped, drop, ship
from tests.real_elasticsearch import RealElasticsearch
from tests.stand_ins.github_server import GitHubServer
from tests.stand_ins.sentry_world import World

SENTRY_TOKEN, GITHUB_TOKEN = "sentry-token-of-the-test", "gh-token-of-the-test"
KIBANA = "https://kibana.example.com"


def as_it_is(world: World) -> World:
    """Nothing is edited."""
    return world


@contextmanager
def without_fault(_elastic: RealElasticsearch, shipped: Shipped) -> Iterator[Shipped]:
    """The logs where they were shipped to."""
    yield shipped


@dataclass(frozen=True)
class Sources:
    """Which sources the bot is given, and how. `elasticsearch` is where the logs were shipped to; None means that it
    is not configured. `edited` may change what Sentry knows before it is served, `faulty` what is searched for the
    logs."""

    elasticsearch: RealElasticsearch | None
    place: Place = ECS
    github: bool = True
    edited: Callable[[World], World] = as_it_is
    faulty: Callable[[RealElasticsearch, Shipped], AbstractContextManager[Shipped]] = without_fault


@dataclass(frozen=True)
class Answer:
    """What the bot found, in how many seconds and HTTP requests."""

    found: Investigation
    seconds: float
    requests: int

    @property
    def verdict(self) -> Verdict:
        return self.found.diagnosis.verdict

    @property
    def evidence(self) -> Evidence:
        return self.found.evidence

    @property
    def recording(self) -> Recording:
        return self.found.recording


def ask(happened: Happened, sources: Sources, **settings: Any) -> Answer:
    """One investigation; `settings` are the bot's own, by their names, over those that lead to the lab."""
    with ExitStack() as stack:
        served = serve(happened, sources, stack)
        configured = Settings(_env_file=None, **{**served.settings, **settings})
        run = investigator(configured, served.mapping)
        began = time.monotonic()
        found = run(served.ref, happened.asked, lambda _progress: None)
        seconds = time.monotonic() - began
        return Answer(found, seconds, served.requests())


@dataclass(frozen=True)
class Served:
    """The happening behind addresses on loopback: the bot's settings that lead there, and the issue to ask about."""

    settings: dict[str, Any]
    mapping: Mapping
    ref: IssueRef
    requests: Callable[[], int]


def serve(happened: Happened, sources: Sources, stack: ExitStack) -> Served:
    """Serves it as long as `stack` lasts; raises `LookupError` where Sentry heard nothing of the relation."""
    edited = None if sources.edited is as_it_is else sources.edited  # a copy of the world is made for one that edits
    sentry = stack.enter_context(LabSentry(lambda: happened.asked, reported=happened.reported, edited=edited))
    settings: dict[str, Any] = {"sentry_url": sentry.url, "sentry_org": "acme", "sentry_token": SENTRY_TOKEN}
    counts: list[Callable[[], int]] = [lambda: len(sentry.calls())]
    if sources.github:
        github = stack.enter_context(GitHubServer(*happened.repositories.values(), token=GITHUB_TOKEN))
        settings |= {"github_api_url": github.url, "github_token": GITHUB_TOKEN}
        counts.append(lambda: len(github.asked))
    shipped: Shipped | None = None
    if sources.elasticsearch is not None:
        name = f"{happened.name}.{secrets.token_hex(3)}"
        shipped = ship(sources.elasticsearch, sources.place, name, happened.logs)
        stack.callback(drop, sources.elasticsearch, shipped)
        shipped = stack.enter_context(sources.faulty(sources.elasticsearch, shipped))
        settings |= {
            "elasticsearch_url": sources.elasticsearch.url,
            "elasticsearch_username": sources.elasticsearch.username,
            "elasticsearch_password": sources.elasticsearch.password,
            "kibana_url": KIBANA,
        }
        counts.append(lambda: 1)
    projects = {
        name: Project(
            log_service=name,
            log_index=shipped.index if shipped else None,
            log_fields=shipped.fields if shipped else None,
        )
        for name in happened.repositories
    }
    ref = reference(issue_of(happened, sentry), sentry.url)
    return Served(settings, Mapping(projects=projects), ref, lambda: sum(count() for count in counts))


def issue_of(happened: Happened, sentry: LabSentry) -> str:
    """The short id of the issue about the relation that was missed; the first one where there are several."""
    truth = happened.truth
    about = [
        issue
        for issue in sentry.world.issues
        if truth.relation in issue["metadata"].get("value", "") and issue["project"]["slug"] == truth.project
    ]
    if not about:
        told = ", ".join(issue["title"] for issue in sentry.world.issues) or "nothing at all"
        raise LookupError(f"Sentry heard nothing of {truth.relation} in {truth.project}; it heard {told}")
    return str(min(about, key=lambda issue: issue["firstSeen"])["shortId"])
