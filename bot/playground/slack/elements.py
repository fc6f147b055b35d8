"""Finds what was pressed among blocks, and keeps what was chosen, as Slack keeps it in `state`."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.playground.slack.refused import NotDone

STATELESS = frozenset({"button", "icon_button", "feedback_buttons", "overflow", "workflow_button", "image"})
"""Elements whose press says everything; all others keep a value."""

LARGEST_CHOICE = 20  # fields of what the page says was chosen

CHOICES = frozenset(
    {
        "value", "text", "selected_option", "selected_options", "selected_user", "selected_users", "selected_channel",
        "selected_channels", "selected_conversation", "selected_conversations", "selected_date", "selected_time",
        "selected_date_time", "rich_text_value", "files",
    }
)  # fmt: skip
"""The fields in which Slack says what was chosen."""

VALUE: Mapping[str, tuple[str, str]] = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "checkboxes": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
}
"""In which field an element says what is chosen, and in which it began; every other input has a `value`."""


def element_in(blocks: Sequence[Mapping[str, Any]], block_id: str, action_id: str) -> Mapping[str, Any]:
    """The element with these ids; raises `NotDone` when the blocks have changed meanwhile."""
    for block in _nested(blocks):
        if block.get("block_id") == block_id:
            for element in elements_of(block):
                if element.get("action_id") == action_id:
                    return element
    raise NotDone("That is no longer there: what you see has changed meanwhile, try again.")


def elements_of(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What can be pressed or filled in a block."""
    for place in ("elements", "actions"):
        inner = block.get(place)
        yield from (one for one in (inner if isinstance(inner, list) else ()) if isinstance(one, Mapping))
    yield from (block[place] for place in ("accessory", "element") if isinstance(block.get(place), Mapping))


def chosen_in(given: object) -> dict[str, Any]:
    """What the page says was chosen, in Slack's fields; anything else is left out."""
    if not isinstance(given, Mapping):
        return {}
    return {name: value for name, value in list(given.items())[:LARGEST_CHOICE] if name in CHOICES}


def remembered(values: dict[str, Any], block_id: str, element: Mapping[str, Any], chosen: Mapping[str, Any]) -> None:
    """Notes the choice in the `values` of a state."""
    kind = element.get("type")
    if kind not in STATELESS:
        values.setdefault(block_id, {})[element.get("action_id", "")] = {"type": kind, **copy.deepcopy(dict(chosen))}


def initial(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The `values` of blocks that nobody has touched."""
    values: dict[str, Any] = {}
    for block in _nested(blocks):
        for element in elements_of(block):
            kind = str(element.get("type"))
            if kind in STATELESS or "action_id" not in element:
                continue
            name, began = VALUE.get(kind, ("value", "initial_value"))
            nothing: Any = [] if name.endswith("s") else None
            value = copy.deepcopy(element.get(began, nothing))
            values.setdefault(block.get("block_id", ""), {})[element["action_id"]] = {"type": kind, name: value}
    return values


def current(blocks: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> dict[str, Any]:
    """The `values` of all blocks: what was chosen, and how the rest began."""
    found = initial(blocks)
    for block_id, chosen in values.items():
        found.setdefault(block_id, {}).update(copy.deepcopy(chosen))
    return found


def _nested(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for block in blocks:
        yield block
        for place in ("child_blocks", "elements"):
            inner = block.get(place)
            if isinstance(inner, list) and block.get("type") in {"container", "carousel"}:
                yield from _nested([one for one in inner if isinstance(one, Mapping)])
