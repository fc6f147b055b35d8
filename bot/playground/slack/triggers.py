"""What an interaction hands to the bot: a trigger that opens one view within seconds, an address for five answers."""

import itertools
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.playground.slack.people import YOU
from bot.playground.slack.refused import Refused
from bot.playground.slack.times import Times

USES = 5  # of a response_url (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses)
MOST_KEPT = 2_000  # of each; a press makes one, and nobody presses so often within half an hour
_TRIGGER = re.compile(r"\d+\.\d+\.[0-9a-f]+")

Origin = Literal["command", "message", "ephemeral", "view"]


@dataclass(frozen=True)
class Source:
    """Where an interaction happened, and whose; `ts` is the message it came from, if it came from one."""

    origin: Origin
    channel: str = ""
    ts: str = ""
    thread: str | None = None
    user: str = YOU.id


class Triggers:
    """Safe for any number of threads."""

    def __init__(self, times: Times, clock: Callable[[], float] = time.monotonic) -> None:
        self._times, self._clock = times, clock
        self._lock = threading.Lock()
        self._numbers = itertools.count(1_000_000_000_001)
        self._issued: OrderedDict[str, float] = OrderedDict()
        self._exchanged: set[str] = set()
        self._answers: OrderedDict[str, tuple[float, int, Source]] = OrderedDict()

    def trigger(self) -> str:
        """A new trigger_id."""
        with self._lock:
            name = f"{next(self._numbers)}.{next(self._numbers)}.{secrets.token_hex(16)}"
            self._issued[name] = self._clock()
            while len(self._issued) > MOST_KEPT:
                self._exchanged.discard(self._issued.popitem(last=False)[0])
            return name

    def exchange(self, trigger: str) -> None:
        """Uses a trigger up; raises what `views.open` says of one that is wrong, late or used."""
        with self._lock:
            at = self._issued.get(trigger)
            if at is None or not _TRIGGER.fullmatch(trigger):
                raise Refused("invalid_trigger_id")
            if trigger in self._exchanged:
                raise Refused("exchanged_trigger_id")
            if self._clock() - at > self._times.trigger:
                raise Refused("expired_trigger_id")
            self._exchanged.add(trigger)

    def address(self, source: Source) -> str:
        """The token of a new response_url."""
        with self._lock:
            token = secrets.token_hex(12)
            self._answers[token] = (self._clock(), 0, source)
            while len(self._answers) > MOST_KEPT:
                self._answers.popitem(last=False)
            return token

    def answer(self, token: str) -> Source:
        """Where the answer belongs; raises when the address is unknown, too old or used five times."""
        with self._lock:
            known = self._answers.get(token)
            if known is None:
                raise Refused("invalid_token")
            at, used, source = known
            if self._clock() - at > self._times.answer:
                raise Refused("expired_url")
            if used >= USES:
                raise Refused("used_url")
            self._answers[token] = (at, used + 1, source)
            return source
