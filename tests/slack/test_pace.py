"""No channel is written to faster than Slack allows, whoever writes."""

from bot.slack.message import retry_after
from bot.slack.pace import PACE_SECONDS, Pace


class Clock:
    def __init__(self):
        self.now, self.slept = 0.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def test_the_pace_is_slacks():
    assert PACE_SECONDS >= 1.0


def test_writes_to_one_channel_are_a_pace_apart_and_to_another_at_once():
    clock = Clock()
    pace = Pace(1.0, clock, clock.sleep)
    for channel in ("C1", "C1", "C2", "C1"):
        pace.wait(channel)
    assert clock.slept == [1.0, 1.0]


def test_a_hold_is_a_hold_for_everyone_in_that_channel():
    clock = Clock()
    pace = Pace(1.0, clock, clock.sleep)
    pace.hold("C1", 30)
    pace.wait("C1")
    assert clock.slept == [30.0]


def test_retry_after_is_read_in_any_case_and_is_a_second_when_it_says_nothing():
    assert retry_after({"retry-after": ["7"]}) == 7.0
    assert retry_after({"Retry-After": "30"}) == 30.0
    assert retry_after({"Retry-After": "soon"}) == 1.0
    assert retry_after({}) == 1.0
