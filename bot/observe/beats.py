"""Which threads are alive: each that the bot cannot do without says so again and again; silence is a defect."""

import threading
import time
from collections.abc import Callable

SILENCE_SECONDS = 180.0
"""How long a thread may say nothing. Longer than any outage that it has to sit out (a database gone for a minute, a
`Retry-After`): a restart mends none of those, and would only add to them."""


class Beats:
    """When each thread was last heard of; called from any thread, and takes microseconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._heard: dict[str, tuple[float, float]] = {}
        self._alive: dict[str, Callable[[], bool]] = {}

    def beat(self, thread: str, allowed: float = SILENCE_SECONDS) -> None:
        """This thread is alive now, and says so again within so many seconds."""
        with self._lock:
            self._heard[thread] = (self._clock(), allowed)

    def watch(self, thread: str, alive: Callable[[], bool], allowed: float = SILENCE_SECONDS) -> None:
        """The same for a thread that cannot say so itself, by asking whether it lives (`Thread.is_alive`)."""
        self.beat(thread, allowed)
        with self._lock:
            self._alive[thread] = alive

    def ended(self, thread: str) -> None:
        """This thread has ended as it should: nobody waits for it any more."""
        with self._lock:
            self._heard.pop(thread, None)
            self._alive.pop(thread, None)

    def silences(self) -> dict[str, float]:
        """Seconds since each thread was heard of."""
        return {thread: seconds for thread, (seconds, _) in self._now().items()}

    def silent(self) -> tuple[str, ...]:
        """The threads that have been silent for longer than allowed."""
        return tuple(thread for thread, (seconds, allowed) in self._now().items() if seconds > allowed)

    def _now(self) -> dict[str, tuple[float, float]]:
        with self._lock:
            for thread, alive in self._alive.items():
                if alive():
                    self._heard[thread] = (self._clock(), self._heard[thread][1])
            return {thread: (max(0.0, self._clock() - at), allowed) for thread, (at, allowed) in self._heard.items()}
