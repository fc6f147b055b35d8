"""Beside the runs, cards learn how often they were asked for, a few at a time, and old runs are forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.runs import upkeep as module
from bot.runs.book import Book
from bot.runs.intake import Intake
from bot.runs.past import HistoryInTables
from bot.runs.upkeep import COUNT_SECONDS, COUNTED_AT_ONCE, Upkeep
from tests.runs.scene import Clock, a_run, an_alert, found


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC).timestamp())


@pytest.fixture
def asked_again(engine: Engine, clock: Clock):
    """Ended runs, each asked for so many times more than its card says."""
    book, intake = Book(engine, clock), Intake(engine, clock)

    def ended(runs: int, times: int) -> list[str]:
        made = []
        for number in range(1, runs + 1):
            request = an_alert(str(number))
            run = intake.take(request).run
            book.concluded(a_run(run, request, found(str(number), f"SHOP-{number}")))
            book.asked(run)
            book.ended(run)
            for _ in range(times):
                assert not intake.take(request).new
            made.append(run)
        return made

    yield book, ended
    intake.close()


def test_a_card_is_drawn_anew_once_a_minute_with_the_count_as_it_is(engine, clock, asked_again):
    book, ended = asked_again
    drawn = []
    upkeep = Upkeep(book, HistoryInTables(engine), drawn.append, 90)
    run = ended(1, 3)[0]
    upkeep()
    assert drawn == []
    clock.now += COUNT_SECONDS
    upkeep()
    upkeep()
    assert [(one.id, one.asked) for one in drawn] == [(run, 4)]


def test_counting_leaves_most_of_slacks_patience_to_others(engine, clock, asked_again):
    book, ended = asked_again
    drawn = []
    upkeep = Upkeep(book, HistoryInTables(engine), drawn.append, 90)
    made = ended(COUNTED_AT_ONCE + 2, 1)
    clock.now += COUNT_SECONDS
    upkeep()
    assert len(drawn) == COUNTED_AT_ONCE
    upkeep()
    assert sorted(one.id for one in drawn) == sorted(made)


def test_what_is_older_than_it_is_kept_is_forgotten_once_an_hour(engine, clock, asked_again, monkeypatch):
    book, ended = asked_again
    now = [1_000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    upkeep = Upkeep(book, HistoryInTables(engine), lambda _: None, 90)
    clock.now -= timedelta(days=91).total_seconds()
    old = ended(1, 0)[0]
    upkeep()
    assert book.run(old) is None
    again = ended(1, 0)[0]
    upkeep()
    assert book.run(again) is not None
    now[0] += 3_600
    upkeep()
    assert book.run(again) is None
