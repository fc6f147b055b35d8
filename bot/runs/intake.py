"""Requests written down, many in one transaction: one run for one issue and quiet time, on whatever replica.

A caller is answered once its request is on the disk. While one transaction is being written the next requests
gather, so that a storm costs few more of them than a quiet hour.
"""

import queue
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, Engine, bindparam, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from bot.runs.claim import Claim, alone, claimed, held, named, quiet
from bot.runs.database import reason
from bot.runs.run import NotStarted, Request
from bot.runs.tables import claims, requests, runs

ANSWER_SECONDS = 2.0
"""How long a request may take to be written: Slack waits three seconds, then it asks again or tells of a failure."""

CLOSE_SECONDS = 5.0  # that the last requests may take to be written when the bot stops
MOST_AT_ONCE = 200  # requests in a transaction; one of them takes a tenth of a millisecond

DEADLOCKED = frozenset({"40P01", "40001"})
"""PostgreSQL's words for two replicas that waited for each other: one of them is asked to try again."""

NOT_WRITTEN = "I cannot write your request down, since my database does not answer: ask again in a minute."
STOPPING = "The bot is stopping or being restarted; ask again in a minute."

# Statements are put together once: that takes as long as carrying one out.
DELIVERED = select(requests.c.delivery, requests.c.run).where(
    requests.c.delivery.in_(bindparam("deliveries", expanding=True))
)
WRITTEN = {
    # What it returns makes it one statement for all rows: SQLite's driver gives other threads their turn after each,
    # and in a storm that turn takes milliseconds.
    name: dialect.insert(requests).on_conflict_do_nothing().returning(requests.c.number)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}

log = structlog.get_logger()


@dataclass(frozen=True)
class Taken:
    """The run that answers a request: a new one, the one that answers it already (`elsewhere`: in another channel;
    `hurried`: it waited, and does so before alerts from now on), or that of the same delivery."""

    run: str
    new: bool = False
    delivered: bool = False
    elsewhere: bool = False
    hurried: bool = False


class Intake:
    """Takes requests from any number of threads; `close` writes what it has and takes no more."""

    def __init__(self, engine: Engine, now: Callable[[], float]) -> None:
        self._engine, self._now = engine, now
        self._waiting: queue.SimpleQueue[tuple[Request, Future[Taken]] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="intake", daemon=True)
        self._thread.start()

    @property
    def lives(self) -> bool:
        return self._thread.is_alive()

    def take(self, request: Request) -> Taken:
        """Writes the request down; raises `NotStarted` where that fails or takes too long."""
        written = self.soon(request)
        try:
            return written.result(ANSWER_SECONDS)
        except TooLate as late:
            written.cancel()
            raise NotStarted(NOT_WRITTEN) from late

    def soon(self, request: Request) -> Future[Taken]:
        """The same without waiting; fails with `NotStarted`. Whoever has waited for `ANSWER_SECONDS` cancels it: then
        it is not written, unless that is under way."""
        written: Future[Taken] = Future()
        if self._closed:
            written.set_exception(NotStarted(STOPPING))
        else:
            self._waiting.put((request, written))
        return written

    def close(self) -> None:
        self._closed = True
        self._waiting.put(None)
        self._thread.join(CLOSE_SECONDS)

    def _write(self) -> None:
        while (first := self._waiting.get()) is not None:
            gathered, over = [first], False
            while len(gathered) < MOST_AT_ONCE and not over:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                over = more is None
                gathered += [more] if more is not None else []
            asked = [one for one in gathered if one[1].set_running_or_notify_cancel()]
            self._answer(asked)
            if over:
                return

    def _answer(self, asked: Sequence[tuple[Request, Future[Taken]]]) -> None:
        try:
            taken = self._taken([request for request, _ in asked])
        except SQLAlchemyError as error:
            if len(asked) > 1 and not isinstance(error, OperationalError):
                for one in asked:  # one of them cannot be written, and the others have nothing to do with that
                    self._answer([one])
                return
            log.warning("requests could not be written", requests=len(asked), reason=reason(error))
            for _, written in asked:
                written.set_exception(NotStarted(NOT_WRITTEN))
            return
        except Exception:
            log.exception("requests could not be written, by a defect", requests=len(asked))
            for _, written in asked:
                written.set_exception(NotStarted(NOT_WRITTEN))
            return
        for (_, written), answer in zip(asked, taken, strict=True):
            written.set_result(answer)

    def _taken(self, asked: Sequence[Request], patient: bool = True) -> list[Taken]:
        try:
            with self._engine.begin() as connection:
                alone(connection)
                return _Batch(connection, self._now()).take(asked)
        except DBAPIError as error:
            if patient and getattr(error.orig, "sqlstate", None) in DEADLOCKED:
                return self._taken(asked, patient=False)
            raise


class _Batch:
    """One transaction's requests against what is known."""

    def __init__(self, connection: Connection, now: float) -> None:
        self._connection, self._now = connection, now
        self._delivered: dict[str, str] = {}
        self._issues: dict[str, str] = {}
        self._claims: dict[str, Claim] = {}

    def take(self, asked: Sequence[Request]) -> list[Taken]:
        """The answers, in the order of the requests."""
        self._look_up(asked)
        taken = [self._take(request) for request in asked]
        rows = [
            {
                "delivery": request.delivery,
                "run": one.run,
                "asker": request.asker,
                "channel": request.place.channel,
                "at": self._now,
            }
            for request, one in zip(asked, taken, strict=True)
            if not one.delivered
        ]
        if rows:
            self._connection.execute(WRITTEN[self._connection.dialect.name], rows).all()
        return taken

    def _look_up(self, asked: Sequence[Request]) -> None:
        deliveries = [request.delivery for request in asked if request.delivery]
        if deliveries:
            known = self._connection.execute(DELIVERED, {"deliveries": deliveries})
            self._delivered = {str(name): str(run) for name, run in known}
        names = {request.ref.target for request in asked}
        self._issues = named(self._connection, names)
        self._claims = held(self._connection, {self._issues.get(name, name) for name in names})

    def _take(self, request: Request) -> Taken:
        if request.delivery and request.delivery in self._delivered:
            return Taken(self._delivered[request.delivery], delivered=True)
        issue = self._issues.get(request.ref.target, request.ref.target)
        claim = self._claims.get(issue)
        if claim is not None and claim.answers(request, self._now):
            taken = self._answered(request, claim)
        else:
            taken = self._begin(request, issue)
        if request.delivery:
            self._delivered[request.delivery] = taken.run
        return taken

    def _begin(self, request: Request, issue: str) -> Taken:
        """A new run, unless another one took the issue in this very moment."""
        run = f"r-{secrets.token_hex(6)}"
        # A clock that was set back must not keep an issue quiet until it has caught up.
        over = or_(claims.c.ended_at <= self._now - quiet(request), claims.c.ended_at > self._now)
        if not claimed(self._connection, issue, run, claims.c.ended_at.is_not(None) if request.again else over):
            self._claims |= held(self._connection, [issue])
            return self._answered(request, self._claims[issue])
        self._claims[issue] = Claim(run, None, request.place.channel, request.asker, waiting=True)
        self._connection.execute(insert(runs).values(_row(run, request, self._now)))
        return Taken(run, new=True)

    def _answered(self, request: Request, claim: Claim) -> Taken:
        hurried = claim.to_be_hurried(request)
        if hurried:
            self._connection.execute(update(runs).where(runs.c.id == claim.run).values(hurried=True))
        return Taken(claim.run, elsewhere=claim.channel not in {None, request.place.channel}, hurried=hurried)


def _row(run: str, request: Request, now: float) -> dict[str, object]:
    return {
        "id": run,
        "state": "waiting",
        "request": request.model_dump_json(exclude_none=True),
        "target": request.ref.target,
        "asker": request.asker,
        "asked_at": now,
        "channel": request.place.channel,
        "thread": request.place.thread,
        "message": request.place.message,
    }
