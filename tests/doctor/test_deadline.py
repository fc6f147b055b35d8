"""Who waits for a call waits so long and no longer, and gets what the call gave or raised."""

import threading
import time

import pytest

from bot.doctor.deadline import within


def test_what_the_call_gives_or_raises_comes_through():
    assert within(5, lambda: 7) == 7
    with pytest.raises(KeyError, match="missing"):
        within(5, lambda: {}["missing"])


def test_a_call_that_is_late_is_left_behind():
    over = threading.Event()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        within(0.1, lambda: over.wait(20))
    assert time.monotonic() - began < 5
    over.set()


def test_no_time_is_no_wait():
    over = threading.Event()
    with pytest.raises(TimeoutError):
        within(-1, lambda: over.wait(20))
    over.set()
