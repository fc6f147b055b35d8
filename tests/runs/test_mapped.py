"""A future that is made of another's answer comes, fails and is given up with it."""

from concurrent.futures import CancelledError, Future

import pytest

from bot.runs.mapped import mapped


def doubled(number: int) -> int:
    if number > 100:
        raise ValueError("too large")
    return 2 * number


def test_its_value_is_made_of_the_first_ones_whenever_that_comes():
    before: Future[int] = Future()
    before.set_result(2)
    assert mapped(before, doubled).result(1) == 4
    after: Future[int] = Future()
    second = mapped(after, doubled)
    assert not second.done()
    after.set_result(3)
    assert second.result(1) == 6


def test_it_fails_as_the_first_one_or_as_what_is_made_of_it():
    first: Future[int] = Future()
    second = mapped(first, doubled)
    first.set_exception(OSError("gone"))
    with pytest.raises(OSError, match="gone"):
        second.result(1)
    large: Future[int] = Future()
    large.set_result(101)
    with pytest.raises(ValueError, match="too large"):
        mapped(large, doubled).result(1)


def test_given_up_it_gives_the_first_one_up():
    first: Future[int] = Future()
    second = mapped(first, doubled)
    assert second.cancel()
    assert first.cancelled()
    other: Future[int] = Future()
    third = mapped(other, doubled)
    assert other.cancel()
    with pytest.raises(CancelledError):
        third.result(1)


def test_given_up_too_late_the_first_one_ends_in_peace():
    first: Future[int] = Future()
    assert first.set_running_or_notify_cancel()
    second = mapped(first, doubled)
    assert second.cancel()
    first.set_result(2)
    assert first.result(1) == 2
    assert second.cancelled()
