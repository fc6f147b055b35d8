"""What changes in the workspace reaches every open page; a page that falls behind begins anew."""

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

from starlette.concurrency import run_in_threadpool

MOST_WAITING = 500  # changes for one page; with more it gets a fresh snapshot, which says the same in fewer bytes
QUIET_SECONDS = 15.0  # between signs of life, so that a page that went away is noticed

Change = dict[str, Any]


class Page:
    """What one open page has not been sent yet; `behind` when that was too much."""

    def __init__(self, wake: Callable[[], None], most: int) -> None:
        self._wake, self._most = wake, most
        self._waiting: deque[Change] = deque()
        self._behind = True
        self._lock = threading.Lock()

    def put(self, change: Change) -> None:
        with self._lock:
            if not self._behind:
                self._waiting.append(change)
            if len(self._waiting) > self._most:
                self._waiting.clear()
                self._behind = True
        self._wake()

    def begin(self) -> None:
        """From now on changes are kept; whoever calls takes a snapshot next."""
        with self._lock:
            self._waiting.clear()
            self._behind = False

    def take(self) -> list[Change] | None:
        """What waits, and no more of it; None when the page needs a snapshot."""
        with self._lock:
            if self._behind:
                return None
            taken = list(self._waiting)
            self._waiting.clear()
            return taken


class Feed:
    """Safe for any number of threads; a slow page costs nobody else anything."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most = most_waiting
        self._lock = threading.Lock()
        self._pages: set[Page] = set()
        self.closed = False

    def publish(self, change: Change) -> None:
        """Offers a change to every page; never waits."""
        with self._lock:
            for page in self._pages:
                page.put(change)

    def open(self, wake: Callable[[], None] = lambda: None) -> Page:
        page = Page(wake, self._most)
        with self._lock:
            self._pages.add(page)
        return page

    def leave(self, page: Page) -> None:
        with self._lock:
            self._pages.discard(page)

    def close(self) -> None:
        """Ends every stream."""
        with self._lock:
            self.closed = True
            for page in self._pages:
                page.put({})


async def stream(feed: Feed, snapshot: Callable[[], Change], quiet: float = QUIET_SECONDS) -> AsyncIterator[str]:
    """Server-sent events: a snapshot, then changes as they happen (https://html.spec.whatwg.org/#server-sent-events)."""
    loop, woken = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop is gone: nobody reads any more
            loop.call_soon_threadsafe(woken.set)

    page = feed.open(wake)
    try:
        while not feed.closed:
            woken.clear()
            changes = page.take()
            if changes is None:
                page.begin()
                yield await run_in_threadpool(lambda: _event("snapshot", snapshot()))  # it may have megabytes
                continue
            for change in changes:
                yield _event("change", change)
            if not changes:
                try:
                    await asyncio.wait_for(woken.wait(), quiet)
                except TimeoutError:
                    yield ": still here\n\n"
    finally:
        feed.leave(page)


def _event(name: str, data: Change) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
