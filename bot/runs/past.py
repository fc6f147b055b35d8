"""The runs so far, read from the tables; and forgotten there, where someone asks for that."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, or_, select, update

from bot.runs.database import connected
from bot.runs.feedback import Opinions, opinions
from bot.runs.history import Entry, Load
from bot.runs.run import Request
from bot.runs.tables import apart, claims, feedback, presses, requests, runs

MOST_WORDS, LONGEST_WORD = 10, 200  # of a search; SQLite refuses what is much longer
NOBODY = ""  # who asked or pressed, once a person was forgotten

log = structlog.get_logger()


class HistoryInTables:
    """`History` over the database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def under_way(self, limit: int = 20) -> tuple[Entry, ...]:
        going = runs.c.state.in_(("waiting", "running"))
        # Running before waiting, people before alerts, and in the order of asking: as the queue does it.
        order = (runs.c.state, runs.c.asker.is_(None), runs.c.number)
        return self._entries(going, order, limit)

    def recent(self, limit: int = 10, matching: str = "") -> tuple[Entry, ...]:
        wanted: ColumnElement[bool] = runs.c.state == "ended"
        plain = matching.encode(errors="ignore").decode().replace("\0", " ")
        for word in plain.split()[:MOST_WORDS]:
            found = (runs.c.target, runs.c.issue, runs.c.short_id, runs.c.title, runs.c.project, runs.c.verdict)
            wanted &= or_(
                *(column.icontains(word[:LONGEST_WORD], autoescape=True) for column in (*found, runs.c.grade))
            )
        return self._entries(wanted, (runs.c.number.desc(),), limit)

    def load(self) -> Load:
        counted = select(func.count(), func.min(runs.c.asked_at))
        with connected(self._engine) as connection:
            waiting, oldest = connection.execute(counted.where(runs.c.state == "waiting")).one()
            running, _ = connection.execute(counted.where(runs.c.state == "running")).one()
        age = max(0.0, self._now().timestamp() - oldest) if oldest is not None else 0.0
        return Load(running=running, waiting=waiting, oldest_seconds=age)

    def purge(
        self,
        before: datetime | None = None,
        issue: str | None = None,
        person: str | None = None,
        *,
        dry: bool = False,
    ) -> int:
        with connected(self._engine) as connection:
            forgotten = 0
            if before is not None:
                forgotten += _forget(connection, runs.c.ended_at < before.timestamp())
            if issue is not None:
                called = (runs.c.target, runs.c.issue, runs.c.short_id)
                forgotten += _forget(connection, or_(*(func.upper(one) == issue.upper() for one in called)))
            if person is not None:
                forgotten += _forget_person(connection, person)
            if dry:
                connection.rollback()
        if forgotten and not dry:
            log.info("history was purged", entries=forgotten)
        return forgotten

    def _entries(self, wanted: ColumnElement[bool], order: tuple[Any, ...], limit: int) -> tuple[Entry, ...]:
        asked = select(func.count()).select_from(requests).where(requests.c.run == runs.c.id).scalar_subquery()
        rows = select(runs, asked.label("asked")).where(wanted).order_by(*order).limit(limit)
        with connected(self._engine) as connection:
            return tuple(_entry(row, opinions(connection, row.id)) for row in connection.execute(rows).all())


def _entry(row: Row[Any], opinions: Opinions) -> Entry:
    return Entry(
        run=row.id,
        state=row.state,
        target=row.target,
        issue=row.issue,
        short_id=row.short_id,
        title=row.title,
        project=row.project,
        playbook=row.playbook,
        verdict=row.verdict,
        grade=row.grade,
        failed=row.failed,
        asker=row.asker or None,
        channel=row.channel,
        thread=row.thread,
        message=row.message,
        asked_at=datetime.fromtimestamp(row.asked_at, UTC),
        ended_at=datetime.fromtimestamp(row.ended_at, UTC) if row.ended_at else None,
        seconds=row.seconds,
        asked=max(1, row.asked),
        right=opinions.right,
        wrong=opinions.wrong,
    )


def _forget(connection: Connection, which: ColumnElement[bool]) -> int:
    """Ended runs and all that hangs on them; what is under way is never forgotten."""
    ended = select(runs.c.id).where(which, runs.c.state == "ended").scalar_subquery()
    connection.execute(delete(presses).where(presses.c.run.in_(ended)))
    connection.execute(delete(claims).where(claims.c.run.in_(ended)))
    return connection.execute(delete(runs).where(which, runs.c.state == "ended")).rowcount


def _forget_person(connection: Connection, person: str) -> int:
    """Their answers, and their name wherever it stands; what they asked for is still there, asked by nobody."""
    forgotten = connection.execute(delete(feedback).where(feedback.c.person == person)).rowcount
    press = update(presses).where(presses.c.person == person).values(person=NOBODY, name=NOBODY)
    forgotten += connection.execute(press).rowcount
    forgotten += connection.execute(update(requests).where(requests.c.asker == person).values(asker=NOBODY)).rowcount
    pair = update(apart).where(apart.c.person == person).values(person=NOBODY, name=NOBODY)
    forgotten += connection.execute(pair).rowcount
    asked = connection.execute(select(runs.c.id, runs.c.request).where(runs.c.asker == person)).all()
    for run, written in asked:
        request = Request.model_validate_json(written).model_copy(update={"asker": NOBODY, "answer_to": None})
        values = {"asker": NOBODY, "request": request.model_dump_json(exclude_none=True)}
        connection.execute(update(runs).where(runs.c.id == run).values(**values))
    return forgotten
