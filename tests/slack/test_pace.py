"""No channel is written to faster than Slack allows, whoever writes."""

import threading
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.message import retry_after
from bot.slack.pace import EDITS_A_MINUTE, EDITS_AT_ONCE, EDITS_KEPT, MOST_CHANNELS, PACE_SECONDS, Allowance, Pace


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


def test_each_of_several_replicas_takes_its_part_of_the_pace():
    clock, living = Clock(), [3]
    pace = Pace(1.0, clock, clock.sleep, share=lambda: living[0])
    pace.wait("C1")
    pace.wait("C1")
    living[0] = 0  # while nobody is known to live, it is at least this one
    pace.wait("C1")
    pace.wait("C1")
    assert clock.slept == [3.0, 3.0, 1.0]


def test_a_turn_that_comes_too_late_is_not_taken_and_costs_nobody_else_theirs():
    clock = Clock()
    pace = Pace(1.0, clock, clock.sleep)
    pace.hold("C1", 30)
    assert not pace.wait("C1", 29.9)
    assert clock.slept == []
    assert pace.wait("C1", 30)
    assert clock.slept == [30.0]


def test_writers_of_many_threads_are_each_a_pace_apart():
    slept: list[float] = []
    pace, at_once = Pace(1.0, lambda: 100.0, slept.append), threading.Barrier(20)

    def write() -> None:
        at_once.wait(10)
        pace.wait("C1")

    threads = [threading.Thread(target=write) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(slept) == [float(paces) for paces in range(1, 20)]


def test_a_turn_that_is_later_is_waited_for_in_real_time_too():
    pace, began = Pace(0.05), time.monotonic()
    for _ in range(3):
        pace.wait("C1")
    assert time.monotonic() - began >= 2 * 0.05


def test_past_turns_are_forgotten_and_holds_are_not():
    clock = Clock()
    pace = Pace(1.0, clock, clock.sleep)
    pace.hold("C-held", 1e6)
    for number in range(2 * MOST_CHANNELS):
        clock.now += 2
        pace.wait(f"C{number}")
    assert len(pace._free) <= MOST_CHANNELS + 2
    assert not pace.wait("C-held", 60)


def test_edits_that_matter_are_never_refused_and_spare_ones_leave_them_room():
    clock = Clock()
    edits = Allowance(clock=clock)
    spare = [edits.take(spare=True) for _ in range(100)].count(True)
    assert spare == EDITS_AT_ONCE - EDITS_KEPT
    assert all(edits.take(spare=False) for _ in range(200))
    assert not edits.take(spare=True)


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=200),
    st.integers(1, 5),
)
def test_spare_edits_stay_below_what_slack_promises_in_any_minute(asked, replicas):
    clock = Clock()
    edits = [Allowance(clock=clock, share=lambda: replicas) for _ in range(replicas)]
    made: list[float] = []
    for number, (seconds, spare) in enumerate(asked):
        clock.now += seconds
        if edits[number % replicas].take(spare=spare) and spare:
            made.append(clock.now)
    at_once = replicas * (EDITS_AT_ONCE - EDITS_KEPT)
    for begin in made:
        assert sum(begin <= at < begin + 60 for at in made) <= at_once + EDITS_A_MINUTE + replicas


def test_edits_come_back_with_time_and_no_further_than_the_brim():
    clock = Clock()
    edits = Allowance(clock=clock)
    for _ in range(1_000):
        edits.take(spare=False)
    clock.now += (EDITS_AT_ONCE + EDITS_KEPT) / EDITS_A_MINUTE * 60
    assert not edits.take(spare=True)
    clock.now += 2
    assert edits.take(spare=True)
    clock.now += 1e6
    assert [edits.take(spare=True) for _ in range(100)].count(True) == EDITS_AT_ONCE - EDITS_KEPT
