"""One whole run against services that take 200 ms for every call: wall time, calls, HTTP requests, memory."""

import resource
import statistics
import tempfile
import threading
import time
import tracemalloc
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from playbook.evidence.collected import fact_types
from playbook.evidence.fact import Fact
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.json import Json
from playbook.investigate import investigate
from playbook.reference import reference
from playbook.sources.budget import Budget
from playbook.sources.door import Door, Question, dispatch
from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.elastic_client import elastic_door
from playbook.sources.github_rest import GitHubAccess, github_door
from playbook.sources.sentry_rest import SentryAccess, sentry_door
from playbook.steps import steps
from tests.cases.migration_failed.story import incident
from tests.cases.served import naming
from tests.cases.shop import at
from tests.cases.shop_code import APP, CREATES, MIGRATION, ORDERS, SHOP
from tests.stand_ins.elastic_server import ElasticServer
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.git_repository import GitRepository
from tests.stand_ins.github_server import GitHubServer, Pull
from tests.stand_ins.sentry_server import SentryServer

DELAY = 0.2
"""Seconds for each call: what a hosted Sentry or GitHub takes from another continent."""

RUNS = 5


def repository(folder: Path) -> RealRepository:
    """A release as teams have it: four commits by three pull requests, two of which touch the schema."""
    git = GitRepository(folder)
    git.commit("Tidy the front page", SHOP, at(-4000))
    git.tag("v1.3.9")
    brought = (
        git.commit("Round totals to cents", {f"{APP}/totals.py": "CENTS = 2\n"}, at(-900)),
        git.commit("Index customers", {f"{APP}/indexes.py": "CUSTOMER = True\n"}, at(-800)),
        git.commit("Say thanks", {"shop/thanks.py": "THANKS = True\n"}, at(-700)),
        git.commit("Keep orders in a table", {**ORDERS, MIGRATION: CREATES}, at(-60)),
    )
    git.tag("v1.4.0")
    pulls = tuple(Pull(810 + number, f"Change {number}", (sha,)) for number, sha in enumerate(brought))
    return RealRepository("acme/shop", git, pulls)


@dataclass(frozen=True)
class Timed:
    """One call: which step asked, what, from when to when (seconds)."""

    step: str
    source: str
    began: float
    ended: float


class Watch:
    """Notes every call that passes a door."""

    def __init__(self) -> None:
        self.calls: list[Timed] = []
        self._lock = threading.Lock()

    def watching(self, door: Door) -> Door:
        def ask(question: Question) -> Json:
            began = time.perf_counter()
            try:
                return door(question)
            finally:
                call = Timed(step_of(question), question.source, began, time.perf_counter())
                with self._lock:
                    self.calls.append(call)

        return ask


def measure() -> None:
    """Prints the ratios of `RUNS` runs (medians)."""
    walls, criticals, sums, calls = [], [], [], []
    with ExitStack() as stack:
        told = repository(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        world = naming(incident.world, told.git.name_of("v1.3.9"), told.git.name_of("v1.4.0"))
        sentry = stack.enter_context(SentryServer(world, delay=DELAY))
        github = stack.enter_context(GitHubServer(told, delay=DELAY))
        elastic = stack.enter_context(ElasticServer(incident.logs or {}, delay=DELAY))
        for _ in range(RUNS):
            watch, wall = _one_run(sentry.url, github.url, elastic.url)
            walls.append(wall)
            criticals.append(_critical_path(watch.calls))
            sums.append(sum(call.ended - call.began for call in watch.calls))
            calls.append(watch.calls)
        requests = [len(asked) / RUNS for asked in (sentry.calls(), github.asked, elastic.asked)]
        peak = _peak_of_a_run(sentry.url, github.url, elastic.url)
    wall, critical, one_by_one = (statistics.median(one) for one in (walls, criticals, sums))
    counts = {name: sum(call.source == name for call in calls[0]) for name in ("sentry", "github", "elasticsearch")}
    print(f"a run with {DELAY * 1000:.0f} ms a call: {wall:.2f} s, critical path {critical:.2f} s")
    print(f"  wall / critical path: {wall / critical:.2f} (target <= 1.15)")
    print(f"  one after another / wall: {one_by_one / wall:.2f} (target >= 3)")
    print(
        f"  calls: Sentry {counts['sentry']} (<= 8), GitHub {counts['github']} (<= 6), Elasticsearch "
        f"{counts['elasticsearch']} (1)"
    )
    print(
        f"  HTTP requests: Sentry {requests[0]:.0f}, GitHub {requests[1]:.0f} (schema: 6 when nothing is known, "
        f"1 when nothing is new), Elasticsearch {requests[2]:.0f}"
    )
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  memory: {peak / 2**20:.1f} MiB allocated by a run at its peak, {resident:.0f} MiB resident with all clients"
    )


def _one_run(sentry: str, github: str, elastic: str) -> tuple[Watch, float]:
    watch, budget = Watch(), Budget(60)
    door = dispatch(
        {
            "sentry": sentry_door(
                SentryAccess(url=sentry, organization="acme", token=SecretStr("sentry-token-of-the-test")), budget
            ),
            "github": github_door(GitHubAccess(api_url=github, token=SecretStr("gh-token-of-the-test")), budget),
            "elasticsearch": elastic_door(
                ElasticAccess(urls=(elastic,), api_key=SecretStr("es-key-of-the-test")), budget
            ),
        }
    )
    inquiry = Inquiry(ref=reference(incident.asked, "https://acme.sentry.example"), at=incident.moment)
    began = time.perf_counter()
    found = investigate(inquiry, incident.services, watch.watching(door), lambda _progress: None)
    wall = time.perf_counter() - began
    assert found.diagnosis.verdict.cause == "migration_failed"
    return watch, wall


def _peak_of_a_run(sentry: str, github: str, elastic: str) -> int:
    tracemalloc.start()
    try:
        _one_run(sentry, github, elastic)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _critical_path(calls: list[Timed]) -> float:
    """The longest way through the steps' needs, each step as long as its own calls must be."""
    own = {name: _chain([call for call in calls if call.step == name]) for name in fact_types()}
    known: dict[type[Fact], float] = {}

    def until(kind: type[Fact]) -> float:
        if kind not in known:
            step = steps().get(kind)
            needs = [need.type for need in step.needs if issubclass(need.type, Fact)] if step else []
            known[kind] = own[kind.__name__] + max((until(need) for need in needs), default=0.0)
        return known[kind]

    return max(until(kind) for kind in fact_types().values())


def _chain(calls: list[Timed]) -> float:
    """Seconds of the longest row of calls of one step in which each began after the one before had ended."""
    best = 0.0
    ordered = sorted(calls, key=lambda call: call.ended)
    lengths: list[float] = []
    for index, call in enumerate(ordered):
        before = [lengths[other] for other in range(index) if ordered[other].ended <= call.began]
        lengths.append((call.ended - call.began) + max(before, default=0.0))
        best = max(best, lengths[-1])
    return best


def step_of(question: Question) -> str:
    """The name of the fact for which a step asks this; of two that may ask it the one that usually does."""
    call = question.call
    if question.source == "elasticsearch":
        return "Logs"
    if question.source == "github" and call == "schema":
        return "SchemaHistory"
    if question.source == "github" or call.endswith(("/commits/", "/committers/")) or call.startswith("code-mappings"):
        return "Changes"
    if call.startswith("releases"):
        return "Releases"
    for mark, step in (("/tags/", "Tags"), ("/events/", "Frequency")):
        if call.endswith(mark):
            return step
    if call.startswith("events/"):
        return "Spread"
    if call == "issues/":
        return "Similar"
    return "Event" if "/events/" in call else "Issue"
