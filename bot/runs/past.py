"""The runs so far, read from the tables; and forgotten there, where someone asks for that."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Engine, Row, func, or_, select

from bot.runs.database import connected
from bot.runs.feedback import Opinions, opinions
from bot.runs.forget import forget_person, forget_runs
from bot.runs.history import Entry, Load
from bot.runs.tables import requests, runs

MOST_WORDS, LONGEST_WORD = 10, 200  # of a search; SQLite refuses what is much longer

log = structlog.get_logger()


class HistoryInTables:
    """`History` over the database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def under_way(self, limit: int = 20) -> tuple[Entry, ...]:
        going = runs.c.state.in_(("waiting", "running"))
        # Running before waiting, people before alerts, and in the order of asking: as the queue does it.
        order = (runs.c.state, runs.c.asker.is_(None) & runs.c.hurried.is_not(True), runs.c.number)
        return self._entries(going, order, limit)

    def recent(self, limit: int = 10, matching: str = "") -> tuple[Entry, ...]:
        wanted: ColumnElement[bool] = (runs.c.state == "ended") & runs.c.answered_by.is_(None)
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
        forgotten = 0
        if before is not None:
            forgotten += forget_runs(self._engine, runs.c.ended_at < before.timestamp(), dry=dry)
        if issue is not None:
            called = (runs.c.target, runs.c.issue, runs.c.short_id)
            named = or_(*(func.upper(one) == issue.upper() for one in called))
            forgotten += forget_runs(self._engine, named, dry=dry)
        if person is not None:
            forgotten += forget_person(self._engine, person, dry=dry)
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
