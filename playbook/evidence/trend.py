"""Names the shape of a stream of events by exact tests on its counts, never by the look of its curve.

A test compares counts with counts (evidence/chance.py), so that no scale has to be guessed, and carries a condition
on the magnitude beside the one on chance: with enough events any difference is improbable, and only a large one is
news. How widely counts scatter is judged by how much of each bucket was watched, and a silence is counted from the last
event where its moment is known: the edges of the clock's hours mean nothing to a stream, so the answer must not turn
on the minute at which a burst fell.

Measured on 1,000 generated streams for each line (25 hourly buckets, the last one running; tests/evidence/test_trend.py
repeats it with fewer). Called *spike* or *gradual* although the rate was constant: none in 5,000 Poisson streams of
0.2 to 500 an hour; with variance three times the mean 0.7 % at 0.2, 1.3 % at 1, 1.2 % at 5 an hour, none from 50 on;
with ten times the mean (seven empty hours of ten, then 20 events) 6 % at 0.2, 11 % at 1, 7 % at 5, 1.3 % at 50. Day and
night (peak four times the trough, variance twice the mean): 0.8 % at 1, 3.1 % at 5, 0.4 % at 50, none at 500; peak nine
times the trough: 1.4, 6, 0.8, 0 %. A jump to ten times the rate is called *spike* in 11, 88, 100, 100, 100 % of Poisson
streams at 0.2, 1, 5, 50, 500 an hour before (72, 99.4, 100, 100 % from 1 on with variance three times the mean), one to
three times in 0, 3, 30, 99, 100 %. A rise to ten times over the day is *gradual* in 69, 99.9, 100 % at 1, 5, 50 an
hour; a stream that ended six hours ago or more is *stopped* in 59, 100, 100 %. A constant Poisson stream whose last
event is known to the moment is called *stopped* in at most 0.1 %, at 0.5 to 50 an hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, floor, lgamma, log
from statistics import fmean

from playbook.evidence.chance import by_chance, by_chance_share, dispersion, none_in
from playbook.evidence.frequency import Trend

ENOUGH = 10
"""Events below which no shape is named, and the least surplus that counts as a rise: fewer is what one person
makes who reloads a page."""

CHANCE = 0.01
"""Probability at which chance is given up as the explanation of a rise, for the whole window (Bonferroni over the
intervals tried): about one false alarm in a hundred quiet issues looked at."""

RISE = 2.5
"""How many times the former rate a spike must reach: one service doubles its traffic between night and noon."""

JUMP, JUMP_CHANCE = 2.0, 0.1
"""A spike rises at once: its first two buckets against the three before must refute, at this probability, that the
rate had only doubled, as it does on a steep morning. Ten times milder than `CHANCE`, which was passed already."""

GRADUAL_RISE = 3.0
"""How many times the first third of the window the last third must reach to be a gradual increase: an ordinary day
(peak four times the trough), looked at in its worst hour, reaches 2.5 times."""

DAY_OVER_DAYS = 1.5
"""How many times the median of the earlier days the window must hold to be a gradual increase: a day that totals
like the others only shows its own hours."""

BEFORE = 6
"""Buckets before a rise from which the former rate and its spread are taken; fewer tell neither."""

SHORTEST = 0.25
"""The least time (in buckets) over which a rate is taken: the events of a single minute come in one cluster."""

SILENCE = 0.001
"""Probability of the silence at the former rate, below which it has stopped: ten times stricter than a rise,
because *it is over* is the more expensive mistake."""

LONGER_THAN_GAPS = 3
"""How many times the longest earlier gap a silence must last: nights and weekends are silent too."""

QUIET, QUIET_SHARE, GAPS = 0.1, 0.25, 2
"""A bucket below this share of the mean is quiet; a stream with this share of quiet buckets, in this many gaps
between events, is intermittent when even events would not leave so many."""

STEPS, STEEPEST = 20, 2.0
"""Newton's steps to the slope, and the largest slope tried (a rate that grows sevenfold with each bucket)."""


@dataclass(frozen=True)
class Shape:
    """`rule` is the sentence that decided; `begins` the index of the bucket in which a rise began, where one did."""

    trend: Trend
    rule: str
    begins: int | None = None


@dataclass(frozen=True)
class LastEvent:
    """When the last event was, in buckets and parts of them: how long the stream had been watched until then (`lasted`,
    of a new one from its first event), and how long ago it was (`silent`)."""

    lasted: float
    silent: float


def shape(
    counts: Sequence[int],
    widths: Sequence[float],
    *,
    born: bool = False,
    last: LastEvent | None = None,
    days: Sequence[int] = (),
    each: str = "bucket",
) -> Shape:
    """The shape of `counts`, oldest first; `widths` say how much of each bucket was watched (1.0: all of it).

    `born` means that the first bucket holds the first event ever; without `last` a silence begins only where the last
    bucket with events ends; `days` are the totals of earlier whole days; `each` is what a bucket is called in the
    sentence (`hour`).
    """
    total = sum(counts)
    if total < ENOUGH or sum(widths) <= 0:
        return Shape("too few to say", f"{total} events; below {ENOUGH} no shape is named")
    spike = None if born else _spike(counts, widths, each)
    silence = _silence(counts, widths, born, last, each)
    if silence:
        return Shape("stopped", silence, spike.begins if spike else None)
    rise = spike or _rise(counts, widths, days, each)
    if rise and not (born and rise.trend == "spike"):
        return rise
    gaps = _gaps(counts, widths, each)
    if gaps:
        return Shape("intermittent", gaps)
    if born:
        return Shape("spike", f"{total:,} events, none before the first; no slow rise since, no silence, no gaps", 0)
    return Shape("constant", f"no rise (a jump of {RISE:g} times, a slope of {GRADUAL_RISE:g}), no silence, no gaps")


def _spike(counts: Sequence[int], widths: Sequence[float], each: str) -> Shape | None:
    """The least probable interval that is a rise and begins with a jump."""
    size, best = len(counts), None
    tried = size * (size + 1) / 2
    for start in range(BEFORE, size):
        before, long = sum(counts[:start]), sum(widths[:start])
        rate = before / long
        for end in range(start + 1, size + 1):
            inside, width = sum(counts[start:end]), max(sum(widths[start:end]), SHORTEST)
            reached = inside / width
            if inside - rate * width < ENOUGH or reached < RISE * rate:
                continue
            within = slice(start, min(end, size - 1))
            spread = max(
                dispersion([*counts[:start], *counts[end:]], [*widths[:start], *widths[end:]]),
                dispersion(counts[within], widths[within]),
            )
            if not _jumps(counts, widths, start, end, spread):
                continue
            chance = tried * by_chance(inside, width, before, long, spread)
            if chance <= CHANCE and (best is None or chance < best[0]):
                best = (chance, start, f"{reached:,.1f} events each {each} after {rate:,.1f}")
    if best is None:
        return None
    rule = f"{best[2]}: a jump of at least {RISE:g} times, beyond chance (p < {CHANCE:g}, beta-binomial)"
    return Shape("spike", rule, best[1])


def _jumps(counts: Sequence[int], widths: Sequence[float], start: int, end: int, spread: float) -> bool:
    """Whether the rate more than doubles within two buckets, beyond chance."""
    first, last = max(0, start - 3), min(start + 2, end)
    after, width = sum(counts[start:last]), max(sum(widths[start:last]), SHORTEST)
    return by_chance(after, JUMP * width, sum(counts[first:start]), sum(widths[first:start]), spread) <= JUMP_CHANCE


def _rise(counts: Sequence[int], widths: Sequence[float], days: Sequence[int], each: str) -> Shape | None:
    """Each third of the window above the one before, the last far above the first, the day above the days."""
    third = len(counts) // 3
    if third < 2:  # noqa: PLR2004 - a third of one bucket has no rate of its own
        return None
    parts = [slice(0, third), slice(third, len(counts) - third), slice(len(counts) - third, len(counts))]
    sums, long = [sum(counts[part]) for part in parts], [sum(widths[part]) for part in parts]
    first, middle, last = (events / width for events, width in zip(sums, long, strict=True))
    if not first < middle < last or last < GRADUAL_RISE * first or sums[2] - sums[0] < ENOUGH:
        return None
    if days and sum(counts) < DAY_OVER_DAYS * sorted(days)[len(days) // 2]:
        return None
    spread = max(dispersion(counts[part], widths[part]) for part in parts)
    if by_chance(sums[2], long[2], sums[0], long[0], spread) > CHANCE:
        return None
    rates = f"{first:,.1f}, {middle:,.1f}, {last:,.1f} events each {each} in the three thirds"
    told = f"{rates}, beyond chance (p < {CHANCE:g})"
    better, begins = _step(counts, widths)
    if better <= _slope(counts, widths):
        return Shape("gradual", f"{told}; a steady slope describes it better than a jump")
    if _jumps(counts, widths, begins, len(counts), spread):
        return Shape("spike", f"{told}; a jump describes it better than a steady slope", begins)
    return None


def _step(counts: Sequence[int], widths: Sequence[float]) -> tuple[float, int]:
    """How much better two rates describe the counts than one (log likelihood), and the bucket where they part."""
    found = []
    for start in range(1, len(counts)):
        halves = [(counts[:start], widths[:start]), (counts[start:], widths[start:])]
        found.append((sum(_fit(sum(events), sum(long)) for events, long in halves), start))
    best, begins = max(found)
    return best - _fit(sum(counts), sum(widths)), begins


def _fit(events: int, width: float) -> float:
    return events * log(events / width) if events else 0.0


def _slope(counts: Sequence[int], widths: Sequence[float]) -> float:
    """How much better a rate that grows by the same factor each bucket describes the counts than one rate.

    Poisson regression on time; its likelihood is concave in the growth, so Newton's method finds the maximum.
    """
    times = [index - (len(counts) - 1) / 2 for index in range(len(counts))]
    total = sum(counts)
    pull = sum(events * time for events, time in zip(counts, times, strict=True))
    growth = 0.0
    for _ in range(STEPS):
        weights = [width * exp(growth * time) for width, time in zip(widths, times, strict=True)]
        mean = sum(weight * time for weight, time in zip(weights, times, strict=True)) / sum(weights)
        square = sum(weight * time**2 for weight, time in zip(weights, times, strict=True)) / sum(weights)
        growth += (pull / total - mean) / max(square - mean**2, 1e-9)
        growth = min(STEEPEST, max(-STEEPEST, growth))
    grown = sum(width * exp(growth * time) for width, time in zip(widths, times, strict=True))
    return growth * pull - total * log(grown / sum(widths))


def _silence(
    counts: Sequence[int], widths: Sequence[float], born: bool, last: LastEvent | None, each: str
) -> str | None:
    """A silence since the last event improbable at the former rate, of a bucket at least, and much longer than any
    before it.

    The former rate is that of the time until the last event. So a burst no longer than a bucket has the same answer
    wherever the edges cut it: neither time is measured from one, and so short a time tells no dispersion.
    """
    active = [index for index, events in enumerate(counts) if events]
    first, newest = (active[0] if born else 0), active[-1]
    ended = last or LastEvent(sum(widths[first : newest + 1]), sum(widths[newest + 1 :]))
    gaps = [active[0] - first, *(after - before - 1 for before, after in pairwise(active))]
    if ended.silent < max(1.0, LONGER_THAN_GAPS * max(gaps)):
        return None
    former = sum(counts) / max(ended.lasted, SHORTEST)
    until = min(widths[newest], max(0.0, ended.lasted - sum(widths[first:newest])))
    spread = dispersion(counts[first : newest + 1], [*widths[first:newest], until])
    if none_in(former * ended.silent, spread) > SILENCE:
        return None
    return f"none in the last {ended.silent:.1f} {each}s after {former:,.1f} each {each}: improbable (p < {SILENCE:g})"


def _gaps(counts: Sequence[int], widths: Sequence[float], each: str) -> str | None:
    """More quiet buckets than even events would leave, in gaps between events."""
    whole = [events for events, width in zip(counts, widths, strict=True) if width > 1 - SHORTEST]
    if len(whole) < BEFORE or not sum(whole):
        return None
    mean = fmean(whole)
    quiet = [events <= QUIET * mean for events in whole]
    busy = [index for index, silent in enumerate(quiet) if not silent]
    gaps = sum(after - before > 1 for before, after in pairwise(busy))
    if sum(quiet) < QUIET_SHARE * len(whole) or gaps < GAPS:
        return None
    expected = sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(floor(QUIET * mean) + 1))
    if by_chance_share(sum(quiet), len(whole), expected) > CHANCE:
        return None
    return (
        f"{sum(quiet)} of {len(whole)} {each}s quiet, in {gaps} gaps, where even events would leave "
        f"{expected * len(whole):.0f} (p < {CHANCE:g}, binomial)"
    )
