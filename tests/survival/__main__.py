"""Everything that may go wrong with a bot at work, made to go wrong: `python -m tests.survival [--part] [PART …]`.

Prints a line for each fault: how many alerts, runs lost, second cards, repeated actions, and the seconds until all of
them had their cards again. `--part` is a smaller one of the same; PART is any of kills, faults, handover, upgrade.
Status 1 where anything is not as it must be.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from tests.survival.clocks import clock_set
from tests.survival.counted import Counted
from tests.survival.faults import Fared, NotHere, disk_full, postgres_stopped, slack_refuses
from tests.survival.handover import TAKEN_SECONDS, Stopped, frozen, killed_at_real_tempo, stopped
from tests.survival.kills import kills
from tests.survival.sockets import socket_cut
from tests.survival.upgrade import beside, upgraded

SEED = 20_261_123
POINTS, FEW_POINTS = 20, 4  # at which a run is killed
LONG, SHORT = 30.0, 5.0  # seconds of an outage
REFUSED, BRIEFLY = 60.0, 5.0  # seconds for which Slack refuses
ACKNOWLEDGED_SECONDS = 3.0  # Slack waits no longer
RETURN_SECONDS = 60.0  # from the return of what was away until every run has its card, this few runs
HOUR, DAY = 3_600.0, 86_400.0
LINE = "{:<52} {:>6} {:>5} {:>7} {:>9} {:>8}  {}"

KINDS = ("sqlite", "postgresql")


def main() -> int:
    """The table, as far as it was asked for."""
    told = argparse.ArgumentParser(prog="python -m tests.survival", description=__doc__)
    told.add_argument("--part", action="store_true", help="less of each, in a few minutes")
    told.add_argument("--seed", type=int, default=SEED, help="of the points at which a run is killed")
    told.add_argument("which", nargs="*", help="kills, faults, handover, upgrade; all of them if none is named")
    given = told.parse_args()
    parts: dict[str, Callable[[], Iterator[bool]]] = {
        "kills": lambda: _kills(FEW_POINTS if given.part else POINTS, given.seed),
        "faults": lambda: _faults(SHORT if given.part else LONG, BRIEFLY if given.part else REFUSED),
        "handover": _handover,
        "upgrade": _upgrade,
    }
    if unknown := set(given.which) - set(parts):
        told.error(f"there is no part {', '.join(sorted(unknown))}")
    _print(LINE.format("", "alerts", "lost", "second", "repeated", "seconds", ""))
    well = [one for name in given.which or parts for one in parts[name]()]
    return 0 if all(well) else 1


def _kills(points: int, seed: int) -> Iterator[bool]:
    for kind in KINDS:
        for replicas in (1, 2):
            survived = list(kills(kind, replicas, points, seed))
            found = Counted(
                alerts=len(survived),
                lost=sum(one.runs == 0 or one.ended == 0 or one.finished == 0 for one in survived),
                second=sum(one.cards > 1 or one.runs > 1 for one in survived),
                repeated=sum(one.posts > 1 or one.requests > 1 for one in survived),
            )
            slowest = max(one.seconds for one in survived)
            name = f"SIGKILL at {points} points: {kind}, replicas: {replicas}"
            yield _row(name, found, slowest, f"the slowest of them; seed {seed}")


def _faults(seconds: float, refused: float) -> Iterator[bool]:
    for fault in (
        lambda: postgres_stopped(seconds, hanging=True),
        lambda: postgres_stopped(seconds, hanging=False),
        lambda: slack_refuses(refused),
        lambda: disk_full(seconds),
        lambda: clock_set(-HOUR),
        lambda: clock_set(DAY),
        lambda: socket_cut(seconds),
    ):
        yield _fared(fault)


def _handover() -> Iterator[bool]:
    yield _fared(killed_at_real_tempo, TAKEN_SECONDS)
    yield _fared(lambda: frozen(4))
    for name, ended in (
        ("SIGTERM, and another replica goes on", stopped(step=1.0, alone=False)),
        ("SIGTERM, and the next start goes on", stopped(step=1.0, alone=True)),
        ("SIGTERM, and the run ends in time", stopped(step=0.05, alone=True)),
    ):
        yield _ended(name, ended)


def _upgrade() -> Iterator[bool]:
    for kind in KINDS:
        yield _fared(lambda kind=kind: upgraded(kind))  # type: ignore[misc] # a default binds the loop's name
        yield _fared(lambda kind=kind: beside(kind))  # type: ignore[misc]


def _fared(fault: Callable[[], Fared], most: float = RETURN_SECONDS) -> bool:
    try:
        fared = fault()
    except NotHere as lacking:
        _print(f"not tried: {lacking}")
        return True
    told = [f"a person was answered in {fared.answered:.1f} s"] if fared.answered else []
    told += [f"calls meanwhile: {fared.calls}"] if fared.calls else []
    well = _row(fared.fault, fared.counted, fared.seconds, ", ".join(told))
    for sentence in fared.said:
        _print(f"    {sentence}")
    return well and fared.seconds <= most and fared.answered <= ACKNOWLEDGED_SECONDS


def _ended(name: str, ended: Stopped) -> bool:
    told = f"status {ended.status} after {ended.exit:.1f} s"
    return _row(name, ended.counted, ended.seconds, told) and ended.well


def _row(name: str, found: Counted, seconds: float, told: str) -> bool:
    _print(LINE.format(name, found.alerts, found.lost, found.second, found.repeated, f"{seconds:.1f}", told))
    return found.well


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
