"""Who is alive: each replica beats in the database, and the living take over what a dead one carried out.

A beat is a number that grows, and whether it still grows is judged by the watcher's own clock, which only runs
forward: a clock that is set back, or one that differs between machines, makes nobody dead and keeps nobody alive.
"""

import secrets
import threading
import time
from collections.abc import Callable
from importlib.metadata import version

import structlog
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.runs.database import insert_into, reason
from bot.runs.tables import replicas
from bot.runs.tempo import Tempo

log = structlog.get_logger()


class Replicas:
    """This replica's heartbeat, and its eye on the others'.

    `take_over` is called with a dead replica's id and gives how many runs it left; `look_after` as often as it beats;
    `lost` once, when the others have declared this one dead: from then on nothing may be written any more.
    """

    def __init__(
        self,
        engine: Engine,
        replica: str,
        take_over: Callable[[str], int],
        look_after: Callable[[], None],
        lost: Callable[[], None],
        tempo: Tempo,
    ) -> None:
        self._engine, self.id, self._incarnation = engine, replica, secrets.token_hex(8)
        self._take_over, self._look_after, self._lost = take_over, look_after, lost
        self._beat_seconds, self._dead_seconds = tempo.beat_seconds, tempo.dead_seconds
        self._seen: dict[str, tuple[str, int, float]] = {}
        self._looked = time.monotonic()
        self._stop = threading.Event()
        self.alive, self._beaten = True, time.monotonic()
        self.living = 1
        self.known: tuple[tuple[str, bool], ...] = ((replica, True),)
        self.taken_over = 0
        self._begin()
        self._thread = threading.Thread(target=self._watch, name="heartbeat", daemon=True)
        self._thread.start()
        self._carer = threading.Thread(target=self._care, name="upkeep", daemon=True)
        self._carer.start()

    @property
    def sure(self) -> bool:
        """Whether nobody can have taken over yet: it is not that long ago that this replica beat."""
        return self.alive and time.monotonic() - self._beaten < self._dead_seconds

    @property
    def lives(self) -> bool:
        return self._thread.is_alive()

    def close(self) -> None:
        """Stops beating; the row stays, so that nobody takes over before `leave`."""
        self._stop.set()
        self._thread.join(self._beat_seconds + 5)
        self._carer.join(5)

    def leave(self) -> None:
        """Tells the others that they need not wait: what is left of this replica's runs is theirs now."""
        try:
            self._write(gone=True)
        except SQLAlchemyError as error:
            log.warning("the others could not be told of this stop", reason=reason(error))

    def _begin(self) -> None:
        row = {"incarnation": self._incarnation, "beat": 1, "version": version("diagnose"), "gone": False}
        with self._engine.begin() as connection:
            mine = insert_into(connection, replicas).values(id=self.id, **row)
            connection.execute(mine.on_conflict_do_update(index_elements=["id"], set_=row))

    def _watch(self) -> None:
        while not self._stop.wait(self._beat_seconds):
            try:
                if not self._write(beat=replicas.c.beat + 1):
                    self.alive = False
                    log.error("another replica took over: this one was silent too long, or shares its id", id=self.id)
                    self._lost()
                    return
                self._look_at_the_others()
            except SQLAlchemyError as error:
                log.warning("no heartbeat: the database does not answer", reason=reason(error))
            except Exception:
                log.exception("the watch over runs failed by a defect")

    def _care(self) -> None:
        """In a thread of its own: whoever waits for Slack must not look dead to the others."""
        while not self._stop.wait(self._beat_seconds):
            try:
                if self.alive:
                    self._look_after()
            except SQLAlchemyError as error:
                log.warning("the runs could not be looked after", reason=reason(error))
            except Exception:
                log.exception("the upkeep of runs failed by a defect")

    def _write(self, **values: object) -> bool:
        mine = (replicas.c.id == self.id) & (replicas.c.incarnation == self._incarnation)
        began = time.monotonic()
        with self._engine.begin() as connection:
            written = connection.execute(update(replicas).where(mine).values(**values)).rowcount == 1
        self._beaten = began if written else self._beaten
        return written

    def _look_at_the_others(self) -> None:
        with self._engine.begin() as connection:
            rows = connection.execute(select(replicas).where(replicas.c.id != self.id)).all()
        now = time.monotonic()
        if now - self._looked >= self._dead_seconds / 2:
            self._seen.clear()  # who did not look saw no beats: after an outage everybody is given the full time
        self._looked = now
        known = {self.id: True}
        for row in rows:
            incarnation, beat, since = self._seen.get(row.id, ("", -1, now))
            if (incarnation, beat) != (row.incarnation, row.beat):
                since = now
            self._seen[row.id] = (row.incarnation, row.beat, since)
            known[row.id] = not row.gone and now - since < self._dead_seconds
            if not known[row.id]:
                self._bury(row.id, row.incarnation)
        self.known, self.living = tuple(sorted(known.items())), sum(known.values())

    def _bury(self, dead: str, incarnation: str) -> None:
        """One of the living takes over; should it die over that, the row is there for the next."""
        mark = f"taken by {self._incarnation}"
        theirs = (replicas.c.id == dead) & (replicas.c.incarnation == incarnation)
        with self._engine.begin() as connection:
            if connection.execute(update(replicas).where(theirs).values(incarnation=mark)).rowcount == 0:
                return
        left = self._take_over(dead)
        log.warning("took over from a replica that is gone", id=dead, runs=left)
        self.taken_over += 1
        with self._engine.begin() as connection:
            connection.execute(delete(replicas).where(replicas.c.id == dead, replicas.c.incarnation == mark))
        self._seen.pop(dead, None)
