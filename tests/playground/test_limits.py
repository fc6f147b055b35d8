"""A method is refused exactly where Slack's published rate ends, and never for another channel's or method's calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.slack.limits import A_SECOND, MOST_BUCKETS, RATES, TIER_3, Limits, Rate
from bot.playground.slack.web_api import METHODS


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_short_burst_of_posts_is_taken_and_then_one_a_second(clock):
    limits = Limits(clock=clock)
    assert [limits.wait("chat.postMessage", "C1") for _ in range(A_SECOND.burst)] == [0] * A_SECOND.burst
    assert limits.wait("chat.postMessage", "C1") == 1
    clock.now += 1
    assert limits.wait("chat.postMessage", "C1") == 0
    assert limits.wait("chat.postMessage", "C1") == 1


def test_one_channel_does_not_slow_another_down(clock):
    limits = Limits({"chat.postMessage": (Rate(60, 1, by_channel=True),)}, clock)
    assert [limits.wait("chat.postMessage", channel) for channel in ("C1", "C2", "C1")] == [0, 0, 1]


def test_all_channels_together_have_a_limit_of_their_own(clock):
    limits = Limits({"chat.postMessage": (Rate(60, 5, by_channel=True), Rate(60, 2))}, clock)
    assert [limits.wait("chat.postMessage", channel) for channel in ("C1", "C2", "C3")] == [0, 0, 1]


def test_a_refused_call_uses_nothing_up(clock):
    limits = Limits({"m": (Rate(60, 1),)}, clock)
    assert [limits.wait("m") for _ in range(50)] == [0] + [1] * 49
    clock.now += 1
    assert limits.wait("m") == 0


def test_an_app_that_keeps_to_the_pace_of_its_tier_is_never_refused(clock):
    limits = Limits(clock=clock)
    for _ in range(500):
        assert limits.wait("chat.update") == 0
        clock.now += 60 / TIER_3.per_minute


def test_the_wait_that_is_told_is_long_enough(clock):
    limits = Limits({"m": (Rate(7, 1),)}, clock)
    assert limits.wait("m") == 0
    clock.now += limits.wait("m")
    assert limits.wait("m") == 0


def test_a_method_without_a_rate_is_free(clock):
    assert [Limits({}, clock).wait("m") for _ in range(5)] == [0] * 5


def test_every_method_has_a_rate():
    assert set(RATES) == set(METHODS)


def test_names_from_outside_do_not_fill_the_memory(clock):
    limits = Limits({"m": (Rate(60, 1, by_channel=True),)}, clock)
    for number in range(MOST_BUCKETS + 50):
        limits.wait("m", f"C{number}")
    assert len(limits._buckets) == MOST_BUCKETS


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 5), st.integers(1, 120))
def test_no_minute_holds_more_calls_than_the_rate_and_its_burst(pauses, burst, per_minute):
    clock = Clock()
    limits, taken = Limits({"m": (Rate(per_minute, burst),)}, clock), []
    for pause in pauses:
        clock.now += pause
        if limits.wait("m") == 0:
            taken.append(clock.now)
    for start in taken:
        assert sum(start <= one < start + 60 for one in taken) <= per_minute + burst + 1e-9
