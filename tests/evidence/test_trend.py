"""The shape of a stream is named by rules whose false alarms and misses are measured on generated streams."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.evidence.trend import LastEvent, Shape, shape
from tests.evidence.streams import bursty, day_and_night, hours, jump, until_the_last_event

STREAMS = 120
WHOLE = [1.0] * 24


def shares(make, spread, seed=11, **given_):
    """Of so many streams, the share with each trend, in percent."""
    chance = random.Random(seed)  # noqa: S311 - a fixed stream, no secret
    named = Counter(shape(*hours(chance, make(chance), spread), **given_).trend for _ in range(STREAMS))
    return Counter({kind: 100 * count / STREAMS for kind, count in named.items()})


@pytest.mark.parametrize("rate", [0.2, 1, 5, 50, 500])
@pytest.mark.parametrize(("spread", "most"), [(1, 1), (3, 4)])
def test_a_constant_stream_raises_no_alarm(rate, spread, most):
    found = shares(lambda _: lambda _: rate, spread)
    assert found["spike"] + found["gradual"] <= most
    assert found["stopped"] <= 3


@pytest.mark.parametrize("rate", [50, 500])
def test_a_constant_stream_in_heavy_bursts_raises_hardly_any_alarm(rate):
    found = shares(lambda _: lambda _: rate, 10)
    assert found["spike"] + found["gradual"] <= 3


@pytest.mark.parametrize("rate", [1, 5, 50, 500])
def test_day_and_night_are_not_news(rate):
    found = shares(lambda chance: day_and_night(chance, rate, 4), 2)
    assert found["spike"] + found["gradual"] <= 8


@pytest.mark.parametrize(
    ("rate", "factor", "spread", "least"),
    [
        (1, 10, 1, 75),
        (5, 10, 1, 98),
        (500, 10, 1, 99),
        (5, 10, 3, 95),
        (50, 10, 10, 98),
        (50, 3, 1, 95),
        (50, 3, 3, 70),
    ],
)
def test_a_jump_is_a_spike(rate, factor, spread, least):
    assert shares(lambda chance: jump(chance, rate, factor), spread)["spike"] >= least


@pytest.mark.parametrize(("rate", "spread", "least"), [(5, 1, 95), (50, 3, 95)])
def test_a_slow_rise_is_gradual_and_no_spike(rate, spread, least):
    found = shares(lambda _: lambda hour: rate * 10 ** (hour / 24), spread)
    assert found["gradual"] >= least
    assert found["spike"] <= 2


@pytest.mark.parametrize(("rate", "spread"), [(5, 1), (5, 3), (50, 10)])
def test_a_stream_that_ended_has_stopped(rate, spread):
    def ends(chance):
        last = chance.randint(8, 18)
        return lambda hour: rate if hour < last else 0

    assert shares(ends, spread)["stopped"] >= 95


@pytest.mark.parametrize("rate", [0.5, 1, 2, 5, 20])
def test_a_constant_stream_is_not_called_stopped_though_its_silence_is_counted_from_the_last_event(rate):
    chance = random.Random(3)  # noqa: S311 - a fixed stream, no secret
    named = Counter(shape(*counts_and_widths, last=last).trend for *counts_and_widths, last in streams(chance, rate))
    assert 100 * named["stopped"] / (4 * STREAMS) <= 1


def streams(chance, rate):
    return (until_the_last_event(chance, rate) for _ in range(4 * STREAMS))


def test_a_silence_is_counted_from_the_last_event_and_lasts_a_bucket_at_least():
    counts, widths = [0] * 4 + [10, 30, 0], [1.0] * 4 + [0.05, 1.0, 0.5]
    assert shape(counts[4:], widths[4:], born=True).trend == "spike"  # from the edge it is half a bucket
    assert shape(counts[4:], widths[4:], born=True, last=LastEvent(0.15, 1.4)).trend == "stopped"
    assert shape(counts[4:], widths[4:], born=True, last=LastEvent(0.15, 1.0)).trend == "stopped"
    assert shape(counts[4:], widths[4:], born=True, last=LastEvent(0.15, 0.99)).trend == "spike"


def test_the_rate_before_a_silence_is_that_of_the_time_until_the_last_event():
    told = shape([40, 0, 0], [1.0, 1.0, 0.5], born=True, last=LastEvent(0.5, 2.0))
    assert (told.trend, told.rule) == (
        "stopped",
        "none in the last 2.0 buckets after 80.0 each bucket: improbable (p < 0.001)",
    )
    assert "after 160.0 each" in shape([40, 0], [1.0, 1.0], born=True, last=LastEvent(0.001, 1.9)).rule


def test_the_bucket_of_a_jump_is_found():
    chance = random.Random(5)  # noqa: S311 - a fixed stream, no secret
    for at in range(8, 23):
        counts = [bursty(chance, 200 if hour >= at else 10, 1) for hour in range(24)]
        assert shape(counts, WHOLE).begins == at


def test_the_running_bucket_counts_by_the_part_that_was_watched():
    steady = [60] * 24
    assert shape([*steady, 30], [*WHOLE, 0.5]).trend == "constant"
    assert shape([*steady, 3], [*WHOLE, 0.05]).trend == "constant"
    fresh = shape([*steady, 900], [*WHOLE, 0.5])
    assert (fresh.trend, fresh.begins) == ("spike", 24)


def test_a_few_events_have_no_shape():
    assert shape([0] * 20 + [9, 0, 0, 0], WHOLE).trend == "too few to say"
    assert shape([], []).trend == "too few to say"


def test_low_volume_noise_is_no_spike_however_improbable_its_ratio():
    assert shape([0] * 20 + [0, 1, 7, 2], WHOLE).trend != "spike"


def test_bursts_between_silences_are_intermittent():
    assert (
        shape([0, 40, 0, 0, 35, 0, 0, 0, 44, 0, 0, 38, 0, 0, 41, 0, 0, 0, 36, 0, 0, 0, 39, 0], WHOLE).trend
        == "intermittent"
    )


def test_one_dead_night_is_not_intermittent():
    assert shape([30] * 8 + [0] * 6 + [30] * 10, WHOLE).trend != "intermittent"


def test_a_silence_no_longer_than_a_few_nights_is_no_end():
    night = [0] * 5
    assert shape([30] * 6 + night + [30] * 5 + night + [0] * 3, WHOLE).trend != "stopped"
    assert shape([30] * 16 + night + [0] * 3, WHOLE).trend == "stopped"


def test_what_began_with_its_first_event_is_a_spike_unless_it_grows_or_ends():
    assert shape([30, 31, 29, 30], [0.9, 1, 1, 0.5], born=True) == Shape(
        "spike", "120 events, none before the first; no slow rise since, no silence, no gaps", 0
    )
    assert shape([2, 4, 9, 16, 30, 62, 120, 250, 500], [1.0] * 9, born=True).trend == "gradual"
    assert shape([200, 180, 190, 0, 0, 0], [1.0] * 6, born=True).trend == "stopped"


def test_a_day_that_totals_like_the_days_before_is_no_increase():
    counts = [round(10 * 10 ** (hour / 24)) for hour in range(24)]
    assert shape(counts, WHOLE).trend == "gradual"
    assert shape(counts, WHOLE, days=[sum(counts)] * 20).trend == "constant"
    assert shape(counts, WHOLE, days=[sum(counts) // 4] * 20).trend == "gradual"


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.floats(0.001, 1.0)), max_size=48),
    st.booleans(),
    st.lists(st.integers(0, 10**6), max_size=30),
)
def test_any_counts_have_a_shape(buckets, born, days):
    counts, widths = [count for count, _ in buckets], [width for _, width in buckets]
    found = shape(counts, widths, born=born, days=days)
    assert found.rule
    assert found.begins is None or 0 <= found.begins < len(counts)
