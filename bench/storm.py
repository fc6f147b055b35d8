"""A storm of 10,000 alerts over 50 issues: how many are acknowledged a second and how soon, beside a bare Bolt."""

from dataclasses import replace

from tests.survival.storm import BARE, OURS, Measured, Storm, Weather, storm

WEATHER = Weather()
SKIES = (
    ("the acknowledging alone", replace(WEATHER, settled=True)),
    ("with the 50 investigations under way", WEATHER),
    ("two replicas", replace(WEATHER, replicas=2, beside=False)),
    ("PostgreSQL, the acknowledging alone", replace(WEATHER, kind="postgresql", settled=True)),
    ("PostgreSQL, with the investigations", replace(WEATHER, kind="postgresql")),
    ("PostgreSQL, two replicas", replace(WEATHER, kind="postgresql", replicas=2, beside=False)),
)


def measure() -> None:
    """Prints the figures of each."""
    print(
        f"storm: {WEATHER.events:,} alerts over {WEATHER.issues} issues, {WEATHER.twice:,} of them delivered twice, by "
        f"{WEATHER.senders} senders (seed {WEATHER.seed})"
    )
    for name, weather in SKIES:
        tell(name, storm(weather))


def tell(name: str, found: Storm) -> None:
    """What one storm gave."""
    print(f"  {name}: {found.found.runs} runs, {found.found.threads} cards, {found.found.requests:,} alerts kept")
    for wrong in found.wrong[:20]:
        print(f"    WRONG: {wrong}")
    if BARE in found.measured:
        print(f"    deliveries a second against a bare Bolt app: {found.ratio:.0%} (target >= 60 %)")
    for bot, one in found.measured.items():
        print(f"    {bot}: {_rate(one)}")
    memory = found.measured[OURS].memory
    after = memory[1_000 // WEATHER.part]
    print(f"    memory: {memory[0]:.0f} MB, after 1,000 {after:.0f} MB, at the end {memory[-1]:.0f} MB")


def _rate(one: Measured) -> str:
    again = sum(one.again.values())
    return (
        f"{one.a_second:.0f} a second, acknowledged in {one.wait(0.5):.0f} ms (p99 {one.wait(0.99):.0f}, target <= 100;"
        f" max {one.wait(1):.0f}), {1_000 * one.processor / len(one.waits):.2f} ms of processor time each"
        + (f", {again} delivered again: {one.again}" if again else "")
    )
