"""Says which tag values an issue has far more often than the project's other events, by an exact test.

Fisher's exact test asks whether a share is larger at all; with thousands of events the answer is always yes. So it
is asked for a magnitude: could this be chance even if the value had `ODDS` times the odds here that it has in the
project? (The non-central hypergeometric distribution: Fisher 1935, The Logic of Inductive Inference.) The test
assumes that events come independently, which a user who retries is not; so no side counts for more than `MOST`.

Measured on 2,000 draws for each line (tests/evidence/test_overrepresented.py repeats it with fewer), 1,000 baseline
events in three places (50, 40, 10 %): no false segment with 10 to 5,000 independent events; where events come ten at a
time from one place, 9 % with 10 events (one cluster is all there is), 5 % with 50, 2 % with 100, none from 500 on. An
issue that happens in one place only is found, where that place has 10 % of the other events, with 10 events always;
with 33 %, in 26 % with 10 and always with 20; with 50 %, in 90 % with 20 and always with 50; with 70 %, always with 50.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, lgamma, log

CHANCE = 0.01
"""Probability at which chance is given up as the explanation, for all values compared (Bonferroni)."""

ODDS = 3.0
"""How many times the project's odds a value may have here without being called a segment: errors differ in where
they happen by factors of two and three, as features are used here more and there less."""

SURPLUS = 0.2
"""The share of the issue's events that a segment must hold beyond the project's share: less than every fifth event
makes no segment, however improbable."""

MOST = 1_000
"""Events of either side that count at most: above, shares are taken as if there were so many."""

FEWEST = 8
"""Events of the issue below which nobody is called a segment or everyone: one person who retries makes so many."""


@dataclass(frozen=True)
class Excess:
    """A value and its counts here and in the baseline, with the probability that chance explains them."""

    value: str
    count: int
    of: int
    baseline_count: int
    baseline_of: int
    chance: float


def excesses(here: Mapping[str, int], of: int, baseline: Mapping[str, int], compared: int) -> list[Excess]:
    """The values that stand out, most improbable first.

    `of` counts the issue's events that carry the tag at all (the values of `here` may be its most frequent ones
    only); `compared` is the number of values compared in the whole question, over all tags.
    """
    everything = sum(baseline.values())
    found = []
    for value, count in sorted(here.items()):
        there = baseline.get(value, 0)
        chance = improbability(count, of, there, everything)
        if large_enough(count, of, there, everything) and chance <= CHANCE / compared:
            found.append(Excess(value, count, of, there, everything, chance))
    return sorted(found, key=lambda one: (one.chance, -one.count, one.value))


def could_show(of: int, baseline: Mapping[str, int], compared: int) -> bool:
    """Whether the counts could have shown a segment: had all events fallen on the value that would stand out least.

    False where the baseline knows one value only: then there is nobody else to be spared.
    """
    everything = sum(baseline.values())
    possible = [there for there in baseline.values() if large_enough(of, of, there, everything)]
    return bool(possible) and improbability(of, of, max(possible), everything) <= CHANCE / compared


def large_enough(count: int, of: int, there: int, everything: int) -> bool:
    """Whether the surplus over the baseline's share is that of a segment; in whole numbers, so that it is exact."""
    return everything > 0 and count * everything - there * of >= SURPLUS * of * everything


def improbability(count: int, of: int, there: int, everything: int) -> float:
    """P(at least `count` of `of` here have the value), given all margins, at `ODDS` times the baseline's odds."""
    if of <= 0 or everything <= 0:
        return 1.0
    hits, size = _scaled(count, of)
    others, rest = _scaled(there, everything)
    drawn, whole = hits + others, size + rest
    low, high = max(0, drawn - rest), min(size, drawn)
    weights = [log(ODDS) * k - _both(k, size) - _both(drawn - k, rest) for k in range(low, high + 1)]
    peak = max(weights)
    tail = sum(exp(weight - peak) for weight in weights[hits - low :])
    return min(1.0, tail / sum(exp(weight - peak) for weight in weights)) if whole else 1.0


def _scaled(count: int, of: int) -> tuple[int, int]:
    """Both numbers as if there were at most `MOST` events; never a value made up, or one lost to rounding."""
    count = min(count, of)
    if of <= MOST:
        return count, of
    return round(count * MOST / of), MOST


def _both(k: int, of: int) -> float:
    return lgamma(k + 1) + lgamma(of - k + 1)
