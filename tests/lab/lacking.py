"""The same incident with evidence missing: the bot may then say less, and is never sure of another cause.

Each lack is one that systems have for good (nobody names releases, no Elasticsearch) or for an hour (GitHub is down).
"""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from playbook.diagnosis import Verdict
from tests.lab.asking import Sources
from tests.lab.elastic_faults import index_missing, shards_mended, some_shards_fail
from tests.lab.happened import Happened, Truth
from tests.lab.reported import Received
from tests.lab.shipping import Shipped
from tests.real_elasticsearch import RealElasticsearch
from tests.stand_ins.sentry_world import World

Judged = Literal["right", "weaker", "bolder", "wrong likely", "wrong proved"]

NOBODY = "http://127.0.0.1:1"
"""An address that refuses connections: nobody serves port 1 (tcpmux, RFC 1078, which is historic)."""


@dataclass(frozen=True)
class Lack:
    """What is missing: of what happened, of the sources, or by other settings of the bot."""

    name: str
    happened: Callable[[Happened], Happened] = lambda happened: happened
    sources: Callable[[Sources], Sources] = lambda sources: sources
    settings: Mapping[str, Any] = field(default_factory=dict)


TRUE_AS_WELL = {
    "migration_failed": {"migration_not_applied"},
    "one_environment_only": {"migration_not_applied"},
    "migration_ran_late": {"migration_not_applied"},
}
"""What is true as well where a cause is, and says less: what failed was not applied either. With the evidence of the
failure gone, that it was not applied is still so, and running it is still what to do."""

GRADES = ("undecided", "likely", "proved")


def judged(truth: Truth, verdict: Verdict, *, lacking: bool = False) -> Judged:
    """*right*: the same cause and grade, or undecided as the truth is. *weaker*: undecided, or the same cause and less
    sure of it; with evidence `lacking`, also a cause that is true as well and says less. *bolder*: the right cause, and
    surer of it than the evidence allows, which is as wrong as another cause: it was luck. Else likely, or proved, of
    another cause than the true one."""
    decided = truth.cause is not None and truth.grade != "undecided"
    if verdict.cause is None or verdict.grade == "undecided":
        return "weaker" if decided else "right"
    if verdict.cause in TRUE_AS_WELL.get(truth.cause or "", ()) and lacking:
        return "weaker"
    if not decided or verdict.cause != truth.cause:
        return "wrong proved" if verdict.grade == "proved" else "wrong likely"
    if verdict.grade == truth.grade:
        return "right"
    return "weaker" if GRADES.index(verdict.grade) < GRADES.index(truth.grade) else "bolder"


def without_release(happened: Happened) -> Happened:
    """The SDK was never told a release, and nobody announces any."""
    told = [
        Received(project=one.project, at=one.at, event={**one.event, "release": None})
        for one in happened.reported.received
    ]
    return _reported(happened, received=tuple(told), releases=(), deploys=())


def without_deploys(happened: Happened) -> Happened:
    """Releases are announced, deploys are not."""
    return _reported(happened, deploys=())


def since_the_first_error(happened: Happened) -> Happened:
    """Somebody connected the logs when the errors had begun; or they are kept for an hour only."""
    began = first_error(happened)
    kept = [one for one in happened.logs if datetime.fromisoformat(str(one["@timestamp"])) >= began]
    return dataclasses.replace(happened, logs=tuple(kept))


def every_second_line(happened: Happened) -> Happened:
    """A shipper that cannot keep up, and drops lines."""
    return dataclasses.replace(happened, logs=happened.logs[::2])


def every_other_line(happened: Happened) -> Happened:
    """The same, and it drops just those that it kept the other time."""
    return dataclasses.replace(happened, logs=happened.logs[1::2])


def first_error(happened: Happened) -> datetime:
    """When Sentry first heard of the relation that was missed; when somebody asked, where it never did."""
    truth = happened.truth
    about = [
        one.at
        for one in happened.reported.received
        if one.project == truth.project and truth.relation in json.dumps(one.event.get("exception"))
    ]
    return min(about, default=happened.asked)


@contextmanager
def some_shards_failing(elastic: RealElasticsearch, shipped: Shipped) -> Iterator[Shipped]:
    """An older index is searched as well, of which every shard fails: nobody knows what would have been in it."""
    try:
        yield some_shards_fail(elastic, shipped)
    finally:
        shards_mended(elastic, shipped)


@contextmanager
def index_gone(_elastic: RealElasticsearch, shipped: Shipped) -> Iterator[Shipped]:
    """The one that diagnose.toml names is not there."""
    yield index_missing(shipped)


def of_few_words(sources: Sources) -> Sources:
    """A server like GlitchTip: no hourly figures, no table of events, no releases of an issue, no deploys."""
    edited = sources.edited
    return dataclasses.replace(sources, edited=lambda world: _bare(edited(world)))


def without_tags(sources: Sources) -> Sources:
    """Tags that were never indexed: neither an issue's nor the project's can be counted."""
    edited = sources.edited

    def bare(world: World) -> World:
        known = edited(world)
        return dataclasses.replace(known, tags={}, answers={**known.answers, "events/": {"data": []}})

    return dataclasses.replace(sources, edited=bare)


OF_SENTRY_ONLY = ("firstRelease", "lastRelease", "priority", "substatus", "isUnhandled")


def _bare(world: World) -> World:
    issues = [
        {name: value for name, value in one.items() if name not in OF_SENTRY_ONLY} | {"stats": {"24h": [], "30d": []}}
        for one in world.issues
    ]
    return dataclasses.replace(
        world,
        issues=tuple(issues),
        deploys={},
        releases=tuple({**row, "deployCount": 0, "lastDeploy": None} for row in world.releases),
        answers={**world.answers, "events/": {"data": []}},
    )


def _reported(happened: Happened, **changed: Any) -> Happened:
    return dataclasses.replace(happened, reported=happened.reported.model_copy(update=changed))


LACKS = (
    Lack("no release", happened=without_release),
    Lack("no deploys", happened=without_deploys),
    Lack("no GitHub", sources=lambda sources: dataclasses.replace(sources, github=False)),
    Lack("GitHub down", settings={"github_api_url": f"{NOBODY}/api/v3"}),
    Lack("no Elasticsearch", sources=lambda sources: dataclasses.replace(sources, elasticsearch=None)),
    Lack("Elasticsearch down", settings={"elasticsearch_url": NOBODY}),
    Lack("logs since the first error", happened=since_the_first_error),
    Lack("every second log line", happened=every_second_line),
    Lack("every other log line", happened=every_other_line),
    Lack("some shards fail", sources=lambda sources: dataclasses.replace(sources, faulty=some_shards_failing)),
    Lack("an index that is gone", sources=lambda sources: dataclasses.replace(sources, faulty=index_gone)),
    Lack("Sentry of few words", sources=of_few_words),
    Lack("Sentry without tags", sources=without_tags),
    Lack(
        "neither GitHub nor Elasticsearch",
        sources=lambda sources: dataclasses.replace(sources, github=False, elasticsearch=None),
    ),
    Lack("no release, no Elasticsearch", without_release, lambda one: dataclasses.replace(one, elasticsearch=None)),
)
