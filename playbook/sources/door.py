"""Every question to the outside is a value and passes one door, so that it can be redacted, recorded, replayed."""

import contextvars
import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal, TypeVar

from pydantic import Field

from playbook.evidence.fact import Value
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.redact import redact_json, redact_text

T = TypeVar("T")

SourceName = Literal["sentry", "github", "elasticsearch"]


class Question(Value):
    """`call` names what is asked (a REST path, a method of the client), `arguments` what with, as plain JSON."""

    source: SourceName
    call: str
    arguments: dict[str, Json] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """Equal for equal questions, whatever the order of their arguments."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True)


Door = Callable[[Question], Json]
"""Answers a question with plain JSON; `None` means *looked, there is none*; raises `Unavailable`."""


def dispatch(doors: Mapping[SourceName, Door]) -> Door:
    """One door for all sources: each question goes to the door of the source it names."""

    def ask(question: Question) -> Json:
        return doors[question.source](question)

    return ask


class Tally:
    """How much redaction took out of one run, by kind; counted from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hidden: Counter[str] = Counter()

    def add(self, hidden: Mapping[str, int]) -> None:
        with self._lock:
            self._hidden.update(hidden)

    def hidden(self) -> dict[str, int]:
        """Counts by kind, sorted by kind."""
        with self._lock:
            return dict(sorted(self._hidden.items()))


def redacting(door: Door, tally: Tally) -> Door:
    """The same door with every answer and every sentence redacted before anybody else sees it.

    What led to a sentence (a client's exception, with its request) ends here too: no trace of it reaches a log.
    """

    def ask(question: Question) -> Json:
        try:
            redacted = redact_json(door(question), question.source)
        except Unavailable as unavailable:
            text, hidden = redact_text(unavailable.sentence)
            tally.add(dict(hidden))
            raise Unavailable(text) from None
        tally.add(dict(redacted.hidden))
        return redacted.value

    return ask


def once(door: Door) -> Door:
    """The same door, asked only once for the same: who asks again, from whatever thread, gets the same answer."""
    lock = threading.Lock()
    answers: dict[str, Future[Json]] = {}

    def ask(question: Question) -> Json:
        with lock:
            asked = answers.get(question.key)
            if asked is None:
                mine = answers[question.key] = Future()
        if asked is not None:
            return asked.result()
        try:
            mine.set_result(door(question))
        except BaseException as error:  # noqa: BLE001 - raised below, and to everybody who waits for it
            mine.set_exception(error)
        return mine.result()

    return ask


def closed(sentence: str) -> Door:
    """A door that answers nothing, for a source that is not configured; the sentence says what to set."""

    def ask(_question: Question) -> Json:
        raise Unavailable(sentence)

    return ask


def side_by_side(*calls: Callable[[], T]) -> list[T | Unavailable]:
    """The answers of calls made at the same time, in order; a call that could not look gives its `Unavailable`."""

    def settled(call: Callable[[], T]) -> T | Unavailable:
        try:
            return call()
        except Unavailable as unavailable:
            return unavailable

    if not calls:
        return []
    with ThreadPoolExecutor(max_workers=len(calls), thread_name_prefix="ask") as pool:
        asked = [pool.submit(contextvars.copy_context().run, settled, call) for call in calls]
        return [one.result() for one in asked]
