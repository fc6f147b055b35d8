"""The recorded incidents behind the real bot: the same engine at a network's pace, and sources that fail on request."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from bot.app import NO_ELASTICSEARCH, NO_GITHUB, NO_SENTRY, Investigator
from bot.demo import FIRST
from bot.kept import about
from playbook.evidence.event import Event
from playbook.evidence.issue import Issue
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.gather import Tell
from playbook.investigate import Investigation, replay
from playbook.sources.door import Door, Question, SourceName
from playbook.sources.recording import Recording

Mode = Literal["recorded", "slow", "failing", "absent"]
MODES: tuple[Mode, ...] = get_args(Mode)

LATENCY: dict[SourceName, tuple[float, float]] = {
    "sentry": (0.15, 0.6),
    "github": (0.2, 0.7),
    "elasticsearch": (0.1, 0.5),
}
"""Seconds that one question takes at least and at most: a recording holds no durations, these are a network's."""

SLOW_SECONDS = 4.0  # that each question takes longer: long enough to watch, short enough to wait for

FAILING: dict[SourceName, str] = {
    "sentry": "Sentry at sentry.example.com failed (503); check again in a minute",
    "github": "GitHub at github.example.com could not compute the answer (503); check again in a minute",
    "elasticsearch": "Elasticsearch at elasticsearch.example.com failed (503); check again in a minute",
}
ABSENT: dict[SourceName, str] = {"sentry": NO_SENTRY, "github": NO_GITHUB, "elasticsearch": NO_ELASTICSEARCH}


@dataclass(frozen=True)
class Incident:
    """One recorded incident: `about` says what happened, `issue` and `event` are what an alert would tell of it."""

    name: str
    about: str
    recording: Recording
    issue: Issue
    event: Event | None


def incidents(recordings: dict[str, Path]) -> tuple[Incident, ...]:
    """Each recording with the sentence about it that lies beside it; the plainest first, then by short id."""
    found = [_incident(name, path) for name, path in recordings.items()]
    return tuple(sorted(found, key=lambda incident: (incident.name != FIRST, incident.issue.short_id)))


def _incident(name: str, path: Path) -> Incident:
    recording = Recording.model_validate_json(path.read_text(encoding="utf-8"))
    evidence = replay(recording, lambda _progress: None).evidence
    issue = evidence.get(Issue)
    if issue is None:
        raise ValueError(f"the recording {name} holds no issue: record it anew")
    return Incident(name, about(path), recording, issue, evidence.get(Event))


def sentry_of(known: Sequence[Incident]) -> str:
    """The Sentry that the incidents' links lead to, so that the bot knows a link that somebody pastes for one of its
    own; the first incident's, as one Sentry has them all."""
    return known[0].issue.url.partition("/organizations/")[0].partition("/issues/")[0]


class Sources:
    """How each source behaves just now; a change holds for the next question, from whatever run."""

    def __init__(self, sleep: Callable[[float], object] = time.sleep, pace: float = 1.0) -> None:
        self._lock = threading.Lock()
        self._modes: dict[SourceName, Mode] = dict.fromkeys(LATENCY, "recorded")
        self._sleep, self._pace = sleep, pace

    def modes(self) -> dict[SourceName, Mode]:
        with self._lock:
            return dict(self._modes)

    def set(self, source: SourceName, mode: Mode) -> None:
        with self._lock:
            self._modes[source] = mode

    def between(self, door: Door) -> Door:
        """The same door at a network's pace, each source in its mode."""

        def ask(question: Question) -> Json:
            source = question.source
            mode = self.modes()[source]
            if mode == "absent":
                raise Unavailable(ABSENT[source])
            pace = random.Random(question.key).uniform(*LATENCY[source])  # noqa: S311 - a pace is no secret
            self._sleep(pace * self._pace + (SLOW_SECONDS if mode == "slow" else 0.0))
            if mode == "failing":
                raise Unavailable(FAILING[source])
            return door(question)

        return ask


def investigator(
    known: Sequence[Incident], sources: Sources, watch: Callable[[Door], Door] = lambda door: door
) -> Investigator:
    """Carries out the run that was recorded of the issue that somebody names; any other issue is not at hand.

    `watch` stands between a run and the sources, and sees how each question is answered.
    """
    incidents = {name: one for one in known for name in (one.issue.id, one.issue.short_id)}
    at_hand = ", ".join(one.issue.short_id for one in known)

    def run(ref: IssueRef, _at: datetime, tell: Tell) -> Investigation:
        incident = incidents.get(ref.target)
        if incident is None:
            raise Unavailable(f"{ref} is not among the recorded incidents; at hand are {at_hand}")
        return replay(incident.recording, tell, lambda door: watch(sources.between(door)))

    return run
