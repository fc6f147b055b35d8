"""A question with an end: who asks waits so long and no longer, and what hangs is never asked a second time at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")

SECONDS = 1.0
"""How long a check may take: Kubernetes waits one second for a probe unless told otherwise."""


class Late(Exception):
    """It did not answer in time; it may be asked still."""

    def __str__(self) -> str:
        return "no answer in time"


class Bounded(Generic[T]):
    """`ask` in a thread of its own. While one call hangs, everybody who asks waits for that one: at most one thread."""

    def __init__(self, ask: Callable[[], T], name: str, seconds: float = SECONDS) -> None:
        self._ask, self._name, self._seconds = ask, name, seconds
        self._lock = threading.Lock()
        self._under_way: Future[T] | None = None

    def begin(self) -> Callable[[], T]:
        """Asks, and gives what waits for the answer: the answer, what was raised, or `Late`."""
        ends = time.monotonic() + self._seconds
        with self._lock:
            future = self._under_way
            if future is None:
                future = self._under_way = Future()
                threading.Thread(target=self._carry_out, args=(future,), name=self._name, daemon=True).start()

        def answer() -> T:
            try:
                return future.result(max(0.0, ends - time.monotonic()))
            except TimeoutError:
                # A time-out of the asked itself is one too: the difference is nothing to whoever reads it.
                raise Late from None

        return answer

    def __call__(self) -> T:
        """The answer; raises what `ask` raises, or `Late`."""
        return self.begin()()

    def _carry_out(self, future: "Future[T]") -> None:
        try:
            answer = self._ask()
        except BaseException as error:  # noqa: BLE001 - raised to everybody who waits for it
            self._over()
            future.set_exception(error)
        else:
            self._over()
            future.set_result(answer)

    def _over(self) -> None:
        with self._lock:
            self._under_way = None
