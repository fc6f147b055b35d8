"""Whatever is called ends in time for who waits: the last resort, for clients that take no connection of ours.

The sources need none of it: Sentry, PyGithub and the Elasticsearch client all go out through `sources.punctual`, which
ends the call itself and leaves nothing behind. What the doctor tries goes through Slack's client too, whose time-out
counts from byte to byte and whose connection is its own.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` gives or raises, or `TimeoutError` once `seconds` have passed.

    A call that is late is left behind in a daemon thread, which does not keep the process from ending; so this is for
    commands that end, not for what runs for weeks.
    """
    answer: Future[T] = Future()

    def settle() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            answer.set_exception(error)

    threading.Thread(target=settle, name="ask-in-time", daemon=True).start()
    return answer.result(timeout=max(seconds, 0.0))
