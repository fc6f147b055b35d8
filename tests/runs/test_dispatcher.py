"""What was written down reaches the queue, whatever goes wrong on the way there."""

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.runs.book import Due, Waiting
from bot.runs.dispatcher import ALERTS_FROM, Dispatcher
from tests.runs.scene import until


class Book:
    """Fails as told, then knows of two runs until each was put into the queue."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.attempts: list[str] = []

    def due(self, attempts: int = 0) -> list[Due]:
        assert attempts == 0
        if self.failures:
            raise self.failures.pop(0)
        known = [Due("r-1", 7, person=True, attempts=0), Due("r-2", 3, person=False, attempts=0)]
        return [one for one in known if one.run not in self.attempts]

    def hurried(self) -> list[Due]:
        return []

    def attempted(self, run: str, attempt: int) -> None:
        assert attempt == 1
        self.attempts.append(run)

    def waiting(self) -> Waiting:
        raise OperationalError("SELECT", {}, Exception("the database is gone"))


class Queue:
    """What was put there: the run and its priority."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.runs: list[tuple[str, int]] = []

    def run(self, name: str, run: str, priority: int) -> None:
        assert name == run
        if self.failures:
            raise self.failures.pop(0)
        self.runs.append((run, priority))


GONE = OperationalError("SELECT", {}, Exception("the database is gone"))


@pytest.mark.parametrize(
    ("book", "queue", "level"),
    [
        (Book(), Queue(), None),
        (Book(GONE, GONE), Queue(), "warning"),
        (Book(ValueError("a defect")), Queue(), "error"),
        (Book(), Queue(GONE), "warning"),
        (Book(), Queue(RuntimeError("a defect")), "error"),
    ],
    ids=["nothing", "the database", "a defect", "the queue", "a defect of the queue"],
)
def test_whatever_fails_each_run_is_put_into_the_queue_a_moment_later(book, queue, level):
    with capture_logs() as logged:
        dispatcher = Dispatcher(book, queue)
        try:
            until(lambda: dispatcher.hurry() or len(queue.runs) == 2)
            assert dispatcher.lives
        finally:
            dispatcher.close()
    assert not dispatcher.lives
    assert queue.runs == [("r-1", 7), ("r-2", 3 + ALERTS_FROM)]
    assert {one["log_level"] for one in logged} == ({level} if level else set())


def test_a_queue_that_cannot_be_counted_is_an_estimate_and_no_failure():
    dispatcher = Dispatcher(Book(), Queue())
    try:
        assert (dispatcher.waiting(), dispatcher.ahead()) == (0, 0)
    finally:
        dispatcher.close()
