"""The findings as lines for a terminal; no secret leaves here, even where a service sent one back."""

from collections.abc import Iterable, Iterator, Sequence

from pydantic import SecretStr
from rich.console import Console
from rich.text import Text

from bot.doctor.finding import Finding, State
from bot.settings import Settings

MARKS: dict[State, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "missing": ("✗", "bold red"),
    "broken": ("✗", "bold red"),
    "not configured": ("–", "yellow"),
    "not tried": ("?", "yellow"),
}
LONGEST = 600
"""Characters of one line; a sentence of ours is shorter, one that quotes a server may not be."""


def report(services: Iterable[Sequence[Finding]], settings: Settings, console: Console | None = None) -> bool:
    """Prints each service's findings as they come; True where all that is needed works, or was not tried."""
    console = console or Console(highlight=False)
    hidden = tuple(secrets(settings))
    unwell = 0
    for findings in services:
        for finding in findings:
            console.print(line(finding, hidden), soft_wrap=True)
            unwell += not finding.well
    end = "Everything that is needed works." if not unwell else f"{unwell} to fix, see above."
    console.print(Text(end, "bold green" if not unwell else "bold red"), soft_wrap=True)
    return not unwell


def line(finding: Finding, hidden: Sequence[str] = ()) -> Text:
    """One finding in one line: its mark, the service, what was checked, the state, the sentence and the fix."""
    mark, colour = MARKS[finding.state]
    if finding.well and mark == "✗":
        mark, colour = "!", "yellow"
    told = Text(f"{mark} ", colour)
    told.append(f"{finding.service}, {clean(finding.what, hidden)}", "bold")
    optional = "" if finding.needed or finding.state in {"ok", "not tried"} else " (can be done without)"
    told.append(": " if finding.state == "ok" else f" — {finding.state}{optional}: ")
    told.append(clean(finding.sentence, hidden))
    if finding.fix:
        told.append(f" → {clean(finding.fix, hidden)}", "cyan")
    return told


def clean(text: str, hidden: Sequence[str] = ()) -> str:
    """One printable line without any of the `hidden` texts."""
    for secret in hidden:
        text = text.replace(secret, "…")
    one_line = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(one_line.split())[:LONGEST]


def secrets(settings: Settings) -> Iterator[str]:
    """Every secret value that is set, longest first, so that none hides inside another."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    told = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    yield from sorted((one for one in told if one), key=len, reverse=True)
