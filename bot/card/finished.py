"""The finished card: the verdict first, then why, what to do, and what nobody could check.

Every sentence of judgement ends in links to its evidence. The order is that of a reader who was woken up: verdict,
how sure, why, what to do now; raw evidence is a click away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.card.actions import Pressed, buttons, feedback
from bot.card.blocks import MOST_BLOCKS, MOST_TEXT, Block, Card, context, header, section, sections, text_size
from bot.card.chart import chart
from bot.card.difference import Change
from bot.card.escape import clean, code, counted, fence, link, mrkdwn, spoken
from bot.card.footnotes import footer, opinions, who_and_when
from bot.card.plan import Told, trail
from playbook.diagnosis import Citation, Diagnosis, Hypothesis, Signal, Strength
from playbook.evidence.collected import Evidence
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.releases import Releases

MOST_REASONS = 4  # two to four facts convince; more of them hide the verdict
MOST_CHANGES = 5
MOST_GAPS = 4
MOST_CONTENDERS = 3
TEXT = 3_500  # characters of the text that stands alone; Slack advises at most 4,000


WEIGHT = {
    Strength.DECISIVE: 0,
    Strength.AGAINST: 1,
    Strength.RULES_OUT: 1,
    Strength.TELLING: 2,
    Strength.HINT: 3,
}
"""What is shown first when not all signals fit: what decides, then what speaks against it, never hidden."""


@dataclass(frozen=True)
class About:
    """The run behind the card; all of it optional, so that a diagnosis alone can be drawn.

    `seconds` is the run's duration; `right` and `wrong` are ids of the people who said so; `changes` is None on
    a first check; `steps` is what the run told; `compared` false says that the evidence before it is gone.
    """

    run: str = ""
    seconds: float | None = None
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    changes: tuple[Change, ...] | None = None
    compared: bool = True
    steps: Sequence[Told] = ()


@dataclass(frozen=True)
class _Part:
    """Some blocks of the card, and how early they give way when it grows too long (0: never), and to what."""

    blocks: list[Block]
    goes: int = 0
    shorter: tuple[Block, ...] = ()


def card(diagnosis: Diagnosis, evidence: Evidence, about: About | None = None) -> Card:
    """The whole answer as one message, never longer than Slack takes: the least important parts go first."""
    about = about or About()
    pressed = Pressed(about.run, diagnosis.issue.id)
    event = evidence.get(Event)
    frequency, releases = evidence.get(Frequency), evidence.get(Releases)
    drawn = chart(frequency, releases, event.environment if event else None)
    parts = [
        _Part([header(headline(diagnosis, evidence))]),
        _Part(sections(_verdict(diagnosis))),
        _Part(sections(_flips(diagnosis, about)), goes=4),
        _Part(sections(_reasons(diagnosis)), goes=7, shorter=tuple(sections(_reasons(diagnosis, 2, 1)))),
        _Part(sections(_ruled_out(diagnosis)), goes=5),
        _Part(sections(_next(diagnosis))),
        _Part(sections(_gaps(diagnosis)), goes=6),
        _Part([drawn] if drawn else [], goes=2),
        _Part(sections(who_and_when(evidence)), goes=3),
        _Part([buttons(pressed), feedback(pressed), *opinions(about.right, about.wrong)]),
        _Part([trail(about.steps)] if about.steps else [], goes=1),
        _Part([context(footer(diagnosis, evidence, about.run, about.seconds))]),
    ]
    return Card(tuple(_fitted(parts)), _alone(diagnosis, evidence)).stamped(about.run or "card")


def headline(diagnosis: Diagnosis, evidence: Evidence) -> str:
    """The fact that was read out of the error, not the exception's name: outside text, not yet escaped."""
    event = evidence.get(Event)
    where = f" in {event.environment}" if event and event.environment else ""
    missing = evidence.get(MissingRelation)
    if missing is not None:
        named = f'{missing.kind} "{missing.label}"' if missing.name else missing.label
        return f"{_shortened(named)} is missing{where}"
    return _shortened(diagnosis.subject.label if diagnosis.subject else diagnosis.issue.title) + where


def _shortened(named: str) -> str:
    """A name that leaves room for the rest of the line; a name this long is not read anyway."""
    named = " ".join(clean(named).split())
    return named if len(named) <= 90 else named[:89] + "…"  # noqa: PLR2004 - of the header's 150 characters


def _verdict(diagnosis: Diagnosis) -> Iterator[str]:
    verdict, lead = diagnosis.verdict, _lead(diagnosis)
    because = mrkdwn(verdict.because, 500) if verdict.because else ""
    if verdict.claim is None or lead is None:
        leaning = [one for one in diagnosis.hypotheses if _speaks_for(one)][:2]
        cited = " ".join(_cited(_signals(one)[:1]) for one in leaning)
        yield f"*Undecided:* {because} {cited}".strip()
        return
    yield f"*{mrkdwn(verdict.claim, 400)}* – *{verdict.grade}* {_cited(_signals(lead)[:2])}".strip()
    if because:
        yield because
    yield _checks(lead)


def _checks(lead: Hypothesis) -> str:
    """How much of what could be asked was asked: in counts, since a percentage would be invented."""
    against = sum(one.strength in {Strength.AGAINST, Strength.RULES_OUT} for one in lead.signals)
    told = [counted(len(lead.signals) - against, "finding") + " for it", f"{against} against"]
    if lead.unchecked:
        told.append(f"{len(lead.unchecked)} could not be checked")
    return "_" + ", ".join(told) + "_"


def _flips(diagnosis: Diagnosis, about: About) -> Iterator[str]:
    again = f"*Checked again {clock(diagnosis.asked_at)}*"
    if not about.compared:
        yield f"{again}. The evidence of the check before is gone: there is nothing to compare."
    if about.changes is None:
        return
    if not about.changes:
        yield f"{again}: nothing changed."
        return
    yield f"{again}, and this changed:"
    for change in about.changes[:MOST_CHANGES]:
        yield f"• {change.said}: {mrkdwn(change.about, 250)} {_links(change.citations[:1])}".rstrip()
    yield from _more(len(about.changes) - MOST_CHANGES, "change")


def _reasons(diagnosis: Diagnosis, most: int = MOST_REASONS, cited: int = 2) -> Iterator[str]:
    lead = _lead(diagnosis)
    if lead is not None:
        shown = _signals(lead)
        yield "*Why*"
        yield from chain.from_iterable(_reason(signal, cited) for signal in shown[:most])
        yield from _more(len(shown) - most, "finding")
        return
    contenders = [one for one in diagnosis.hypotheses if _speaks_for(one)]
    if contenders:
        yield "*What it could be*"
    for one in contenders[:MOST_CONTENDERS]:
        yield f"*{mrkdwn(one.claim, 300)}* – {one.grade}"
        yield from chain.from_iterable(_reason(signal, 1) for signal in _signals(one)[:cited])


def _reason(signal: Signal, cited: int = 1) -> Iterator[str]:
    """The finding, what it is worth, and each piece of evidence with the bit that was quoted."""
    against = signal.strength in {Strength.AGAINST, Strength.RULES_OUT}
    worth = "against it" if against else signal.strength.value
    yield f"• {mrkdwn(signal.text, 300)} _({worth})_"
    for citation in signal.citations[:cited]:
        yield f"      {link(citation.url, citation.source, 80)}: {code(citation.quote, 160)}"


def _ruled_out(diagnosis: Diagnosis) -> Iterator[str]:
    struck = [
        f"{mrkdwn(one.what, 120)} – {mrkdwn(one.reason, 160)} {_links(one.citations[:1])}".rstrip()
        for one in diagnosis.ruled_out[:3]
    ]
    if struck:
        more = len(diagnosis.ruled_out) - len(struck)
        yield "*Ruled out:* " + "; ".join(struck) + (f"; and {more} more" if more else "")


def _next(diagnosis: Diagnosis) -> Iterator[str]:
    step, lead = diagnosis.next_step, _lead(diagnosis)
    title = "Do this next" if step.kind == "remedy" else "The one check that would decide"
    yield f"*{title}:* {mrkdwn(step.action, 600)}"
    if step.command:
        yield fence(step.command, 1_200)
    if step.verify:
        yield f"*Then verify:* {code(step.verify, 500)}"
    if step.rollback:
        yield f"*Rolling back:* {mrkdwn(step.rollback, 400)} {_cited(_signals(lead)[:1]) if lead else ''}".rstrip()


def _gaps(diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.gaps:
        yield "*Could not be checked*"
    for gap in diagnosis.gaps[:MOST_GAPS]:
        yield f"• {mrkdwn(spoken(gap.fact), 60)} ({mrkdwn(gap.source, 60)}): {mrkdwn(gap.reason, 200)}"
    yield from _more(len(diagnosis.gaps) - MOST_GAPS, "gap")


def _alone(diagnosis: Diagnosis, evidence: Evidence) -> str:
    """The answer without blocks: what, how sure, the first reason, what to do, what could not be checked."""
    lead = _lead(diagnosis)
    first = list(chain.from_iterable(_reason(signal) for signal in _signals(lead)[:1])) if lead else []
    lines = [
        f"*{mrkdwn(headline(diagnosis, evidence), 150)}*",
        *_verdict(diagnosis),
        *first,
        *_next(diagnosis),
        *_gaps(diagnosis),
    ]
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) + len(kept) + len(line) > TEXT:
            break
        kept.append(line)
    return "\n".join(kept)


def _lead(diagnosis: Diagnosis) -> Hypothesis | None:
    """The hypothesis that the verdict names; None when undecided, or when nothing is cited for it."""
    cause = diagnosis.verdict.cause
    return next((one for one in diagnosis.hypotheses if one.cause == cause and one.signals), None) if cause else None


def _signals(hypothesis: Hypothesis) -> list[Signal]:
    return sorted(hypothesis.signals, key=lambda signal: WEIGHT[signal.strength])


def _speaks_for(hypothesis: Hypothesis) -> bool:
    kinds = {signal.strength for signal in hypothesis.signals}
    return Strength.RULES_OUT not in kinds and bool(kinds - {Strength.AGAINST})


def _cited(signals: Sequence[Signal]) -> str:
    return _links(tuple(signal.citations[0] for signal in signals))


def _links(citations: Sequence[Citation]) -> str:
    return " ".join(f"[{link(citation.url, citation.source, 60)}]" for citation in citations)


def _more(count: int, what: str) -> Iterator[str]:
    if count > 0:
        yield f"_and {counted(count, f'more {what}')} in the evidence_"


def _fitted(parts: Sequence[_Part]) -> list[Block]:
    """The blocks, without the parts that go first while there are too many; says so when something is missing."""
    kept = list(parts)
    for going in sorted({part.goes for part in parts} - {0}):
        if _fits(kept):
            break
        kept = [_Part(list(part.shorter)) if part.goes == going else part for part in kept]
    blocks = [block for part in kept for block in part.blocks]
    if kept != list(parts):
        blocks.insert(-1, section("_Shortened: the rest is under *Show evidence*._"))
    return blocks


def _fits(parts: Sequence[_Part]) -> bool:
    blocks = [block for part in parts for block in part.blocks]
    return len(blocks) < MOST_BLOCKS and text_size(blocks) <= MOST_TEXT - 100  # room for the line that says so
