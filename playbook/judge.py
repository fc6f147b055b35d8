"""Hypotheses to verdict, by written rules: who is proved, who is likely, and when to say *undecided*.

*Proved*: a decisive signal, nothing against, and no rival with one. *Likely*: telling evidence, clear of the
runner-up. Otherwise *undecided*, with the unchecked signal that would best separate the leaders (the design's rules).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from playbook.catalog import Playbook
from playbook.causes import Cause
from playbook.diagnosis import (
    Citation,
    DiagnosedIssue,
    Diagnosis,
    Gap,
    Grade,
    Hypothesis,
    NextStep,
    RuledOut,
    Signal,
    Strength,
    Unchecked,
    Verdict,
)
from playbook.evidence.changes import Changes
from playbook.evidence.collected import Evidence
from playbook.evidence.fact import Fact
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Issue
from playbook.evidence.unavailable import Unavailable


@dataclass(frozen=True)
class _Weighed:
    """A cause with its signals counted; a contradicted one (ruled out and decisive at once) is not struck out."""

    cause: Cause
    signals: tuple[Signal, ...]
    unchecked: tuple[Unchecked, ...]

    def count(self, strength: Strength) -> int:
        return sum(signal.strength == strength for signal in self.signals)

    @property
    def struck(self) -> bool:
        return self.count(Strength.RULES_OUT) > 0 and self.count(Strength.DECISIVE) == 0

    @property
    def opposed(self) -> int:
        return self.count(Strength.AGAINST) + self.count(Strength.RULES_OUT)

    @property
    def decisive(self) -> bool:
        return self.count(Strength.DECISIVE) > 0 and self.opposed == 0

    @property
    def lead(self) -> int:
        """Telling findings, less those against; a decisive one counts as two, so that it outweighs one doubt."""
        return 2 * self.count(Strength.DECISIVE) + self.count(Strength.TELLING) - self.opposed

    @property
    def speaks(self) -> bool:
        return any(signal.strength in FOR for signal in self.signals)

    @property
    def rank(self) -> tuple[bool, int, int]:
        return (self.decisive, self.lead, self.count(Strength.HINT))


FOR = (Strength.HINT, Strength.TELLING, Strength.DECISIVE)


def judge(playbook: Playbook, inquiry: Inquiry, evidence: Evidence) -> Diagnosis:
    """The diagnosis that the evidence allows. Pure: no clock, no source; the same evidence, the same bytes.

    Raises `Unavailable` when the evidence lacks the issue or the subject: there is nothing to judge then.
    """
    issue, subject = evidence.get(Issue), evidence.get(playbook.subject_type)
    if issue is None or subject is None:
        raise Unavailable(f"the evidence holds no {'Issue' if issue is None else playbook.subject_type.__name__}")
    weighed = [_Weighed(cause, *cause.weigh(evidence)) for cause in playbook.causes]
    standing = sorted((one for one in weighed if not one.struck), key=lambda one: one.rank, reverse=True)
    grades = _grades(standing)
    hypotheses = tuple(_hypothesis(one, grades[one.cause.name], evidence) for one in standing)
    leading = tuple(one for one in hypotheses if one.cause in _leaders(standing))
    verdict = _verdict(hypotheses, leading, evidence)
    return Diagnosis(
        issue=_told(issue),
        playbook=playbook.name,
        subject=playbook.subject(subject),
        asked_at=inquiry.at,
        verdict=verdict,
        hypotheses=hypotheses,
        ruled_out=(*(_struck_out(one) for one in weighed if one.struck), *_struck_changes(evidence)),
        gaps=_gaps(evidence),
        absent=_listed(evidence.absent),
        next_step=_next_step(verdict, leading or hypotheses, hypotheses, playbook.check(subject)),
    )


def without_playbook(inquiry: Inquiry, evidence: Evidence) -> Diagnosis:
    """The answer for an error that no playbook knows yet: undecided, and said so."""
    issue = evidence.get(Issue)
    if issue is None:
        raise Unavailable(evidence.why_not(Issue))
    return Diagnosis(
        issue=_told(issue),
        playbook=None,
        subject=None,
        asked_at=inquiry.at,
        verdict=Verdict(
            grade="undecided",
            because=f"no playbook knows this error yet: {issue.error.type or issue.title}"[:600],
        ),
        gaps=_gaps(evidence),
        absent=_listed(evidence.absent),
        next_step=NextStep(
            kind="check", action="Read the issue's latest event in Sentry; this error has no playbook yet"
        ),
    )


def _grades(standing: list[_Weighed]) -> dict[str, Grade]:
    """A grade for each cause still standing, strongest first; at most one is proved or likely."""
    grades: dict[str, Grade] = {one.cause.name: "possible" if one.speaks else "undecided" for one in standing}
    rivals = [one for one in standing if not one.cause.gives_way]
    for contest in (rivals, [one for one in standing if one.cause.gives_way]):
        if contest and contest[0].lead >= 1:
            grade = _grade_of_first(contest)
            if grade is not None:
                grades[contest[0].cause.name] = grade
            return grades
    return grades


def _grade_of_first(contest: list[_Weighed]) -> Grade | None:
    """What the leader has earned against the others; None where it is not clear of the runner-up.

    A rival with a decisive signal stands in the way even if something speaks against that rival: contradicting
    evidence is a reason to look again, not to be sure.
    """
    first, others = contest[0], contest[1:]
    rival_decisive = any(one.count(Strength.DECISIVE) for one in others)
    if first.decisive and not rival_decisive:
        return "proved"
    clear = all(first.lead > one.lead for one in others)
    return "likely" if clear else None


def _hypothesis(one: _Weighed, grade: Grade, evidence: Evidence) -> Hypothesis:
    return Hypothesis(
        cause=one.cause.name,
        claim=one.cause.claim,
        grade=grade,
        signals=one.signals,
        unchecked=one.unchecked,
        remedy=one.cause.remedy(evidence.facts),
    )


def _verdict(hypotheses: tuple[Hypothesis, ...], leading: tuple[Hypothesis, ...], evidence: Evidence) -> Verdict:
    for hypothesis in hypotheses:
        if hypothesis.grade in ("proved", "likely"):
            return Verdict(grade=hypothesis.grade, cause=hypothesis.cause, claim=hypothesis.claim)
    if len(leading) > 1:
        because = "the evidence speaks equally for: " + "; ".join(one.claim for one in leading)
    elif leading:
        because = f"there are leads only, and no proof; most of them fit “{leading[0].claim}”"
    else:
        because = "nothing was found that speaks for one cause rather than another"
    if evidence.unavailable:
        missing = sorted({kind.source for kind in evidence.unavailable})
        because += f"; {' and '.join(missing)} could not be read in full"
    return Verdict(grade="undecided", because=because[:600])


def _leaders(standing: list[_Weighed]) -> tuple[str, ...]:
    """The causes for which the evidence speaks as strongly as for any other: by telling findings, else by hints."""
    speaking = [one for one in standing if one.speaks]
    if not speaking:
        return ()
    most = max(one.lead for one in speaking)
    level = [one for one in speaking if one.lead == most]
    if most < 1:
        hints = max(one.count(Strength.HINT) for one in level)
        level = [one for one in level if one.count(Strength.HINT) == hints]
    return tuple(one.cause.name for one in level[:NAMED])


NAMED = 3
"""Leaders named in a sentence: a person at night weighs two, perhaps three."""


def _next_step(
    verdict: Verdict, leading: tuple[Hypothesis, ...], hypotheses: tuple[Hypothesis, ...], ask_database: str
) -> NextStep:
    """The remedy of the cause that stands; while undecided, the unchecked signal that would separate the leaders."""
    chosen = next((one for one in hypotheses if one.cause == verdict.cause), None)
    if chosen is not None:
        return NextStep(kind="remedy", **chosen.remedy.model_dump())
    candidates = [unchecked for one in leading for unchecked in one.unchecked]
    candidates = candidates or [unchecked for one in hypotheses for unchecked in one.unchecked]
    action = ASK_DATABASE
    if candidates:
        best = max(candidates, key=lambda unchecked: SEPARATES.index(unchecked.at_most))
        action = f"{ASK_DATABASE} Still open: {best.asks} ({best.why})"
    return NextStep(kind="check", action=action[:600], command=ask_database)


ASK_DATABASE = "Ask the failing system itself, over its own connection, with the statement below."

SEPARATES = (Strength.HINT, Strength.AGAINST, Strength.TELLING, Strength.RULES_OUT, Strength.DECISIVE)
"""How well an answer would separate the leaders, weakest first."""


def _struck_out(one: _Weighed) -> RuledOut:
    strikes = [signal for signal in one.signals if signal.strength == Strength.RULES_OUT]
    cited: tuple[Citation, ...] = tuple(citation for signal in strikes for citation in signal.citations)
    return RuledOut(what=one.cause.claim, reason=strikes[0].text, citations=cited)


def _struck_changes(evidence: Evidence) -> tuple[RuledOut, ...]:
    """Promise 4: a change that was not in the failing release, or came after the first event, is struck out."""
    changes = evidence.get(Changes)
    return tuple(
        RuledOut(
            what=struck.what[:600],
            reason=struck.reason[:600],
            citations=(Citation(source=Changes.source, url=struck.url, quote=struck.what[:400]),),
        )
        for struck in (changes.struck if changes else ())
    )


def _gaps(evidence: Evidence) -> tuple[Gap, ...]:
    partial = tuple(
        Gap(fact=kind.__name__, source=kind.source, reason=sentence[:600])
        for kind, fact in sorted(evidence.facts.items(), key=lambda item: item[0].__name__)
        for sentence in fact.shortfalls
    )
    return (*_listed(evidence.unavailable), *partial)


def _listed(reasons: Mapping[type[Fact], str]) -> tuple[Gap, ...]:
    return tuple(
        Gap(fact=kind.__name__, source=kind.source, reason=why[:600])
        for kind, why in sorted(reasons.items(), key=lambda item: item[0].__name__)
    )


def _told(issue: Issue) -> DiagnosedIssue:
    return DiagnosedIssue(id=issue.id, short_id=issue.short_id, title=issue.title, project=issue.project, url=issue.url)
