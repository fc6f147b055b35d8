"""Runs in threads of this process, results in its memory: simple, and gone with it."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import structlog

from bot.runs.run import Audience, NotStarted, Request, Result, Run, Started
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.unavailable import Unavailable
from playbook.gather import Progress, Tell
from playbook.investigate import Investigation

Investigate = Callable[[IssueRef, datetime, Tell], Investigation]
"""Which issue, asked when, and who hears of each step; raises `Unavailable` when the issue cannot be had."""

AT_ONCE = 4  # runs side by side; each has a dozen threads of its own that wait for sources
QUIET_SECONDS = 600.0
"""How long a finished card answers the same question again: within ten minutes a second asker wants the link."""

KEPT = 200  # finished runs whose evidence stays in memory; one holds a few hundred kilobytes

STOPPING = "The bot is stopping or being restarted; ask again in a minute."

log = structlog.get_logger()


class InProcess:
    """`Runs` for one process. `close` waits for what is under way; what is asked after it is refused in a sentence."""

    def __init__(
        self,
        investigate: Investigate,
        audience: Audience,
        quiet_seconds: float = QUIET_SECONDS,
        kept: int = KEPT,
        at_once: int = AT_ONCE,
    ) -> None:
        self._investigate, self._audience = investigate, audience
        self._quiet, self._kept = quiet_seconds, kept
        self._pool = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="run")
        self._lock = threading.Lock()
        self._closed = False
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._answers: dict[tuple[str, str, str], str] = {}
        self._ended: dict[str, float] = {}

    def run(self, run_id: str) -> Run | None:
        with self._lock:
            return self._runs.get(run_id)

    def start(self, request: Request) -> Started:
        with self._lock:
            if self._closed:
                raise NotStarted(STOPPING)
            same = self._same(request)
            if same is not None:
                return Started(same, new=False)
            checked = self._runs.get(request.again) if request.again else None
            before = replace(checked, before=None) if checked else None
            run = Run(f"r-{secrets.token_hex(6)}", request, request.place, before=before)
            self._runs[run.id] = run
            self._answers[request.key] = run.id
        try:
            place = self._audience.began(run)
        except NotStarted:
            self._forget(run.id)
            raise
        run = self._change(run.id, lambda now: replace(now, place=place))
        try:
            self._pool.submit(self._carry_out, run)
        except RuntimeError as closed:  # between the question and now
            self._forget(run.id)
            raise NotStarted(STOPPING) from closed
        return Started(run, new=True)

    def close(self) -> None:
        """Lets the runs under way end, and begins no other."""
        with self._lock:
            self._closed = True
        self._pool.shutdown(wait=True)

    def _same(self, request: Request) -> Run | None:
        """A run that answers this request: one under way, or, unless asked to check again, one that just ended."""
        checked = self._runs.get(request.again) if request.again else None
        keys = [request.key, *([checked.request.key] if checked else [])]
        for run in (self._runs.get(self._answers.get(key, "")) for key in keys):
            if run is None or (run.result is not None and (request.again or run.result.failed)):
                continue
            if run.result is None or time.monotonic() - self._ended[run.id] < self._quiet:
                return run
        return None

    def _carry_out(self, run: Run) -> None:
        began = time.monotonic()
        investigation, failed = None, None
        try:
            asked = run.request
            investigation = self._investigate(asked.ref, asked.at, lambda told: self._told(run.id, told))
        except Unavailable as unavailable:
            failed = unavailable.sentence
        except Exception:
            log.exception("a run failed by a defect", run=run.id)
            failed = f"This run failed by a defect of ours; the bot's log has it under {run.id}."
        result = Result(time.monotonic() - began, investigation, failed)
        done = self._change(run.id, lambda now: replace(now, result=result))
        self._keep(done)
        try:
            self._audience.ended(done)
        except Exception:
            log.exception("a result could not be shown", run=run.id)

    def _told(self, run_id: str, told: Progress) -> None:
        def with_step(now: Run) -> Run:
            known = [step.fact for step in now.steps]
            if told.fact not in known:
                return replace(now, steps=(*now.steps, told))
            return replace(now, steps=tuple(told if step.fact == told.fact else step for step in now.steps))

        self._audience.told(self._change(run_id, with_step))

    def _change(self, run_id: str, change: Callable[[Run], Run]) -> Run:
        with self._lock:
            self._runs[run_id] = change(self._runs[run_id])
            return self._runs[run_id]

    def _keep(self, run: Run) -> None:
        """Remember the end, under every name of the issue that is known by now; forget the oldest results."""
        with self._lock:
            self._ended[run.id] = time.monotonic()
            if run.investigation is not None:
                issue = run.investigation.diagnosis.issue
                for name in (issue.id, issue.short_id):
                    self._answers[(name, *run.request.key[1:])] = run.id
            finished = [known.id for known in self._runs.values() if known.result is not None]
            for old in finished[: max(0, len(finished) - self._kept)]:
                self._drop(old)

    def _forget(self, run_id: str) -> None:
        with self._lock:
            self._drop(run_id)

    def _drop(self, run_id: str) -> None:
        self._runs.pop(run_id, None)
        self._ended.pop(run_id, None)
        for key in [key for key, answering in self._answers.items() if answering == run_id]:
            del self._answers[key]
