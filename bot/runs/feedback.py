"""Who called a diagnosis right or wrong: one answer for each person and run, the last one counts."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal, Protocol

import structlog

Answer = Literal["right", "wrong"]
KEPT = 1_000  # runs whose answers stay in memory

log = structlog.get_logger()


@dataclass(frozen=True)
class Opinions:
    """Ids of the people who answered, in the order of their first answer."""

    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


class Feedback(Protocol):
    """The book of answers; another implementation may keep it on disk."""

    def record(self, run_id: str, user: str, answer: Answer) -> Opinions:
        """Write down an answer and give all of that run's as they now stand."""
        ...

    def of(self, run_id: str) -> Opinions:
        """The answers to one run."""
        ...


class FeedbackInMemory:
    """Answers of this process's lifetime; each is logged too."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lock = threading.Lock()
        self._kept = kept
        self._answers: OrderedDict[str, dict[str, Answer]] = OrderedDict()

    def record(self, run_id: str, user: str, answer: Answer) -> Opinions:
        with self._lock:
            self._answers.setdefault(run_id, {})[user] = answer
            while len(self._answers) > self._kept:
                self._answers.popitem(last=False)
        log.info("a diagnosis was judged", run=run_id, user=user, answer=answer)
        return self.of(run_id)

    def of(self, run_id: str) -> Opinions:
        with self._lock:
            answers = dict(self._answers.get(run_id, {}))
        right = tuple(user for user, answer in answers.items() if answer == "right")
        wrong = tuple(user for user, answer in answers.items() if answer == "wrong")
        return Opinions(right, wrong)
