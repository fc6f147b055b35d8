"""A run has so many seconds and no more, whatever the services do: every wait and every call is cut to what is left."""

import time
from collections.abc import Callable

Clock = Callable[[], float]
Sleep = Callable[[float], None]


class Budget:
    """The seconds of one run, counted from when it is made; shared by all its threads (nothing in it changes).

    `clock` gives seconds that never go back; `sleep` takes seconds. Both are here so that a test can be the time.
    """

    def __init__(self, seconds: float, clock: Clock = time.monotonic, sleep: Sleep = time.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._deadline = clock() + seconds

    def left(self) -> float:
        """Seconds until the deadline, never negative."""
        return max(0.0, self._deadline - self._clock())

    def wait(self, seconds: float) -> bool:
        """Sleeps and says True; says False at once, without sleeping, when nothing would be left afterwards."""
        if not seconds < self.left():
            return False
        self._sleep(max(0.0, seconds))
        return True
