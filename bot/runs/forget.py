"""Forgets what was, a little at a time: requests that are to be written down meanwhile do not wait for all of it.

What breaks off in the middle has forgotten a part, and goes on when it is done again.
"""

import time
from collections.abc import Callable, Iterator

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Select,
    Update,
    bindparam,
    delete,
    func,
    select,
    update,
)

from bot.runs.database import connected
from bot.runs.run import Request
from bot.runs.tables import apart, claims, feedback, presses, requests, runs

NOBODY = ""  # who asked or pressed, once a person was forgotten

AT_ONCE = 500
"""Rows in a transaction: it takes some 0.2 s, and a request waits two seconds at most to be written down."""

PAUSE_SECONDS = 0.05
"""Between two transactions: whoever waits for SQLite's one writer looks again that often."""


def forget_runs(engine: Engine, which: ColumnElement[bool], *, dry: bool = False) -> int:
    """Ended runs and all that hangs on them; what is under way is never forgotten. Gives how many, also where they are
    only counted (`dry`); raises `NotStarted` where the database fails."""
    ended = select(runs.c.id).where(which, runs.c.state == "ended")
    if dry:
        return _count(engine, ended)

    def some(connection: Connection) -> int:
        found = connection.execute(ended.limit(AT_ONCE)).scalars().all()
        connection.execute(delete(presses).where(presses.c.run.in_(found)))
        connection.execute(delete(claims).where(claims.c.run.in_(found)))
        return connection.execute(delete(runs).where(runs.c.id.in_(found))).rowcount

    return _until_none_is_left(engine, some)


def forget_person(engine: Engine, person: str, *, dry: bool = False) -> int:
    """Their answers, and their name wherever it stands; what they asked for is still there, asked by nobody. Gives the
    number of entries, also where they are only counted (`dry`); raises `NotStarted` where the database fails."""
    if person == NOBODY:
        return 0
    if dry:
        return sum(_count(engine, rows) for rows, _ in _of(person))
    forgotten = sum(_until_none_is_left(engine, _carrying_out(change)) for _, change in _of(person))
    _until_none_is_left(engine, lambda connection: _asked_by_nobody(connection, person))
    return forgotten


def _of(person: str) -> Iterator[tuple[Select[tuple[str]], Delete | Update]]:
    """Where the person stands: the rows, and what becomes of the first of them."""
    nameless = {"person": NOBODY, "name": NOBODY}
    answers = select(feedback.c.run).where(feedback.c.person == person)
    first = answers.limit(AT_ONCE).scalar_subquery()
    yield answers, delete(feedback).where(feedback.c.person == person, feedback.c.run.in_(first))
    pressed = select(presses.c.number).where(presses.c.person == person)
    first = pressed.limit(AT_ONCE).scalar_subquery()
    yield pressed, update(presses).where(presses.c.number.in_(first)).values(nameless)
    asked = select(requests.c.number).where(requests.c.asker == person)
    first = asked.limit(AT_ONCE).scalar_subquery()
    yield asked, update(requests).where(requests.c.number.in_(first)).values(asker=NOBODY)
    parted = select(apart.c.one).where(apart.c.person == person)
    first = parted.limit(AT_ONCE).scalar_subquery()
    yield parted, update(apart).where(apart.c.person == person, apart.c.one.in_(first)).values(nameless)


def _carrying_out(change: Delete | Update) -> Callable[[Connection], int]:
    return lambda connection: connection.execute(change).rowcount


def _asked_by_nobody(connection: Connection, person: str) -> int:
    """The requests of some runs, which are kept as JSON too, without the person's name and their address."""
    mine = select(runs.c.id, runs.c.request).where(runs.c.asker == person).limit(AT_ONCE)
    nameless = [
        {
            "run": run,
            "written": Request.model_validate_json(written)
            .model_copy(update={"asker": NOBODY, "answer_to": None})
            .model_dump_json(exclude_none=True),
        }
        for run, written in connection.execute(mine).all()
    ]
    if nameless:
        change = update(runs).where(runs.c.id == bindparam("run"))
        connection.execute(change.values(asker=NOBODY, request=bindparam("written")), nameless)
    return len(nameless)


def _until_none_is_left(engine: Engine, some: Callable[[Connection], int]) -> int:
    forgotten = 0
    while True:
        with connected(engine) as connection:
            now = some(connection)
        forgotten += now
        if now < AT_ONCE:
            return forgotten
        time.sleep(PAUSE_SECONDS)


def _count(engine: Engine, rows: Select[tuple[str]]) -> int:
    with connected(engine) as connection:
        return connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
