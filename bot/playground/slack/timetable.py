"""One thread that does things later, for any number of them."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()


class Timetable:
    """`after` plans, what it gives back cancels; nothing is done any more once `close` returned."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._plans: list[tuple[float, int, Callable[[], None]]] = []
        self._planned: set[int] = set()
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False

    def after(self, seconds: float, do: Callable[[], None]) -> Callable[[], None]:
        """Plans it; whoever calls the answer in time, cancels it."""
        with self._changed:
            number = next(self._numbers)
            if not self._closed:
                heapq.heappush(self._plans, (time.monotonic() + seconds, number, do))
                self._planned.add(number)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="timetable", daemon=True)
                    self._thread.start()
                self._changed.notify()

        def cancel() -> None:
            with self._changed:
                self._planned.discard(number)

        return cancel

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._plans.clear()
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._closed and (not self._plans or self._plans[0][0] > time.monotonic()):
                    self._changed.wait(self._plans[0][0] - time.monotonic() if self._plans else None)
                if self._closed:
                    return
                _, number, do = heapq.heappop(self._plans)
                if number not in self._planned:
                    continue
                self._planned.discard(number)
            try:
                do()
            except Exception:
                log.exception("what was planned failed")
