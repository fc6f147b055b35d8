"""Databases of their own for tests: a SQLite file each, copied from one that is up to date already."""

import functools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbos import DBOS
from sqlalchemy import Engine

from bot.doors import Kept
from bot.runs.database import FILE, address, opened
from bot.runs.workflows import PRESSES, RUNS, config


@functools.cache
def _template() -> Path:
    """A folder with a database in which DBOS has its tables and the queue: making that takes a second each time."""
    folder = Path(tempfile.mkdtemp(prefix="diagnose-template-"))
    where = address(None, folder)
    opened(where).dispose()
    DBOS(config=config(where, "template"))
    DBOS.launch()
    for queue in (RUNS, PRESSES):
        DBOS.register_queue(queue, worker_concurrency=1, polling_interval_sec=0.02)
    DBOS.destroy(destroy_registry=True)
    return folder


@contextmanager
def a_database() -> Iterator[Engine]:
    """An empty database, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="diagnose-") as folder:
        shutil.copy(_template() / FILE, folder)
        engine = opened(address(None, Path(folder)))
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def kept(replica: str = "here") -> Iterator[Kept]:
    """The same, for a bot."""
    with a_database() as engine:
        yield Kept(engine, replica)
