"""What is done now and then beside the runs: cards learn how often they were asked for, and old runs are forgotten."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.runs.book import Book
from bot.runs.history import History
from bot.runs.run import Run

COUNT_SECONDS = 60.0
"""Between two edits of a card that only count: in a storm the count may lag, for Slack's patience is for answers."""

COUNTED_AT_ONCE = 3  # cards of one look, so that counting never stands in the way of an answer
FORGET_SECONDS = 3_600.0  # between two looks for what is too old to keep

SETTLED = timedelta(days=1)
"""After which nobody needs to know how a run's workflow went; what came of the run is kept as long as is set."""

log = structlog.get_logger()


class Upkeep:
    """Called as often as the heart beats.

    `redraw` shows a run's card as things stand now, `forget` deletes the workflows that ended before a time.
    """

    def __init__(
        self,
        book: Book,
        history: History,
        redraw: Callable[[Run], None],
        keep_days: int,
        forget: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        self._forget = forget
        self._book, self._history, self._redraw, self._keep = book, history, redraw, timedelta(days=keep_days)
        self._forgot = float("-inf")

    def __call__(self) -> None:
        self._count()
        if time.monotonic() - self._forgot >= FORGET_SECONDS:
            self._forgot = time.monotonic()
            self._history.purge(before=datetime.now(UTC) - self._keep)
            self._forget(datetime.now(UTC) - SETTLED)

    def _count(self) -> None:
        for run_id in self._book.uncounted(COUNT_SECONDS, COUNTED_AT_ONCE):
            self._book.asked(run_id)
            run = self._book.run(run_id)
            if run is not None and run.investigation is not None:
                self._redraw(run)
