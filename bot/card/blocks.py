"""A card is the blocks of one message and the text that stands alone when they are not shown."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block as TypedBlock
from slack_sdk.models.blocks import (
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.card.escape import length, plain

Block = dict[str, Any]
"""One block as Slack's JSON: what a typed model of slack_sdk gave, or a block that has no model yet."""

MOST_TEXT = 12_000
"""Characters in all blocks of a message together: Slack refuses more than about 13,200 (`msg_blocks_too_long`,
undocumented, https://github.com/slackapi/bolt-js/issues/2509), and a card is read, not studied."""

MOST_BLOCKS = 50  # of a message; https://docs.slack.dev/reference/block-kit/blocks
SECTION = 2_900  # characters of a section; Slack refuses more than 3,000
HEADER = 150  # characters of a header
LINKED = re.compile(r"<https?://[^|>\s]{1,12000}\|([^>]*)>")
TOGETHER = 8_000  # characters of the sections of one thing, so that it fits on a page with what belongs to it
NOT_TEXT = frozenset({"type", "block_id", "action_id", "task_id", "style", "status"})


@dataclass(frozen=True)
class Card:
    """`text` is what notifications, screen readers and old clients get: a whole answer, not a label."""

    blocks: tuple[Block, ...]
    text: str

    def stamped(self, stamp: str) -> "Card":
        """The same card with every block named anew: Slack wants a new `block_id` with every edit."""
        return Card(tuple(named(self.blocks, stamp)), self.text)


def section(text: str) -> Block:
    """Running mrkdwn, already escaped. Verbatim, or Slack would turn `@here` and bare addresses into live ones."""
    return SectionBlock(text=MarkdownTextObject(text=fitting(text), verbatim=True), expand=True).to_dict()


def sections(lines: Iterable[str]) -> list[Block]:
    """As few sections as hold all the lines; a line is never broken."""
    packed: list[str] = []
    for line in _within(TOGETHER, [*map(fitting, lines)]):
        if packed and length(packed[-1]) + length(line) + 1 <= SECTION:
            packed[-1] += "\n" + line
        else:
            packed.append(line)
    return [section(text) for text in packed]


def fitting(text: str) -> str:
    """The mrkdwn as it is, or where it is too long for a section, without its longest links; their names stay."""
    return _within(SECTION, [text])[0]


def _within(limit: int, lines: list[str]) -> list[str]:
    """The lines, without their longest links where they are longer than `limit` together."""
    over = sum(map(length, lines)) - limit
    links = (
        (len(found[0]) - len(found[1]), at, found[0], found[1])
        for at, line in enumerate(lines)
        for found in LINKED.finditer(line)
    )
    for freed, at, link, name in sorted(links, reverse=True) if over > 0 else ():
        if over <= 0:
            break
        lines[at] = lines[at].replace(link, name, 1)
        over -= freed
    return lines


def context(*texts: str) -> Block:
    """Small grey mrkdwn lines, already escaped; at most ten, as Slack allows."""
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True) for text in texts[:10]]).to_dict()


def header(text: str) -> Block:
    """The large line on top; `text` is outside text, made safe here."""
    return HeaderBlock(text=PlainTextObject(text=plain(text, HEADER) or "Diagnosis", emoji=False)).to_dict()


def json_of(block: TypedBlock) -> Block:
    """A typed block as JSON, checked against the limits that its model knows."""
    return block.to_dict()


def named(blocks: Sequence[Block], stamp: str) -> list[Block]:
    """Copies of the blocks with ids `stamp-0`, `stamp-1`, ...: unique in the message, new with each stamp."""
    return [{**block, "block_id": f"{stamp[:200]}-{index}"} for index, block in enumerate(blocks)]


def text_size(value: object) -> int:
    """Characters of every text in blocks; labels, links, numbers and button values included."""
    if isinstance(value, str):
        return length(value)
    if isinstance(value, Mapping):
        return sum(text_size(inner) for key, inner in value.items() if key not in NOT_TEXT)
    if isinstance(value, list | tuple):
        return sum(text_size(inner) for inner in value)
    return len(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else 0
