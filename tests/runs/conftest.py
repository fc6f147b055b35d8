"""A PostgreSQL for all tests of runs, where this machine has one; a database of its own for each, and its books."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.runs import dispatcher, workflows
from bot.runs.book import Book
from bot.runs.database import address, opened
from bot.runs.intake import Intake
from bot.runs.run import Request, Run
from tests.databases import a_database
from tests.lab.postgres import Missing, Postgres, postgres
from tests.runs.scene import Clock

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def runs_postgres() -> Iterator[Postgres]:
    try:
        with postgres() as server:
            yield server
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def engine() -> Iterator[Engine]:
    with a_database() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        with a_database() as made:
            yield made
        return
    server: Postgres = request.getfixturevalue("runs_postgres")
    name = f"runs_{next(NUMBERS)}"
    server.create(name)
    made = opened(address(server.url(name), Path()))
    try:
        yield made
    finally:
        made.dispose()
        server.drop(name)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried again at once."""
    monkeypatch.setattr(workflows, "TRY_SECONDS", 0.02)
    monkeypatch.setattr(dispatcher, "LOOK_SECONDS", 0.05)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(engine: Engine, clock: Clock) -> Book:
    return Book(engine, clock)


@pytest.fixture
def begun(engine: Engine, clock: Clock):
    intake = Intake(engine, clock)

    def begin(request: Request) -> Run:
        return Run(intake.take(request).run, request, request.place)

    yield begin
    intake.close()
