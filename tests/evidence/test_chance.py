"""The probabilities are those of the distributions they are named after."""

from statistics import fmean, variance

import pytest

from playbook.evidence.chance import by_chance, by_chance_share, dispersion, none_in


def test_the_tails_are_those_of_the_distributions():
    assert by_chance_share(3, 3, 0.5) == pytest.approx(1 / 8)
    assert by_chance_share(2, 3, 0.5) == pytest.approx(1 / 2)
    assert by_chance(3, 1, 0, 1, 1.0) == pytest.approx(1 / 8)
    # Beta-binomial with both parameters 1 is uniform: P(X >= 2 of 3) = 2/4. Three events in two buckets at a
    # dispersion of 2.5 have the parameters 1.5 / 1.5 = 1.
    assert by_chance(2, 1, 1, 1, 2.5) == pytest.approx(1 / 2)
    assert none_in(3.0, 1.0) == pytest.approx(0.049787068)
    assert none_in(2.0, 2.0) == pytest.approx(1 / 4)


def test_large_counts_only_grow_more_probable_by_being_scaled_down():
    small, large = by_chance(30, 1, 10, 1, 2.0), by_chance(3_000_000, 1, 1_000_000, 1, 2.0)
    assert 0.0 < large < small < 1.0


def test_the_dispersion_is_never_below_poissons_and_is_drawn_to_what_errors_have():
    assert dispersion([], []) == dispersion([7], [1.0]) == 2.0
    assert dispersion([10] * 1000, [1.0] * 1000) == pytest.approx(1.0, abs=0.02)
    assert dispersion([0, 100] * 500, [1.0] * 1000) == pytest.approx(50, rel=0.02)


def test_counts_of_one_rate_in_unequal_buckets_are_no_dispersion():
    widths = [0.1, 1.0, 0.5] * 300
    assert dispersion([round(100 * width) for width in widths], widths) == pytest.approx(1.0, abs=0.02)


def test_the_dispersion_of_whole_buckets_is_variance_over_mean():
    counts = [3, 11, 0, 25, 8, 14, 2]
    own = variance(counts) / fmean(counts)
    assert dispersion(counts, [1.0] * 7) == pytest.approx((own * 6 + 2.0 * 6) / 12)


def test_a_bucket_hardly_watched_says_next_to_nothing_of_the_dispersion():
    steady = [50] * 12
    assert dispersion([*steady, 5], [1.0] * 12 + [0.002]) == pytest.approx(dispersion(steady, [1.0] * 12), abs=0.1)


def test_a_stream_shorter_than_a_bucket_tells_no_dispersion_however_it_is_cut():
    assert dispersion([1, 500], [0.2, 0.8]) == dispersion([500, 1], [0.05, 0.1]) == 2.0
