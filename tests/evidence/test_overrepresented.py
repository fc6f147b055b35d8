"""A segment is called one by an exact test that large numbers alone cannot pass."""

import random
from collections import Counter
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.evidence.overrepresented import FEWEST, ODDS, could_show, excesses, improbability, large_enough

BASELINE = {"eu": 300, "us": 700}


def exactly(count, of, there, everything):
    """The same tail in fractions: every split of the margins, weighed with the odds."""
    drawn, odds = count + there, Fraction(ODDS)
    weights = {
        k: comb(of, k) * comb(everything, drawn - k) * odds**k
        for k in range(max(0, drawn - everything), min(of, drawn) + 1)
    }
    return float(sum(weight for k, weight in weights.items() if k >= count) / sum(weights.values()))


@settings(deadline=None)
@given(st.data())
def test_the_probability_is_the_exact_one(data):
    of, everything = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    count, there = data.draw(st.integers(0, of)), data.draw(st.integers(0, everything))
    assert improbability(count, of, there, everything) == pytest.approx(exactly(count, of, there, everything), rel=1e-9)


def test_a_value_that_has_all_events_is_a_segment():
    (found,) = excesses({"eu": 40}, 40, BASELINE, 2)
    assert (found.value, found.count, found.of, found.baseline_count, found.baseline_of) == ("eu", 40, 40, 300, 1000)


def test_a_value_that_has_its_usual_share_is_none():
    assert excesses({"eu": 30, "us": 70}, 100, BASELINE, 2) == []


def test_no_number_of_events_makes_a_small_difference_a_segment():
    assert excesses({"eu": 400_000, "us": 600_000}, 1_000_000, BASELINE, 2) == []
    assert (
        excesses({"production": 95_000, "staging": 5_000}, 100_000, {"production": 80_000, "staging": 20_000}, 2) == []
    )


def test_almost_everyone_is_no_segment():
    assert excesses({"production": 5_000}, 5_000, {"production": 900, "staging": 100}, 1) == []


def test_a_value_the_project_never_had_is_one():
    (found,) = excesses({"ap": 30}, 30, BASELINE, 1)
    assert found.baseline_count == 0


def test_a_few_events_could_not_have_shown_it():
    assert not could_show(FEWEST, {"eu": 500, "us": 500}, 2)
    assert could_show(200, {"eu": 500, "us": 500}, 2)


def test_with_one_value_only_nobody_else_could_be_spared():
    assert not could_show(10_000, {"production": 10_000}, 1)
    assert not could_show(10_000, {}, 1)


@pytest.mark.parametrize("spread", [1, 10])
@pytest.mark.parametrize("events", [10, 50, 500, 5_000])
def test_events_that_fall_as_they_always_do_make_no_segment(events, spread):
    """One by one never; in clusters of ten now and then, where only a few clusters are there to be seen."""
    chance = random.Random(3)  # noqa: S311 - a fixed stream, no secret
    places, weights = ["prod-eu", "prod-us", "staging"], [50, 40, 10]
    alarms = 0
    for _ in range(200):
        drawn = Counter()
        for place in chance.choices(places, weights, k=max(1, events // spread)):
            drawn[place] += spread
        baseline = Counter(chance.choices(places, weights, k=1_000))
        alarms += bool(excesses(drawn, drawn.total(), baseline, 3))
    assert alarms <= (2 if spread == 1 or events >= 500 else 40)


@settings(deadline=None)
@given(
    st.dictionaries(st.text(max_size=3), st.integers(0, 10**9), max_size=6),
    st.dictionaries(st.text(max_size=3), st.integers(0, 10**9), max_size=6),
)
def test_any_counts_can_be_compared(here, baseline):
    of = sum(here.values())
    for found in excesses(here, of, baseline, max(1, len(here))):
        assert 0.0 <= found.chance <= 1.0
        assert large_enough(found.count, found.of, found.baseline_count, found.baseline_of)
    could_show(of, baseline, 3)
