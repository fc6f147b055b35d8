"""Probabilities of counts of events that come in bursts, in the standard library alone.

Errors are over-dispersed: the variance of their counts is several times the mean, as in the negative binomial
distribution. Two such counts of one rate are beta-binomial given their sum, two Poisson counts binomial, so that the
rate itself need not be known. scipy has the same distributions, for a dependency larger than the whole product.
"""

from collections.abc import Sequence
from math import ceil, exp, floor, lgamma, log

PRIOR, PRIOR_WEIGHT = 2.0, 6
"""The dispersion expected of errors before any was seen, and how many buckets that expectation is worth: with six
buckets the estimate alone is off by a factor of two three times in ten."""

FINEST = 2_000
"""Events up to which two counts are compared as they are; larger ones are scaled down to it, which bounds the time
and can only make a difference more probable."""

NEGLIGIBLE = 1e-12
"""The share of a sum below which its next term, and with it all that follow, is left out."""


def dispersion(counts: Sequence[int], widths: Sequence[float]) -> float:
    """Variance over mean, drawn towards `PRIOR`; never below 1, which is Poisson's.

    The counts are compared with what one rate would leave in such `widths`, and weigh as much as the buckets they
    fill: one watched for a minute says next to nothing, and two that make up one bucket nothing at all, since how they
    differ only tells where within a burst the clock's edge fell. Of whole buckets this is the ratio of the sample.
    """
    watched = sum(widths)
    own = max(watched - 1.0, 0.0)
    found = 1.0
    if own and any(counts):
        rate = sum(counts) / watched
        squares = sum((events - rate * width) ** 2 for events, width in zip(counts, widths, strict=True))
        found = squares / (rate * (watched - sum(width * width for width in widths) / watched))
    return max(1.0, (found * own + PRIOR * PRIOR_WEIGHT) / (own + PRIOR_WEIGHT))


def none_in(expected: float, spread: float) -> float:
    """The probability of no event where `expected` are: negative binomial, Poisson where `spread` is 1."""
    return exp(-expected) if spread <= 1.0 else exp(-expected * log(spread) / (spread - 1.0))


def by_chance(inside: int, width: float, outside: int, long: float, spread: float) -> float:
    """The probability that at least `inside` of all these events fall into `width`, at one rate for both parts."""
    scale = max(1.0, (inside + outside) / FINEST)
    hits, of, spread = floor(inside / scale), floor(inside / scale) + ceil(outside / scale), spread / scale
    if spread <= 1.0:
        return by_chance_share(hits, of, width / (width + long))
    if not 0 < hits <= of:
        return 1.0
    mean = of / (width + long) / (spread - 1.0)
    ins, outs = mean * width, mean * long
    term = exp(
        _choose(of, hits)
        + (lgamma(hits + ins) + lgamma(of - hits + outs) - lgamma(of + ins + outs))
        - (lgamma(ins) + lgamma(outs) - lgamma(ins + outs))
    )
    total = term
    for k in range(hits, of):
        term *= (of - k) / (k + 1) * (k + ins) / (of - k - 1 + outs)
        total += term
        if term < NEGLIGIBLE * total:
            break
    return min(1.0, total)


def by_chance_share(hits: int, of: int, share: float) -> float:
    """P(X >= hits), X binomial of `of` trials at `share`."""
    if hits <= 0 or share >= 1.0:
        return 1.0
    if hits > of or share <= 0.0:
        return 0.0
    term = exp(_choose(of, hits) + hits * log(share) + (of - hits) * log(1.0 - share))
    total = term
    for k in range(hits, of):
        term *= (of - k) / (k + 1) * share / (1.0 - share)
        total += term
        if term < NEGLIGIBLE * total and k > of * share:
            break
    return min(1.0, total)


def _choose(of: int, hits: int) -> float:
    return lgamma(of + 1) - lgamma(hits + 1) - lgamma(of - hits + 1)
