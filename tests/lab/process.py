"""A program in a process of its own; what it prints becomes log documents, as a container's log shipper makes them."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.lab.clock import written
from tests.stand_ins.sentry_ingest import PLACES

PROGRAMS = Path(__file__).parent / "programs"
STARTED = (
    (re.compile(rf"{re.escape(str(PROGRAMS))}/django_program\.py"), "/srv/app/manage.py"),
    (re.compile(rf"{re.escape(str(PROGRAMS))}/alembic_program\.py"), "/srv/venv/bin/alembic"),
)

TRACE = "Traceback (most recent call last)"
MOST_SECONDS = 60.0
"""How long one job may take: the longest visits two hundred pages, in some three seconds on two busy cores."""


@dataclass(frozen=True)
class Line:
    """One line of output, and when it was printed."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it printed to both its outputs."""

    status: int
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


class Running:
    """A process under way; `at` is the lab's moment at which it began."""

    def __init__(self, program: str, job: Mapping[str, Any], at: datetime, folder: Path, settings: Mapping[str, str]):
        told = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore", "TZ": "UTC"}
        self._at, self._began = at, time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAMS / program)], cwd=folder, env={**told, **settings}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if self._process.stdin is not None:
            with self._process.stdin as told_to:  # not an argument: the SDK reports those with every event
                json.dump(job, told_to)

    def ended(self) -> Ended:
        """Waits for the end; one that takes too long is killed, and ends with a negative status."""
        watchdog = threading.Timer(MOST_SECONDS, self._process.kill)
        watchdog.start()
        lines: list[Line] = []
        try:
            for text in self._process.stdout or ():
                moment = self._at + timedelta(seconds=time.monotonic() - self._began)
                lines.append(Line(moment, in_container(text.rstrip("\n"))))
            return Ended(self._process.wait(MOST_SECONDS), tuple(lines))
        finally:
            watchdog.cancel()
            if self._process.stdout:
                self._process.stdout.close()


def in_container(text: str) -> str:
    """The text with a container's paths: the build, the packages, Python, and what was really started."""
    for pattern, place in (*STARTED, *PLACES):
        text = pattern.sub(place, text)
    return text


def documents(ended: Ended, service: str, environment: str, host: str) -> list[dict[str, Any]]:
    """The lines as Elastic Common Schema documents: those that are such documents already get what they lack, and a
    stack trace is one document, as the multiline rules of every shipper have it."""
    place = {"service": {"name": service, "environment": environment}, "host": {"name": host}}
    found: list[dict[str, Any]] = []
    for line in ended.lines:
        told = _as_document(line.text)
        if told is not None:
            found.append({**told, **place})
        elif found and TRACE in str(found[-1].get("message", "")):
            found[-1]["message"] += f"\n{line.text}"
        elif line.text.strip():
            found.append({"@timestamp": written(line.at), "message": line.text, **place})
    return found


def _as_document(text: str) -> dict[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        told = json.loads(text)
    except ValueError:
        return None
    return told if isinstance(told, dict) and "@timestamp" in told else None


def all_ended(running: Sequence[Running]) -> list[Ended]:
    """Waits for all of them."""
    return [one.ended() for one in running]
