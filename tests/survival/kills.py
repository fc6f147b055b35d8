"""SIGKILL in the middle of a run, and what is left of it: no run may be lost, no card may stand twice.

The points at which it falls are random, of a seed that is printed; at some of them Slack also loses the answer to the
post that is under way, which is the one moment in which only Slack knows that a card stands.
"""

import json
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, select

from bot.runs.database import address
from bot.runs.tables import requests, runs
from tests.lab.postgres import postgres
from tests.survival.fleet import Fleet, fleet

END_SECONDS = 90.0  # until a run has its card, kills, restarts and a machine with other work included


@dataclass(frozen=True)
class Survived:
    """What became of one run that was killed after so many seconds: every count must be one."""

    at: float
    runs: int
    ended: int
    requests: int
    posts: int
    cards: int
    finished: int
    seconds: float

    @property
    def well(self) -> bool:
        return {self.runs, self.ended, self.requests, self.posts, self.cards, self.finished} == {1}


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database of its own: `sqlite` or `postgresql`."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'diagnose.db'}"
        return
    with postgres() as server:
        server.create("diagnose")
        yield server.url("diagnose")


def kills(kind: str, replicas: int, points: int, seed: int) -> Iterator[Survived]:
    """So many runs, each killed at another point of its way."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory(prefix="survival-") as name, database(kind, Path(name)) as where:  # noqa: SIM117
        with fleet(where, Path(name)) as opened:
            for starting in [opened.starting(f"replica-{number}") for number in range(replicas)]:
                starting()
            engine = create_engine(address(where, Path(name)))
            _alert(opened, 1_000).join(END_SECONDS)
            usual = _until(lambda: _finished(opened, 1_000))
            try:
                for issue in range(1_001, 1_001 + points):
                    yield _killed(opened, engine, issue, chance.uniform(0, usual), lossy=chance.random() < 1 / 4)
            finally:
                engine.dispose()


def _killed(opened: Fleet, engine: Engine, issue: int, at: float, lossy: bool) -> Survived:
    """With several replicas the others go on by themselves, and the killed one comes back afterwards; a single one is
    begun again at once."""
    began = time.monotonic()
    if lossy:
        opened.slack.lose_answers()
    delivering = _alert(opened, issue)
    time.sleep(at)
    victim = opened.replicas[_owner(engine, issue) or next(iter(opened.replicas))]
    victim.kill()
    alone = len(opened.replicas) == 1
    if alone:
        opened.start(victim.name)
    delivering.join(END_SECONDS)
    _until(lambda: _finished(opened, issue) and _ended(engine, issue))
    seconds = time.monotonic() - began
    if not alone:
        opened.start(victim.name)
    with engine.connect() as connection:
        known = connection.execute(select(runs.c.id, runs.c.state).where(runs.c.target == str(issue))).all()
        asked = connection.execute(select(requests.c.number).where(requests.c.run.in_([run for run, _ in known]))).all()
    return Survived(
        at=at,
        runs=len(known),
        ended=sum(state == "ended" for _, state in known),
        requests=len(asked),
        posts=sum(call.given.get("thread_ts") == _thread(issue) for call in opened.slack.named("chat.postMessage")),
        cards=len(_cards(opened, issue)),
        finished=sum("Show evidence" in card for card in _cards(opened, issue)),
        seconds=seconds,
    )


def _alert(opened: Fleet, issue: int) -> threading.Thread:
    delivering = threading.Thread(
        target=opened.alert, args=(issue, f"Ev{issue}", _thread(issue)), name="slack", daemon=True
    )
    delivering.start()
    return delivering


def _owner(engine: Engine, issue: int) -> str | None:
    with engine.connect() as connection:
        owner: str | None = connection.execute(select(runs.c.owner).where(runs.c.target == str(issue))).scalar()
    return owner


def _ended(engine: Engine, issue: int) -> bool:
    with engine.connect() as connection:
        states = connection.execute(select(runs.c.state).where(runs.c.target == str(issue))).scalars().all()
    return "ended" in states


def _finished(opened: Fleet, issue: int) -> bool:
    return any("Show evidence" in card for card in _cards(opened, issue))


def _cards(opened: Fleet, issue: int) -> list[str]:
    """What stands in the alert's thread."""
    standing = list(opened.slack.messages.values())
    return [json.dumps(message) for message in standing if message.get("thread_ts") == _thread(issue)]


def _thread(issue: int) -> str:
    return f"1795168000.{issue:06d}"


def _until(true: Callable[[], bool]) -> float:
    """Waits until it is so, and gives for how long."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > END_SECONDS:
            raise AssertionError(f"it did not come to that in {END_SECONDS:.0f} s")
        time.sleep(0.01)
    return time.monotonic() - began
