"""Alerts before, during and after a fault of what the bot stands on: its database, Slack, the disk.

Slack delivers again what was not acknowledged, as it does; so nothing that it was told was heard may be missing
afterwards, and nothing may stand twice.
"""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from sqlalchemy import Engine, create_engine

from bot.runs.database import address
from tests.lab.daemon import daemon
from tests.lab.postgres import Postgres, postgres
from tests.survival.counted import Counted, all_ended, counted, thread, until
from tests.survival.fleet import Fleet, fleet

MANY = (8, 4)  # alerts before and during it: more than run at once, so that some wait, some run, some are to be shown
QUIET_SECONDS = 1.0  # between the last alert and the fault: time for the first runs to end
LATE = 1_900  # the issue of an alert after the fault
ROOM = "size=32m"  # of a disk that is soon full; a database with these few runs takes a quarter of that


class NotHere(Exception):
    """This fault cannot be made on this machine; the text says why."""


@dataclass(frozen=True)
class Fared:
    """How it went: what was `counted`, `seconds` from the end of the fault to the last card, and what was `said`.

    `answered` is how long a person who asked meanwhile waited for Slack's acknowledgement, and `told` what they read.
    """

    fault: str
    counted: Counted
    seconds: float
    said: tuple[str, ...] = ()
    answered: float = 0.0
    told: str = ""
    calls: int = 0
    """To Slack, during the fault."""


def postgres_stopped(seconds: float, alerts: tuple[int, int] = MANY, *, hanging: bool) -> Fared:
    """For so long it hangs (no process of it goes on), or it is shut down and refuses; two replicas work with it."""
    with postgres() as server, tempfile.TemporaryDirectory(prefix="survival-") as name:
        server.create("diagnose")
        where = server.url("diagnose")
        with fleet(where, Path(name), at_once=2) as opened, ExitStack() as again:
            for starting in [opened.starting(f"replica-{number}") for number in range(2)]:
                starting()

            def broken() -> Callable[[], object]:
                return frozen(server) if hanging else shut_down(server, again)

            fault = f"PostgreSQL {'hangs' if hanging else 'is shut down'} for {seconds:.0f} s"
            return _through(fault, opened, create_engine(address(where, Path())), broken, seconds, alerts)


def slack_refuses(seconds: float, alerts: tuple[int, int] = MANY) -> Fared:
    """For so long Slack answers 429 to everything."""
    with tempfile.TemporaryDirectory(prefix="survival-") as name:
        where = f"sqlite:///{name}/diagnose.db"
        with fleet(where, Path(name), at_once=2) as opened:
            opened.start("replica-0")

            def broken() -> Callable[[], object]:
                opened.slack.refuse(seconds)
                return lambda: None

            fault = f"Slack answers 429 for {seconds:.0f} s"
            return _through(fault, opened, create_engine(address(where, Path())), broken, seconds, alerts)


def disk_full(seconds: float, alerts: tuple[int, int] = MANY) -> Fared:
    """For so long not a byte is left for SQLite."""
    with tempfile.TemporaryDirectory(prefix="survival-") as name, a_small_disk(Path(name)) as disk:
        where = f"sqlite:///{disk}/diagnose.db"
        with fleet(where, Path(name), at_once=2) as opened:
            opened.start("replica-0")

            def broken() -> Callable[[], object]:
                filled = disk / "filled"
                _fill(filled)
                return filled.unlink

            fault = f"the disk is full for {seconds:.0f} s"
            return _through(fault, opened, create_engine(address(where, Path())), broken, seconds, alerts)


def _through(
    fault: str,
    opened: Fleet,
    engine: Engine,
    broken: Callable[[], Callable[[], object]],
    seconds: float,
    alerts: tuple[int, int],
) -> Fared:
    """Alerts, the fault with alerts and a person meanwhile, its end, one more alert; and what became of them all."""
    try:
        issues = range(1_001, 1_001 + sum(alerts))
        for issue in issues[: alerts[0]]:
            opened.alert(issue, f"Ev{issue}", thread(issue))
        time.sleep(QUIET_SECONDS)
        mended = broken()
        began, calls = time.monotonic(), len(opened.slack.calls)
        delivering = [_alert(opened, issue) for issue in issues[alerts[0] :]]
        answered = opened.command("SHOP-1", "1.2.3")
        time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        calls = len(opened.slack.calls) - calls
        told = [str(one.get("text")) for one in opened.slack.answers]
        mended()
        began = time.monotonic()
        opened.alert(LATE, f"Ev{LATE}", thread(LATE))
        for one in delivering:
            one.join()
        until(all_ended(engine, [*issues, LATE]))
        ended = time.monotonic() - began
        found = counted(opened, engine, [*issues, LATE])
        return Fared(fault, found, ended, said(opened.logs()), answered, " ".join(told), calls)
    finally:
        engine.dispose()


def _alert(opened: Fleet, issue: int) -> threading.Thread:
    arguments = (issue, f"Ev{issue}", thread(issue))
    delivering = threading.Thread(target=opened.alert, args=arguments, name="slack", daemon=True)
    delivering.start()
    return delivering


def said(logs: str) -> tuple[str, ...]:
    """What the replicas themselves logged from a warning up, each sentence once; libraries speak beside them."""
    found: dict[str, None] = {}
    for line in logs.splitlines():
        if line.startswith("{"):
            told = json.loads(line)
            if told.get("level") in {"warning", "error"} and "logger" not in told:
                found[str(told["event"])] = None
    return tuple(found)


def frozen(server: Postgres) -> Callable[[], None]:
    """Stops every process of the server where it stands; what this gives lets them go on."""
    processes = [server.pid]
    os.kill(server.pid, signal.SIGSTOP)
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = status.read_text(encoding="utf-8")
        except OSError:
            continue
        if f"\nPPid:\t{server.pid}\n" in told:
            processes.append(int(status.parent.name))
            os.kill(processes[-1], signal.SIGSTOP)
    return lambda: _each(processes, signal.SIGCONT)


def _each(processes: Sequence[int], sent: signal.Signals) -> None:
    for process in processes:
        os.kill(process, sent)


def shut_down(server: Postgres, again: ExitStack) -> Callable[[], object]:
    """Ends the server as an administrator does, who waits for nobody; what this gives starts it again in `again`."""
    os.kill(server.pid, signal.SIGINT)
    state = server.folder / "data" / "postmaster.pid"
    until(lambda: not state.exists(), 20)

    def started() -> None:
        command = [str(server.programs / "postgres"), "-D", str(server.folder / "data"), "-p", str(server.port)]
        again.enter_context(daemon(command, server.folder, lambda: _answers(server), signal.SIGINT))

    return started


def _answers(server: Postgres) -> bool:
    try:
        server.execute("postgres", "SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True


@contextmanager
def a_small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own, in memory; raises `NotHere` where this user may not mount one."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ROOM, "diagnose", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        raise NotHere(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as filled:
        for size in (65_536, 4_096, 1):
            try:
                while filled.write(b"x" * size):
                    pass
            except OSError:
                continue
