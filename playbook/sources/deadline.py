"""A call to the outside ends in time even when the other side drips: client libraries only bound each single read."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` gives or raises, or `TimeoutError` once `seconds` have passed.

    A call that is late is left behind in a daemon thread, which does not keep the process from ending; `timeout` of
    requests and urllib3 counts from byte to byte (https://requests.readthedocs.io/en/latest/user/quickstart/#timeouts).
    """
    answer: Future[T] = Future()

    def settle() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            answer.set_exception(error)

    threading.Thread(target=settle, name="ask-in-time", daemon=True).start()
    return answer.result(timeout=max(seconds, 0.0))
