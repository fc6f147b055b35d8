"""Streams of hourly counts as services make them: even, bursty, with day and night, with a jump."""

import math
import random
from collections.abc import Callable

from playbook.evidence.trend import LastEvent

HOURS = 24


def poisson(chance: random.Random, mean: float) -> int:
    """One Poisson count (Knuth's product for small means, the normal approximation for large ones)."""
    if mean > 50:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def bursty(chance: random.Random, mean: float, spread: float) -> int:
    """One negative binomial count whose variance is `spread` times its mean; Poisson where `spread` is 1."""
    if spread > 1 and mean > 0:
        mean = chance.gammavariate(mean / (spread - 1), spread - 1)
    return poisson(chance, mean)


def hours(chance: random.Random, rate: Callable[[float], float], spread: float = 1.0) -> tuple[list[int], list[float]]:
    """24 whole hours and a running one, at `rate(hour)` an hour."""
    running = chance.uniform(0.02, 1.0)
    widths = [1.0] * HOURS + [running]
    return [bursty(chance, rate(hour) * width, spread) for hour, width in enumerate(widths)], widths


def until_the_last_event(chance: random.Random, rate: float) -> tuple[list[int], list[float], LastEvent]:
    """Events of one Poisson rate an hour, counted in 24 whole hours and a running one, with the last one's moment."""
    running = chance.uniform(0.02, 1.0)
    counts, now, moment, last = [0] * (HOURS + 1), HOURS + running, chance.expovariate(rate), 0.0
    while moment < now:
        counts[int(moment)] += 1
        last, moment = moment, moment + chance.expovariate(rate)
    return counts, [1.0] * HOURS + [running], LastEvent(last, now - last)


def day_and_night(chance: random.Random, mean: float, peak_over_trough: float) -> Callable[[float], float]:
    """A rate that swings once in 24 hours, with a random noon."""
    swing, noon = (peak_over_trough - 1) / (peak_over_trough + 1), chance.uniform(0, HOURS)
    return lambda hour: mean * (1 + swing * math.cos(2 * math.pi * (hour - noon) / HOURS))


def jump(chance: random.Random, rate: float, factor: float) -> Callable[[float], float]:
    """A rate that is multiplied at once, between eight hours into the window and an hour before now."""
    at = chance.randint(8, 23)
    return lambda hour: rate * factor if hour >= at else rate
