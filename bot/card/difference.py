"""What *Check again* found to be different: each statement that flipped, with its evidence."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.card.escape import spoken
from playbook.diagnosis import Citation, Diagnosis, Hypothesis, Signal

GONE = "No longer counted"
"""Of a finding that a cause no longer rests on: gone, or, with more to see, outweighed by a better one."""

NEW = "New"  # what is said of a finding that was not there before


@dataclass(frozen=True)
class Change:
    """One flipped statement in our words (`said`), the outside text it is about, and what it rests on."""

    said: str
    about: str
    citations: tuple[Citation, ...] = ()


def changed(before: Diagnosis, after: Diagnosis) -> tuple[Change, ...]:
    """The verdict, the grades, the signals and the gaps that are not what they were; () when all is the same."""
    return (
        *_verdict(before, after),
        *_grades(before, after),
        *_signals(before, after),
        *_gaps(before, after),
    )


def _verdict(before: Diagnosis, after: Diagnosis) -> Iterator[Change]:
    old, new = before.verdict, after.verdict
    if old.cause != new.cause:
        lead = next((one for one in after.hypotheses if one.cause == new.cause), None)
        yield Change(f"Verdict, was {_named(before)}, now", _named(after), _cited(lead))


def _named(diagnosis: Diagnosis) -> str:
    verdict = diagnosis.verdict
    return f"{verdict.claim} ({verdict.grade})" if verdict.claim else "undecided"


def _grades(before: Diagnosis, after: Diagnosis) -> Iterator[Change]:
    """Not of the cause that the verdict now names: the verdict's own change has said it."""
    grades = {one.cause: one.grade for one in before.hypotheses}
    if before.verdict.cause != after.verdict.cause:
        grades.pop(after.verdict.cause or "", None)
    for one in after.hypotheses:
        if one.cause in grades and grades[one.cause] != one.grade:
            yield Change(f"Was {grades[one.cause]}, now {one.grade}", one.claim, _cited(one))


def _signals(before: Diagnosis, after: Diagnosis) -> Iterator[Change]:
    old, new = _found(before), _found(after)
    for key, signal in new.items():
        if key not in old:
            yield Change(NEW, signal.text, signal.citations)
        elif signal.strength != old[key].strength:
            told = f"Was {_worth(old[key])}, now {_worth(signal)}"
            yield Change(told, signal.text, signal.citations)
    unchecked = {(one.cause, left.signal) for one in after.hypotheses for left in one.unchecked}
    for key, signal in old.items():
        if key not in new:
            told = "Could not be checked this time" if key in unchecked else GONE
            yield Change(told, signal.text, signal.citations)


def _gaps(before: Diagnosis, after: Diagnosis) -> Iterator[Change]:
    """Without the reasons, which stand among the card's own gaps."""
    old = {(gap.fact, gap.source): gap for gap in before.gaps}
    new = {(gap.fact, gap.source): gap for gap in after.gaps}
    for key, gap in new.items():
        if key not in old:
            yield Change("Could not be checked this time", f"{spoken(gap.fact)} ({gap.source})")
    for key, gap in old.items():
        if key not in new:
            yield Change("Could be checked this time", f"{spoken(gap.fact)} ({gap.source})")


def _found(diagnosis: Diagnosis) -> dict[tuple[str, str], Signal]:
    """Signals by cause and name; the name is what the playbook calls the finding, its text may hold a new count."""
    return {(one.cause, signal.name or signal.text): signal for one in diagnosis.hypotheses for signal in one.signals}


def _cited(hypothesis: Hypothesis | None) -> tuple[Citation, ...]:
    return hypothesis.signals[0].citations if hypothesis and hypothesis.signals else ()


def _worth(signal: Signal) -> str:
    return signal.strength.value.replace("_", " ")
