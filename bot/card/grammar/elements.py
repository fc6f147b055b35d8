"""What can be pressed, chosen or filled in (https://docs.slack.dev/reference/block-kit/block-elements)."""

from collections.abc import Mapping

from slack_sdk.models import blocks as sdk
from slack_sdk.models.blocks.basic_components import FeedbackButtonObject

from bot.card.grammar.rich_text import ONE_RICH_TEXT
from bot.card.grammar.rule import Fields, Rule, anything, each, exactly_one, flag, number, one_of, text, thing, typed
from bot.card.grammar.text import (
    BUTTON,
    CONFIRM,
    MOST_CHOICES,
    MOST_PLACEHOLDER,
    OPTION,
    OPTIONS,
    PLAIN_OPTION,
    SLACK_FILE,
    STYLE,
    URL,
    kind,
    plain,
)

CHECKED = 10  # options of checkboxes and radio buttons

ACTION: Fields = {"action_id": text(sdk.InteractiveElement.action_id_max_length, 1)}
CONFIRMED: Fields = {**ACTION, "confirm": CONFIRM}
ASKED: Fields = {**CONFIRMED, "focus_on_load": flag, "placeholder": plain(MOST_PLACEHOLDER)}
TYPED: Fields = {
    **ACTION,
    "focus_on_load": flag,
    "placeholder": plain(MOST_PLACEHOLDER),
    "dispatch_action_config": thing(
        {"trigger_actions_on": each(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
    ),
}
FILTER = thing(
    {
        "include": each(one_of("im", "mpim", "private", "public"), 1),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    }
)
HERE: Fields = {"default_to_current_conversation": flag, "filter": FILTER}
SEVERAL: Fields = {**ASKED, "max_selected_items": number(1)}


def select(name: str, single: Fields, several: Fields, further: Rule = anything) -> dict[str, Rule]:
    """A menu and its twin of which several can be chosen."""
    return {
        f"{name}_select": kind({**ASKED, **single}, further),
        f"multi_{name}_select": kind({**SEVERAL, **several}, further),
    }


MENUS: Mapping[str, Rule] = {
    **select(
        "static",
        {**OPTIONS, "initial_option": PLAIN_OPTION},
        {**OPTIONS, "initial_options": each(PLAIN_OPTION, 1, MOST_CHOICES)},
        exactly_one("options", "option_groups"),
    ),
    **select(
        "external",
        {"initial_option": PLAIN_OPTION, "min_query_length": number(0)},
        {"initial_options": each(PLAIN_OPTION, 1, MOST_CHOICES), "min_query_length": number(0)},
    ),
    **select("users", {"initial_user": text(least=1)}, {"initial_users": each(text(least=1))}),
    **select(
        "conversations",
        {**HERE, "initial_conversation": text(), "response_url_enabled": flag},
        {**HERE, "initial_conversations": each(text())},
    ),
    **select(
        "channels",
        {"initial_channel": text(least=1), "response_url_enabled": flag},
        {"initial_channels": each(text(least=1))},
    ),
}

CHECK: Fields = {**CONFIRMED, "focus_on_load": flag, "options!": each(OPTION, 1, CHECKED)}
PICKERS: Mapping[str, Rule] = {
    "datepicker": kind({**ASKED, "initial_date": text(10, 10)}),
    "timepicker": kind({**ASKED, "initial_time": text(5, 5), "timezone": text()}),
    "datetimepicker": kind({**CONFIRMED, "focus_on_load": flag, "initial_date_time": number(0)}),
    "checkboxes": kind({**CHECK, "initial_options": each(OPTION, 1, CHECKED)}),
    "radio_buttons": kind({**CHECK, "initial_option": OPTION}),
}

LABELLED: Fields = {
    **CONFIRMED,
    "text!": plain(BUTTON.text_max_length),
    "style": STYLE,
    "accessibility_label": text(BUTTON.text_max_length),
}
PARAMETERS = each(thing({"name!": text(), "value!": text()}))
WORKFLOW = thing({"trigger!": thing({"url!": text(least=1), "customizable_input_parameters": PARAMETERS})})
PRESSED: Mapping[str, Rule] = {
    "button": kind({**LABELLED, "url": URL, "value": text(BUTTON.value_max_length)}),
    "workflow_button": kind({**LABELLED, "workflow!": WORKFLOW}),
    "overflow": kind(
        {
            **CONFIRMED,
            "options!": each(
                PLAIN_OPTION, sdk.OverflowMenuElement.options_min_length, sdk.OverflowMenuElement.options_max_length
            ),
        }
    ),
}
IMAGE: Fields = {
    "image_url": text(sdk.ImageElement.image_url_max_length, 1),
    "slack_file": SLACK_FILE,
    "alt_text!": text(sdk.ImageElement.alt_text_max_length),
}
PICTURE = kind(IMAGE, exactly_one("image_url", "slack_file"))
ONE_PICTURE = typed({"image": PICTURE})

FEEDBACK = thing(
    {
        "text!": plain(FeedbackButtonObject.text_max_length),
        "value!": text(FeedbackButtonObject.value_max_length),
        "accessibility_label": text(BUTTON.text_max_length),
    }
)
IN_CONTEXT_ACTIONS: Mapping[str, Rule] = {
    "feedback_buttons": kind({**ACTION, "positive_button!": FEEDBACK, "negative_button!": FEEDBACK}),
    "icon_button": kind(
        {
            **CONFIRMED,
            "icon!": one_of("trash"),
            "text!": plain(BUTTON.text_max_length),
            "value": text(BUTTON.value_max_length),
            "accessibility_label": text(BUTTON.text_max_length),
            "visible_to_user_ids": each(text(least=1)),
        }
    ),
}
INPUTS: Mapping[str, Rule] = {
    **MENUS,
    **PICKERS,
    "plain_text_input": kind(
        {
            **TYPED,
            "initial_value": text(),
            "multiline": flag,
            "min_length": number(0, 3_000),
            "max_length": number(1, 3_000),
        }
    ),
    "email_text_input": kind({**TYPED, "initial_value": text()}),
    "url_text_input": kind({**TYPED, "initial_value": text()}),
    "number_input": kind(
        {**TYPED, "is_decimal_allowed!": flag, "initial_value": text(), "min_value": text(), "max_value": text()}
    ),
    "rich_text_input": kind({**TYPED, "initial_value": ONE_RICH_TEXT, "min_lines": number(1), "max_lines": number(1)}),
    "file_input": kind({**ACTION, "filetypes": each(text(least=1), 1), "max_files": number(1, 10)}),
}
IN_ACTIONS: Mapping[str, Rule] = {**PRESSED, **MENUS, **PICKERS, "rich_text_input": INPUTS["rich_text_input"]}
BESIDE: Mapping[str, Rule] = {**PRESSED, **MENUS, **PICKERS, "image": PICTURE}
