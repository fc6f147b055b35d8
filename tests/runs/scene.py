"""Requests, an audience that writes down what it hears, investigators that need no network, and clocks that jump."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from bot.runs.durable import Durable
from bot.runs.intake import Intake
from bot.runs.run import Place, Request, Result, Run, Shown
from bot.runs.tables import runs
from bot.runs.tempo import Tempo
from playbook.diagnosis import DiagnosedIssue
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.gather import Progress, Tell
from playbook.investigate import Investigation, replay
from playbook.sources.recording import Recording
from tests.card.diagnoses import NOON, a_diagnosis, an_evidence

FAST = Tempo(at_once=4, poll_seconds=0.02, beat_seconds=0.1, dead_seconds=0.6)
PATIENCE = 20.0  # seconds until a test fails that waits for something; nothing here takes one
INCIDENT = Path(__file__).parents[1] / "lab" / "incidents" / "bare_issue" / "recording.json"


class Clock:
    """Says what it is set to."""

    def __init__(self, now: float = NOON.timestamp()) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@contextmanager
def taking(engine: Engine, now: Callable[[], float] | None = None) -> Iterator[Intake]:
    """Whoever writes requests down, until the end of a test."""
    intake = Intake(engine, now or Clock())
    try:
        yield intake
    finally:
        intake.close()


def asked(target: str = "SHOP-42", asker: str | None = "U1", thread: str | None = None, **given: Any) -> Request:
    """A request for an issue by its number or its short id, of a person unless `asker` says otherwise."""
    ref = IssueRef(issue_id=target) if target.isdigit() else IssueRef(short_id=target)
    return Request(**{"ref": ref, "place": Place(channel="C1", thread=thread), "at": NOON, "asker": asker, **given})


def an_alert(target: str = "5551234567", **given: Any) -> Request:
    """What nobody asked for."""
    return asked(target, None, "1.1", **given)


def found(number: str = "5551234567", short_id: str = "SHOP-42") -> Investigation:
    """An investigation of that issue; its recording holds nothing, and cannot be replayed."""
    issue = DiagnosedIssue(
        id=number, short_id=short_id, title="ProgrammingError", project="shop", url="https://acme.sentry.io/issues/1/"
    )
    recording = Recording(inquiry=Inquiry(ref=IssueRef(issue_id=number), at=NOON))
    return Investigation(a_diagnosis(issue=issue), an_evidence(), recording)


@cache
def replayed() -> Investigation:
    """A recorded incident: replaying its recording gives it again."""
    return replay(Recording.model_validate_json(INCIDENT.read_text(encoding="utf-8")), lambda _: None)


def a_run(run_id: str, request: Request, investigation: Investigation | None = None, failed: str | None = None) -> Run:
    """A run as it ended."""
    return Run(run_id, request, request.place, result=Result(1.5, investigation, failed))


def with_result(run: Run, investigation=None, failed: str | None = None, **given) -> Run:
    """That run as it ended."""
    return replace(run, result=Result(1.5, investigation, failed, **given))


class Listener:
    """An audience that writes down what it hears. What stands in `posts` is in Slack; the last of `shown` is its text.

    `refuses` is raised by the first so many calls of a name: `{"began": [NotShown("…")]}`.
    """

    def __init__(self, **refuses: list[Exception]) -> None:
        self.refuses = refuses
        self.calls: list[tuple[str, str]] = []
        self.heard: list[list[tuple[str, str]]] = []
        self.results: list[Run] = []
        self.sentences: list[tuple[str | None, str]] = []
        self.announced: list[tuple[str, str, str]] = []
        self.posts: dict[str, list[str]] = {}
        self.before_answer: Callable[[str], None] = lambda _: None
        self._lock = threading.Lock()

    def found(self, run: Run) -> str | None:
        self._called("found", run)
        standing = self.posts.get(run.id)
        return standing[-1] if standing else None

    def began(self, run: Run) -> str:
        self._called("began", run)
        if run.place.message is not None:
            return run.place.message
        with self._lock:
            ts = f"9.{sum(map(len, self.posts.values())) + 1}"
            self.posts.setdefault(run.id, []).append(ts)
        self.before_answer("began")
        return ts

    def left(self, run: Run) -> None:
        """Nothing of this audience's goes on for a run."""

    def announce(self, run: Run, people: Iterable[tuple[str, str]]) -> None:
        self.announced += [(run.id, *one) for one in people]

    def told(self, run: Run) -> None:
        self.calls.append(("told", run.id))
        self.heard.append([(step.fact, step.state) for step in run.steps])

    def ended(self, run: Run) -> Shown:
        self._called("ended", run)
        self.results.append(run)
        self.before_answer("ended")
        failed = run.result.failed if run.result else None
        return Shown(message=run.place.message, tell=failed)

    def settle(self, run: Run) -> None:
        self._called("settle", run)

    def tell(self, request: Request, sentence: str) -> None:
        self.calls.append(("tell", str(request.ref)))
        self.sentences.append((request.asker, sentence))

    def count(self, name: str) -> int:
        return sum(call == name for call, _ in list(self.calls))

    def order(self, name: str) -> list[str]:
        return [run for call, run in list(self.calls) if call == name]

    def last(self) -> Run:
        until(lambda: self.results)
        return self.results[-1]

    def _called(self, name: str, run: Run) -> None:
        with self._lock:
            self.calls.append((name, run.id))
            refusals = self.refuses.get(name, [])
            refusal = refusals.pop(0) if refusals else None
        if refusal is not None:
            raise refusal


@dataclass
class Investigator:
    """Tells of two steps, waits to be let go on, and gives what it was made with, or raises it."""

    outcome: Investigation | Exception = field(default_factory=found)
    url: str = ""
    go_on: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    going: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        self.go_on.set()
        self._lock = threading.Lock()

    def __call__(self, ref: IssueRef, at: datetime, tell: Tell) -> Investigation:
        with self._lock:
            assert at >= NOON
            self.asked.append(ref.target)
            self.going += 1
            self.most = max(self.most, self.going)
        try:
            tell(Progress("Issue", "Issue", "running"))
            tell(Progress("Event", "Event", "running"))
            tell(Progress("Issue", "Issue", "done", "found", self.url))
            assert self.go_on.wait(PATIENCE)
            if isinstance(self.outcome, Exception):
                raise self.outcome
            return self.outcome
        finally:
            with self._lock:
                self.going -= 1


@contextmanager
def running(
    engine: Engine,
    investigate: Investigator,
    audience: Listener,
    replica: str = "here",
    *,
    let_go: bool = True,
    **given: Any,
) -> Iterator[Durable]:
    """Durable runs, closed afterwards; what the investigator holds back goes on then, if it is to be `let_go`."""
    runs = Durable(engine, investigate, audience, replica, **{"tempo": FAST, "sentry_url": SENTRY_URL, **given})
    try:
        yield runs
    finally:
        if let_go:
            investigate.go_on.set()
        runs.close(0)


SENTRY_URL = "https://acme.sentry.io"


def failure_of(run: Run | None) -> str:
    """The sentence of a run that ended without an investigation."""
    assert run is not None
    assert run.result is not None
    return run.result.failed or ""


def states(engine: Engine) -> dict[str, str]:
    """Every run's state, by its id."""
    with engine.connect() as connection:
        return {str(run): str(state) for run, state in connection.execute(select(runs.c.id, runs.c.state))}


def all_ended(engine: Engine) -> bool:
    return set(states(engine).values()) == {"ended"}


def until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Waits until it is so, or fails the test."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, f"it did not come to that in {seconds} s"
        time.sleep(0.005)
