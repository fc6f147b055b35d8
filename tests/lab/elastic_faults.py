"""What goes wrong with logs, done to a real Elasticsearch: nothing here answers in its place but `slow`.

A server without scripts knows no slow query. `paused` stops the process, as a long collection of garbage or a starved
virtual machine does: the kernel takes the connection, and nobody answers. It does so to everybody who asks; `slow` is
a small proxy that holds back the real answers of those who ask through it.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import requests

from tests.lab.shipping import SETTINGS, Shipped
from tests.real_elasticsearch import RealElasticsearch
from tests.stand_ins.loopback import Asked, Loopback, Reply

PASSED_ON = ("authorization", "content-type", "accept")
STOP_SECONDS = 10.0


def some_shards_fail(elastic: RealElasticsearch, shipped: Shipped) -> Shipped:
    """An older index is searched too, whose shipper kept the time as a number: its two shards fail, the rest answer."""
    older, mappings = _older(shipped), shipped.place.mappings
    clock = shipped.fields.timestamp if shipped.fields else "@timestamp"
    numbered = {**mappings, "properties": {**mappings["properties"], clock: {"type": "long"}}}
    elastic.send("PUT", f"/{older}", {"settings": {**SETTINGS, "number_of_shards": 2}, "mappings": numbered})
    elastic.keep(older, [{clock: number} for number in range(20)])
    return replace(shipped, index=f"{shipped.index},{older}")


def shards_mended(elastic: RealElasticsearch, shipped: Shipped) -> None:
    """The older index is gone again; `shipped` is what `some_shards_fail` was given."""
    elastic.send("DELETE", f"/{_older(shipped)}")


def index_missing(shipped: Shipped) -> Shipped:
    """The name in `diagnose.toml` is that of an index which nobody keeps any more."""
    return replace(shipped, index=f"{shipped.index}-gone")


def with_wrong_password(elastic: RealElasticsearch) -> RealElasticsearch:
    """Somebody changed the password and did not tell the bot."""
    return replace(elastic, password="the-one-of-last-year")


@contextmanager
def paused(elastic: RealElasticsearch, seconds: float | None = None) -> Iterator[None]:
    """The server answers nobody: while this is entered, or for the first `seconds` of it."""
    _stop(elastic.pid)
    resume = threading.Timer(seconds or 0.0, os.kill, (elastic.pid, signal.SIGCONT))
    try:
        if seconds is not None:
            resume.start()
        yield
    finally:
        resume.cancel()
        os.kill(elastic.pid, signal.SIGCONT)


def _stop(pid: int) -> None:
    """A signal reaches one thread after another: returns when the last of them stands still."""
    os.kill(pid, signal.SIGSTOP)
    ends = time.monotonic() + STOP_SECONDS
    while not all(_stands(task) for task in Path(f"/proc/{pid}/task").glob("*/stat")):
        if time.monotonic() > ends:
            os.kill(pid, signal.SIGCONT)
            raise RuntimeError(f"process {pid} does not stop")
        time.sleep(0.01)


def _stands(task: Path) -> bool:
    """The letter after the command's name in brackets is the state of a thread; one that has ended stands, too."""
    try:
        return task.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "T"
    except (FileNotFoundError, ProcessLookupError):
        return True


@contextmanager
def slow(elastic: RealElasticsearch, seconds: float) -> Iterator[RealElasticsearch]:
    """The same server behind an address whose answers come so many seconds late."""
    with _Late(elastic.url, seconds) as late:
        yield replace(elastic, url=late.origin)


class _Late(Loopback):
    def __init__(self, behind: str, seconds: float) -> None:
        super().__init__(seconds)
        self._behind = behind

    def answer(self, asked: Asked) -> Reply:
        headers = {name: value for name, value in asked.headers.items() if name in PASSED_ON}
        told = requests.request(asked.method, self._behind + asked.target, data=asked.body, headers=headers, timeout=60)
        kept = ("Content-Type", "X-Elastic-Product")
        return Reply(
            told.status_code, told.content, {name: told.headers[name] for name in kept if name in told.headers}
        )


def _older(shipped: Shipped) -> str:
    """A name that no data stream's pattern holds, so that it may be a plain index."""
    return f"older_{shipped.index}"
