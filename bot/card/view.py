"""Everything the card rests on, in a modal: each fact with its source, each hypothesis, each gap, page by page."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from slack_sdk.models.blocks import DividerBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.card.actions import EVIDENCE_VIEW, Pressed, pages, token
from bot.card.blocks import MOST_TEXT, Block, context, header, json_of, named, section, sections, text_size
from bot.card.citing import quoted
from bot.card.escape import fence, link, mrkdwn, spoken
from bot.card.judgement import speaks_for
from bot.card.suspicion import suspicion
from playbook.catalog import playbooks
from playbook.diagnosis import Diagnosis, Gap, Hypothesis, by_reason
from playbook.evidence.changes import Changes
from playbook.evidence.collected import Evidence
from playbook.evidence.fact import Fact
from playbook.evidence.instant import clock

MOST_BLOCKS = 90  # of a page; Slack allows 100 in a modal, and the head and the page buttons need some
MOST_ON_PAGE = MOST_TEXT - 1_500  # characters; the rest is for the head and the page buttons
MOST_DETAIL = 900  # characters of one fact's own fields; the source's page has all of them
MOST_VALUES = 12  # entries of one list among them: its first few and its last, which are the newest
FIRST_VALUES = 4
MOST_FIELDS = 30  # of one fact or value
DEEPEST = 4  # levels of nesting among them
LINE = 160  # characters of one field
QUOTE = 250  # characters of a quote


def evidence_view(diagnosis: Diagnosis, evidence: Evidence, page: int = 0, run: str = "") -> dict[str, Any]:
    """One page of the evidence as a modal; a page that does not exist shows the nearest one.

    Run and page travel in `private_metadata`, ids only and far below its limit of 3,000 characters.
    """
    parts = list(_parts(diagnosis, evidence))
    turned = _pages(parts)
    page = min(max(page, 0), len(turned) - 1)
    pressed = Pressed(run, diagnosis.issue.id, "", page)
    head = [context(_head(diagnosis, evidence, page, len(turned)))]
    turns = pages(pressed, len(turned) - 1)
    blocks = [*head, *turned[page], *([turns] if turns else [])]
    metadata = json.dumps({"run": token(run), "page": page})
    view = View(
        type="modal",
        callback_id=EVIDENCE_VIEW,
        title=PlainTextObject(text="Evidence", emoji=False),
        close=PlainTextObject(text="Close", emoji=False),
        private_metadata=metadata,
        blocks=named(blocks, f"evidence-{page}"),
    )
    return view.to_dict()


def gone_view(sentence: str) -> dict[str, Any]:
    """A modal that says why there is nothing to show."""
    view = View(
        type="modal",
        callback_id=EVIDENCE_VIEW,
        title=PlainTextObject(text="Evidence", emoji=False),
        close=PlainTextObject(text="Close", emoji=False),
        blocks=named([section(mrkdwn(sentence, 1_000))], "gone"),
    )
    return view.to_dict()


def _head(diagnosis: Diagnosis, evidence: Evidence, page: int, count: int) -> str:
    hidden = ", ".join(f"{number:,} {mrkdwn(kind, 40)}" for kind, number in sorted(evidence.hidden.items())[:20])
    told = [
        link(diagnosis.issue.url, diagnosis.issue.short_id or diagnosis.issue.id, 60),
        f"asked {clock(diagnosis.asked_at)}",
        f"page {page + 1} of {count}",
        f"hidden by redaction: {hidden or 'nothing'}",
    ]
    return " · ".join(told)


def _parts(diagnosis: Diagnosis, evidence: Evidence) -> Iterator[list[Block]]:
    """What belongs together and is not torn apart by a page's end: the judgement first, raw facts last."""
    weighed = [one for one in diagnosis.hypotheses if one.signals or one.unchecked]
    for index, one in enumerate(weighed):
        yield [*([header("Causes that were weighed")] if index == 0 else []), *_hypothesis(one)]
    yield from _silent([one for one in diagnosis.hypotheses if not one.signals and not one.unchecked])
    for index, struck in enumerate(diagnosis.ruled_out):
        cited = "\n".join(quoted(one, QUOTE) for one in struck.citations[:3])
        told = f"~{mrkdwn(struck.what, 300)}~ – {mrkdwn(struck.reason, 400)}\n{cited}"
        yield [*([header("Ruled out")] if index == 0 else []), section(told)]
    yield from _reasons("Could not be looked at", _said(evidence.unavailable, diagnosis.gaps))
    yield from _reasons("Looked for, and there is none", _said(evidence.absent, diagnosis.absent))
    for index, fact in enumerate(_in_written_order(diagnosis, evidence)):
        yield [*([header("Facts")] if index == 0 else []), *_fact(type(fact).__name__, fact)]


def _silent(causes: list[Hypothesis]) -> Iterator[list[Block]]:
    if causes:
        named = "; ".join(mrkdwn(one.claim, 150) for one in causes[:MOST_VALUES])
        yield [section(f"*Nothing was found for or against:* {named}")]


def _in_written_order(diagnosis: Diagnosis, evidence: Evidence) -> list[Fact]:
    """The facts as the written playbook asks for them, then any others by name."""
    prescribed = next((one.prescribes for one in playbooks() if one.name == diagnosis.playbook), ())
    place = {kind: index for index, kind in enumerate(prescribed)}
    kinds = sorted(evidence.facts, key=lambda kind: (place.get(kind, len(place)), kind.__name__))
    return [evidence.facts[kind] for kind in kinds]


def _fact(name: str, fact: Fact) -> list[Block]:
    lines = [f"*{mrkdwn(spoken(name), 60)}* – {mrkdwn(fact.finding, 600)} [{link(fact.url, fact.source, 60)}]"]
    lines += suspicion(fact) if isinstance(fact, Changes) else []
    lines += [f"• not seen: {mrkdwn(shortfall, 250)}" for shortfall in fact.shortfalls[:5]]
    kept = fact.model_dump(mode="json", exclude={"url"}, exclude_none=True)
    detail = "\n".join(_lines(kept, 0))
    shown = sections(lines)
    return [*shown, section(fence(detail, MOST_DETAIL))] if detail else shown


def _lines(value: object, depth: int) -> Iterator[str]:
    """A fact's own fields, indented, in their order; long lists and texts are cut and say so."""
    entries = list(value.items()) if isinstance(value, dict) else [("-", entry) for entry in _listed(value)]
    first = MOST_FIELDS if isinstance(value, dict) else FIRST_VALUES
    left_out = max(0, len(entries) - max(first, MOST_VALUES))
    for name, entry in entries[:first]:
        yield from _line(name, entry, depth)
    if left_out:
        yield f"{'  ' * depth}… {left_out:,} more …"
    for name, entry in entries[first + left_out :]:
        yield from _line(name, entry, depth)


def _line(name: str, entry: object, depth: int) -> Iterator[str]:
    shown, text = f"{'  ' * depth}{name}" + ("" if name == "-" else ":"), _flat(entry)
    if isinstance(entry, dict | list) and entry and depth < DEEPEST and len(text) > LINE:
        yield shown
        yield from _lines(entry, depth + 1)
    elif entry not in ([], {}, ""):
        yield f"{shown} {text[:LINE]}{'…' if len(text) > LINE else ''}"


def _flat(value: object) -> str:
    """The value on one line, as far as anybody reads on; addresses are left to the links."""
    if isinstance(value, dict):
        told = (
            f"{name} {_flat(entry)}" for name, entry in value.items() if name != "url" and entry not in ([], {}, "")
        )
        return ", ".join(islice(told, MOST_VALUES))
    if isinstance(value, list):
        return "; ".join(_flat(entry) for entry in value[:MOST_VALUES]) + ("; …" if len(value) > MOST_VALUES else "")
    return " ".join(str(value)[: LINE * 2].split())


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _hypothesis(one: Hypothesis) -> list[Block]:
    lines = [f"*{mrkdwn(one.claim, 500)}* – {one.grade if speaks_for(one) else 'nothing speaks for it'}"]
    for signal in one.signals[:10]:
        worth = signal.strength.value.replace("_", " ")
        lines.append(f"• {mrkdwn(signal.text, 500)} _({worth})_")
        lines += [f"      ↳ {quoted(citation, QUOTE)}" for citation in signal.citations[:3]]
    for left in one.unchecked[:10]:
        most = left.at_most.value.replace("_", " ")
        lines.append(f"• _not checked:_ {mrkdwn(left.asks, 250)} (at most {most}) – {mrkdwn(left.why, 250)}")
    return [*sections(lines), json_of(DividerBlock())]


def _said(by_type: Mapping[type[Fact], str], gaps: tuple[Gap, ...]) -> list[str]:
    """Each reason once: the diagnosis repeats what the evidence holds, and adds what a fact could not see."""
    told = [Gap(fact=kind.__name__, source=kind.source, reason=why[:600]) for kind, why in by_type.items()]
    lines = (
        f"*{mrkdwn(spoken(*sorted(facts)), 120)}* ({mrkdwn(source, 60)}): {mrkdwn(why, 300)}"
        for (source, why), facts in by_reason([*told, *gaps]).items()
    )
    return sorted(lines)


def _reasons(title: str, lines: list[str]) -> Iterator[list[Block]]:
    for index, block in enumerate(sections(lines)):
        yield [*([header(title)] if index == 0 else []), block]


def _pages(parts: list[list[Block]]) -> list[list[Block]]:
    turned: list[list[Block]] = [[]]
    for part in parts:
        fits = len(turned[-1]) + len(part) <= MOST_BLOCKS and text_size(turned[-1]) + text_size(part) <= MOST_ON_PAGE
        if turned[-1] and not fits:
            turned.append([])
        turned[-1] += part
    return turned
