"""One look into an issue, watched from outside: how it ended, how long each step took, and under which run it logs.

Nothing below knows of this: it is put around what investigates and around who is told. A step begins in the thread
that gathers, right before its own thread is started with a copy of that thread's context
(docs.python.org/3/library/contextvars): so what is bound here is on every line that a step logs, and a span that
another library opens there hangs on the step's.
"""

import time
from collections.abc import Callable
from datetime import datetime

import structlog
from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, Status, StatusCode, Tracer

from bot.observe.measures import NONE
from bot.observe.metrics import Metrics
from bot.observe.spans import own_tracer
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.unavailable import Unavailable
from playbook.gather import Progress, Tell
from playbook.investigate import Investigation

Investigate = Callable[[IssueRef, datetime, Tell], Investigation]
Clock = Callable[[], float]


def watched(
    investigate: Investigate,
    run: str,
    metrics: Metrics,
    tracer: Tracer | None = None,
    clock: Clock = time.monotonic,
) -> Investigate:
    """The same, noted under the id of its run; what it gives and what it raises is the same too.

    A span says which run, playbook, step and state: never a value, a sentence or an error's text, which may hold what
    somebody's program holds.
    """
    spans = tracer or own_tracer()

    def look(ref: IssueRef, at: datetime, tell: Tell) -> Investigation:
        began, outcome, found = clock(), "defect", None
        with (
            structlog.contextvars.bound_contextvars(run=run),
            spans.start_as_current_span(
                "diagnose.run", attributes={"diagnose.run": run}, record_exception=False, set_status_on_exception=False
            ) as span,
            _Steps(tell, run, metrics, spans, clock) as steps,
        ):
            try:
                found = investigate(ref, at, steps.told)
                outcome = "diagnosed"
            except Unavailable:
                outcome = "failed"
                raise
            finally:
                outcome = "stopped" if steps.stopped else outcome
                _note(metrics, span, outcome, found, clock() - began)
        return found

    return look


def _note(metrics: Metrics, span: Span, outcome: str, found: Investigation | None, seconds: float) -> None:
    diagnosis = found.diagnosis if found else None
    playbook = (diagnosis.playbook if diagnosis else None) or NONE
    grade, cause = (diagnosis.verdict.grade, diagnosis.verdict.cause or NONE) if diagnosis else (NONE, NONE)
    metrics.count("diagnose_runs", outcome=outcome, playbook=playbook, grade=grade, cause=cause)
    metrics.time("diagnose_run_duration_seconds", seconds, outcome=outcome)
    span.set_attribute("diagnose.playbook", playbook)
    span.set_attribute("diagnose.state", outcome)
    if outcome == "defect":
        span.set_status(Status(StatusCode.ERROR))


class _Steps:
    """Who is told first: notes each step and passes it on. Told by one thread, the one that gathers."""

    def __init__(self, tell: Tell, run: str, metrics: Metrics, tracer: Tracer, clock: Clock) -> None:
        self.stopped = False
        self._tell, self._run, self._metrics, self._tracer, self._clock = tell, run, metrics, tracer, clock
        self._running: dict[str, tuple[float, Span]] = {}

    def __enter__(self) -> "_Steps":
        self._around: Context = context.get_current()
        return self

    def __exit__(self, *_: object) -> None:
        for _began, span in self._running.values():
            span.end()
        structlog.contextvars.unbind_contextvars("step")

    def told(self, told: Progress) -> None:
        """Notes it and tells it; what the told raises ends the run, and is noted as that."""
        if told.state == "running":
            self._begin(told.fact)
        else:
            self._end(told.fact, told.state)
        try:
            self._tell(told)
        except BaseException:
            self.stopped = True
            raise

    def _begin(self, fact: str) -> None:
        span = self._tracer.start_span(
            f"diagnose.step {fact}",
            context=self._around,
            attributes={"diagnose.run": self._run, "diagnose.step": fact},
        )
        self._running[fact] = (self._clock(), span)
        # For the step's thread, which is started next with a copy of this context; the run's span puts it back.
        context.attach(trace.set_span_in_context(span, self._around))
        structlog.contextvars.bind_contextvars(step=fact)

    def _end(self, fact: str, state: str) -> None:
        began, span = self._running.pop(fact, (None, None))
        if began is None or span is None:
            return  # it lacked what it needs, and was never begun
        self._metrics.time("diagnose_step_duration_seconds", self._clock() - began, step=fact, state=state)
        span.set_attribute("diagnose.state", state)
        span.end()
