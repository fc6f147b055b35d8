"""The finished card: the verdict first, then why, what to do, and what nobody could check.

Every sentence of judgement ends in links to its evidence. The order is that of a reader who was woken up: verdict,
how sure, why, what to do now; raw evidence is a click away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.card.acted import acted
from bot.card.actions import Pressed, buttons_and_menu, feedback
from bot.card.blocks import MOST_BLOCKS, MOST_TEXT, Block, Card, context, header, section, sections, text_size
from bot.card.chart import chart
from bot.card.difference import NEW, Change
from bot.card.escape import clean, mrkdwn
from bot.card.footnotes import footer, opinions, who_and_when
from bot.card.joined import also, briefly
from bot.card.judgement import first_reason, flips, lead, more, reasons, ruled_out, verdict, weighed
from bot.card.next_step import gaps, next_step
from bot.card.plan import Told, trail
from bot.runs.press import Press
from playbook.diagnosis import Diagnosis, by_reason
from playbook.evidence.changes import Changes
from playbook.evidence.collected import Evidence
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.releases import Releases
from playbook.joining import Belonging

TEXT = 3_500  # characters of the text that stands alone; Slack advises at most 4,000


@dataclass(frozen=True)
class About:
    """The run behind the card; all of it optional, so that a diagnosis alone can be drawn.

    `seconds` is the run's duration; `right` and `wrong` are ids of the people who said so; `changes` is None on
    a first check; `steps` is what the run told; `compared` false says that the evidence before it is gone. `asked`
    counts the alerts and people that this one card answers. `others` are the issues that belong to this card too.
    `presses` are those of its own buttons, `acts` says whether it has a menu that writes to Sentry.
    """

    run: str = ""
    seconds: float | None = None
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    changes: tuple[Change, ...] | None = None
    compared: bool = True
    steps: Sequence[Told] = ()
    asked: int = 1
    others: tuple[Belonging, ...] = ()
    presses: tuple[Press, ...] = ()
    acts: bool = False


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
    new = frozenset(change.about for change in about.changes or () if change.said == NEW)
    changes = (diagnosis.issue.short_id or diagnosis.issue.id) if about.acts else ""
    parts = [
        _Part([header(headline(diagnosis, evidence))]),
        _Part(sections(verdict(diagnosis))),
        _Part(sections(also(about.others)), goes=8, shorter=tuple(sections(briefly(about.others)))),
        _Part(sections(flips(diagnosis, about.changes, about.compared)), goes=4),
        _Part(sections(reasons(diagnosis, new)), goes=7, shorter=tuple(sections(reasons(diagnosis, new, 2, 1)))),
        _Part(sections(ruled_out(diagnosis)), goes=5),
        _Part(sections(next_step(diagnosis))),
        _Part(sections(gaps(diagnosis)), goes=6, shorter=tuple(sections(more(len(by_reason(diagnosis.gaps)), "gap")))),
        _Part(sections(who_and_when(evidence)), goes=3),
        _Part([drawn] if drawn else [], goes=2),
        _Part([buttons_and_menu(pressed, _pages(diagnosis, evidence), changes), feedback(pressed)]),
        _Part(opinions(about.right, about.wrong)),
        _Part(acted(about.presses)),
        _Part([trail(about.steps)] if about.steps else [], goes=1),
        _Part([context(footer(diagnosis, evidence, about.run, about.seconds, about.asked))]),
    ]
    return Card(tuple(_fitted(parts)), _alone(diagnosis, evidence, about.others)).stamped(about.run or "card")


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


def _pages(diagnosis: Diagnosis, evidence: Evidence) -> list[tuple[str, str]]:
    """What the menu opens: the issue, and the change that came with it."""
    changes, issue = evidence.get(Changes), diagnosis.issue
    found = [(f"Open {issue.short_id or issue.id}", issue.url)]
    pull = changes.suspects[0].commit.pull if changes and changes.suspects else None
    if pull is not None:
        found.append((f"Open #{pull.number} {pull.title}", pull.url))
    return found


def _alone(diagnosis: Diagnosis, evidence: Evidence, others: Sequence[Belonging]) -> str:
    """The answer without blocks: what, how sure, the first reason, what to do, what could not be checked."""
    leading = lead(diagnosis)
    first = list(first_reason(weighed(leading)[0])) if leading else []
    lines = [
        f"*{mrkdwn(headline(diagnosis, evidence), 150)}*",
        *verdict(diagnosis),
        *briefly(others),
        *first,
        *next_step(diagnosis),
        *gaps(diagnosis),
    ]
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) + len(kept) + len(line) > TEXT:
            break
        kept.append(line)
    return "\n".join(kept)


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
