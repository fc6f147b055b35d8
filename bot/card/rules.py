"""Whether Slack would take a message or a view, and what to send when it does not.

Slack answers `invalid_blocks` without naming the block, or takes a message and shows plain text. Lengths and counts
come from slack_sdk's models; the rules here hold across a message, where no model looks
(https://docs.slack.dev/reference/methods/blocks.validate, https://docs.slack.dev/reference/block-kit/blocks).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as TypedBlock
from slack_sdk.models.blocks import TaskCardBlock
from slack_sdk.models.views import View

from bot.card.blocks import MOST_BLOCKS, MOST_TEXT, Block, Card, named, section, text_size
from bot.card.chart import LONGEST_LABEL, MOST_POINTS
from bot.card.escape import mrkdwn

MOST_IN_VIEW = 100
MOST_MARKDOWN = 12_000  # characters in all markdown blocks of a message
MOST_MESSAGE_TEXT = 4_000  # characters of a message's text; Slack cuts at 40,000 and advises this
LONGEST_ID = 255
LONGEST_TITLE = 50  # characters of a chart's title
MOST_SERIES = 6

AT_MOST = {"plan": 1, "table": 1, "data_visualization": 2}
NOT_IN_MESSAGES = frozenset({"alert", "input"})
NOT_IN_VIEWS = frozenset(
    {
        "markdown", "table", "plan", "task_card", "container", "context_actions", "data_visualization",
        "data_table", "card", "carousel", "file",
    }
)  # fmt: skip
PLAIN_BLOCKS = frozenset({"section", "header", "context", "actions"})
"""What every Slack client has drawn for years: the blocks that a refused card falls back to."""

_LIVE = re.compile(r"<(?!https?://[^<>|\s]+(?:\|[^<>|]+)?>|@[UW][A-Z0-9]{1,30}>)")
_LOUD = re.compile(r"<!|<@|<#|<mailto:", re.IGNORECASE)
_NAMES = re.compile(r"<@[UW][A-Z0-9]{1,30}>")


def problems(message_or_view: Mapping[str, Any]) -> list[str]:
    """Every reason for which Slack could refuse it or show it wrongly, as sentences; [] when it is good."""
    is_view = message_or_view.get("type") in {"modal", "home"}
    blocks: list[Block] = list(message_or_view.get("blocks") or [])
    found = [*_shapes(blocks), *_ids(blocks), *_counts(blocks, is_view), *_texts(blocks)]
    for chart in (block for block in blocks if block.get("type") == "data_visualization"):
        found += _chart(chart)
    if is_view:
        found += _view(message_or_view)
    else:
        found += _fallback(message_or_view)
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
    points = [point for series in chart["chart"]["series"][:1] for point in series["data"]]
    counts = " · ".join(f"{point['label']} {point['value']:,}" for point in points)
    return section(f"*{mrkdwn(chart['title'], 100)}:* {mrkdwn(counts, 1_000)}")


def _shapes(blocks: Sequence[Block]) -> Iterator[str]:
    for index, block in enumerate(blocks):
        kind = block.get("type")
        if kind == "data_visualization":
            continue
        try:
            typed = TypedBlock.parse(dict(block))
            if typed is None:
                yield f"block {index}: unknown type {kind!r}"
                continue
            typed.to_dict()
            for task in block.get("tasks", ()):
                TaskCardBlock(**task).to_dict()
        except (SlackObjectFormationError, TypeError, AttributeError) as refusal:
            yield f"block {index} ({kind}): {refusal}"


def _ids(blocks: Sequence[Block]) -> Iterator[str]:
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"block_id {name!r} is used {count} times" for name, count in ids.items() if count > 1)
    yield from (f"block_id is {len(name)} characters long" for name in ids if len(name) > LONGEST_ID)
    for index, block in enumerate(blocks):
        actions = Counter(element.get("action_id") for element in block.get("elements", ()) if "action_id" in element)
        yield from (f"block {index}: action_id {name!r} twice" for name, count in actions.items() if count > 1)
        tasks = Counter(task.get("task_id") for task in block.get("tasks", ()))
        yield from (f"block {index}: task_id {name!r} twice" for name, count in tasks.items() if count > 1)


def _counts(blocks: Sequence[Block], is_view: bool) -> Iterator[str]:
    most = MOST_IN_VIEW if is_view else MOST_BLOCKS
    if len(blocks) > most:
        yield f"{len(blocks)} blocks, at most {most} are allowed"
    kinds = Counter(block.get("type") for block in blocks)
    yield from (f"{kinds[kind]} {kind} blocks, at most {most}" for kind, most in AT_MOST.items() if kinds[kind] > most)
    refused = NOT_IN_VIEWS if is_view else NOT_IN_MESSAGES
    where = "views" if is_view else "messages"
    yield from (f"{kind} blocks are not allowed in {where}" for kind in sorted(map(str, kinds)) if kind in refused)
    if "plan" in kinds and "task_card" in kinds:
        yield "plan and task_card blocks exclude each other"
    size = text_size(blocks)
    if size > MOST_TEXT:
        yield f"{size} characters in all blocks, at most {MOST_TEXT}"
    markdown = sum(len(block.get("text", "")) for block in blocks if block.get("type") == "markdown")
    if markdown > MOST_MARKDOWN:
        yield f"{markdown} characters of markdown, at most {MOST_MARKDOWN}"


def _texts(value: object) -> Iterator[str]:
    """Anything that would ping, or an angle bracket that is neither a web link nor escaped."""
    if isinstance(value, Mapping):
        if value.get("type") in {"mrkdwn", "plain_text"} and not value.get("text"):
            yield f"an empty {value['type']} text"
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


def _chart(block: Block) -> Iterator[str]:
    chart = block.get("chart", {})
    if not 0 < len(block.get("title", "")) <= LONGEST_TITLE:
        yield f"a chart needs a title of at most {LONGEST_TITLE} characters"
    series = chart.get("series", [])
    if not 0 < len(series) <= MOST_SERIES:
        yield f"a chart with {len(series)} series, 1 to {MOST_SERIES} are allowed"
    if len({one.get("name") for one in series}) < len(series):
        yield "two series of a chart have the same name"
    categories = chart.get("axis_config", {}).get("categories", [])
    if len(set(categories)) < len(categories):
        yield "two categories of a chart have the same name"
    for one in series:
        labels = [point.get("label", "") for point in one.get("data", ())]
        if labels != categories:
            yield "the points of a chart's series are not its categories"
        if not 0 < len(labels) <= MOST_POINTS:
            yield f"a series of {len(labels)} points, 1 to {MOST_POINTS} are allowed"
        if any(not 0 < len(label) <= LONGEST_LABEL for label in (*labels, one.get("name", ""))):
            yield f"a chart's labels have 1 to {LONGEST_LABEL} characters"


def _view(view: Mapping[str, Any]) -> Iterator[str]:
    try:
        View(**view).to_dict()
    except (SlackObjectFormationError, TypeError, AttributeError) as refusal:
        yield f"the view: {refusal}"


def _fallback(message: Mapping[str, Any]) -> Iterator[str]:
    text = str(message.get("text") or "")
    if not text.strip():
        yield "a message without text: notifications would show nothing"
    if len(text) > MOST_MESSAGE_TEXT:
        yield f"a text of {len(text)} characters, at most {MOST_MESSAGE_TEXT}"
    yield from _markup(text)
