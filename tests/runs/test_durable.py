"""A run goes on where it was cut off, shows one message, and ends; whoever asks meanwhile is answered by it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.runs.run import NotStarted
from playbook.evidence.unavailable import Unavailable
from tests.card.diagnoses import NOON
from tests.runs.scene import (
    FAST,
    Investigator,
    Listener,
    all_ended,
    an_alert,
    asked,
    failure_of,
    replayed,
    running,
    until,
)


def test_a_run_tells_its_steps_in_order_and_keeps_its_result(engine):
    audience = Listener()
    with running(engine, Investigator(), audience) as durable:
        started = durable.start(asked())
        ended = audience.last()
        until(lambda: all_ended(engine))
        assert started.new
        assert audience.heard == [
            [("Issue", "running")],
            [("Issue", "running"), ("Event", "running")],
            [("Issue", "done"), ("Event", "running")],
        ]
        assert ended.investigation is not None
        assert ended.place.message == "9.1"
        until(lambda: durable.run(started.run.id) == ended)


def test_a_step_that_no_reader_of_the_run_hears_twice(engine):
    audience = Listener()
    with running(engine, Investigator(), audience) as durable:
        durable.start(asked())
        audience.last()
        until(lambda: all_ended(engine))
    assert [audience.count(name) for name in ("found", "began", "ended", "tell")] == [0, 1, 1, 0]


def test_the_same_question_is_answered_by_the_same_run_while_it_runs_and_for_a_quiet_time_after(engine):
    audience, investigate = Listener(), Investigator()
    investigate.go_on.clear()
    with running(engine, investigate, audience) as durable:
        first, second = durable.start(asked()), durable.start(asked())
        investigate.go_on.set()
        audience.last()
        third = durable.start(asked("5551234567"))
        assert (second.new, third.new) == (False, False)
        assert {first.run.id, second.run.id, third.run.id} == {first.run.id}
        assert len(investigate.asked) == 1


def test_a_hundred_at_once_are_one_run_and_one_message_and_all_are_counted(engine):
    audience, investigate = Listener(), Investigator()
    investigate.go_on.clear()
    with running(engine, investigate, audience) as durable:
        with ThreadPoolExecutor(50) as pool:
            started = list(pool.map(durable.start, [asked(asker=f"U{number}") for number in range(100)]))
        investigate.go_on.set()
        assert audience.last().asked == 100
        until(lambda: all_ended(engine))
    assert sum(one.new for one in started) == 1
    assert (audience.count("began"), len(audience.posts)) == (1, 1)


def test_after_the_quiet_time_the_same_question_runs_anew(engine):
    audience, now = Listener(), [NOON]
    with running(engine, Investigator(), audience, now=lambda: now[0]) as durable:
        durable.start(asked())
        audience.last()
        until(lambda: all_ended(engine))
        now[0] += timedelta(seconds=600)
        assert durable.start(asked()).new


def test_checking_again_runs_anew_and_knows_the_run_before(engine):
    audience = Listener()
    with running(engine, Investigator(replayed()), audience) as durable:
        first = durable.start(asked())
        done = audience.last()
        until(lambda: all_ended(engine))
        assert durable.start(asked(again=first.run.id)).new
        until(lambda: len(audience.results) == 2)
        assert audience.results[1].before == replace(done, before=None)


def test_checking_again_twice_at_once_is_one_run(engine):
    audience, investigate = Listener(), Investigator()
    with running(engine, investigate, audience) as durable:
        first = durable.start(asked())
        audience.last()
        until(lambda: all_ended(engine))
        investigate.go_on.clear()
        assert durable.start(asked(again=first.run.id)).new
        assert not durable.start(asked(again=first.run.id)).new


def test_a_failure_is_a_sentence_to_the_asker_and_does_not_answer_the_next_one(engine):
    audience = Listener()
    with running(engine, Investigator(Unavailable("Sentry is down: try again.")), audience) as durable:
        durable.start(asked())
        assert failure_of(audience.last()) == "Sentry is down: try again."
        until(lambda: audience.sentences)
        assert audience.sentences == [("U1", "Sentry is down: try again.")]
        assert durable.start(asked()).new


def test_a_defect_is_a_sentence_that_names_the_run_and_no_secret_is_written_anywhere(engine):
    audience = Listener()
    with running(engine, Investigator(RuntimeError("token xoxb-secret")), audience) as durable:
        started = durable.start(asked())
        failed = failure_of(audience.last())
        until(lambda: all_ended(engine))
        assert started.run.id in failed
        assert "xoxb" not in failed
    assert "xoxb" not in everything(engine)


def everything(engine) -> str:
    """All rows of all tables, those of DBOS included."""
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        return "".join(str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in tables)  # noqa: S608


def test_a_run_that_cannot_be_shown_is_told_to_the_asker_and_does_not_stand_in_the_way(engine):
    audience = Listener(began=[NotStarted("Invite me first.")])
    investigate = Investigator()
    with running(engine, investigate, audience) as durable:
        durable.start(asked())
        until(lambda: audience.sentences)
        assert audience.sentences == [("U1", "Invite me first.")]
        assert investigate.asked == []
        assert durable.start(asked()).new
        until(lambda: len(audience.results) == 2)
        assert len(investigate.asked) == 1


def test_a_person_goes_before_alerts_and_the_oldest_of_each_first(engine):
    audience, investigate = Listener(), Investigator()
    investigate.go_on.clear()
    with running(engine, investigate, audience, tempo=replace(FAST, at_once=1)) as durable:
        durable.start(an_alert("1"))
        until(lambda: investigate.asked)
        for request in (an_alert("2"), an_alert("3"), asked("4"), an_alert("5"), asked("6")):
            durable.start(request)
        until(lambda: not durable.book.due())
        assert durable.start(asked("7")).ahead == 2
        until(lambda: not durable.book.due())
        assert durable.waiting() in {5, 6}
        investigate.go_on.set()
        until(lambda: all_ended(engine))
    assert investigate.asked == ["1", "4", "6", "7", "2", "3", "5"]
    assert investigate.most == 1


def test_no_more_run_at_once_than_one_replica_may(engine):
    audience, investigate = Listener(), Investigator()
    investigate.go_on.clear()
    with running(engine, investigate, audience, tempo=replace(FAST, at_once=3)) as durable:
        for number in range(1, 9):
            durable.start(asked(str(number)))
        until(lambda: investigate.going == 3)
        time.sleep(0.2)
        investigate.go_on.set()
        until(lambda: all_ended(engine))
    assert investigate.most == 3


def test_what_is_asked_while_the_bot_stops_is_refused_in_a_sentence(engine):
    audience = Listener()
    with running(engine, Investigator(), audience) as durable:
        durable.close()
        with pytest.raises(NotStarted, match="ask again in a minute"):
            durable.start(asked())
    assert audience.calls == []


def test_a_stop_lets_the_run_under_way_end(engine):
    audience, investigate = Listener(), Investigator()
    investigate.go_on.clear()
    with running(engine, investigate, audience) as durable:
        durable.start(asked())
        until(lambda: audience.count("told") == 3)
        letting = threading.Timer(0.3, investigate.go_on.set)
        letting.start()
        durable.close(10)
        letting.join()
        assert all_ended(engine)
        assert len(audience.results) == 1


def test_the_database_that_is_gone_is_told_where_a_run_is_looked_up(engine):
    with running(engine, Investigator(), Listener()) as durable:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE diagnose_runs RENAME TO away"))
        with pytest.raises(NotStarted):
            durable.run("r-1")
        assert durable.waiting() == 0
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO diagnose_runs"))


def test_the_start_of_a_run_that_ended_replays_nothing_before_the_acknowledgement(monkeypatch, engine):
    """Replaying a recording takes a tenth of a second, of which Slack's three are made in a storm."""
    audience = Listener()
    with running(engine, Investigator(replayed()), audience) as durable:
        durable.start(an_alert())
        audience.last()
        until(lambda: all_ended(engine))
        durable.book.replays.forget()
        monkeypatch.setattr("bot.runs.replays.replay", lambda *_: pytest.fail("replayed"))
        assert not durable.start(an_alert()).new
