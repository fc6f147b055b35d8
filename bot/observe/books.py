"""What is asked, pressed and answered, counted on its way into the books; the books know nothing of it."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import UTC, datetime

from bot.observe.metrics import Metrics
from bot.runs.feedback import Answer, Feedback, Opinions
from bot.runs.press import Press, Presses
from bot.runs.run import Audience, Request, Run, Runs, Shown, Started


class CountedRuns:
    """The same runs, each request counted by its answer."""

    def __init__(self, runs: Runs, metrics: Metrics) -> None:
        self._runs, self._metrics = runs, metrics

    def start(self, request: Request) -> Started:
        answer = "refused"
        try:
            started = self._runs.start(request)
            answer = _said(started)
        finally:
            self._metrics.count("diagnose_requests", answer=answer)
        return started

    def soon(self, request: Request) -> Future[Started]:
        answer = self._runs.soon(request)
        answer.add_done_callback(self._over)
        return answer

    def _over(self, answer: Future[Started]) -> None:
        refused = answer.cancelled() or answer.exception() is not None
        self._metrics.count("diagnose_requests", answer="refused" if refused else _said(answer.result()))

    def run(self, run_id: str) -> Run | None:
        return self._runs.run(run_id)

    def close(self) -> None:
        self._runs.close()


def _said(started: Started) -> str:
    return "new" if started.new else "redelivery" if started.delivered else "repeat"


class TimedAudience:
    """The same audience, with the time that each run waited for its first message."""

    def __init__(
        self, audience: Audience, metrics: Metrics, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._audience, self._metrics, self._now = audience, metrics, now

    def found(self, run: Run) -> str | None:
        return self._audience.found(run)

    def began(self, run: Run) -> str:
        if run.place.message is None:
            waited = (self._now() - run.request.at).total_seconds()
            self._metrics.time("diagnose_run_wait_seconds", waited)
        return self._audience.began(run)

    def told(self, run: Run) -> None:
        self._audience.told(run)

    def ended(self, run: Run) -> Shown:
        return self._audience.ended(run)

    def left(self, run: Run) -> None:
        self._audience.left(run)

    def announce(self, run: Run, people: Iterable[tuple[str, str]]) -> None:
        self._audience.announce(run, people)

    def settle(self, run: Run) -> None:
        self._audience.settle(run)

    def tell(self, request: Request, sentence: str) -> None:
        self._audience.tell(request, sentence)


class CountedPresses:
    """The same book of presses, each counted once its end is written down: one that begins is on record too."""

    def __init__(self, presses: Presses, metrics: Metrics) -> None:
        self._presses, self._metrics = presses, metrics

    def record(self, press: Press) -> None:
        self._presses.record(press)
        if press.refused or press.after:
            outcome = "refused" if press.refused else "changed"
            self._metrics.count("diagnose_presses", action=press.action, outcome=outcome)

    def of(self, run_id: str) -> tuple[Press, ...]:
        return self._presses.of(run_id)


class CountedFeedback:
    """The same book of answers, each counted once it is written down."""

    def __init__(self, feedback: Feedback, metrics: Metrics) -> None:
        self._feedback, self._metrics = feedback, metrics

    def record(self, run_id: str, user: str, answer: Answer) -> Opinions:
        opinions = self._feedback.record(run_id, user, answer)
        self._metrics.count("diagnose_feedback", answer=answer)
        return opinions

    def of(self, run_id: str) -> Opinions:
        return self._feedback.of(run_id)
