"""A future whose value is made of another's."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def mapped(first: Future[A], made: Callable[[A], B]) -> Future[B]:
    """What is made of `first` once that has come; fails as `first` or `made` fails. Cancelled, it cancels `first` too.

    `made` is called in the thread that brings `first`, or at once where that is there already: it must not wait.
    """
    second: Future[B] = Future()

    def come(_: Future[A]) -> None:
        if not second.set_running_or_notify_cancel():
            return
        try:
            second.set_result(made(first.result()))
        except Exception as error:  # noqa: BLE001 - it is raised where the second is waited for
            second.set_exception(error)

    def given_up(_: Future[B]) -> None:
        first.cancel()

    second.add_done_callback(given_up)
    first.add_done_callback(come)
    return second
