"""One message kept current by a thread of its own, so that nothing waits for Slack."""

import threading
from collections.abc import Callable

import structlog

from bot.card import Card
from bot.slack.message import NotSent

END_SECONDS = 90.0  # how long an edit that is on its way may take, a Retry-After and its time limit included

log = structlog.get_logger()


class Writer:
    """Writes the newest state of one message whenever Slack lets it, so that no step waits for that."""

    def __init__(self, edit: Callable[[Card], None]) -> None:
        self._edit = edit
        self._changed = threading.Condition()
        self._next: Card | None = None
        self._over = False
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)
        self._thread.start()

    def show(self, shown: Card) -> None:
        """Shows this as soon as possible, or something newer in its place."""
        with self._changed:
            self._next = shown
            self._changed.notify()

    def end(self) -> None:
        """Nothing more is shown, what waits included; returns once nothing is on its way any more."""
        with self._changed:
            self._next, self._over = None, True
            self._changed.notify()
        self._thread.join(END_SECONDS)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._next is not None or self._over)
                shown, self._next, over = self._next, None, self._over
            if over or shown is None:
                return
            try:
                self._edit(shown)
            except NotSent as refused:
                if refused.error != "spared":
                    log.warning("progress could not be shown", error=refused.error)
