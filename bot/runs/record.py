"""The record of presses, in the tables."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select

from bot.runs.database import connected
from bot.runs.press import Press
from bot.runs.tables import presses


class PressesInTables:
    """`Presses` over the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, press: Press) -> None:
        row = press.model_dump(exclude={"user", "at"})
        with connected(self._engine) as connection:
            connection.execute(insert(presses).values(person=press.user, at=press.at.timestamp(), **row))

    def of(self, run_id: str) -> tuple[Press, ...]:
        with connected(self._engine) as connection:
            found = connection.execute(select(presses).where(presses.c.run == run_id).order_by(presses.c.number)).all()
        return tuple(_press(row) for row in found)


def _press(row: Row[Any]) -> Press:
    told = {name: getattr(row, name) for name in ("run", "issue", "name", "action", "before", "after", "refused")}
    return Press(user=row.person, at=datetime.fromtimestamp(row.at, UTC), **told)
