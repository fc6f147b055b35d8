"""A server program that ends with the process that started it, however that one ends, and leaves nothing behind.

Some servers refuse to run as root (PostgreSQL, PgBouncer): then they run as `nobody`, in a folder of their own.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

START_SECONDS = 30.0
"""How long a server may take to answer: a tenth of that on two busy cores."""
STOP_SECONDS = 10.0
"""How long it may take to end before it is killed."""
JOB_SECONDS = 60.0
"""How long a program may take that prepares a server's files: one second on an idle machine."""
KEEPER = """
read -r _ && exit
kill -s "$2" "$1"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  kill -s 0 "$1" || break
  sleep 0.2
done
kill -s KILL "$1"
rm -rf "$3"
"""
"""Waits for a word or for the end of whoever was to say it; without that word it ends the server and its files."""


class Missing(Exception):
    """There is no such program on this machine; the text says what lacks, and how to get it."""


@contextmanager
def a_folder(name: str) -> Iterator[Path]:
    """A temporary folder that belongs to whoever runs the servers; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"diagnose-{name}-"))
    try:
        given_to_owner(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def daemon(
    command: Sequence[str], folder: Path, ready: Callable[[], bool], stop: signal.Signals, language: str = ""
) -> Iterator[int]:
    """Its process id, once it is `ready`; what it prints goes to `log` in `folder`, in that language.

    Raises `RuntimeError` with the end of that log where it did not come up.
    """
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(language), **as_owner(), stdin=subprocess.DEVNULL, stdout=log,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        with _kept(process, folder, stop):
            _wait(process, ready, folder, Path(command[0]).name)
            yield process.pid
    finally:
        _end(process, stop)


def run(command: Sequence[str], folder: Path) -> None:
    """Runs a program to its end as the servers' owner; raises `RuntimeError` with what it said where it failed."""
    done = subprocess.run(
        command, cwd=folder, env=environment(), **as_owner(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=JOB_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-2_000:]}")


def environment(language: str = "") -> dict[str, str]:
    """Nothing of this machine's language or settings (PGPORT and its like) reaches a server."""
    spoken = {"LANGUAGE": language} if language else {"LC_ALL": "C"}
    return {"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC", **spoken}


class Owner(TypedDict):
    """Whose a process is; None: ours."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


def as_owner() -> Owner:
    """What `subprocess` is told about the user: `nobody` where we are root, nothing otherwise."""
    if os.geteuid() != 0:
        return {"user": None, "group": None, "extra_groups": None}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def given_to_owner(folder: Path) -> None:
    """Makes the folder and all that is in it the property of the servers' owner."""
    if os.geteuid() != 0:
        return
    nobody = pwd.getpwnam("nobody")
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)


@contextmanager
def _kept(process: subprocess.Popen[bytes], folder: Path, stop: signal.Signals) -> Iterator[None]:
    """While it is entered, the end of this very process is the server's end, too: a killed test leaves nothing."""
    told = [str(process.pid), stop.name.removeprefix("SIG"), str(folder)]
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", *told], cwd="/", env=environment(), **as_owner(), stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield
    finally:
        keeper.communicate(b"well\n", STOP_SECONDS)


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], folder: Path, name: str) -> None:
    ends = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < ends:
        if ready():
            return
        time.sleep(0.02)
    said = (folder / "log").read_text(encoding="utf-8", errors="replace")[-2_000:]
    raise RuntimeError(f"{name} did not start: {said}")


def _end(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    process.send_signal(stop)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)
