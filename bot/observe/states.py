"""How each source did when it was last asked: what the Home tab tells, and whoever wonders why a card has gaps."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from bot.card.home import SourceState
from bot.observe.metrics import Metrics
from bot.observe.sources import counted, noting_waits
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import Door, Question, SourceName

TITLES = {"sentry": "Sentry", "github": "GitHub", "elasticsearch": "Elasticsearch"}


class States:
    """Watches the sources, and remembers the last answer of each. `configured` says which of them have settings."""

    def __init__(
        self,
        configured: Mapping[str, bool],
        metrics: Metrics,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._metrics, self._now = metrics, now
        self._lock = threading.Lock()
        self._known = {
            name: SourceState(name=TITLES[name], state="not asked yet" if there else "not configured")
            for name, there in configured.items()
        }

    def __call__(self) -> tuple[SourceState, ...]:
        with self._lock:
            return tuple(self._known.values())

    def door(self, door: Door) -> Door:
        """The same door, counted; what it answers is remembered, a failure with its sentence."""

        def ask(question: Question) -> Json:
            try:
                answer = door(question)
            except Unavailable as unavailable:
                self._note(question.source, "fails", unavailable.sentence)
                raise
            self._note(question.source, "answers", "")
            return answer

        return counted(ask, self._metrics)

    def budget(self, budget: Budget, source: SourceName) -> Budget:
        """The same seconds, each wait of that source counted."""
        return noting_waits(budget, source, self._metrics)

    def _note(self, source: str, state: str, sentence: str) -> None:
        with self._lock:
            before = self._known.get(source)
            since = before.since if before is not None and before.state == state else self._now()
            told = {"name": TITLES.get(source, source), "state": state, "since": since, "said": sentence}
            self._known[source] = SourceState.model_validate(told)
