"""A run's questions and redacted answers, saved and replayed offline: the same recording, the same diagnosis."""

import json
import threading
from collections.abc import Mapping

from pydantic import Field

from playbook.diagnosis import Sentence
from playbook.evidence.fact import Value
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.json import Json
from playbook.evidence.service import Services
from playbook.evidence.unavailable import Unavailable
from playbook.sources.door import Door, Question

FORMAT = 1
"""Raised when an older recording could no longer be replayed to the same bytes."""


class Answered(Value):
    """A question and what came back: an answer, or the sentence of why there was none."""

    question: Question
    answer: Json = None
    unavailable: Sentence | None = None


class Recording(Value):
    """Everything a replay needs; holds redacted text only. `hidden` counts what redaction took out, by kind."""

    format: int = FORMAT
    inquiry: Inquiry
    services: Services = Services()
    answers: tuple[Answered, ...] = ()
    hidden: dict[str, int] = Field(default_factory=dict)

    def door(self) -> Door:
        """Answers from the recording; a question that was not asked then is unavailable, in so many words."""
        known = {one.question.key: one for one in self.answers}

        def ask(question: Question) -> Json:
            found = known.get(question.key)
            if found is None:
                raise Unavailable(f"the recording holds no answer to this ({question.source}: {question.call})")
            if found.unavailable is not None:
                raise Unavailable(found.unavailable)
            return found.answer

        return ask

    def text(self) -> str:
        """The file's text: sorted, indented, the same bytes for the same run."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


class Recorder:
    """Remembers what passes a door, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, Answered] = {}

    def listening(self, door: Door) -> Door:
        """The same door, with every question and answer remembered."""

        def ask(question: Question) -> Json:
            try:
                answer = door(question)
            except Unavailable as unavailable:
                self._keep(Answered(question=question, unavailable=unavailable.sentence))
                raise
            self._keep(Answered(question=question, answer=answer))
            return answer

        return ask

    def recording(self, inquiry: Inquiry, services: Services, hidden: Mapping[str, int]) -> Recording:
        """What was heard so far, in an order that does not depend on which thread was faster."""
        with self._lock:
            answers = tuple(self._answers[key] for key in sorted(self._answers))
        return Recording(inquiry=inquiry, services=services, answers=answers, hidden=dict(sorted(hidden.items())))

    def _keep(self, answered: Answered) -> None:
        with self._lock:
            self._answers[answered.question.key] = answered
