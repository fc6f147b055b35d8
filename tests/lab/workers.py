"""Two workers side by side, each with a PostgreSQL of its own; they take one scenario after another."""

import multiprocessing
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from tests.lab.postgres import Postgres, postgres

WORKERS = 2
"""One for each core of the smallest machine that this is run on."""

LONGEST = 600.0
"""Seconds for one scenario and all that is done to it; a minute is usual."""

Job = Callable[[str, Path, Postgres], Any]


class Done(NamedTuple):
    """What became of one scenario: what the job gave, or the trace of what broke."""

    name: str
    gave: Any
    broke: str | None


def side_by_side(job: Job, names: Sequence[str]) -> Iterator[Done]:
    """Each as soon as it is done. `job` must be a function at the top of a module, as it runs in other processes."""
    context = multiprocessing.get_context("spawn")
    waiting: Any = context.Queue()
    done: Any = context.Queue()
    for name in names:
        waiting.put(name)
    count = min(WORKERS, len(names))
    for _ in range(count):
        waiting.put(None)
    with _running([context.Process(target=_work, args=(job, waiting, done), daemon=True) for _ in range(count)]):
        for _ in names:
            yield done.get(timeout=LONGEST)


@contextmanager
def _running(processes: Sequence[BaseProcess]) -> Iterator[None]:
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.join(20)
            if process.is_alive():
                process.terminate()
                process.join(10)


def _work(job: Job, waiting: Any, done: Any) -> None:
    with postgres() as server, tempfile.TemporaryDirectory(prefix="diagnose-lab-") as folder:
        for name in iter(waiting.get, None):
            try:
                done.put(Done(name, job(name, Path(folder) / name, server), None))
            except Exception:  # noqa: BLE001 - whatever broke one scenario is told, and the others go on
                done.put(Done(name, None, traceback.format_exc()))
