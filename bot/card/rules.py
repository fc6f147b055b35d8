"""Whether a message or a view may be sent, and what to send when Slack does not take it.

First what Slack would refuse (`refusals`), then this house's own rules: nothing pings, nothing breaks, every text is
escaped and verbatim, and the fallback text stands on its own. Slack would take a card that breaks those, and show it
wrongly.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.card.blocks import MOST_TEXT, Block, Card, named, section, text_size
from bot.card.chart import in_words
from bot.card.escape import mrkdwn
from bot.card.refusals import refusals

MOST_MESSAGE_TEXT = 4_000
"""Characters of a message's text: an edit with more is refused (`msg_too_long`), a post is cut at 40,000."""

NOT_OURS = frozenset({"input"})  # blocks that Slack takes in messages and that a card has no use for
PLAIN_BLOCKS = frozenset({"section", "header", "context", "actions"})
"""What every Slack client has drawn for years: the blocks that a refused card falls back to."""

_LIVE = re.compile(r"<(?!https?://[^<>|\s]+(?:\|[^<>|]+)?>|@[UW][A-Z0-9]{1,30}>)")
_LOUD = re.compile(r"<!|<@|<#|<mailto:", re.IGNORECASE)
_NAMES = re.compile(r"<@[UW][A-Z0-9]{1,30}>")


def problems(message_or_view: Mapping[str, Any]) -> list[str]:
    """Every reason for which Slack could refuse it or show it wrongly, as sentences; [] when it is good."""
    is_view = message_or_view.get("type") in {"modal", "home"}
    found = [f"{one.pointer}: {one.message}" for one in refusals(message_or_view, "view" if is_view else "message")]
    given = message_or_view.get("blocks")
    blocks = [block for block in given if isinstance(block, Mapping)] if isinstance(given, list | tuple) else []
    found += [*_sums(blocks), *_texts(blocks)]
    if not is_view:
        found += [*_foreign(blocks), *_fallback(message_or_view)]
    return found


def plainer(card: Card) -> Card:
    """The next plainer card after Slack refused this one; the same card when it cannot get plainer.

    First without charts (each becomes a line of text), then only blocks that every client knows, then text alone.
    """
    kinds = {block["type"] for block in card.blocks}
    if "data_visualization" in kinds:
        told = [_told(block) if block["type"] == "data_visualization" else block for block in card.blocks]
        return Card(tuple(named(told, "plainer")), card.text)
    if kinds - PLAIN_BLOCKS:
        kept = [block for block in card.blocks if block["type"] in PLAIN_BLOCKS]
        return Card(tuple(named(kept or [section(card.text[:2_900])], "plain")), card.text)
    return Card((), card.text)


def _told(chart: Block) -> Block:
    return section(mrkdwn(in_words(chart), 1_500))


def _sums(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    size = text_size(blocks)
    if size > MOST_TEXT:
        yield f"{size} characters in all blocks, at most {MOST_TEXT}"


def _foreign(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    kinds = {str(block.get("type")) for block in blocks}
    yield from (f"{kind} blocks are not allowed in messages" for kind in sorted(kinds & NOT_OURS))
    if {"plan", "task_card"} <= kinds:
        yield "plan and task_card blocks exclude each other"


def _texts(value: object) -> Iterator[str]:
    """Anything that would ping, or an angle bracket that is neither a web link nor escaped."""
    if isinstance(value, Mapping):
        if value.get("type") == "mrkdwn":
            yield from _markup(str(value.get("text")))
            if not value.get("verbatim"):
                yield "a mrkdwn text that is not verbatim: @here and bare addresses in it would come alive"
        elif value.get("type") == "plain_text" and "<" in str(value.get("text")):
            yield "an angle bracket in a plain text"
        else:
            for inner in value.values():
                yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _markup(text: str) -> Iterator[str]:
    if _LIVE.search(text):
        yield f"an unescaped angle bracket: {text[:80]!r}"
    if _LOUD.search(_NAMES.sub("", text)):
        yield f"a text that pings or links to a channel: {text[:80]!r}"
    if text.count("```") % 2:
        yield f"a code block without its end: {text[-80:]!r}"
    if re.search(r"&(?!amp;|lt;|gt;)", text):
        yield f"an unescaped ampersand: {text[:80]!r}"


def _fallback(message: Mapping[str, Any]) -> Iterator[str]:
    text = str(message.get("text") or "")
    if not text.strip():
        yield "a message without text: notifications would show nothing"
    if len(text) > MOST_MESSAGE_TEXT:
        yield f"a text of {len(text)} characters, at most {MOST_MESSAGE_TEXT}"
    yield from _markup(text)
