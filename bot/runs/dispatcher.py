"""Puts what was written down into the queue, and gives a new workflow to each run whose workflow broke."""

import threading
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.runs.book import Book, Due
from bot.runs.database import reason
from bot.runs.workflows import ALIVE, Workflows

ALERTS_FROM = 2**30
"""Priorities: a run's number in the order of asking, a person's as it is, an alert's behind all of those. DBOS takes
whole numbers up to 2**31 - 1, the smallest first."""

LOOK_SECONDS = 1.0  # between two looks for what another replica wrote down, and did not live to put into the queue
WAITING_SECONDS = 2.0  # how long a count of the queue is good for: progress displays come that often
MOST_LOOKED_AFTER = 1_000  # runs of one look, the oldest first: a statement takes only so many names
MOST_ATTEMPTS = 20  # workflows for one run; after that something is wrong that patience does not mend

GAVE_UP = "This run was begun {attempts} times and never ended; the bot's log has it under {run}. Ask again."

log = structlog.get_logger()


class Dispatcher:
    """A thread that enqueues; the same run may be enqueued twice, on several replicas too, and is carried out once."""

    def __init__(self, book: Book, workflows: Workflows) -> None:
        self._book, self._workflows = book, workflows
        self._lock, self._waited = threading.Lock(), (float("-inf"), 0)
        self._closing, self._due = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._dispatch, name="dispatcher", daemon=True)
        self._thread.start()

    @property
    def lives(self) -> bool:
        return self._thread.is_alive()

    def waiting(self) -> int:
        """How many runs wait for their turn, as of a moment ago; 0 where that cannot be known."""
        with self._lock:
            at, known = self._waited
        if time.monotonic() - at > WAITING_SECONDS:
            try:
                known = self._book.waiting().all
            except SQLAlchemyError:
                known = 0
            with self._lock:
                self._waited = (time.monotonic(), known)
        return known

    def ahead(self) -> int:
        """How many people's runs wait before the newest; an estimate, so that a failed look is no failure."""
        try:
            return max(0, self._book.waiting().people - 1)
        except SQLAlchemyError:
            return 0

    def hurry(self) -> None:
        """Something was written down just now."""
        self._due.set()

    def close(self) -> None:
        self._closing.set()
        self._due.set()
        self._thread.join(5)

    def rescue(self) -> None:
        """Looks after the runs that were put into the queue and have not ended: the disk was full, say, when the state
        of a workflow was to be written."""
        waiting = {_name(one.run, one.attempts): one for one in self._book.due(1)[:MOST_LOOKED_AFTER]}
        known = self._workflows.states(waiting) if waiting else {}
        for name, due in waiting.items():
            if known.get(name) in ALIVE:
                continue
            if known.get(name) == "SUCCESS":
                self._book.ended(due.run)
            elif due.attempts >= MOST_ATTEMPTS:
                log.error("a run is given up", run=due.run, attempts=due.attempts)
                self._book.given_up(due.run, GAVE_UP.format(attempts=due.attempts, run=due.run))
            else:
                log.warning("a run is begun again", run=due.run, attempt=due.attempts + 1)
                self._enqueue(due, due.attempts + 1)

    def _dispatch(self) -> None:
        """What cannot be put there now is put there a moment later."""
        while not self._closing.is_set():
            self._due.wait(LOOK_SECONDS)
            self._due.clear()
            try:
                for due in self._book.due():
                    self._enqueue(due, 1)
                for due in self._book.hurried():
                    self._workflows.hurry(_name(due.run, due.attempts), _priority(due))
            except SQLAlchemyError as error:
                log.warning("the queue cannot be reached", reason=reason(error))
            except Exception:  # without this thread nothing would begin any more
                log.exception("the queue failed by a defect")

    def _enqueue(self, due: Due, attempt: int) -> None:
        self._workflows.run(_name(due.run, attempt), due.run, _priority(due))
        self._book.attempted(due.run, attempt)


def _priority(due: Due) -> int:
    return due.number + (0 if due.person else ALERTS_FROM)


def _name(run: str, attempt: int) -> str:
    """The workflow's: a broken one cannot be begun again under its own."""
    return run if attempt == 1 else f"{run}.{attempt}"
