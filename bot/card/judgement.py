"""The verdict, why, and what it was not: every sentence with its evidence, nothing twice."""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from bot.card.citing import first_of, links, quoted
from bot.card.difference import NEW, Change
from bot.card.escape import counted, link, mrkdwn
from playbook.diagnosis import Citation, Diagnosis, Hypothesis, Signal, Strength
from playbook.evidence.instant import clock

MOST_REASONS = 4  # two to four facts convince; more of them hide the verdict
MOST_CITED = 3  # citations of one finding
MOST_CHANGES = 5
MOST_CONTENDERS = 3
MOST_FOR_ONE = 2  # findings of each contender
MOST_RULED_OUT = 2  # with their reasons; more of them push the next step off a phone's screen
SPEAKS_AGAINST = frozenset({Strength.AGAINST, Strength.RULES_OUT})

WEIGHT = {
    Strength.DECISIVE: 0,
    Strength.AGAINST: 1,
    Strength.RULES_OUT: 1,
    Strength.TELLING: 2,
    Strength.HINT: 3,
}
"""What is shown first when not all signals fit: what decides, then what speaks against it, never hidden."""


def lead(diagnosis: Diagnosis) -> Hypothesis | None:
    """The hypothesis that the verdict names; None when undecided, or when nothing is cited for it."""
    cause = diagnosis.verdict.cause
    return next((one for one in diagnosis.hypotheses if one.cause == cause and one.signals), None) if cause else None


def weighed(hypothesis: Hypothesis) -> list[Signal]:
    """Its signals, the most telling first."""
    return sorted(hypothesis.signals, key=lambda signal: WEIGHT[signal.strength])


def verdict(diagnosis: Diagnosis) -> Iterator[str]:
    """One sentence and its grade, which is the link to what decided; then how much was found, in counts."""
    judged, leading = diagnosis.verdict, lead(diagnosis)
    because = mrkdwn(judged.because, 500) if judged.because else ""
    if judged.claim is None or leading is None:
        leaning = [one for one in diagnosis.hypotheses if speaks_for(one)][:2]
        cited = links(chain.from_iterable(first_of(weighed(one)[:1]) for one in leaning))
        yield f"*Undecided:* {because} {cited}".strip()
        return
    deciding = weighed(leading)[0].citations[0]
    yield f"*{mrkdwn(judged.claim, 400)}* – *{link(deciding.url, judged.grade)}*"
    if because:
        yield because
    yield _checks(leading)


def _checks(leading: Hypothesis) -> str:
    """How much of what could be asked was asked: in counts, since a percentage would be invented."""
    against = sum(one.strength in SPEAKS_AGAINST for one in leading.signals)
    told = [counted(len(leading.signals) - against, "finding") + " for it", f"{against or 'none'} against"]
    if leading.unchecked:
        told.append(f"{len(leading.unchecked)} could not be checked")
    return "_" + ", ".join(told) + "_"


def flips(diagnosis: Diagnosis, changes: Sequence[Change] | None, compared: bool) -> Iterator[str]:
    """What a check found to be different from the one before."""
    again = f"*Checked again {clock(diagnosis.asked_at)}*"
    if not compared:
        yield f"{again}. The evidence of the check before is gone: there is nothing to compare."
    if changes is None:
        return
    if not changes:
        yield f"{again}: nothing changed."
        return
    shown = {signal.text for signal in _shown(diagnosis)}
    told = [change for change in changes if change.said != NEW or change.about not in shown]
    yield f"{again}, and this changed:" if told else f"{again}: there is a new finding."
    for change in told[:MOST_CHANGES]:
        yield f"• {change.said}: {mrkdwn(change.about, 250)} {links(change.citations[:1])}".rstrip()
    yield from more(len(told) - MOST_CHANGES, "change")


def reasons(
    diagnosis: Diagnosis, new: Collection[str] = (), most: int = MOST_REASONS, cited: int = MOST_CITED
) -> Iterator[str]:
    """Why: what decided with its quotes, then what else is known; of an undecided one, what it could be and why.

    `new` are the findings that were not there at the check before.
    """
    leading = lead(diagnosis)
    if leading is not None:
        told = _not_told_yet(weighed(leading))
        yield "*Why*"
        yield from first_reason(told[0], new, cited)
        for signal in told[1:most]:
            yield f"{_found(signal, new)} {links(signal.citations[:cited])}"
        yield from more(len(told) - most, "finding")
        return
    contenders = [one for one in diagnosis.hypotheses if speaks_for(one)]
    if contenders:
        yield "*What it could be*"
    for one in contenders[:MOST_CONTENDERS]:
        yield f"*{mrkdwn(one.claim, 300)}* – {one.grade}"
        for signal in weighed(one)[:MOST_FOR_ONE]:
            yield f"{_found(signal, new)} {links(signal.citations[:1])}"


def first_reason(signal: Signal, new: Collection[str] = (), cited: int = 1) -> Iterator[str]:
    """A finding, and the very bits of evidence that it rests on."""
    yield _found(signal, new)
    yield from (f"      ↳ {quoted(citation)}" for citation in signal.citations[:cited])


def _shown(diagnosis: Diagnosis) -> list[Signal]:
    """The findings that the whole card tells."""
    leading = lead(diagnosis)
    if leading is not None:
        return _not_told_yet(weighed(leading))[:MOST_REASONS]
    contenders = [one for one in diagnosis.hypotheses if speaks_for(one)][:MOST_CONTENDERS]
    return [signal for one in contenders for signal in weighed(one)[:MOST_FOR_ONE]]


def _found(signal: Signal, new: Collection[str]) -> str:
    fresh = "*New:* " if signal.text in new else ""
    against = "*Against it:* " if signal.strength in SPEAKS_AGAINST else ""
    weak = " _(a hint)_" if signal.strength is Strength.HINT else ""
    return f"• {fresh}{against}{mrkdwn(signal.text, 300)}{weak}"


def _not_told_yet(signals: Sequence[Signal]) -> list[Signal]:
    """Without those that only say again what the evidence of an earlier one has shown; what is against it stays."""
    shown: set[Citation] = set()
    kept = []
    for signal in signals:
        if signal.strength in SPEAKS_AGAINST or not shown.issuperset(signal.citations):
            kept.append(signal)
            shown.update(signal.citations[:MOST_CITED])
    return kept


def ruled_out(diagnosis: Diagnosis) -> Iterator[str]:
    """What it was not, each struck through, with the reason and the evidence."""
    struck = [
        f"~{mrkdwn(one.what, 120)}~ – {mrkdwn(one.reason, 160)} {links(one.citations[:1])}".rstrip()
        for one in diagnosis.ruled_out[:MOST_RULED_OUT]
    ]
    if len(struck) == 1:
        yield f"*Ruled out:* {struck[0]}"
    elif struck:
        yield "*Ruled out*"
        yield from (f"• {one}" for one in struck)
    yield from more(len(diagnosis.ruled_out) - MOST_RULED_OUT, "ruled out")


def more(count: int, what: str) -> Iterator[str]:
    """How many are in the evidence only."""
    if count > 0:
        plural = what if count == 1 or what.endswith("out") else what + "s"
        yield f"_and {count:,} more {plural}, under *Show evidence*_"


def speaks_for(hypothesis: Hypothesis) -> bool:
    """Whether anything was found for it, and nothing that rules it out."""
    kinds = {signal.strength for signal in hypothesis.signals}
    return Strength.RULES_OUT not in kinds and bool(kinds - {Strength.AGAINST})
