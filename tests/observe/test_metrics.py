"""What is counted can be scraped, and nothing from outside becomes a series."""

import threading
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.observe.beats import Beats
from bot.observe.books import CountedFeedback, CountedPresses, CountedRuns, TimedAudience
from bot.observe.measures import OTHER, measures
from bot.observe.metrics import Metrics
from bot.observe.scraped import Scraped
from bot.runs.feedback import Opinions
from bot.runs.history import Load
from bot.runs.press import Press
from bot.runs.run import NotStarted, Place, Request, Run, Started
from playbook.evidence.issue_ref import IssueRef
from tests.observe.scrape import scraped, value

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(["", '"} 1\nevil 1', "a" * 5_000, "proved\n", "DONE", "\ud800", "none ", "__name__"]),
)


@given(st.sampled_from([one for one in measures().values() if one.kind in {"counter", "histogram"}]), st.data())
def test_no_label_takes_a_value_from_outside(measure, data):
    metrics = Metrics()
    before = len(scraped(metrics))
    for _ in range(5):
        labels = {name: data.draw(HOSTILE) for name in measure.labels}
        if measure.kind == "counter":
            metrics.count(measure.name, **labels)
        else:
            metrics.time(measure.name, 1.0, **labels)
    ours = [(name, labels) for name, labels in scraped(metrics) if name.startswith(measure.name)]
    for _, labels in ours:
        for name, said in labels:
            assert name == "le" or said == OTHER or said in measure.labels[name]
    assert len(scraped(metrics)) - before <= 5 * (len(measure.buckets) + 3)


def test_two_registries_do_not_meet():
    one, other = Metrics(), Metrics()
    one.count("diagnose_takeovers", by=3)
    assert (value(one, "diagnose_takeovers_total"), value(other, "diagnose_takeovers_total")) == (3, 0)


def test_a_small_metric_begins_at_nought_so_that_its_first_rise_is_seen():
    assert value(Metrics(), "diagnose_source_errors_total", source="sentry", kind="timeout") == 0


def test_a_clock_that_was_set_back_counts_as_nothing():
    metrics = Metrics()
    metrics.time("diagnose_run_wait_seconds", -3_600.0)
    assert value(metrics, "diagnose_run_wait_seconds_sum") == 0


def test_the_version_at_work_is_told():
    told = [labels for name, labels in scraped(Metrics()) if name == "diagnose_build_info"]
    assert [dict(labels).keys() for labels in told] == [{"version"}]


def test_no_series_tells_when_it_was_made():
    assert not [name for name, _ in scraped(Metrics()) if name.endswith("_created")]


def gauges(load, replicas=lambda: 2, connected=lambda: True, beats=None):
    metrics = Metrics()
    metrics.show(Scraped(load, replicas, connected, beats or Beats()))
    return {name: said for (name, _), said in scraped(metrics).items() if name.startswith("diagnose_")}


def test_the_load_is_read_at_the_scrape():
    told = gauges(lambda: Load(running=3, waiting=7, oldest_seconds=41.5))
    assert (told["diagnose_runs_running"], told["diagnose_runs_waiting"]) == (3, 7)
    assert told["diagnose_oldest_waiting_seconds"] == 41.5
    assert (told["diagnose_replicas_living"], told["diagnose_database_up"], told["diagnose_slack_connected"]) == (
        2,
        1,
        1,
    )


def broken(*_):
    raise NotStarted("the database does not answer")


@pytest.mark.parametrize(("load", "replicas"), [(broken, lambda: 1), (Load, broken)])
def test_a_database_that_fails_is_told_and_its_numbers_are_absent_not_nought(load, replicas):
    told = gauges(load, replicas)
    assert told["diagnose_database_up"] == 0
    assert not {"diagnose_runs_running", "diagnose_runs_waiting", "diagnose_replicas_living"} & set(told)


def test_a_database_that_hangs_costs_a_second_and_one_thread():
    free = threading.Event()
    metrics = Metrics()
    metrics.show(Scraped(lambda: free.wait(20) and Load(), lambda: 1, lambda: True, Beats()))
    before = threading.active_count()
    for _ in range(3):
        assert value(metrics, "diagnose_database_up") == 0
    assert threading.active_count() - before <= 1
    free.set()


def test_a_client_that_cannot_say_whether_it_is_connected_is_not():
    assert gauges(Load, connected=broken)["diagnose_slack_connected"] == 0


def test_threads_without_a_known_name_are_one_series():
    beats = Beats()
    for name in ("intake", "x-1", "x-2", "x-3"):
        beats.beat(name)
    metrics = Metrics()
    metrics.show(Scraped(Load, lambda: 1, lambda: True, beats))
    found = {dict(labels)["thread"] for name, labels in scraped(metrics) if name == "diagnose_thread_silence_seconds"}
    assert found == {"intake", OTHER}


def a_request(**given):
    return Request(ref=IssueRef(issue_id="42"), place=Place(channel="C1"), at=NOON, **given)


class Answering:
    """Runs that answer as told."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def start(self, request):
        new, delivered = self.answers.pop(0)
        if new is None:
            raise NotStarted("the disk is full")
        return Started(Run("r-1", request, request.place), new=new, delivered=delivered)

    def soon(self, request):
        answer = Future()
        try:
            answer.set_result(self.start(request))
        except NotStarted as refused:
            answer.set_exception(refused)
        return answer

    def run(self, _run_id):
        return None

    def close(self):
        return None


@pytest.mark.parametrize("ask", [CountedRuns.start, lambda runs, request: runs.soon(request).result(1)])
def test_requests_are_counted_by_their_answer(ask):
    metrics = Metrics()
    runs = CountedRuns(Answering((True, False), (False, False), (False, True), (None, False)), metrics)
    for _ in range(3):
        ask(runs, a_request())
    with pytest.raises(NotStarted, match="the disk is full"):
        ask(runs, a_request())
    answers = ("new", "repeat", "redelivery", "refused")
    assert [value(metrics, "diagnose_requests_total", answer=one) for one in answers] == [1, 1, 1, 1]


class Hearing:
    """An audience that posts at once."""

    def began(self, _run):
        return "1.1"


def test_the_wait_for_a_run_is_counted_once_not_again_after_a_crash():
    metrics = Metrics()
    audience = TimedAudience(Hearing(), metrics, lambda: NOON + timedelta(seconds=12))
    run = Run("r-1", a_request(), Place(channel="C1"))
    audience.began(run)
    audience.began(Run("r-1", a_request(), Place(channel="C1", message="1.1")))
    assert value(metrics, "diagnose_run_wait_seconds_count") == 1
    assert value(metrics, "diagnose_run_wait_seconds_sum") == 12


class Book:
    """A book of presses, or one that cannot be written."""

    def __init__(self, broken=False):
        self.broken = broken

    def record(self, _press):
        if self.broken:
            raise NotStarted("no database")


def test_a_press_is_counted_once_its_end_is_on_record():
    metrics = Metrics()
    begun = Press(run="r-1", issue="42", user="U1", action="resolve", at=NOON, before="unresolved")
    ended = begun.model_copy(update={"after": "resolved"})
    CountedPresses(Book(), metrics).record(begun)
    CountedPresses(Book(), metrics).record(ended)
    CountedPresses(Book(), metrics).record(begun.model_copy(update={"refused": "you may not", "action": "explode"}))
    with pytest.raises(NotStarted):
        CountedPresses(Book(broken=True), metrics).record(ended)
    assert value(metrics, "diagnose_presses_total", action="resolve", outcome="changed") == 1
    assert value(metrics, "diagnose_presses_total", action=OTHER, outcome="refused") == 1


class Judged:
    """A book of answers that knows one."""

    def record(self, run_id, _user, _answer):
        return self.of(run_id)

    def of(self, _run_id):
        return Opinions(wrong=("U1",))


def test_feedback_is_counted():
    metrics = Metrics()
    feedback = CountedFeedback(Judged(), metrics)
    assert feedback.record("r-1", "U1", "wrong") == feedback.of("r-1") == Opinions(wrong=("U1",))
    assert value(metrics, "diagnose_feedback_total", answer="wrong") == 1
