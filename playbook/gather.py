"""Runs what is needed, side by side, in the order the needs allow; failures become gaps; tells of progress."""

import contextvars
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Literal

import structlog

from playbook import wiring
from playbook.evidence.collected import Evidence
from playbook.evidence.fact import Fact, Value
from playbook.evidence.prescription import Prescription
from playbook.evidence.unavailable import Unavailable
from playbook.sources.elastic import Elastic
from playbook.steps import Step, steps

State = Literal["running", "done", "absent", "unavailable"]
log = structlog.get_logger()

STEP_SECONDS = 45.0
"""How long a run waits for all of its steps, in seconds: past that a person has opened Sentry by hand."""

WORKERS = 12
"""Threads of one run: more than there are steps, since they only wait for the network."""


@dataclass(frozen=True)
class Progress:
    """One step changed its state; `finding` is its one line (or why there is none), `url` where to read it.

    While it runs, `source` is the service that is asked and `asks` what for.
    """

    fact: str
    title: str
    state: State
    finding: str = ""
    url: str = ""
    source: str = ""
    asks: str = ""


Tell = Callable[[Progress], None]


def gather(
    wanted: Iterable[type[Fact]],
    known: Evidence,
    given: Mapping[type, object],
    tell: Tell,
    seconds: float = STEP_SECONDS,
    shelf: Mapping[type[Fact], Step] | None = None,
) -> Evidence:
    """`known` and the facts that were `wanted`, with all that these need.

    `given` holds the values and sources that steps may ask for, by type. Never raises for a source: a step that
    could not look is in `unavailable`, with its sentence; one that fails by a defect of ours too, and is logged.
    `shelf` holds the steps there are; it is the folder's unless a caller brings its own.
    """
    return _Run(known, given, tell, seconds).of(wanted, steps() if shelf is None else shelf)


class _Run:
    """What is known so far in one run; only the thread that gathers writes to it."""

    def __init__(self, known: Evidence, given: Mapping[type, object], tell: Tell, seconds: float) -> None:
        self.facts = dict(known.facts)
        self.absent = dict(known.absent)
        self.unavailable = dict(known.unavailable)
        self.hidden = dict(known.hidden)
        self.given = given
        self.tell = tell
        self.ends = time.monotonic() + seconds

    def of(self, wanted: Iterable[type[Fact]], shelf: Mapping[type[Fact], Step]) -> Evidence:
        todo = _with_needs(wanted, shelf, self.settled)
        running: dict[Future[Fact | None], Step] = {}
        pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="step")
        try:
            while todo or running:
                for kind in [kind for kind, step in todo.items() if self._ready(step, todo, running)]:
                    self._begin(pool, todo.pop(kind), running)
                if running:
                    self._collect(running)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return Evidence(self.facts, self.absent, self.unavailable, self.hidden)

    def settled(self, kind: type) -> bool:
        return kind in self.facts or kind in self.absent or kind in self.unavailable

    def _ready(self, step: Step, todo: Mapping[type[Fact], Step], running: Mapping[Future[Fact | None], Step]) -> bool:
        pending = set(todo) | {one.gives for one in running.values()}
        return all(need.type not in pending or need.type is step.gives for need in step.needs)

    def _begin(self, pool: ThreadPoolExecutor, step: Step, running: dict[Future[Fact | None], Step]) -> None:
        have: dict[type, object] = {**self.given, **self.facts}
        lacking = next((need for need in step.needs if need.required and need.type not in have), None)
        if lacking is not None:
            self._settle(step, Unavailable(self._lacks(lacking.type)))
            return
        kind = step.gives
        self.tell(Progress(kind.__name__, step.title, "running", source=kind.source, asks=_asked(step, have)))
        # In a copy of this thread's context: what a step logs, and what it traces, is told under its run.
        in_context = contextvars.copy_context().run
        running[pool.submit(in_context, wiring.call, step.function, step.needs, have)] = step

    def _lacks(self, need: type) -> str:
        name = need.__name__
        if need in self.absent:
            return f"this needs {name}, of which there is none"
        return f"this needs {name}, which could not be had: {self.unavailable.get(need, 'nothing gives it')}"

    def _collect(self, running: dict[Future[Fact | None], Step]) -> None:
        done, _ = wait(running, timeout=max(0.0, self.ends - time.monotonic()), return_when=FIRST_COMPLETED)
        if not done:
            for step in running.values():
                self._settle(step, Unavailable("no answer within the time of a run; check again in a minute"))
            running.clear()
        for future in done:
            step = running.pop(future)
            self._settle(step, _outcome(step, future))

    def _settle(self, step: Step, outcome: Fact | Unavailable | None) -> None:
        kind, name = step.gives, step.gives.__name__
        if isinstance(outcome, Unavailable):
            self.unavailable[kind] = outcome.sentence
            self.tell(Progress(name, step.title, "unavailable", outcome.sentence))
        elif outcome is None:
            self.absent[kind] = f"looked in {kind.source}, there is none"
            self.tell(Progress(name, step.title, "absent", self.absent[kind]))
        else:
            self.facts[kind] = outcome
            self.tell(Progress(name, step.title, "done", outcome.finding, outcome.url))


def _outcome(step: Step, future: Future[Fact | None]) -> Fact | Unavailable | None:
    """What a step came to; what is raised by who is told of it ends the run, and is none of its steps' defects."""
    try:
        return future.result()
    except Unavailable as unavailable:
        return unavailable
    except Exception:
        log.exception("a step failed by a defect", step=step.gives.__name__)
        return Unavailable("this step failed by a defect of ours, which is in the log")


def _asked(step: Step, have: Mapping[type, object]) -> str:
    """What a step is about to ask for; of the logs, what the playbook at hand looks for in them."""
    prescription = have.get(Prescription)
    if any(need.type is Elastic for need in step.needs) and isinstance(prescription, Prescription):
        purposes = ", ".join(search.purpose for search in prescription.searches)
        return f"logs of {purposes}" if purposes else "logs"
    return step.title[:1].lower() + step.title[1:]


def _with_needs(
    wanted: Iterable[type[Fact]], shelf: Mapping[type[Fact], Step], settled: Callable[[type], bool]
) -> dict[type[Fact], Step]:
    """The steps for what is wanted and, first, for what those need; in a stable order."""
    found: dict[type[Fact], Step] = {}

    def add(kind: type) -> None:
        step = shelf.get(kind) if issubclass(kind, Fact) else None
        if step is None or kind in found or settled(kind):
            return
        for need in step.needs:
            if issubclass(need.type, Value):
                add(need.type)
        found[step.gives] = step

    for kind in wanted:
        add(kind)
    return found
