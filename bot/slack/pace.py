"""No channel is written to faster than Slack allows, and a Retry-After holds for everyone who writes there."""

import threading
import time
from collections.abc import Callable

PACE_SECONDS = 1.0
"""Between two writes to a channel: Slack allows about one message a second and channel, and 50 edits a minute
(https://docs.slack.dev/apis/web-api/rate-limits)."""

MOST_CHANNELS = 1_000  # remembered; past slots are forgotten first

EDITS_A_MINUTE = 45.0
"""Of all messages of the app: Slack's Tier 3 promises fifty (chat.update), and some are kept for what people press."""

EDITS_AT_ONCE = 30.0  # that may follow each other when none was made for a while
EDITS_KEPT = 12.0  # of those, for cards that are finished: progress displays leave them alone


class Pace:
    """Gives each writer its own moment; safe for any number of threads.

    `share` is the number of replicas that write: each of them takes its part of the channel's pace.
    """

    def __init__(
        self,
        seconds: float = PACE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        share: Callable[[], int] = lambda: 1,
    ) -> None:
        self._seconds, self._clock, self._sleep, self.share = seconds, clock, sleep, share
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}

    def wait(self, channel: str, at_most: float = float("inf")) -> bool:
        """Sleeps until this writer may write to the channel; the next one is let in a pace later.

        False, at once and without a turn, where that would take longer than so many seconds.
        """
        with self._lock:
            now = self._clock()
            if self._free.get(channel, now) - now > at_most:
                return False
            if len(self._free) > MOST_CHANNELS:
                self._free = {name: free for name, free in self._free.items() if free > now}
            mine = max(now, self._free.get(channel, now))
            self._free[channel] = mine + self._seconds * max(1, self.share())
        if mine > now:
            self._sleep(mine - now)
        return True

    def hold(self, channel: str, seconds: float) -> None:
        """Nobody writes to the channel for so long, as Slack asked."""
        with self._lock:
            self._free[channel] = max(self._free.get(channel, 0.0), self._clock() + seconds)


class Allowance:
    """How many edits are left of those that Slack promises; they come back with time.

    An edit that matters is never refused here, for Slack itself says no where it must. It only leaves fewer for those
    that do not.
    """

    def __init__(
        self,
        a_minute: float = EDITS_A_MINUTE,
        clock: Callable[[], float] = time.monotonic,
        share: Callable[[], int] = lambda: 1,
    ) -> None:
        self._a_minute, self._clock, self.share = a_minute, clock, share
        self._lock = threading.Lock()
        self._left, self._since = EDITS_AT_ONCE, clock()

    def take(self, *, spare: bool) -> bool:
        """Whether the edit may be made; a spare one only while more are left than are kept for the others."""
        with self._lock:
            now = self._clock()
            back = (now - self._since) * self._a_minute / 60.0 / max(1, self.share())
            self._left, self._since = min(EDITS_AT_ONCE, self._left + back), now
            if spare and self._left <= EDITS_KEPT:
                return False
            self._left = max(-EDITS_AT_ONCE, self._left - 1.0)
            return True
