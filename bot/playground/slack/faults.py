"""What goes wrong at Slack's end: it refuses for a while, or does what was asked and the answer never arrives."""

import math
import threading
import time
from collections.abc import Callable

POSTING = "chat."  # methods that write; a bot that cannot connect either is another matter


class Faults:
    """Safe for any number of threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._refusing = 0.0
        self._lost: dict[str, int] = {}

    def refuse(self, seconds: float) -> None:
        """From now on, for so long, whatever writes is told to come back later (429 with `Retry-After`)."""
        with self._lock:
            self._refusing = self._clock() + seconds

    def lose_answers(self, times: int, method: str = "chat.postMessage") -> None:
        """The next calls of this method are done, and the connection is cut before the answer."""
        with self._lock:
            self._lost[method] = times

    def wait(self, method: str) -> int:
        """Whole seconds until this method is done again; 0 when it is now."""
        with self._lock:
            left = self._refusing - self._clock()
            return math.ceil(left) if left > 0 and method.startswith(POSTING) else 0

    def loses(self, method: str) -> bool:
        """Whether the answer to this call is lost."""
        with self._lock:
            left = self._lost.get(method, 0)
            self._lost[method] = max(0, left - 1)
            return left > 0
