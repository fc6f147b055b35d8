"""The judgement as values: a sentence without a citation cannot be built."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from playbook.evidence.fact import Value
from playbook.evidence.instant import Instant

Grade = Literal["proved", "likely", "possible", "undecided"]
Sentence = Annotated[str, Field(min_length=1, max_length=600)]


class Strength(StrEnum):
    """What a finding is worth, in words; the judge compares them, nobody adds percentages."""

    HINT = "hint"
    TELLING = "telling"
    DECISIVE = "decisive"
    AGAINST = "against"
    RULES_OUT = "rules_out"


class Citation(Value):
    """Where anyone can check it again: the service, the link, the bit that was quoted.

    The link is the fact's own, whatever its length (`playbook.evidence.fact.LONGEST_LINK` is what is shown as one).
    """

    source: Sentence
    url: Annotated[str, Field(min_length=1)]
    quote: Annotated[str, Field(min_length=1, max_length=400)]


Citations = Annotated[tuple[Citation, ...], Field(min_length=1)]


class Signal(Value):
    """One finding for or against a cause; `name` is the function that found it."""

    name: str = ""
    strength: Strength
    text: Sentence
    citations: Citations


class Unchecked(Value):
    """A signal that could not be asked: what it would have told, how much at most, and why it was not."""

    signal: str
    asks: Sentence
    at_most: Strength
    needs: str
    why: Sentence


class Remedy(Value):
    """What to do now. `command` can be pasted; `verify` shows that it worked; `rollback` says whether going back is
    safe; all in words of the framework at hand."""

    action: Sentence
    command: str | None = None
    verify: str | None = None
    rollback: str | None = None


class Hypothesis(Value):
    """One suspected cause, weighed."""

    cause: str
    claim: Sentence
    grade: Grade
    signals: tuple[Signal, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    remedy: Remedy


class RuledOut(Value):
    """A cause or a change that cannot be guilty, with the evidence that strikes it out."""

    what: Sentence
    reason: Sentence
    citations: Citations


class Gap(Value):
    """What could not be looked at, and why: never health, never silence."""

    fact: str
    source: str
    reason: Sentence


def by_reason(gaps: Iterable[Gap]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The facts that one reason keeps from being looked at, each once, by source and reason: a source that is down
    fails every step that asks it, and that is one thing to mend. A reason that goes on after a semicolon with what is
    known nevertheless is the same as without."""
    told = tuple(gaps)
    found: dict[tuple[str, str], dict[str, None]] = {}
    for gap in told:
        alike = (
            one.reason for one in told if one.source == gap.source and f"{one.reason};".startswith(f"{gap.reason};")
        )
        found.setdefault((gap.source, max(alike, key=len)), {})[gap.fact] = None
    return {why: tuple(facts) for why, facts in found.items()}


class Verdict(Value):
    """`cause` and `claim` are None only when undecided; `because` then says why."""

    grade: Grade
    cause: str | None = None
    claim: str | None = None
    because: Sentence | None = None


class Subject(Value):
    """What the error is about, as the playbook extracted it; the keys are the playbook's own."""

    name: str | None = None
    label: str
    fields: dict[str, str] = Field(default_factory=dict)


class DiagnosedIssue(Value):
    """Which issue this is about."""

    id: str
    short_id: str
    title: str
    project: str
    url: str


class NextStep(Value):
    """The one thing to do now: carry out the remedy, or make the check that would decide."""

    kind: Literal["remedy", "check"]
    action: Sentence
    command: str | None = None
    verify: str | None = None
    rollback: str | None = None


class Diagnosis(Value):
    """The whole answer. Hypotheses come strongest first; `absent` lists what was looked for and is not there."""

    issue: DiagnosedIssue
    playbook: str | None
    subject: Subject | None
    asked_at: Instant
    verdict: Verdict
    hypotheses: tuple[Hypothesis, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    gaps: tuple[Gap, ...] = ()
    absent: tuple[Gap, ...] = ()
    next_step: NextStep
