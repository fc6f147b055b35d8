"""A run that was cut off, wherever that was, goes on with the same message; what breaks for good is said."""

import threading
import time

import pytest
from dbos import DBOS
from sqlalchemy import event, select, update

from bot.runs import dispatcher as dispatching
from bot.runs import durable as module
from bot.runs import workflows as patience
from bot.runs.intake import Intake
from bot.runs.run import NotShown, Run
from bot.runs.tables import claims, runs
from playbook.gather import Progress
from tests.card.diagnoses import NOON
from tests.runs.scene import (
    Investigator,
    Listener,
    all_ended,
    an_alert,
    failure_of,
    running,
    until,
)


@pytest.mark.parametrize("step", ["began", "ended"])
def test_what_slack_does_not_take_for_now_is_tried_until_it_does_and_nothing_is_looked_for_twice(engine, step):
    audience, investigate = Listener(**{step: [NotShown("Slack is away.") for _ in range(4)]}), Investigator()
    with running(engine, investigate, audience) as durable:
        durable.start(an_alert())
        until(lambda: all_ended(engine))
    assert audience.count(step) == 5
    assert (len(investigate.asked), len(audience.posts)) == (1, 1)


def test_a_post_whose_answer_was_lost_is_found_and_not_posted_again(engine):
    audience = Listener()

    def lose(_: str) -> None:
        audience.before_answer = lambda _: None
        raise NotShown("unreachable")

    audience.before_answer = lose
    with running(engine, Investigator(), audience) as durable:
        run = durable.start(an_alert()).run.id
        until(lambda: all_ended(engine))
        assert audience.posts == {run: ["9.1"]}
        assert audience.last().place.message == "9.1"
        assert audience.count("found") == 1


@pytest.mark.parametrize("cut", ["began", "look", "ended"])
def test_a_run_that_was_cut_off_goes_on_after_the_restart_with_the_same_message(engine, cut):
    """Nothing of what was done is done again; what was cut off is, and finds what it had done."""
    audience, investigate, held = Listener(), Investigator(), threading.Event()

    def hold(name: str) -> None:
        if name == cut:
            audience.before_answer = lambda _: None
            assert held.wait(20)
            raise NotShown("the process was killed meanwhile")

    audience.before_answer = hold
    if cut == "look":
        investigate.go_on.clear()
    with running(engine, investigate, audience, let_go=False) as durable:
        run = durable.start(an_alert()).run.id
        until(lambda: audience.count("told") == 3 if cut == "look" else audience.count(cut) == 1)
        durable.close(0)
    after = Listener()
    after.posts = audience.posts
    with running(engine, Investigator(), after) as again:
        until(lambda: all_ended(engine))
        until(lambda: again.run(run).result is not None)
    held.set()
    investigate.go_on.set()
    assert after.posts == {run: ["9.1"]}
    assert after.results[-1].place.message == "9.1"
    assert after.count("found") == (cut == "began")
    assert after.count("began") == (cut == "began")
    assert after.count("told") == (0 if cut == "ended" else 3)
    assert after.count("ended") == 1


def test_what_was_written_and_never_begun_is_begun_by_whoever_starts_next(engine):
    intake = Intake(engine, NOON.timestamp)
    taken = [intake.take(an_alert(str(number))).run for number in range(1, 6)]
    intake.close()
    audience = Listener()
    with running(engine, Investigator(), audience):
        until(lambda: all_ended(engine))
    assert sorted(audience.order("began")) == sorted(taken)


def test_a_run_begins_only_once_all_is_there_that_it_needs(engine):
    """What a killed process left is taken up at once, while the rest of the bot is still being built."""
    audience, investigate = Listener(), Investigator()
    investigate.go_on.clear()
    with running(engine, investigate, audience) as durable:
        durable.start(an_alert())
        until(lambda: audience.count("told") == 3)
        durable.close(0)
    after = Listener()
    with running(engine, Investigator(), after, begin=False) as again:
        time.sleep(0.3)
        assert after.calls == []
        again.begin()
        until(lambda: all_ended(engine))
    with engine.connect() as connection:
        assert connection.execute(select(runs.c.attempts)).scalar_one() == 1


def test_a_workflow_that_broke_is_begun_again_under_another_name(engine):
    class Breaking(Listener):
        def began(self, run: Run) -> str:
            if self.count("began") < 2:
                self.calls.append(("began", run.id))
                raise MemoryError
            return super().began(run)

    audience = Breaking()
    with running(engine, Investigator(), audience) as durable:
        run = durable.start(an_alert()).run.id
        until(lambda: all_ended(engine))
        until(lambda: not durable._live)
        known = {one.workflow_id: one.status for one in DBOS.list_workflows()}
    assert {name: state for name, state in known.items() if state == "ERROR"} == {run: "ERROR", f"{run}.2": "ERROR"}
    assert set(known) == {run, f"{run}.2", f"{run}.3"}
    assert audience.results[-1].investigation is not None


def test_after_many_tries_a_run_is_given_up_and_said_to_be_and_does_not_stand_in_the_way(monkeypatch, engine):
    class Broken(Listener):
        def began(self, run: Run) -> str:
            self.calls.append(("began", run.id))
            raise MemoryError

    monkeypatch.setattr(dispatching, "MOST_ATTEMPTS", 3)
    audience = Broken()
    with running(engine, Investigator(), audience) as durable:
        run = durable.start(an_alert()).run.id
        until(lambda: all_ended(engine))
        assert audience.count("began") == 3
        assert "3 times" in failure_of(durable.run(run))
        assert durable.start(an_alert()).new


def test_a_run_that_was_forgotten_in_the_middle_takes_no_place_in_the_queue(engine):
    """Its workflow must end somehow: what is PENDING for ever counts against the runs of all replicas."""
    audience, investigate = Listener(), Investigator()
    investigate.go_on.clear()
    with running(engine, investigate, audience) as durable:
        durable.start(an_alert())
        until(lambda: audience.count("told") == 3)
        with engine.begin() as connection:
            connection.execute(claims.delete())
            connection.execute(runs.delete())
        investigate.go_on.set()
        until(lambda: not durable._live)
        until(lambda: [one.status for one in DBOS.list_workflows()] == ["ERROR"], 3)


def test_a_database_that_fails_in_the_middle_costs_a_run_nothing(engine):
    audience, investigate = Listener(), Investigator()
    failing = threading.Event()

    @event.listens_for(engine, "before_cursor_execute")
    def fail(connection, cursor, statement, *_):
        if failing.is_set():
            raise connection.dialect.dbapi.OperationalError("disk I/O error")

    investigate.go_on.clear()
    with running(engine, investigate, audience) as durable:
        durable.start(an_alert())
        until(lambda: audience.count("told") == 3)
        failing.set()
        investigate.go_on.set()
        time.sleep(0.3)
        assert audience.results == []
        failing.clear()
        until(lambda: all_ended(engine))
    assert (len(audience.posts), audience.count("ended")) == (1, 1)


def test_what_is_told_after_another_replica_took_the_run_reaches_nobody(engine):
    """A paused process that wakes up must not write its old progress over the card that stands by now."""
    told_late = threading.Event()

    class Late(Investigator):
        def __call__(self, ref, at, tell):
            try:
                return super().__call__(ref, at, tell)
            finally:
                tell(Progress("Logs", "Logs", "running"))
                told_late.set()

    audience, investigate = Listener(), Late()
    investigate.go_on.clear()
    with running(engine, investigate, audience) as durable:
        run = durable.start(an_alert()).run.id
        until(lambda: audience.count("told") == 3)
        with engine.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(owner="another"))
        investigate.go_on.set()
        until(lambda: told_late.is_set() or not durable._live)
        assert audience.count("told") == 3


def test_the_steps_are_called_what_they_were_called_when_runs_were_begun():
    """A resumed run is given the results of its steps by their names and order: another name is another version."""
    assert (patience.RUN, patience.RUNS, patience.STEPS_VERSION) == ("diagnose_run", "runs", "1")


def test_a_dead_replica_is_taken_over_within_half_a_minute():
    assert module.TEMPO.dead_seconds + 2 * module.TEMPO.beat_seconds < 30
