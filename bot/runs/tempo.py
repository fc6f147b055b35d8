"""How fast a replica works, and after what silence it is dead."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tempo:
    """All in seconds, but for `at_once`, the runs that one replica carries out side by side.

    `at_once`: each run has a dozen threads of its own that wait for sources. `poll_seconds` between looks into the
    queue: a person sees the card begin within half a second. `beat_seconds` between heartbeats, and `dead_seconds`
    without one: four are missed before a replica is dead, so that a slow database or a busy machine kills nobody, and
    still what it left is taken up within half a minute, a watcher's own beat included.
    """

    at_once: int = 4
    poll_seconds: float = 0.2
    beat_seconds: float = 4.0
    dead_seconds: float = 18.0
