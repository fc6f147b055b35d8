"""From one replica to another: after a kill, after a stop in good order, and when one that was given up goes on."""

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, select

from bot.runs.database import address
from bot.runs.tables import runs
from bot.runs.tempo import Tempo
from tests.survival.counted import Counted, all_ended, counted, thread, until
from tests.survival.faults import Fared, said
from tests.survival.fleet import Fleet, Replica, fleet

ISSUE = 1_001
SLOWLY = 1.0  # seconds for each step: the run outlasts whatever happens to its replica
NEVER = 600.0  # seconds until a silent replica is dead: what is done before that is done by being told
EXIT_SECONDS = 25.0  # Kubernetes kills after thirty
TAKEN_SECONDS = 30.0


@dataclass(frozen=True)
class Stopped:
    """How a replica ended that was told to: its exit status, after so many seconds; and what became of its run."""

    status: int
    exit: float
    seconds: float
    counted: Counted

    @property
    def well(self) -> bool:
        return self.counted.well and self.status == 0 and self.exit < EXIT_SECONDS


def killed_at_real_tempo() -> Fared:
    """SIGKILL, with the tempo that a bot has in truth: seconds until the other one goes on with the card."""
    tempo = Tempo()
    real = {"beat": tempo.beat_seconds, "dead": tempo.dead_seconds, "poll": tempo.poll_seconds}
    with _two(step=SLOWLY, **real) as (opened, engine):
        owner = _under_way(opened, engine, ISSUE)
        owner.kill()
        calls, began = len(opened.slack.calls), time.monotonic()
        until(lambda: any(call.method == "chat.update" for call in opened.slack.calls[calls:]))
        seconds = time.monotonic() - began
        until(all_ended(engine, [ISSUE]))
        found = counted(opened, engine, [ISSUE])
        return Fared("SIGKILL, and the other replica goes on", found, seconds, said(opened.logs()))


def stopped(*, step: float, alone: bool) -> Stopped:
    """SIGTERM in the middle of a run; a lone replica is started again, of two the other one goes on at once."""
    with _two(step=step, dead=NEVER) as (opened, engine):
        if alone:
            opened.replicas["replica-1"].kill()
        owner = _under_way(opened, engine, ISSUE)
        began = time.monotonic()
        owner.process.terminate()
        status = owner.process.wait(EXIT_SECONDS)
        exited = time.monotonic() - began
        if alone:
            opened.start(owner.name)
        until(all_ended(engine, [ISSUE]))
        return Stopped(status, exited, time.monotonic() - began, counted(opened, engine, [ISSUE]))


def frozen(issues: int) -> Fared:
    """A replica stands still for longer than the others wait for it, and then goes on with what is not its any more."""
    wanted = range(ISSUE, ISSUE + issues)
    with _two(step=0.1, pace=0.3) as (opened, engine):
        for issue in wanted:
            opened.alert(issue, f"Ev{issue}", thread(issue))
        owner = _under_way(opened, engine, ISSUE)
        owner.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        until(all_ended(engine, wanted))
        seconds = time.monotonic() - began
        owner.process.send_signal(signal.SIGCONT)
        time.sleep(3.0)
        found = counted(opened, engine, wanted)
        return Fared("a replica stands still, and goes on", found, seconds, said(opened.logs()))


@contextmanager
def _two(**given: float) -> Iterator[tuple[Fleet, Engine]]:
    with tempfile.TemporaryDirectory(prefix="survival-") as name:
        where = f"sqlite:///{name}/diagnose.db"
        engine = create_engine(address(where, Path()))
        with fleet(where, Path(name), **given) as opened:
            try:
                for starting in [opened.starting(f"replica-{number}") for number in range(2)]:
                    starting()
                yield opened, engine
            finally:
                engine.dispose()


def _under_way(opened: Fleet, engine: Engine, issue: int) -> Replica:
    """Whose run of that issue is under way, its card begun."""
    opened.alert(issue, f"Ev{issue}", thread(issue))
    asked = select(runs.c.owner).where(runs.c.target == str(issue), runs.c.message.is_not(None))
    found: list[str] = []

    def known() -> bool:
        with engine.connect() as connection:
            found[:] = [str(owner) for owner in connection.execute(asked).scalars() if owner]
        return bool(found)

    until(known)
    time.sleep(0.2)
    return opened.replicas[found[0]]
