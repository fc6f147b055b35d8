"""The same answer for a terminal: progress on standard error while it works, the card on standard output."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from playbook import catalog
from playbook.causes import Cause
from playbook.diagnosis import Citation, Diagnosis, Hypothesis, Strength, by_reason
from playbook.gather import Progress, Tell
from playbook.wiring import of_facts

MARKS = {"done": "✓", "absent": "–", "unavailable": "!"}
COLOURS = {"proved": "bold green", "likely": "bold yellow", "possible": "yellow", "undecided": "bold magenta"}
SHOWN = 4
"""Findings under a verdict: what one reads before acting; the rest is in the JSON and in the evidence view."""


@contextmanager
def progress(title: str) -> Iterator[Tell]:
    """Tells of each step as it ends; nothing but these lines goes to standard error."""
    console = Console(stderr=True, highlight=False)
    console.print(Text(title, "bold"))

    def tell(told: Progress) -> None:
        if told.state in MARKS:
            line = Text(f"  {MARKS[told.state]} {told.title}: ", "dim" if told.state == "absent" else "")
            line.append(told.finding, "red" if told.state == "unavailable" else "")
            console.print(line, soft_wrap=True)

    yield tell


def show(diagnosis: Diagnosis, *, as_json: bool) -> None:
    """The diagnosis as JSON (two spaces, in the order of the model), or as a card."""
    if as_json:
        sys.stdout.write(as_text(diagnosis))
        return
    draw(diagnosis, Console(highlight=False))


def draw(diagnosis: Diagnosis, console: Console) -> None:
    """The card as lines: the verdict first, then why, what was ruled out, what to do; the evidence by number."""
    evidence = _Evidence()
    chosen = next((one for one in diagnosis.hypotheses if one.cause == diagnosis.verdict.cause), None)
    why = _why(chosen, evidence) if chosen else _candidates(diagnosis, evidence)
    ruled_out = [evidence.cited(f"{one.what}: {one.reason}", one.citations) for one in diagnosis.ruled_out]
    parts = (
        ("Why", why),
        ("Ruled out", ruled_out),
        ("Do this next", _next(diagnosis)),
        ("Could not look", list(_gaps(diagnosis))),
        ("Evidence", evidence.listed()),
    )
    console.print()
    console.print(Panel(_headline(diagnosis), title=escape(diagnosis.issue.short_id), title_align="left"))
    for heading, lines in parts:
        if lines:
            console.print(Text(heading, "bold"))
            for line in lines:
                if line.no_wrap:  # an address must stay on one line to be followed
                    console.print(Text("      ").append(line), soft_wrap=True)
                else:
                    console.print(Padding(line, (0, 0, 0, 2)))
            console.print()


def _gaps(diagnosis: Diagnosis) -> Iterator[Text]:
    for (source, reason), facts in by_reason(diagnosis.gaps).items():
        yield Text(f"{', '.join(facts)} ({source}): {reason}")


class _Evidence:
    """Numbers the citations in the order in which they are read."""

    def __init__(self) -> None:
        self._numbers: dict[Citation, int] = {}

    def cited(self, text: str, citations: Iterable[Citation]) -> Text:
        told = Text("• ").append(text)
        for citation in citations:
            number = self._numbers.setdefault(citation, len(self._numbers) + 1)
            told.append(f" [{number}]", Style(color="cyan", link=citation.url))
        return told

    def listed(self) -> list[Text]:
        lines = []
        for citation, number in self._numbers.items():
            lines.append(Text(f"[{number}] {citation.source} ").append(f"“{citation.quote}”", "italic"))
            lines.append(Text(citation.url, Style(dim=True, link=citation.url), no_wrap=True))
        return lines


def as_text(diagnosis: Diagnosis) -> str:
    """The JSON text, the same bytes for the same diagnosis."""
    return json.dumps(diagnosis.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def show_playbooks() -> None:
    """What exists, and which evidence each signal asks for."""
    console = Console(highlight=False)
    for playbook in catalog.playbooks():
        console.print(Text(f"{playbook.name}  ", "bold"), Text(playbook.title), sep="")
        console.print(Text("  looks up: " + ", ".join(kind.__name__ for kind in playbook.prescribes)), soft_wrap=True)
        for cause in playbook.causes:
            console.print(Text(f"  {cause.name}  ", "bold").append(cause.claim, "not bold"))
            for line in _signals(cause):
                console.print(line, soft_wrap=True)


def _signals(cause: Cause) -> Iterator[Text]:
    for name, registered in cause.signals.items():
        asked = ", ".join(need.type.__name__ + ("" if need.required else "?") for need in of_facts(registered.needs))
        yield Text(f"    {name} ({registered.at_most}): ").append(registered.asks).append(f"  [{asked}]", "dim")


def _headline(diagnosis: Diagnosis) -> Text:
    verdict = diagnosis.verdict
    subject = f"{diagnosis.subject.label} is missing" if diagnosis.subject else diagnosis.issue.title
    headline = Text(f"{subject}\n", "bold")
    headline.append(verdict.claim or "Undecided", COLOURS[verdict.grade])
    headline.append(f" — {verdict.grade}" if verdict.claim else f": {verdict.because}")
    return headline


def _why(hypothesis: Hypothesis, evidence: _Evidence) -> list[Text]:
    shown = sorted(hypothesis.signals, key=lambda one: STRONGEST.index(one.strength))[:SHOWN]
    return [evidence.cited(f"{AGAINST.get(one.strength, '')}{one.text}", one.citations) for one in shown]


STRONGEST = (Strength.DECISIVE, Strength.RULES_OUT, Strength.AGAINST, Strength.TELLING, Strength.HINT)
"""What decides comes first, then what speaks against it, which is never left out for want of room."""

AGAINST = {Strength.AGAINST: "against it: ", Strength.RULES_OUT: "against it: "}


def _candidates(diagnosis: Diagnosis, evidence: _Evidence) -> list[Text]:
    speaking = [one for one in diagnosis.hypotheses if one.grade != "undecided"][:SHOWN]
    return [
        evidence.cited(
            f"{one.claim} ({one.grade}): "
            + "; ".join(AGAINST.get(signal.strength, "") + signal.text for signal in one.signals),
            [citation for signal in one.signals for citation in signal.citations],
        )
        for one in speaking
    ]


def _next(diagnosis: Diagnosis) -> list[Text]:
    step = diagnosis.next_step
    lines = [Text(step.action)]
    lines += [Text(step.command, "cyan")] if step.command else []
    lines += [Text(f"then check: {step.verify}")] if step.verify else []
    lines += [Text(f"rolling back: {step.rollback}")] if step.rollback else []
    return lines
