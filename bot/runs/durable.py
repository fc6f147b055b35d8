"""Runs that outlive a killed process: DBOS Transact carries each out as a workflow of steps whose results are kept.

begin (post the message) → look (investigate) → end (show the result) → tell (one sentence to the asker alone). A step
that was cut off is done again by whoever resumes the run, and finds what it had done already: the message by the
run's id in its metadata, the result in the run's row.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.runs.book import Book
from bot.runs.database import connected
from bot.runs.dispatcher import Dispatcher
from bot.runs.intake import NOT_WRITTEN, Intake, Taken
from bot.runs.look import Investigate, Watch
from bot.runs.mapped import mapped
from bot.runs.replicas import Replicas
from bot.runs.run import AnsweredElsewhere, Audience, NotStarted, Request, Result, Run, Started
from bot.runs.tempo import Tempo
from bot.runs.workflows import LeftToOthers, Workflows
from playbook.evidence.unavailable import Unavailable
from playbook.gather import Progress
from playbook.reference import NotAReference, reference

Answer = TypeVar("Answer")

DEFECT = "This run failed by a defect of ours; the bot's log has it under {run}."
TEMPO = Tempo()

log = structlog.get_logger()


class Durable:
    """`Runs` over a database. One a process: DBOS is one. `close` hands over what does not end in time.

    `act` carries out what `press` wrote down, `upkeep` is called as often as the heart beats, and `took_over` hears how
    many runs a dead replica left: whoever puts the bot together sets them before `begin`.
    """

    def __init__(
        self,
        engine: Engine,
        investigate: Investigate,
        audience: Audience,
        replica: str,
        sentry_url: str = "",
        tempo: Tempo = TEMPO,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        lost: Callable[[], None] = lambda: None,
        watch: Watch = lambda investigate, _: investigate,
        begin: bool = True,
    ) -> None:
        self._watch = watch
        self._investigate, self._audience, self._sentry_url, self._now = investigate, audience, sentry_url, now
        self._replica = replica
        self._engine, self.book = engine, Book(engine, lambda: now().timestamp())
        self._lock = threading.Lock()
        self._live: dict[str, Run] = {}
        self.act: Callable[[str], object] = lambda _: None
        self._ready, self._closing = threading.Event(), threading.Event()
        self._intake = Intake(engine, lambda: now().timestamp())
        self._workflows = Workflows(engine, replica, tempo, self._carry_out, self._act)
        self.upkeep: Callable[[], None] = lambda: None
        self.took_over: Callable[[int], None] = lambda _: None
        # On record before anything is resumed: the others must not take over what goes on here.
        self.replicas = Replicas(engine, replica, self._take_over, self._look_after, lost, tempo)
        self._workflows.launch()
        self._dispatcher = Dispatcher(self.book, self._workflows)
        if begin:
            self.begin()

    @property
    def threads(self) -> dict[str, Callable[[], bool]]:
        """Whether each of the threads lives that nothing goes on without."""
        return {
            "intake": lambda: self._intake.lives,
            "dispatcher": lambda: self._dispatcher.lives,
            "heartbeat": lambda: self.replicas.lives,
        }

    def begin(self) -> None:
        """From now on runs are carried out: whoever must be known to them is known."""
        self._ready.set()

    def start(self, request: Request) -> Started:
        started = self._started(request, self._intake.take(request))
        return replace(started, ahead=self._dispatcher.ahead()) if started.new and request.asker else started

    def soon(self, request: Request) -> Future[Started]:
        return mapped(self._intake.soon(request), partial(self._started, request))

    def _started(self, request: Request, taken: Taken) -> Started:
        if taken.new or taken.hurried:
            self._dispatcher.hurry()
        return Started(Run(taken.run, request, request.place), taken.new, taken.delivered, taken.elsewhere)

    def run(self, run_id: str) -> Run | None:
        with self._lock:
            live = self._live.get(run_id)
        if live is not None:
            return live
        try:
            return self.book.run(run_id)
        except SQLAlchemyError as error:
            raise NotStarted(NOT_WRITTEN) from error

    def press(self, name: str, order: str) -> None:
        """Writes down what a button is to do, and does it in a moment (`act`); raises `NotStarted`."""
        with connected(self._engine):  # quickly, before DBOS would wait for a database that is gone
            pass
        self._workflows.press(name, order)

    def kept(self, name: str, work: Callable[[], Answer], /) -> Answer:
        """One step of a press: its result is kept, and a resumed press does not do it again."""
        return self._workflows.step(name, work)

    def forget(self, before: datetime) -> None:
        """Forgets how the workflows went that ended before then."""
        self._workflows.forget(before)

    def waiting(self) -> int:
        """How many runs wait for their turn, as of a moment ago; 0 where that cannot be known."""
        return self._dispatcher.waiting()

    def close(self, seconds: float = 0.0) -> None:
        """Takes no more requests, waits so long for the runs under way, and leaves the rest to others or to later."""
        self._closing.set()
        self._ready.set()
        self._intake.close()
        self._dispatcher.close()
        with self._lock:
            going = bool(self._live)
        self._workflows.stop(seconds if going else 0.0)
        self.replicas.close()  # only now: whoever is silent while its runs end is taken for dead
        self.replicas.leave()

    def _take_over(self, dead: str) -> int:
        self._ready.wait()
        left = self._workflows.take_over(dead)
        self.took_over(left)
        return left

    def _look_after(self) -> None:
        self._ready.wait()
        self._workflows.share(self.replicas.living)
        if self._closing.is_set():
            return
        self._workflows.take_up()
        self._dispatcher.rescue()
        self.upkeep()

    def _act(self, order: str) -> None:
        self._ready.wait()
        self.act(order)

    def _carry_out(self, run_id: str) -> None:
        self._ready.wait()
        self.book.taken_up(run_id, self._replica)
        with structlog.contextvars.bound_contextvars(run=run_id):
            try:
                if self._workflows.step("begin", self._begin, run_id):
                    self._workflows.step("look", self._look, run_id)
                tell = self._workflows.step("end", self._end, run_id)
                self._workflows.step("settle", self._settle, run_id)
                if tell:
                    self._workflows.step("tell", self._tell, run_id, tell)
            finally:
                with self._lock:
                    live = self._live.pop(run_id, None)
                if live is not None:
                    self._audience.left(live)

    def _begin(self, run_id: str) -> bool:
        """Whether its message stands, so that there is something to look for."""
        run = self._taken_up(run_id)
        if run.result is not None:
            return True
        others, other = self.book.others(run), self.book.answered(run)
        if other is not None:
            self._conclude(run_id, Result(0.0, same=other))
            known = self.run(other)
            if known is not None:
                self._audience.announce(known, others)
            return False
        try:
            message = self._audience.began(self._found(run))
        except NotStarted as refused:
            self._conclude(run_id, Result(0.0, failed=refused.sentence))
            return False
        self.book.placed(run_id, message)
        run = self._place(run_id, message)
        self._audience.announce(run, self.book.others(run))
        return True

    def _found(self, run: Run) -> Run:
        """With the message that stands, where its post was begun before and Slack's answer was lost."""
        if run.place.message or not self.book.posting(run.id):
            return run
        message = self._audience.found(run)
        return self._place(run.id, message) if message else run

    def _look(self, run_id: str) -> None:
        run = self._taken_up(run_id)
        if run.result is not None:
            return
        began, asked = time.monotonic(), run.request
        investigation, failed, same = None, None, None
        try:
            at = max(asked.at, self._now())
            investigation = self._watch(self._investigate, run_id)(asked.ref, at, lambda told: self._told(run_id, told))
        except Unavailable as unavailable:
            failed = unavailable.sentence
        except AnsweredElsewhere as elsewhere:
            same = elsewhere.run
        except SQLAlchemyError:
            raise
        except Exception:
            if self._closing.is_set():  # no thread can be begun while the interpreter goes: that is nobody's defect
                raise LeftToOthers(run_id) from None
            log.exception("a run failed by a defect")
            failed = DEFECT.format(run=run_id)
        self._conclude(run_id, Result(time.monotonic() - began, investigation, failed, same))

    def _end(self, run_id: str) -> str | None:
        run, asked = self._taken_up(run_id), self.book.asked(run_id)
        if run.result is not None and run.result.same:
            run = self._found(run)
        shown = self._audience.ended(replace(run, asked=asked))
        self.book.placed(run_id, shown.message)
        self.book.ended(run_id)
        return shown.tell

    def _settle(self, run_id: str) -> None:
        self._audience.settle(self._taken_up(run_id))

    def _tell(self, run_id: str, sentence: str) -> None:
        self._audience.tell(self._taken_up(run_id).request, sentence)

    def _told(self, run_id: str, told: Progress) -> None:
        run = self._change(run_id, lambda now: now.with_step(told))
        if told.fact == "Issue" and told.state == "done":
            self._learn(run, told.url)
        if self._mine(run_id):
            self._audience.told(run)

    def _mine(self, run_id: str) -> bool:
        """Whether it is still this one's to show: a process that was paused must not write over another's card."""
        try:
            return self.replicas.alive and self.book.owner(run_id) == self._replica
        except SQLAlchemyError:
            return False

    def _learn(self, run: Run, url: str) -> None:
        """Which issue it really is; raises `AnsweredElsewhere` where another run has it."""
        try:
            issue = reference(url, self._sentry_url).issue_id
        except NotAReference:
            return
        other = self.book.learned(run, issue) if issue else None
        if other is not None:
            raise AnsweredElsewhere(other)

    def _taken_up(self, run_id: str) -> Run:
        """The run as this process knows it, or as it was written down; leaves it where another replica has it."""
        if self._closing.is_set() and run_id not in self._live:
            raise LeftToOthers(run_id)
        owner = self.book.owner(run_id)
        if owner is None:  # what is left PENDING would take a place in the queue for ever
            raise LookupError(f"run {run_id} is not in the database any more")
        if not self.replicas.alive or owner != self._replica:
            raise LeftToOthers(run_id)
        with self._lock:
            live = self._live.get(run_id)
        known = live or self.book.run(run_id)
        if known is None:
            raise LookupError(f"run {run_id} is not in the database any more")
        with self._lock:
            return self._live.setdefault(run_id, known)

    def _place(self, run_id: str, message: str) -> Run:
        return self._change(run_id, lambda now: replace(now, place=now.place.model_copy(update={"message": message})))

    def _conclude(self, run_id: str, result: Result) -> None:
        self.book.concluded(self._change(run_id, lambda now: replace(now, result=result)))

    def _change(self, run_id: str, change: Callable[[Run], Run]) -> Run:
        with self._lock:
            self._live[run_id] = change(self._live[run_id])
            return self._live[run_id]
