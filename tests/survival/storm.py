"""A storm of alerts over replicas of the bot, and what is left of it: one run and one card for each issue.

The senders are a process of their own, so that measuring costs the bot no more than it must.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, func, select

from bot.runs.database import address
from bot.runs.tables import requests, runs
from tests.survival.fleet import Fleet, fleet
from tests.survival.kills import database
from tests.survival.replica import SECRET
from tests.survival.senders import Mission

OURS, BARE = "diagnose", "bare Bolt"
END_SECONDS = 180.0  # until the last card is finished
UNHURRIED = {"beat": 4.0, "dead": 18.0, "poll": 0.2}
"""A replica's tempo as it is by default: the tests' own is for those that are killed."""

WRONG = ('"level": "error"', '"level": "critical"', "Traceback")
MEGABYTE = 2**20


@dataclass(frozen=True)
class Weather:
    """`events` distinct alerts over `issues`, some of them delivered `twice`, to so many replicas over one database.

    `settled`: each issue has its card already, so that nothing but acknowledgements is measured; else the
    investigations go on meanwhile. `beside`: a bare Bolt app hears the same, in turns.
    """

    kind: str = "sqlite"
    replicas: int = 1
    events: int = 10_000
    issues: int = 50
    twice: int = 1_000
    senders: int = 50
    part: int = 500
    seed: int = 1
    settled: bool = False
    beside: bool = True


@dataclass
class Measured:
    """How one bot heard a storm. Seconds; `parts` are deliveries a second, `memory` megabytes of all its processes at
    the start, after each part and at the end, `processor` the time that they computed."""

    pids: list[int]
    parts: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0
    waits: list[float] = field(default_factory=list)
    again: dict[str, int] = field(default_factory=dict)
    lost: int = 0

    @property
    def a_second(self) -> float:
        return len(self.waits) / self.seconds

    def wait(self, share: float) -> float:
        """Milliseconds until that share of the deliveries was acknowledged."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000


@dataclass(frozen=True)
class Left:
    """What must be there after a storm, and what is."""

    runs: int
    ended: int
    requests: int
    deliveries: int
    posts: int
    threads: int
    finished: int


@dataclass(frozen=True)
class Storm:
    """What became of a storm; `wrong` says in words what is not as it must be."""

    weather: Weather
    wanted: Left
    found: Left
    errors: list[str]
    measured: dict[str, Measured]

    @property
    def wrong(self) -> list[str]:
        wanted, found = asdict(self.wanted), asdict(self.found)
        told = [f"{name}: {found[name]}, not {right}" for name, right in wanted.items() if found[name] != right]
        lost = [f"{name} never acknowledged {one.lost}" for name, one in self.measured.items() if one.lost]
        return [*told, *lost, *self.errors]

    @property
    def ratio(self) -> float:
        """Of the deliveries a second, ours to the bare app's: the median of the parts."""
        ours, bare = self.measured[OURS].parts, self.measured[BARE].parts
        return statistics.median(mine / its for mine, its in zip(ours, bare, strict=True))


def storm(weather: Weather, watched: Callable[[Fleet], object] = lambda _: None) -> Storm:
    """Sends it, waits for the last card, and counts; `watched` is called once everything hears."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        where = stack.enter_context(database(weather.kind, folder))
        opened = stack.enter_context(fleet(where, folder))
        for starting in [opened.starting(f"replica-{number}", **UNHURRIED) for number in range(weather.replicas)]:
            starting()
        replicas = list(opened.replicas.values())
        measured = {OURS: Measured([one.process.pid for one in replicas])}
        ports = {OURS: [one.port for one in replicas]}
        if weather.beside:
            pid, port = stack.enter_context(_bare(opened.slack.url))
            measured[BARE], ports[BARE] = Measured([pid]), [port]
        engine = create_engine(address(where, folder))
        stack.callback(engine.dispose)
        sent = Mission(
            ports, SECRET, weather.events, weather.issues, weather.seed, weather.twice, weather.senders, weather.part
        )
        if weather.settled:
            _send(Mission(ports, SECRET, weather.issues, weather.issues, weather.seed, prefix="EvBefore"), {})
            opened.slack.until(lambda: _left(opened, engine).finished == weather.issues, END_SECONDS)
        watched(opened)
        _send(sent, measured)
        opened.slack.until(lambda: _left(opened, engine).ended == weather.issues, END_SECONDS)
        for one in measured.values():
            one.memory.append(_megabytes(one.pids))
        every, distinct = weather.issues, weather.events + weather.issues * weather.settled
        wanted = Left(every, every, distinct, distinct, every, every, every)
        errors = [line for line in opened.logs().splitlines() if any(mark in line for mark in WRONG)]
        return Storm(weather, wanted, _left(opened, engine), errors, measured)


def _send(mission: Mission, measured: dict[str, Measured]) -> None:
    """Carries it out in a process of its own, and looks at the bots' processes after each part."""
    for one in measured.values():
        one.memory.append(_megabytes(one.pids))
        one.processor -= _processor(one.pids)
    for told in _told(mission):
        one = measured.get(told["bot"], Measured([]))
        if "sent" in told:
            one.parts.append(told["heard"] / told["seconds"])
            one.seconds += told["seconds"]
            one.memory.append(_megabytes(one.pids))
        else:
            one.waits, one.again, one.lost = told["seconds"], told["again"], told["lost"]
    for one in measured.values():
        one.processor += _processor(one.pids)


def _told(mission: Mission) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.survival.senders"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(asdict(mission)) + "\n")
        process.stdin.flush()
        yield from map(json.loads, process.stdout)
    assert process.returncode == 0, "the senders failed"


@contextmanager
def _bare(slack: str) -> Iterator[tuple[int, int]]:
    """The process id and the port of a bare Bolt app."""
    command = [sys.executable, "-m", "tests.survival.bare"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(f"{slack} {SECRET}\n")
            process.stdin.flush()
            yield process.pid, int(process.stdout.readline())
        finally:
            process.terminate()


def _left(opened: Fleet, engine: Engine) -> Left:
    with engine.connect() as connection:
        states = connection.execute(select(runs.c.target, runs.c.state)).all()
        answered = requests.join(runs, requests.c.run == runs.c.id)
        counts = select(func.count(), func.count(requests.c.delivery.distinct())).select_from(answered)
        asked, deliveries = connection.execute(counts).one()
    cards = [json.dumps(message) for message in list(opened.slack.messages.values())]
    return Left(
        runs=len(states),
        ended=sum(state == "ended" for _, state in states),
        requests=int(asked),
        deliveries=int(deliveries),
        posts=len(opened.slack.named("chat.postMessage")),
        threads=len({message.get("thread_ts") for message in list(opened.slack.messages.values())}),
        finished=sum("Show evidence" in card for card in cards),
    )


def _megabytes(pids: list[int]) -> float:
    """Resident memory of those processes."""
    pages = [int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) for pid in pids]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def _processor(pids: list[int]) -> float:
    """Seconds that those processes computed so far."""
    ticks = 0
    for pid in pids:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")
