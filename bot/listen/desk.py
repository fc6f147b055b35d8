"""What every door needs, and the one way from a reference to a run."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from bot.acting.order import Order
from bot.card.escape import counted, mrkdwn
from bot.listen.home import HomeDesk
from bot.runs.durable import Durable
from bot.runs.feedback import Feedback
from bot.runs.run import NotStarted, Place, Request, Runs
from bot.slack.delivery import Delivery
from bot.slack.message import Messages
from bot.slack.pointer import for_asker
from playbook.evidence.issue_ref import IssueRef

SENTENCE = 1_000  # characters of what one person is told
AFTERWARDS = 8  # threads that tell people things once Slack has its acknowledgement; they wait for Slack

Whisper = Callable[[str], None]

log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """`sentry_url` is the Sentry whose links count; `alert_apps` the Slack apps whose posts are alerts.

    `alert_channels` are the channels whose alerts are answered; none means every channel that the bot is in. `act`
    begins what the menu of a card asks for; None where cards have none. `durable` are the runs themselves, for whoever
    watches over them and ends them.
    """

    runs: Runs
    delivery: Delivery
    messages: Messages
    feedback: Feedback
    sentry_url: str
    alert_apps: frozenset[str] = frozenset()
    alert_channels: frozenset[str] = frozenset()
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    home: HomeDesk | None = None
    act: Callable[[Order], object] | None = None
    durable: Durable | None = None
    afterwards: Executor = field(default_factory=lambda: ThreadPoolExecutor(AFTERWARDS, thread_name_prefix="after"))

    def ask(self, request: Request, whisper: Whisper) -> None:
        """Begins a run for a person, durably: Slack may be told that it was heard once this returns.

        Whoever asks for what is answered already gets the link to it, and whoever has to wait is told how long the
        queue is: a moment later, since the acknowledgement does not wait for that.
        """
        try:
            started = self.runs.start(request)
        except NotStarted as refused:
            self.tell(whisper, refused.sentence)
            return
        named = mrkdwn(str(request.ref), 150)
        if started.delivered:
            return
        if not started.new:
            self.later(lambda: whisper(for_asker(self.messages, request.ref, self.runs.run(started.run.id))))
        elif started.ahead > 0:
            ahead = f"{counted(started.ahead, 'run')} {'is' if started.ahead == 1 else 'are'} ahead of yours"
            self.tell(whisper, f"{named}: {ahead}. Its card comes as soon as they are done.")

    def asked(
        self, ref: IssueRef, place: Place, asker: str | None, delivery: str | None, answer_to: str | None = None
    ) -> Request:
        """A request of this moment."""
        return Request(ref=ref, place=place, at=self.now(), asker=asker, answer_to=answer_to, delivery=delivery)

    def tell(self, whisper: Whisper, sentence: str) -> None:
        """Tells a person something, once Slack has its acknowledgement."""
        self.later(lambda: whisper(sentence))

    def later(self, work: Callable[[], None]) -> None:
        """Does it once Slack has its acknowledgement; what goes wrong then is in the log."""

        def watched() -> None:
            try:
                work()
            except Exception:
                log.exception("what was to be done after an acknowledgement failed")

        self.afterwards.submit(watched)
