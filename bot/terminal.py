"""The same answer for a terminal: progress on standard error while it works, the card on standard output."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from playbook import catalog
from playbook.causes import Cause
from playbook.diagnosis import Diagnosis, Hypothesis, Signal, Strength
from playbook.gather import Progress, Tell

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
    """The card as lines: the verdict first, then why, what was ruled out, what nobody could see, what to do."""
    console.print()
    console.print(Panel(_headline(diagnosis), title=escape(diagnosis.issue.short_id), title_align="left"))
    chosen = next((one for one in diagnosis.hypotheses if one.cause == diagnosis.verdict.cause), None)
    for heading, lines in (
        ("Why", _why(chosen) if chosen else _candidates(diagnosis)),
        ("Ruled out", [Text(f"{one.what}: {one.reason}") for one in diagnosis.ruled_out]),
        ("Do this next", _next(diagnosis)),
        ("Could not look", [Text(f"{gap.fact} ({gap.source}): {gap.reason}") for gap in diagnosis.gaps]),
    ):
        if lines:
            console.print(Text(heading, "bold"))
            for line in lines:
                console.print(Padding(line, (0, 0, 0, 2)))
            console.print()


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
        asked = ", ".join(need.type.__name__ + ("" if need.required else "?") for need in registered.needs)
        yield Text(f"    {name} ({registered.at_most}): ").append(registered.asks).append(f"  [{asked}]", "dim")


def _headline(diagnosis: Diagnosis) -> Text:
    verdict = diagnosis.verdict
    subject = f"{diagnosis.subject.label} is missing" if diagnosis.subject else diagnosis.issue.title
    headline = Text(f"{subject}\n", "bold")
    headline.append(verdict.claim or "Undecided", COLOURS[verdict.grade])
    headline.append(f" — {verdict.grade}" if verdict.claim else f": {verdict.because}")
    return headline


def _why(hypothesis: Hypothesis) -> list[Text]:
    for_it = [signal for signal in hypothesis.signals if signal.strength in STRONGEST]
    return [_cited(signal) for signal in sorted(for_it, key=lambda one: STRONGEST.index(one.strength))[:SHOWN]]


STRONGEST = (Strength.DECISIVE, Strength.TELLING, Strength.HINT)


def _candidates(diagnosis: Diagnosis) -> list[Text]:
    return [
        Text(f"{one.claim} — {one.grade}: ").append("; ".join(signal.text for signal in one.signals))
        for one in diagnosis.hypotheses
        if one.signals
    ][:SHOWN]


def _cited(signal: Signal) -> Text:
    told = Text(signal.text)
    for citation in signal.citations:
        told.append(f"\n“{citation.quote}”", "italic dim")
        told.append(f"\n{citation.source}: {citation.url}", Style(dim=True, link=citation.url))
    return told


def _next(diagnosis: Diagnosis) -> list[Text]:
    step = diagnosis.next_step
    lines = [Text(step.action)]
    lines += [Text(f"$ {step.command}" if step.kind == "remedy" else step.command, "cyan")] if step.command else []
    lines += [Text(f"then check: {step.verify}")] if step.verify else []
    lines += [Text(f"rolling back: {step.rollback}")] if step.rollback else []
    return lines
