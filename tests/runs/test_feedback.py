"""One answer a person and run; the last one counts."""

import itertools

import pytest

from bot.runs.feedback import FeedbackInTables, Opinions
from bot.runs.intake import Intake
from bot.runs.run import NotStarted
from bot.runs.tables import metadata
from tests.runs.scene import Clock, asked


@pytest.fixture
def run(either):
    intake = Intake(either, Clock())
    numbers = itertools.count(1)
    yield lambda: intake.take(asked(str(next(numbers)))).run
    intake.close()


def test_each_person_counts_once_and_may_change_their_mind(either, run):
    book, one = FeedbackInTables(either, itertools.count(1).__next__), run()
    book.record(one, "U1", "right")
    book.record(one, "U1", "right")
    assert book.record(one, "U2", "wrong") == Opinions(("U1",), ("U2",))
    assert book.record(one, "U1", "wrong") == Opinions((), ("U1", "U2"))


def test_runs_are_kept_apart_and_an_unknown_one_has_no_answers(either, run):
    book, one = FeedbackInTables(either), run()
    book.record(one, "U1", "right")
    assert book.of(run()) == book.of("r-unknown") == Opinions()


def test_an_answer_outlives_the_process(either, run):
    one = run()
    FeedbackInTables(either).record(one, "U1", "right")
    assert FeedbackInTables(either).of(one) == Opinions(("U1",), ())


def test_an_answer_to_a_run_that_was_forgotten_is_not_written(either):
    book = FeedbackInTables(either)
    with pytest.raises(NotStarted):
        book.record("r-forgotten", "U1", "right")
    assert book.of("r-forgotten") == Opinions()


def test_a_database_that_fails_says_so_in_a_sentence(engine):
    metadata.tables["diagnose_feedback"].drop(engine)
    with pytest.raises(NotStarted, match="try again in a minute"):
        FeedbackInTables(engine).of("r-1")
