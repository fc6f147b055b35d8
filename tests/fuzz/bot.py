"""The whole bot behind its HTTP door, with runs in memory and a Slack on loopback that keeps all that is sent."""

import asyncio
import json
import logging
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from slack_bolt import App
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from bot.http_door import http_app
from bot.listen import actions, alerts, buttons, command, home, joins, mention, shortcut
from bot.listen.desk import Desk
from bot.listen.form import InForm
from bot.runs.feedback import Opinions
from bot.runs.history import Entry, Load
from bot.runs.run import Place, Request, Result, Run, Started
from bot.slack.delivery import Delivery
from bot.slack.message import Messages
from bot.slack.pace import Pace
from bot.slack.wire import web_client
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.investigate import Investigation
from playbook.sources.recording import Recording
from tests.card.diagnoses import NOON, a_diagnosis, an_evidence
from tests.doors.signed import SECRET, headers
from tests.fuzz.payloads import KNOWN_ISSUE, KNOWN_RUN, SENTRY, Sent, told
from tests.fuzz.promises import Heard, broken, counted
from tests.stand_ins.slack_server import SlackServer

SENTRY_APP = "A011MFBJEUU"


class AtOnce(Executor):
    """Does what is to be done later before it goes on, so that a test can see it."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work(*args, **named))
        return done


class OpenSlack(SlackServer):
    """Refuses what it cannot read, as Slack does, and hears of every call; `root` is what every thread hangs on."""

    root: Mapping[str, Any] = {}

    def answer(self, path: str, given: Mapping[str, Any]) -> tuple[int, dict[str, str], dict[str, Any] | None]:
        try:
            return super().answer(path, given)
        except (KeyError, ValueError, TypeError, AttributeError):
            return 200, {}, {"ok": False, "error": "invalid_arguments"}

    def _conversations_replies(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"ok": True, "messages": [dict(self.root)] if self.root else []}

    def forget(self) -> None:
        for kept in (self.calls, self.answers, self.whispers, self.messages, self.views):
            kept.clear()


@dataclass
class Runs:
    """`bot.runs.run.Runs` without a database: a run is shown and over before `start` returns."""

    delivery: Delivery
    asked: list[Request] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)

    def start(self, request: Request) -> Started:
        self.asked.append(request)
        run = Run(f"r-{len(self.asked)}", request, request.place, before=self.runs.get(request.again or ""))
        place = run.place.model_copy(update={"message": self.delivery.began(run)})
        over = Run(run.id, request, place, result=a_result(request), before=run.before)
        self.delivery.ended(over)
        return Started(over, new=True, ahead=len(self.asked) % 2)

    def soon(self, request: Request) -> Future[Started]:
        return AtOnce().submit(self.start, request)

    def run(self, run_id: str) -> Run | None:
        return self.runs.get(run_id)

    def close(self) -> None:
        """Nothing is open."""


def a_result(request: Request) -> Result:
    recording = Recording(inquiry=Inquiry(ref=request.ref, at=NOON))
    return Result(seconds=1.0, investigation=Investigation(a_diagnosis(), an_evidence(), recording))


@dataclass
class Book:
    """Feedback, history and joins of nobody."""

    answers: list[tuple[str, str, str]] = field(default_factory=list)

    def record(self, run_id: str, user: str, answer: str) -> Opinions:
        self.answers = [*self.answers[-20:], (run_id, user, answer)]
        return self.of(run_id)

    def of(self, run_id: str) -> Opinions:
        right = tuple({user for run, user, answer in self.answers if (run, answer) == (run_id, "right")})
        return Opinions(right, ())

    def under_way(self, limit: int = 20) -> tuple[Entry, ...]:
        return (Entry(run=KNOWN_RUN, state="running", target="SHOP-42", channel="C1", asked_at=NOON),)[:limit]

    def recent(self, limit: int = 10, matching: str = "") -> tuple[Entry, ...]:
        return self.under_way(limit) if not matching else ()

    def load(self) -> Load:
        return Load(running=1)

    def purge(
        self, before: datetime | None = None, issue: str | None = None, person: str | None = None, *, dry: bool = False
    ) -> int:
        raise NotImplementedError

    def undo(self, run_id: str, user: str, name: str, at: datetime) -> bool:  # noqa: ARG002 - nothing is kept
        json.dumps([run_id, user, name], ensure_ascii=False).encode()
        return run_id == KNOWN_RUN

    def show(self, run_id: str) -> None:
        """Nothing is drawn."""


class Alone:
    """No presses, and no run that shares a card with another."""

    def of(self, _: str) -> tuple[()]:
        return ()

    moved_by = apart_from = of

    def group_of(self, _: str) -> None:
        """None."""


class Defects(logging.Handler):
    """What is logged as an error, with its trace."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage()[:300] + _innermost(record.exc_info))


def _with_trace(_: Any, __: str, logged: Any) -> Any:
    """The error itself in the place of `exc_info=True`, which says nothing once it is over."""
    return {**logged, "exc_info": sys.exc_info()} if logged.get("exc_info") is True else logged


def _innermost(trace: Any) -> str:
    error = trace[1] if isinstance(trace, tuple) else trace
    if not isinstance(error, BaseException):
        return ""
    frames = [
        one
        for one in traceback.extract_tb(error.__traceback__)
        if "/bot/" in one.filename or "/playbook/" in one.filename
    ]
    where = (
        f"{frames[-1].filename.rpartition('/main/')[2]}:{frames[-1].lineno} {frames[-1].name}" if frames else "outside"
    )
    return f" [{type(error).__name__}: {str(error)[:120]} at {where}]"


class Bot:
    """Hears deliveries, one at a time, and tells which promises each broke."""

    def __init__(self, slack: OpenSlack) -> None:
        self.slack, self.counts = slack, Counter[str]()
        self.slowest = 0.0
        self.client = web_client("xoxb-test", slack.url)
        messages, self.book = Messages(self.client, Pace(0.0), sleep=lambda _: None), Book()
        alone: Any = Alone()
        delivery = Delivery(messages, self.book, alone, alone, acts=True)
        self.runs = Runs(delivery)
        delivery.known = self.runs.run
        self.orders: list[Any] = []
        known = Request(
            ref=IssueRef(issue_id=KNOWN_ISSUE), place=Place(channel="C1", message="1.1"), at=NOON, asker="U1"
        )
        self.runs.runs[KNOWN_RUN] = Run(KNOWN_RUN, known, known.place, result=a_result(known))
        apps = frozenset({SENTRY_APP})
        desk = Desk(self.runs, delivery, messages, self.book, SENTRY, apps, now=lambda: NOON, afterwards=AtOnce())
        self.app = App(
            client=self.client,
            signing_secret=SECRET,
            process_before_response=True,
            before_authorize=InForm(slack.url),
            listener_executor=AtOnce(),
        )
        for door in (command, mention, shortcut, alerts, buttons):
            door.register(self.app, desk)
        home.register(self.app, home.HomeDesk(history=self.book, channels=lambda _: {"C1"}, wait=lambda _: None))
        joins.register(self.app, self.book)
        actions.register(self.app, desk, self.orders.append)
        self.http = http_app(self.app.dispatch, SECRET, partial(alerts.hear, desk=desk))
        self.by_bolt_alone = http_app(self.app.dispatch, SECRET)
        self.loop = asyncio.new_event_loop()

    def hear(self, sent: Sent, door: ASGIApp | None = None) -> Heard:
        """One delivery, and all that follows it."""
        sent = sent.to(self.slack.url.removesuffix("/api/"))
        self.slack.forget()
        self.runs.asked.clear()
        self.orders.clear()
        self.slack.root = _root(sent)
        defects = Defects()
        logging.getLogger().addHandler(defects)
        began = time.monotonic()
        try:
            with capture_logs([_with_trace]) as logged:
                status = self.loop.run_until_complete(_status(door or self.http, sent))
        finally:
            logging.getLogger().removeHandler(defects)
        seconds = time.monotonic() - began
        defects.seen += [
            f"{one['event']}{_innermost(one.get('exc_info'))} {one.get('error', '')}"
            for one in logged
            if one["log_level"] in {"error", "critical"}
        ]
        return Heard(
            sent, status, seconds, tuple(defects.seen), tuple(self.runs.asked), tuple(self.orders),
            tuple(self.slack.calls), tuple(self.slack.answers), tuple(self.slack.whispers), tuple(self.slack.views),
        )  # fmt: skip

    def broken_by(self, sent: Sent) -> list[str]:
        """The promises that this delivery broke, as sentences; what came of it is counted."""
        heard = self.hear(sent)
        self.slowest = max(self.slowest, heard.seconds)
        self.counts.update(counted(heard))
        return broken(heard)


def _root(sent: Sent) -> Mapping[str, Any]:
    """The message that a thread hangs on: whatever the payload has for one, so that it is hostile too."""
    payload = told(sent)
    event = payload.get("event") if isinstance(payload, dict) else None
    return event if isinstance(event, dict) else {}


async def _status(app: Any, sent: Sent) -> int:
    given = headers(sent.body, sent.form)
    if not sent.signed:
        given["x-slack-signature"] = "v0=" + "0" * 64
    scope = {
        "type": "http", "method": "POST", "path": "/slack/events", "query_string": b"", "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()], "asgi": {"version": "3.0"},
    }  # fmt: skip
    answers: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent.body, "more_body": False}

    async def send(message: Any) -> None:
        answers.append(message)

    await app(scope, receive, send)
    return int(answers[0]["status"])


@contextmanager
def bot() -> Iterator[Bot]:
    """A bot at work, and its Slack."""
    quiet = logging.getLogger("slack_bolt")
    level = quiet.level
    slack = OpenSlack()
    with slack:
        at_work = Bot(slack)
        try:
            yield at_work
        finally:
            at_work.loop.close()
            quiet.setLevel(level)
            assert threading.active_count() < 200
