"""What every door needs, and the one way from a reference to a run."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.card.escape import link, mrkdwn
from bot.runs.feedback import Feedback
from bot.runs.run import NotStarted, Place, Request, Runs
from bot.slack.delivery import Delivery
from bot.slack.message import Messages
from playbook.evidence.issue_ref import IssueRef

ALERT_QUIET_SECONDS = 1_800.0
"""How long an issue that alerts again in a channel is left alone: its card is still there, and can be checked again."""

REDELIVERY_SECONDS = 3_600.0  # Slack delivers an event again within minutes, at most within the hour
MOST_SEEN = 10_000
SENTENCE = 1_000  # characters of what one person is told

Whisper = Callable[[str], None]


class Seen:
    """Names that came by lately, for any number of threads."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._lock = threading.Lock()
        self._at: OrderedDict[object, float] = OrderedDict()

    def before(self, name: object) -> bool:
        """Whether the name came by within that time; from now on it did. None is nobody's name."""
        if name is None:
            return False
        with self._lock:
            now = self._clock()
            while self._at and (next(iter(self._at.values())) < now - self._seconds or len(self._at) > MOST_SEEN):
                self._at.popitem(last=False)
            if name in self._at:
                return True
            self._at[name] = now
            return False

    def forget(self, name: object) -> None:
        """As if it had not come by."""
        with self._lock:
            self._at.pop(name, None)


@dataclass(frozen=True)
class Desk:
    """`sentry_url` is the Sentry whose links count; `alert_apps` the Slack apps whose posts are alerts.

    `alert_channels` are the channels whose alerts are answered; none means every channel that the bot is in.
    """

    runs: Runs
    delivery: Delivery
    messages: Messages
    feedback: Feedback
    sentry_url: str
    alert_apps: frozenset[str] = frozenset()
    alert_channels: frozenset[str] = frozenset()
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    events: Seen = field(default_factory=lambda: Seen(REDELIVERY_SECONDS))
    alerts: Seen = field(default_factory=lambda: Seen(ALERT_QUIET_SECONDS))

    def ask(self, ref: IssueRef, place: Place, whisper: Whisper, asker: str, answer_to: str | None = None) -> None:
        """Begins a run for a person; whoever asks for what is answered already gets the link to it."""
        request = Request(ref=ref, place=place, at=self.now(), asker=asker, answer_to=answer_to)
        try:
            started = self.runs.start(request)
        except NotStarted as refused:
            whisper(refused.sentence)
            return
        if not started.new:
            at = started.run.place
            found = self.messages.link(at.channel, at.message) if at.message else None
            state = "is being diagnosed" if started.run.result is None else "was diagnosed a moment ago"
            where = link(found, "here it is") if found else "look a little further up"
            whisper(f"{mrkdwn(str(ref), 150)} {state}: {where}. Press *Check again* there for a fresh look.")
