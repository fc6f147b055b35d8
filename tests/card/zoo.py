"""One of each block and element, as Slack would take them."""

from typing import Any

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


OPTIONS = [{"text": plain("one"), "value": "1"}, {"text": plain("two"), "value": "2"}]
IMAGE = {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "x"}
BUTTON = {"type": "button", "text": plain(), "action_id": "b", "value": "v", "style": "primary"}
CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain(), "style": "danger"}
SAID = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]}
RICH = {
    "type": "rich_text",
    "elements": [
        SAID,
        {"type": "rich_text_list", "style": "bullet", "indent": 0, "border": 0, "elements": [SAID]},
        {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U1"}, {"type": "emoji", "name": "x"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "link", "url": "https://example.com", "text": "x"}]},
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "channel", "channel_id": "C1"},
                {"type": "broadcast", "range": "here"},
                {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "x"},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "team", "team_id": "T1"},
                {"type": "color", "value": "#ff0000"},
            ],
        },
    ],
}
MENU = {"type": "static_select", "action_id": "s", "placeholder": plain(), "options": OPTIONS}
ELEMENTS: list[Json] = [
    BUTTON,
    {**BUTTON, "action_id": "b2", "confirm": CONFIRM, "url": "https://example.com"},
    {"type": "overflow", "action_id": "o", "options": OPTIONS},
    {**MENU, "initial_option": OPTIONS[0]},
    {"type": "multi_static_select", "action_id": "m", "option_groups": [{"label": plain(), "options": OPTIONS}]},
    {"type": "users_select", "action_id": "u", "initial_user": "U1"},
    {"type": "channels_select", "action_id": "c", "initial_channel": "C1"},
    {"type": "conversations_select", "action_id": "cs", "filter": {"include": ["public"], "exclude_bot_users": True}},
    {"type": "external_select", "action_id": "e", "min_query_length": 1},
    {"type": "datepicker", "action_id": "d", "initial_date": "2026-01-31"},
    {"type": "timepicker", "action_id": "t", "initial_time": "12:30"},
    {"type": "datetimepicker", "action_id": "dt", "initial_date_time": 1_700_000_000},
    {"type": "checkboxes", "action_id": "ch", "options": OPTIONS},
    {"type": "radio_buttons", "action_id": "r", "options": OPTIONS, "initial_option": OPTIONS[0]},
]
INPUTS: list[Json] = [
    {"type": "plain_text_input", "action_id": "p", "multiline": True, "min_length": 1, "max_length": 9},
    {"type": "email_text_input", "action_id": "p", "placeholder": plain()},
    {"type": "url_text_input", "action_id": "p"},
    {"type": "number_input", "action_id": "p", "is_decimal_allowed": False, "min_value": "1"},
    {"type": "rich_text_input", "action_id": "p"},
    {"type": "checkboxes", "action_id": "p", "options": OPTIONS},
]
TASK = {"type": "task_card", "task_id": "t", "title": "x", "status": "complete", "details": RICH}
BARS = {
    "type": "bar",
    "series": [{"name": "s", "data": [{"label": "a", "value": 1}, {"label": "b", "value": 2.5}]}],
    "axis_config": {"categories": ["a", "b"], "x_label": "x"},
}
CARD = {"type": "card", "title": mrkdwn(), "body": mrkdwn(), "actions": [BUTTON], "hero_image": IMAGE}

IN_MESSAGES: list[Json] = [
    {"type": "section", "text": mrkdwn(), "accessory": BUTTON, "block_id": "s"},
    {"type": "section", "fields": [mrkdwn(), plain()], "accessory": IMAGE},
    {"type": "header", "text": plain()},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn(), plain(), IMAGE]},
    {"type": "actions", "elements": ELEMENTS},
    {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "x", "title": plain()},
    {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x"},
    RICH,
    *({"type": "input", "label": plain(), "hint": plain(), "optional": True, "element": one} for one in INPUTS),
    {"type": "markdown", "text": "x"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}, RICH]], "column_settings": [{"align": "right"}]},
    {
        "type": "plan",
        "title": "x",
        "tasks": [{**TASK, "sources": [{"type": "url", "url": "https://e.com", "text": "x"}]}],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "f",
                "positive_button": {"text": plain(), "value": "1"},
                "negative_button": {"text": plain(), "value": "0"},
            },
            {"type": "icon_button", "icon": "trash", "text": plain(), "action_id": "i"},
        ],
    },
    {"type": "data_visualization", "title": "x", "chart": BARS},
    {"type": "data_visualization", "title": "x", "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]}},
    {"type": "data_table", "caption": "x", "rows": [[{"type": "raw_number", "text": "1", "value": 1}]]},
    {"type": "container", "title": plain(), "child_blocks": [{"type": "section", "text": mrkdwn()}], "width": "wide"},
    CARD,
    {"type": "carousel", "elements": [{**CARD, "block_id": "c"}]},
    {
        "type": "video",
        "alt_text": "x",
        "title": plain(),
        "thumbnail_url": "https://example.com/x.png",
        "video_url": "https://example.com/x",
    },
    {"type": "file", "external_id": "x", "source": "remote"},
]
FOR_MODALS: list[Json] = [
    {"type": "alert", "text": mrkdwn(), "level": "warning"},
    {"type": "input", "label": plain(), "element": {"type": "file_input", "action_id": "f", "max_files": 2}},
    {"type": "input", "label": plain(), "element": INPUTS[0]},
    {"type": "section", "text": plain()},
]


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("x"), "submit": plain("x"), "blocks": list(blocks), **more}
