"""Who called a diagnosis right or wrong: one answer for each person and run, the last one counts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import structlog
from sqlalchemy import Connection, Engine, select

from bot.runs.database import connected, insert_into
from bot.runs.tables import feedback

Answer = Literal["right", "wrong"]


log = structlog.get_logger()


@dataclass(frozen=True)
class Opinions:
    """Ids of the people who answered, in the order of their first answer."""

    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


class Feedback(Protocol):
    """The book of answers; raises `NotStarted` where the database does not answer."""

    def record(self, run_id: str, user: str, answer: Answer) -> Opinions:
        """Write down an answer and give all of that run's as they now stand."""
        ...

    def of(self, run_id: str) -> Opinions:
        """The answers to one run."""
        ...


class FeedbackInTables:
    """`Feedback` over the database."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self._engine, self._now = engine, now

    def record(self, run_id: str, user: str, answer: Answer) -> Opinions:
        with connected(self._engine) as connection:
            given = insert_into(connection, feedback).values(run=run_id, person=user, answer=answer, at=self._now())
            changed = given.on_conflict_do_update(index_elements=["run", "person"], set_={"answer": answer})
            connection.execute(changed)
        log.info("a diagnosis was judged", run=run_id, user=user, answer=answer)
        return self.of(run_id)

    def of(self, run_id: str) -> Opinions:
        with connected(self._engine) as connection:
            return opinions(connection, run_id)


def opinions(connection: Connection, run_id: str) -> Opinions:
    """The answers to one run, within the reader's own transaction."""
    given = select(feedback.c.person, feedback.c.answer).where(feedback.c.run == run_id).order_by(feedback.c.at)
    answers = connection.execute(given).all()
    right = tuple(str(person) for person, answer in answers if answer == "right")
    return Opinions(right, tuple(str(person) for person, answer in answers if answer == "wrong"))
