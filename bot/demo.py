"""Recorded incidents through the whole engine, in the terminal: what the tool does, without a Slack or a Sentry."""

import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot import kept, terminal
from playbook.gather import Progress
from playbook.investigate import replay
from playbook.sources.recording import Recording

INSTALLED = Path(__file__).parent / "incidents"
CHECKED_OUT = Path(__file__).parent.parent / "tests" / "lab" / "incidents"
Act = Mapping[str, Any]
"""Something that the stage does by itself, as the page would ask for it."""

FIRST = "lock_timeout"
"""The incident that is shown where none is named: proved, with evidence of all three sources."""

PACE = 0.12
"""Seconds a step takes at most in the demonstration, so that a person sees the progress that a network would give."""


class NoSuchIncident(Exception):
    """The name is none of the recorded incidents; the text lists those."""


def incidents(place: Path | None = None) -> dict[str, Path]:
    """The recordings in that folder, or those that came along, by name."""
    return kept.incidents(place or (INSTALLED if INSTALLED.is_dir() else CHECKED_OUT))


def known(name: str, place: Path | None = None) -> Path:
    """The recording of this name, or of the first incident for no name; raises `NoSuchIncident`."""
    here = incidents(place)
    wanted = name or (FIRST if FIRST in here else next(iter(here), FIRST))
    if wanted not in here:
        listed = ", ".join(here) or (f"none in {place}" if place else "none came with this installation")
        raise NoSuchIncident(f"there is no recorded incident {wanted!r}; there are: {listed}")
    return here[wanted]


def acts(*, together: bool = False, storm: int = 0, kill: bool = False) -> tuple[Act, ...]:
    """What `diagnose demo` plays once the bot is connected: two askers, a storm of so many alerts, a kill in a run."""
    played: list[Act] = []
    if together:
        played.append({"do": "stage.together"})
    if storm:
        played.append({"do": "stage.storm", "count": storm})
    if kill:
        played.append({"do": "stage.kill", "within": "run"})
    return tuple(played)


def show(name: str, place: Path | None = None) -> None:
    """One incident, in the terminal."""
    _run(Recording.model_validate_json(known(name, place).read_text(encoding="utf-8")))


def _run(recording: Recording) -> None:
    pace = random.Random(recording.inquiry.at.timestamp())  # noqa: S311 - a pace is no secret
    with terminal.progress(f"Diagnosing {recording.inquiry.ref} (recorded)") as tell:

        def slowly(progress: Progress) -> None:
            tell(progress)
            if progress.state == "running":
                time.sleep(pace.uniform(PACE / 3, PACE))

        found = replay(recording, slowly)
    terminal.show(found.diagnosis, as_json=False)
