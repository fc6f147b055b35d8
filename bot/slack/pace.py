"""No channel is written to faster than Slack allows, and a Retry-After holds for everyone who writes there."""

import threading
import time
from collections.abc import Callable

PACE_SECONDS = 1.0
"""Between two writes to a channel: Slack allows about one message a second and channel, and 50 edits a minute
(https://docs.slack.dev/apis/web-api/rate-limits)."""

MOST_CHANNELS = 1_000  # remembered; past slots are forgotten first


class Pace:
    """Gives each writer its own moment; safe for any number of threads."""

    def __init__(
        self,
        seconds: float = PACE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._seconds, self._clock, self._sleep = seconds, clock, sleep
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}

    def wait(self, channel: str) -> None:
        """Sleeps until this writer may write to the channel; the next one is let in a pace later."""
        with self._lock:
            now = self._clock()
            if len(self._free) > MOST_CHANNELS:
                self._free = {name: free for name, free in self._free.items() if free > now}
            mine = max(now, self._free.get(channel, now))
            self._free[channel] = mine + self._seconds
        if mine > now:
            self._sleep(mine - now)

    def hold(self, channel: str, seconds: float) -> None:
        """Nobody writes to the channel for so long, as Slack asked."""
        with self._lock:
            self._free[channel] = max(self._free.get(channel, 0.0), self._clock() + seconds)
