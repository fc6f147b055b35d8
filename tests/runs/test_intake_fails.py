"""What cannot be written down is refused in a sentence and in time, and the next request is answered again."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.runs.database import address, opened
from bot.runs.intake import ANSWER_SECONDS, Intake
from bot.runs.run import NotStarted
from bot.runs.tables import requests, runs
from tests.runs.scene import Clock, an_alert, asked, taking


def test_what_is_asked_after_the_end_of_the_bot_is_refused_in_a_sentence(engine):
    with taking(engine) as intake:
        pass
    with pytest.raises(NotStarted, match="ask again in a minute"):
        intake.take(asked())


def test_what_was_asked_before_the_end_is_still_written(engine):
    intake = Intake(engine, Clock())
    with ThreadPoolExecutor(30) as pool:
        taken = [pool.submit(intake.take, asked(str(number))) for number in range(1, 31)]
        while intake._waiting.empty() and not all(one.done() for one in taken):
            time.sleep(0.0005)
        intake.close()
        written = sum(one.exception() is None for one in taken)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(runs)).scalar_one() == written


def test_without_its_tables_nothing_is_started_and_the_next_one_is_answered_again(engine):
    with taking(engine) as intake:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE diagnose_claims RENAME TO away"))
        with pytest.raises(NotStarted, match="does not answer"):
            intake.take(asked(delivery="Ev1"))
        with engine.begin() as connection:
            assert connection.execute(select(func.count()).select_from(requests)).scalar_one() == 0
            assert connection.execute(select(func.count()).select_from(runs)).scalar_one() == 0
            connection.execute(text("ALTER TABLE away RENAME TO diagnose_claims"))
        assert intake.take(asked(delivery="Ev1")).new


def test_a_database_that_hangs_is_told_within_slacks_patience(engine):
    with taking(engine) as intake, engine.connect() as holder:
        holder.exec_driver_sql("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(NotStarted, match="does not answer"):
            intake.take(asked())
        assert time.monotonic() - began < ANSWER_SECONDS + 0.4 < 3.0
        holder.exec_driver_sql("ROLLBACK")


def test_what_nobody_waits_for_any_more_is_not_written(engine):
    slow = SlowClock()
    with taking(engine, slow) as intake:
        first = intake.soon(an_alert("997"))
        assert slow.asked.wait(5)
        second, third = intake.soon(an_alert("998")), intake.soon(an_alert("999"))
        assert second.cancel()
        slow.go_on.set()
        assert [first.result(5).new, third.result(5).new] == [True, True]
    with engine.connect() as connection:
        assert set(connection.execute(select(runs.c.target)).scalars()) == {"997", "999"}


def test_a_server_that_goes_away_is_told_at_once_and_is_taken_up_again_when_it_is_back(runs_postgres):
    runs_postgres.create("goes_away")
    engine = opened(address(runs_postgres.url("goes_away"), Path()))
    with taking(engine) as intake:
        assert intake.take(asked()).new
        runs_postgres.execute("postgres", "ALTER DATABASE goes_away ALLOW_CONNECTIONS false")
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'goes_away'"
        runs_postgres.execute("postgres", ended)
        with pytest.raises(NotStarted, match="does not answer"):
            intake.take(asked("SHOP-43"))
        runs_postgres.execute("postgres", "ALTER DATABASE goes_away ALLOW_CONNECTIONS true")
        assert intake.take(asked("SHOP-43")).new
    engine.dispose()
    runs_postgres.drop("goes_away")


def test_one_request_that_cannot_be_written_costs_the_others_nothing(either):
    """PostgreSQL takes no NUL and no name past the column's length; SQLite takes both."""
    bad = [an_alert("998", delivery="E\0"), an_alert("999", delivery="x" * 401)]
    good = [an_alert(str(number)) for number in range(1, 21)]
    slow = SlowClock()
    with taking(either, slow) as intake, ThreadPoolExecutor(23) as pool:
        first = pool.submit(intake.take, an_alert("997"))
        assert slow.asked.wait(5)
        refused, taken = [pool.submit(intake.take, one) for one in bad], [pool.submit(intake.take, one) for one in good]
        while intake._waiting.qsize() < len(bad) + len(good):
            time.sleep(0.001)
        slow.go_on.set()
        assert first.result().new
        assert all(one.result().new for one in taken)
        if either.dialect.name == "postgresql":
            assert all(isinstance(one.exception(), NotStarted) for one in refused)


class SlowClock(Clock):
    """Stops whoever asks for the time, so that requests gather behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> float:
        self.asked.set()
        assert self.go_on.wait(5)
        return self.now


def test_nothing_that_is_raised_ends_the_taking_of_requests(engine):
    def now() -> float:
        return float(2e9 / going)

    going = 0.0
    with taking(engine, now) as intake:
        with pytest.raises(NotStarted):
            intake.take(asked())
        going = 1.0
        assert intake.take(asked()).new
