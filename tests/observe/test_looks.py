"""A look into an issue is noted from outside: metrics, spans and log lines, and nothing of what it found."""

import io
import json
import logging
import time
from datetime import UTC, datetime

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from bot.observe.logs import log_to_standard_error
from bot.observe.looks import watched
from bot.observe.metrics import Metrics
from playbook.evidence.collected import Evidence
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Issue
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.logs import Logs
from playbook.evidence.unavailable import Unavailable
from playbook.gather import gather
from playbook.investigate import Investigation
from playbook.sources.door import side_by_side
from playbook.sources.recording import Recording
from playbook.steps import step_of
from tests.card.diagnoses import a_diagnosis
from tests.facts import a_frequency, an_issue
from tests.observe.logging_kept import logging_kept
from tests.observe.scrape import value

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REF = IssueRef(issue_id="42")
SECRET = "ghp_0123456789abcdefghij0123456789abcdefgh"


def issue() -> Issue:
    """Issue details."""
    structlog.get_logger().info("in a step", token_like=SECRET)
    return an_issue()


def frequency(issue: Issue) -> Frequency:
    """Frequency."""
    side_by_side(lambda: structlog.get_logger().info("in a thread of a step"))
    with trace.get_tracer("another library").start_as_current_span("inner"):
        return a_frequency()


def logs(issue: Issue) -> Logs:
    """Logs."""
    raise Unavailable(f"the logs cannot be reached with {SECRET}")


def breaks(issue: Issue) -> Frequency:
    """Frequency."""
    raise ValueError(SECRET)


def looking(*functions, ends=None):
    """What investigates by these steps, and ends in a diagnosis or by raising."""

    def investigate(_ref, _at, tell):
        shelf = {step.gives: step for step in map(step_of, functions)}
        evidence = gather(list(shelf), Evidence(), {}, tell, 10.0, shelf)
        if ends is not None:
            raise ends
        return Investigation(a_diagnosis(), evidence, Recording.model_construct())

    return investigate


@pytest.fixture
def spans():
    """A tracer, and what it has ended."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider.get_tracer("diagnose"), exporter.get_finished_spans
    provider.shutdown()


def test_a_diagnosed_issue_is_counted_with_its_grade_and_cause():
    metrics = Metrics()
    diagnosis = watched(looking(issue, frequency), "r-1", metrics)(REF, NOON, lambda _: None).diagnosis
    verdict = diagnosis.verdict
    labels = {"playbook": diagnosis.playbook, "grade": verdict.grade, "cause": verdict.cause}
    assert value(metrics, "diagnose_runs_total", outcome="diagnosed", **labels) == 1
    assert value(metrics, "diagnose_run_duration_seconds_count", outcome="diagnosed") == 1


@pytest.mark.parametrize(
    ("ends", "outcome"), [(Unavailable("Sentry is down"), "failed"), (ValueError("a defect"), "defect")]
)
def test_a_failure_is_counted_and_raised_as_it_was(ends, outcome, spans):
    metrics = Metrics()
    with pytest.raises(type(ends)) as raised:
        watched(looking(issue, ends=ends), "r-1", metrics, spans[0])(REF, NOON, lambda _: None)
    assert raised.value is ends
    labels = {"outcome": outcome, "playbook": "none", "grade": "none", "cause": "none"}
    assert value(metrics, "diagnose_runs_total", **labels) == 1
    whole = next(span for span in spans[1]() if span.name == "diagnose.run")
    assert whole.status.status_code is (StatusCode.ERROR if outcome == "defect" else StatusCode.UNSET)
    assert (whole.events, whole.status.description) == ((), None), "an error's text may hold anything"


def test_who_is_told_may_stop_a_run_and_that_is_no_defect():
    metrics = Metrics()

    class AnsweredElsewhere(Exception):
        pass

    def tell(told):
        if told.state == "done":
            raise AnsweredElsewhere

    with pytest.raises(AnsweredElsewhere):
        watched(looking(issue), "r-1", metrics)(REF, NOON, tell)
    assert value(metrics, "diagnose_run_duration_seconds_count", outcome="stopped") == 1


def test_each_step_is_timed_by_how_it_ended():
    now = [100.0]
    metrics, told = Metrics(), []

    def clock():
        now[0] += 1.0
        return now[0]

    watched(looking(issue, frequency, logs), "r-1", metrics, clock=clock)(REF, NOON, told.append)
    timed = "diagnose_step_duration_seconds_count"
    assert value(metrics, timed, step="Issue", state="done") == 1
    assert value(metrics, timed, step="Frequency", state="done") == 1
    assert value(metrics, timed, step="Logs", state="unavailable") == 1
    assert value(metrics, "diagnose_step_duration_seconds_sum", step="Issue", state="done") == 1.0
    assert [one.state for one in told if one.fact == "Logs"] == ["running", "unavailable"]


def test_a_step_that_lacked_what_it_needs_was_never_begun_and_takes_no_time(spans):
    metrics = Metrics()

    def no_issue() -> Issue:
        """Issue details."""
        raise Unavailable("Sentry is down")

    watched(looking(no_issue, frequency), "r-1", metrics, spans[0])(REF, NOON, lambda _: None)
    assert value(metrics, "diagnose_step_duration_seconds_count", step="Frequency", state="unavailable") is None
    assert "diagnose.step Frequency" not in {span.name for span in spans[1]()}


def test_spans_hang_together_and_say_nothing_of_what_was_found(spans, monkeypatch):
    tracer, ended = spans
    monkeypatch.setattr(trace, "get_tracer", lambda *_: tracer)
    with logging_kept():
        log_to_standard_error(stream=io.StringIO())
        watched(looking(issue, breaks, logs), "r-1", Metrics(), tracer)(REF, NOON, lambda _: None)
    found = {span.name: span for span in ended()}
    whole = found["diagnose.run"]
    assert dict(whole.attributes) == {
        "diagnose.run": "r-1",
        "diagnose.playbook": "relation_missing",
        "diagnose.state": "diagnosed",
    }
    for name, state in (("Issue", "done"), ("Frequency", "unavailable"), ("Logs", "unavailable")):
        step = found[f"diagnose.step {name}"]
        assert step.parent.span_id == whole.context.span_id
        assert dict(step.attributes) == {"diagnose.run": "r-1", "diagnose.step": name, "diagnose.state": state}
    assert not any(SECRET in span.to_json() or span.events for span in ended())


def test_a_span_that_a_step_opens_hangs_on_that_steps_span(spans, monkeypatch):
    tracer, ended = spans
    monkeypatch.setattr(trace, "get_tracer", lambda *_: tracer)
    watched(looking(issue, frequency), "r-1", Metrics(), tracer)(REF, NOON, lambda _: None)
    found = {span.name: span for span in ended()}
    assert found["inner"].parent.span_id == found["diagnose.step Frequency"].context.span_id
    assert not trace.get_current_span().get_span_context().is_valid, "the thread is left as it was"


def test_every_line_of_a_run_is_json_with_its_id_and_without_the_secret():
    written = io.StringIO()
    with logging_kept():
        log_to_standard_error(stream=written)
        watched(looking(issue, frequency), "r-0123456789ab", Metrics())(REF, NOON, lambda _: None)
        watched(looking(issue, breaks), "r-0123456789ab", Metrics())(REF, NOON, lambda _: None)
        structlog.get_logger().info("after the run")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    *of_run, after = lines
    assert {"in a step", "in a thread of a step", "a step failed by a defect"} <= {line["event"] for line in of_run}
    assert {line.get("run") for line in of_run} == {"r-0123456789ab"}
    assert {line["step"] for line in of_run if line["event"] == "in a thread of a step"} == {"Frequency"}
    assert "run" not in after
    assert "step" not in after
    assert SECRET not in written.getvalue()


def test_without_an_sdk_a_span_costs_next_to_nothing():
    tracer = trace.get_tracer("diagnose")
    began, times = time.perf_counter(), 2_000
    for _ in range(times):
        with tracer.start_as_current_span("diagnose.step Issue", attributes={"diagnose.run": "r-1"}):
            pass
    assert (time.perf_counter() - began) / times < 0.001, "a run has a dozen, and takes seconds"


def test_python_logging_within_a_run_carries_its_id_too():
    written = io.StringIO()

    def investigate(_ref, _at, _tell):
        logging.getLogger("slack_bolt.App").error("a listener failed with %s", SECRET)
        return Investigation(a_diagnosis(), Evidence(), Recording.model_construct())

    with logging_kept():
        log_to_standard_error(stream=written)
        watched(investigate, "r-7", Metrics())(REF, NOON, lambda _: None)
    line = json.loads(written.getvalue())
    assert (line["run"], line["level"], line["logger"]) == ("r-7", "error", "slack_bolt.App")
    assert SECRET not in written.getvalue()
