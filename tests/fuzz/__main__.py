"""`python -m tests.fuzz 10000`: so many generated deliveries through every door, and what came of them."""

import sys
import time
from collections import Counter

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.bot import bot
from tests.fuzz.payloads import Sent, deliveries


def main(examples: int, begin: int) -> int:
    broken: Counter[str] = Counter()
    first: dict[str, Sent] = {}
    began = time.monotonic()
    with bot() as at_work:

        @seed(begin)
        @settings(
            max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
        )  # fmt: skip
        @given(sent=deliveries())
        def campaign(sent: Sent) -> None:
            for one in at_work.broken_by(sent):
                broken[one] += 1
                first.setdefault(one, sent)

        campaign()
        for name, count in sorted(at_work.counts.items()):
            print(f"{count:8} {name}")
        print(f"{at_work.slowest:8.2f} s, the slowest")
    print(f"{time.monotonic() - began:8.0f} s in all")
    print(f"{sum(broken.values()):8} promises broken")
    for one, count in broken.most_common():
        print(f"\n{count} times: {one}\n    {first[one].form}: {first[one].body[:1500]!r}")
    return 1 if broken else 0


if __name__ == "__main__":
    given_numbers = [int(one) for one in sys.argv[1:3]]
    sys.exit(main(*given_numbers, *[10_000, 0][len(given_numbers) :]))
