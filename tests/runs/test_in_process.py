"""One run for one question, results kept as long as said, defects told as sentences."""

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from bot.runs.in_process import InProcess
from bot.runs.run import NotStarted, Place, Request, Run
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.unavailable import Unavailable
from playbook.gather import Progress
from playbook.investigate import Investigation
from playbook.sources.recording import Recording
from tests.card.diagnoses import NOON, a_diagnosis, an_evidence


class Listener:
    """An audience that writes down what it hears."""

    def __init__(self, refuses: str = ""):
        self.refuses, self.done = refuses, threading.Semaphore(0)
        self.heard: list[Any] = []
        self.results: list[Run] = []

    def began(self, run: Run) -> Place:
        if self.refuses:
            raise NotStarted(self.refuses)
        return Place(channel=run.place.channel, thread=run.place.thread, message=run.place.message or "9.9")

    def told(self, run: Run) -> None:
        self.heard.append([(step.fact, step.state) for step in run.steps])

    def ended(self, run: Run) -> None:
        self.results.append(run)
        self.done.release()

    def last(self) -> Run:
        assert self.done.acquire(timeout=10)
        return self.results[-1]


def investigator(wait: threading.Event | None = None, fails: Exception | None = None):
    def investigate(ref, at, tell):
        tell(Progress("Issue", "Issue", "running"))
        tell(Progress("Event", "Event", "running"))
        tell(Progress("Issue", "Issue", "done", "found"))
        if wait:
            assert wait.wait(10)
        if fails:
            raise fails
        return Investigation(a_diagnosis(), an_evidence(), Recording(inquiry=Inquiry(ref=ref, at=at)))

    return investigate


def asked(target: str = "SHOP-42", channel: str = "C1", again: str | None = None, thread: str | None = None) -> Request:
    ref = IssueRef(issue_id=target) if target.isdigit() else IssueRef(short_id=target)
    return Request(ref=ref, place=Place(channel=channel, thread=thread), at=NOON, asker="U1", again=again)


def failure_of(run: Run) -> str:
    assert run.result is not None
    return run.result.failed or ""


@pytest.fixture
def running():
    opened = []

    def run(investigate, audience, **given):
        runs = InProcess(investigate, audience, **given)
        opened.append(runs)
        return runs

    yield run
    for runs in opened:
        runs.close()


def test_a_run_tells_its_steps_in_order_and_keeps_its_result(running):
    audience = Listener()
    runs = running(investigator(), audience)
    started = runs.start(asked())
    ended = audience.last()
    assert started.new
    assert audience.heard[:3] == [
        [("Issue", "running")],
        [("Issue", "running"), ("Event", "running")],
        [("Issue", "done"), ("Event", "running")],
    ]
    assert ended.investigation is not None
    assert runs.run(started.run.id) == ended
    assert ended.place.message == "9.9"


def test_the_same_question_is_answered_by_the_same_run_while_it_runs_and_for_a_quiet_time_after(running):
    audience, wait = Listener(), threading.Event()
    runs = running(investigator(wait), audience)
    first = runs.start(asked())
    second = runs.start(asked())
    wait.set()
    audience.last()
    third = runs.start(asked("5551234567"))
    assert (second.new, third.new) == (False, False)
    assert {first.run.id, second.run.id, third.run.id} == {first.run.id}


def test_a_hundred_at_once_begin_one_run(running):
    audience, wait, begun = Listener(), threading.Event(), []
    runs = running(investigator(wait), audience)
    threads = [threading.Thread(target=lambda: begun.append(runs.start(asked()).new)) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    wait.set()
    audience.last()
    assert sorted(begun) == [False] * 99 + [True]


@pytest.mark.parametrize(
    "other", [asked("SHOP-43"), asked(channel="C2"), asked(thread="1.1")], ids=["issue", "channel", "thread"]
)
def test_another_issue_channel_or_thread_is_another_run(running, other):
    audience = Listener()
    runs = running(investigator(), audience)
    assert runs.start(asked()).new
    assert runs.start(other).new


def test_after_the_quiet_time_the_same_question_runs_anew(running):
    audience = Listener()
    runs = running(investigator(), audience, quiet_seconds=0.0)
    runs.start(asked())
    audience.last()
    time.sleep(0.01)
    assert runs.start(asked()).new


def test_checking_again_runs_anew_and_knows_the_run_before(running):
    audience = Listener()
    runs = running(investigator(), audience)
    first = runs.start(asked())
    done = audience.last()
    again = runs.start(asked(again=first.run.id))
    assert again.new
    assert audience.last().before == replace(done, before=None)


def test_checking_again_twice_at_once_is_one_run(running):
    audience, wait = Listener(), threading.Event()
    wait.set()
    runs = running(investigator(wait), audience)
    first = runs.start(asked())
    audience.last()
    wait.clear()
    assert runs.start(asked(again=first.run.id)).new
    assert not runs.start(asked(again=first.run.id)).new
    wait.set()


def test_a_failure_is_a_sentence_and_does_not_answer_the_next_asker(running):
    audience = Listener()
    runs = running(investigator(fails=Unavailable("Sentry is down: try again in a minute.")), audience)
    runs.start(asked())
    assert failure_of(audience.last()) == "Sentry is down: try again in a minute."
    assert runs.start(asked()).new


def test_a_defect_is_a_sentence_that_names_the_run_and_no_trace(running):
    audience = Listener()
    runs = running(investigator(fails=RuntimeError("token xoxb-secret")), audience)
    started = runs.start(asked())
    failed = failure_of(audience.last())
    assert started.run.id in failed
    assert "xoxb" not in failed


def test_a_run_that_cannot_be_shown_does_not_begin_and_does_not_stand_in_the_way(running):
    audience = Listener(refuses="Invite me first.")
    runs = running(investigator(), audience)
    for _ in range(2):
        with pytest.raises(NotStarted, match="Invite me first"):
            runs.start(asked())
    assert audience.heard == []


def test_only_so_many_results_are_kept_and_the_oldest_goes_first(running):
    audience = Listener()
    runs = running(investigator(), audience, kept=2, at_once=1)
    started = []
    for number in range(1, 5):
        started.append(runs.start(asked(str(number))).run.id)
        audience.last()
    assert [runs.run(run_id) is not None for run_id in started] == [False, False, True, True]


def test_what_is_asked_while_the_bot_stops_is_refused_in_a_sentence(running):
    audience = Listener()
    runs = running(investigator(), audience)
    runs.close()
    with pytest.raises(NotStarted, match="ask again in a minute"):
        runs.start(asked())
    assert (audience.heard, audience.results) == ([], [])
