"""Blocks and views (https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/reference/views)."""

from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk.models import blocks as sdk

from bot.card.grammar.chart import CHART_TITLE, CHARTS
from bot.card.grammar.elements import (
    BESIDE,
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    INPUTS,
    ONE_PICTURE,
    PICTURE,
    PRESSED,
)
from bot.card.grammar.rich_text import ONE_RICH_TEXT, RICH_TEXT
from bot.card.grammar.rule import (
    Fields,
    Refusal,
    Rule,
    anything,
    at_least_one,
    both,
    distinct,
    each,
    exactly_one,
    flag,
    number,
    one_of,
    text,
    thing,
    typed,
)
from bot.card.grammar.text import LONGEST_ID, block, kind, mrkdwn, plain, words

FIELD = 2_000  # characters of a section's field
TABLE_ROWS, TABLE_COLUMNS = 100, 20
DATA_ROWS = 201  # of a data table: 200 and its header


def _actions_apart(value: Any, pointer: str) -> Iterator[Refusal]:
    found = [one.get("action_id") for one in value.get("elements") or value.get("actions") or ()]
    yield from distinct(found, pointer, "action_id")


def _tasks_apart(value: Any, pointer: str) -> Iterator[Refusal]:
    yield from distinct([one.get("task_id") for one in value.get("tasks") or ()], pointer, "task_id")


TASK: Fields = {
    "task_id!": text(LONGEST_ID, 1),
    "title!": text(least=1),
    "status!": one_of("pending", "in_progress", "complete", "error"),
    "details": ONE_RICH_TEXT,
    "output": ONE_RICH_TEXT,
    "sources": each(typed({"url": kind({"url!": text(least=1), "text!": text()})})),
    "block_id": text(LONGEST_ID, 1),
}


CELL = typed(
    {
        "raw_text": kind({"text!": text()}),
        "raw_number": kind({"text!": text(), "value!": number(whole=False)}),
        "rich_text": RICH_TEXT,
    }
)
CARD: Fields = {
    "hero_image": ONE_PICTURE,
    "icon": ONE_PICTURE,
    "title": mrkdwn(sdk.CardBlock.title_max_length),
    "subtitle": mrkdwn(sdk.CardBlock.subtitle_max_length),
    "body": mrkdwn(sdk.CardBlock.body_max_length),
    "actions": each(typed({"button": PRESSED["button"]}), 1),
}
ONE_CARD = block(CARD, both(at_least_one("hero_image", "title", "actions", "body"), _actions_apart))

SIMPLE: Mapping[str, Rule] = {
    "actions": block({"elements!": each(typed(IN_ACTIONS), 1, sdk.ActionsBlock.elements_max_length)}, _actions_apart),
    "context": block(
        {
            "elements!": each(
                typed({"image": PICTURE, "plain_text": plain(3_000), "mrkdwn": mrkdwn(3_000)}),
                1,
                sdk.ContextBlock.elements_max_length,
            )
        }
    ),
    "divider": block({}),
    "file": block({"external_id!": text(LONGEST_ID, 1), "source!": one_of("remote")}),
    "header": block({"text!": plain(sdk.HeaderBlock.text_max_length)}),
    "image": block({**IMAGE, "title": plain(sdk.ImageBlock.title_max_length)}, exactly_one("image_url", "slack_file")),
    "input": block(
        {
            "label!": plain(sdk.InputBlock.label_max_length),
            "element!": typed(INPUTS),
            "hint": plain(sdk.InputBlock.hint_max_length),
            "optional": flag,
            "dispatch_action": flag,
        }
    ),
    "rich_text": RICH_TEXT,
    "section": block(
        {
            "text": words(sdk.SectionBlock.text_max_length),
            "fields": each(words(FIELD), 1, sdk.SectionBlock.fields_max_length),
            "accessory": typed(BESIDE),
            "expand": flag,
        },
        at_least_one("text", "fields"),
    ),
    "table": block(
        {
            "rows!": each(each(CELL, 1, TABLE_COLUMNS), 1, TABLE_ROWS),
            "column_settings": each(
                thing({"align": one_of("left", "center", "right"), "is_wrapped": flag}), 0, TABLE_COLUMNS
            ),
        }
    ),
    "video": block(
        {
            "alt_text!": text(),
            "title!": plain(sdk.VideoBlock.title_max_length - 1),
            "thumbnail_url!": text(least=1),
            "video_url!": text(least=1),
            "title_url": text(),
            "author_name": text(sdk.VideoBlock.author_name_max_length - 1),
            "description": plain(200),
            "provider_icon_url": text(),
            "provider_name": text(),
        }
    ),
}
"""Blocks that a container may hold."""

BLOCKS: Mapping[str, Rule] = {
    **SIMPLE,
    "alert": block({"text!": words(3_000), "level": one_of(*sorted(sdk.AlertBlock.valid_levels))}),
    "card": ONE_CARD,
    "carousel": block({"elements!": each(typed({"card": ONE_CARD}), 1, sdk.CarouselBlock.elements_max_length)}),
    "container": block(
        {
            "title": plain(sdk.ContainerBlock.title_max_length),
            "rich_text_title": ONE_RICH_TEXT,
            "subtitle": words(sdk.ContainerBlock.subtitle_max_length),
            "icon": ONE_PICTURE,
            "child_blocks!": each(typed(SIMPLE), 1, sdk.ContainerBlock.child_blocks_max_length),
            "width": one_of(*sorted(sdk.ContainerBlock.valid_widths)),
            "is_collapsible": flag,
            "default_collapsed": flag,
            "has_header_divider": flag,
        },
        at_least_one("title", "rich_text_title"),
    ),
    "context_actions": block(
        {"elements!": each(typed(IN_CONTEXT_ACTIONS), 1, sdk.ContextActionsBlock.elements_max_length)}, _actions_apart
    ),
    "data_table": block(
        {
            "caption!": text(least=1),
            "rows!": each(each(CELL, 1, TABLE_COLUMNS), 1, DATA_ROWS),
            "page_size": number(1),
            "row_header_column_index": number(0),
        }
    ),
    "data_visualization": block({"title!": text(CHART_TITLE, 1), "chart!": typed(CHARTS)}),
    "markdown": block({"text!": text(sdk.MarkdownBlock.text_max_length, 1)}),
    "plan": block({"title!": text(least=1), "tasks": each(thing({"type": one_of("task_card"), **TASK}))}, _tasks_apart),
    "task_card": block(TASK),
}

VIEW: Fields = {
    "blocks!": anything,
    "private_metadata": text(3_000),
    "callback_id": text(LONGEST_ID),
    "external_id": text(LONGEST_ID),
}
VIEWS: Mapping[str, Rule] = {
    "modal": kind(
        {
            **VIEW,
            "title!": plain(24),
            "close": plain(24),
            "submit": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
        }
    ),
    "home": kind(VIEW),
}
