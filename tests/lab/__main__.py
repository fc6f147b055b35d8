"""`make lab`: every scenario happens, and the verdict is held against the truth; `make lab SCENARIO=name` for one.

    python -m tests.lab [NAME …] [--part] [--keep] [--record FOLDER]

Leaves with status 1 where a verdict is wrong, a signal outlives its evidence, or a change without meaning changes it.
"""

import argparse
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial

from tests.lab.examine import examine
from tests.lab.happening import names, scenario
from tests.lab.keep import keep_up
from tests.lab.recordings import record
from tests.lab.table import told
from tests.lab.workers import Done, side_by_side
from tests.real_elasticsearch import VERSIONS, real_elasticsearch

PART = "the lab's part"
"""What `make lab-part` runs, in CI: every scenario on both Elasticsearches, with evidence missing and mutated and the
changes that need no second happening. `make lab` lets each happen again besides, on other days and in other words."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.lab", description=(__doc__ or "").splitlines()[0])
    asked.add_argument("names", nargs="*", metavar="NAME", help="scenarios; all of them where none is named")
    asked.add_argument("--part", action="store_true", help="without letting anything happen twice")
    asked.add_argument("--keep", action="store_true", help="leave the servers of one scenario up, and open a workspace")
    asked.add_argument("--record", action="store_true", help="record the incidents of `diagnose demo` anew")
    told_to = asked.parse_args()
    try:
        chosen = [scenario(name).name for name in told_to.names] or names()
    except LookupError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started here ends, too
    began = time.monotonic()
    with ExitStack() as stack:
        elastics = [
            stack.enter_context(real_elasticsearch(version))
            for version in VERSIONS[: 1 if told_to.keep or told_to.record else 2]
        ]
        if told_to.keep:
            keep_up(chosen[0], elastics[0])
            return 0
        if told_to.record:
            record(chosen, elastics[0])
            return 0
        job = partial(examine, elastics=elastics, whole=not told_to.part)
        done = list(_announced(side_by_side(job, chosen), len(chosen)))
    return told(done, time.monotonic() - began, part=told_to.part)


def _announced(done: Iterable[Done], count: int) -> Iterable[Done]:
    for number, one in enumerate(done, start=1):
        state = "broke" if one.broke else "right" if one.gave.right else "WRONG"
        print(f"[{number}/{count}] {one.name}: {state}", flush=True)
        yield one


if __name__ == "__main__":
    sys.exit(main())
