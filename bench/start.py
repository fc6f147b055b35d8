"""How long a person waits for `diagnose --help`, against a bare interpreter."""

import statistics
import subprocess
import sys
import time

TIMES = 7


def measure() -> None:
    """Prints the ratio of medians."""
    bare = _median([sys.executable, "-c", "pass"])
    helped = _median([sys.executable, "-m", "bot", "--help"])
    print(f"diagnose --help: {helped * 1000:.0f} ms, {helped / bare:.1f} times a bare python ({bare * 1000:.0f} ms)")


def _median(command: list[str]) -> float:
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own interpreter
        times.append(time.perf_counter() - began)
    return statistics.median(times)
