"""What Slack would refuse is found, at its place; what it would take is taken; no JSON is too strange to be judged."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.card.refusals import MOST_TOLD, refusals
from tests.card.contract import breaches
from tests.card.zoo import BARS, BUTTON, FOR_MODALS, IN_MESSAGES, MENU, OPTIONS, TASK, modal, mrkdwn, plain
from tests.cases.golden import folders, names

PROFILE = settings(max_examples=150)

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-3, 300), st.floats(allow_nan=False), st.text(max_size=9))
NAMES = st.sampled_from(
    (
        "type", "text", "blocks", "elements", "element", "accessory", "fields", "tasks", "chart", "series", "data",
        "title", "options", "rows", "child_blocks", "block_id", "action_id", "segments", "axis_config", "categories",
        "value", "label", "close", "submit", "attachments",
    )
)  # fmt: skip
KINDS = st.sampled_from(
    [block["type"] for block in (*IN_MESSAGES, *FOR_MODALS)] + ["modal", "home", "plain_text", "bar"]
)
JSON = st.recursive(
    LEAVES | KINDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=25
)


def section(text: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


@pytest.mark.parametrize("name", names())
def test_every_golden_card_is_taken(name: str):
    card = (folders()[name] / "card.json").read_text(encoding="utf-8")
    assert refusals(json.loads(card), "message") == ()


@pytest.mark.parametrize("block", IN_MESSAGES, ids=lambda block: block["type"])
def test_each_kind_of_block_is_taken_in_a_message(block: dict[str, Any]):
    assert refusals([block], "blocks") == ()


@pytest.mark.parametrize("block", FOR_MODALS, ids=lambda block: block["type"])
def test_each_kind_of_block_for_modals_is_taken_there(block: dict[str, Any]):
    assert refusals(modal(block), "view") == ()


WRONG: dict[str, tuple[list[Any], str, str]] = {
    "a block's type": ([{"type": "poem"}], "/0/type", "unsupported type: poem"),
    "no type": ([{"text": "x"}], "/0", "missing required field: type"),
    "a text's type": ([{"type": "section", "text": {"type": "html", "text": "x"}}], "/0/text/type", "unsupported type"),
    "a section's length": ([section("x" * 3_001)], "/0/text/text", "must be less than 3001 characters"),
    "an empty text": ([section("")], "/0/text/text", "must be more than 0 characters"),
    "a field's length": ([{"type": "section", "fields": [plain(), mrkdwn("x" * 2_001)]}], "/0/fields/1/text", "2001"),
    "neither text nor fields": ([{"type": "section"}], "/0", "missing required field: text or fields"),
    "an accessory of another kind": ([section(accessory=TASK)], "/0/accessory/type", "unsupported type: task_card"),
    "a button in mrkdwn": ([actions({**BUTTON, "text": mrkdwn()})], "/0/elements/0/text/type", "unsupported type"),
    "a button's style": ([actions({**BUTTON, "style": "loud"})], "/0/elements/0/style", "must be one of"),
    "a button's number": ([actions({**BUTTON, "value": 1})], "/0/elements/0/value", "must be a string"),
    "no elements": ([actions()], "/0/elements", "at least 1"),
    "an unknown field": ([section(colour="red")], "/0", "invalid additional property: colour"),
    "an action_id twice": ([actions(BUTTON, BUTTON)], "/0", "action_id 'b' twice"),
    "a block_id twice": ([section(block_id="b"), section(block_id="b")], "/1/block_id", "is used 2 times"),
    "51 blocks": ([section()] * 51, "", "no more than 50 items allowed"),
    "an option's length": (
        [actions({**MENU, "options": [{**OPTIONS[0], "text": plain("x" * 76)}]})],
        "/0/elements/0/options/0/text/text",
        "must be less than 76 characters",
    ),
    "both options and groups": (
        [actions({**MENU, "option_groups": [{"label": plain(), "options": OPTIONS}]})], "/0/elements/0", "exactly one",
    ),
    "a task's status": (
        [{"type": "plan", "title": "x", "tasks": [{**TASK, "status": "odd"}]}], "/0/tasks/0/status", "must be one of",
    ),
    "a nested text": (
        [{"type": "container", "title": plain(), "child_blocks": [section("x" * 3_001)]}],
        "/0/child_blocks/0/text/text", "must be less than 3001 characters",
    ),
    "a block in a container": (
        [{"type": "container", "title": plain(), "child_blocks": [{"type": "markdown", "text": "x"}]}],
        "/0/child_blocks/0/type", "unsupported type: markdown",
    ),
    "an alert in a message": ([FOR_MODALS[0]], "/0/type", "unsupported type: alert"),
    "a file input in a message": ([FOR_MODALS[1]], "/0/element/type", "unsupported type: file_input"),
    "a chart's points": (
        [{"type": "data_visualization", "title": "x", "chart": {**BARS, "axis_config": {"categories": ["a", "c"]}}}],
        "/0/chart/series/0/data", "labels must match",
    ),
    "a second table": ([{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2, "/1", "2 table blocks"),
    "too much markdown": ([{"type": "markdown", "text": "x" * 6_001}] * 2, "", "12002 characters of markdown"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found_at_its_place(name: str):
    blocks, pointer, message = WRONG[name]
    found = refusals(blocks, "blocks")
    assert [one.pointer for one in found] == [pointer]
    assert message in found[0].message
    assert found[0].code == "failed_constraint"
    assert "expected" in found[0].constraint
    assert [one.pointer for one in refusals({"blocks": blocks}, "message")] == ["/blocks" + pointer]


def test_the_documented_example_is_answered_as_documented():
    """https://docs.slack.dev/reference/methods/blocks.validate, and `got` as newer answers have it."""
    (one,) = refusals([{"type": "section", "text": {"type": "invalid", "text": "Hello"}}], "blocks")
    assert one.shown() == {
        "code": "failed_constraint",
        "message": "unsupported type: invalid",
        "pointer": "/0/text/type",
        "constraint": {"type": "enum", "expected": ["mrkdwn", "plain_text"], "got": "invalid"},
    }


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        ({**modal(section()), "title": plain("x" * 25)}, "/title/text"),
        ({**modal(section()), "private_metadata": "x" * 3_001}, "/private_metadata"),
        ({**modal(section()), "type": "window"}, "/type"),
        ({"type": "modal", "blocks": [section()]}, ""),
        (modal(), "/blocks"),
        (modal(*[section()] * 101), "/blocks"),
        (modal({"type": "markdown", "text": "x"}), "/blocks/0/type"),
        (modal(section(), {"type": "plan", "title": "x"}), "/blocks/1/type"),
        ({"type": "home", "blocks": [FOR_MODALS[1]]}, "/blocks/0/element/type"),
    ],
)
def test_what_is_wrong_with_a_view_is_found_at_its_place(view: dict[str, Any], pointer: str):
    assert [one.pointer for one in refusals(view, "view")] == [pointer]


def test_a_modal_with_an_input_needs_a_submit_button():
    view = modal(FOR_MODALS[2])
    del view["submit"]
    assert [one.message for one in refusals(view, "view")] == ["missing required field: submit"]


def test_a_missing_text_is_no_reason():
    assert refusals({"blocks": [section()]}, "message") == ()
    assert refusals({"text": "x"}, "message") == ()


@pytest.mark.parametrize("value", [None, 1, "x", [1], {"blocks": 1}, {"blocks": {"type": "divider"}}])
def test_what_is_no_message_is_refused(value: object):
    assert refusals(value, "blocks")
    assert refusals(value, "view")


def test_a_thousand_faults_are_told_a_hundred_times():
    blocks = [actions(*[{"type": "poem"}] * 25)] * 50
    assert len(refusals(blocks, "blocks")) == MOST_TOLD


@PROFILE
@given(JSON)
def test_no_json_is_too_strange(value: object):
    for kind in ("blocks", "message", "view"):
        for one in refusals(value, kind):
            json.dumps(one.shown())
    refusals([value], "blocks")
    refusals({"type": "modal", "title": plain(), "blocks": [value]}, "view")


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a value, as the keys that lead to it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for key, one in inner for place in places(one, (*way, key)))]


@st.composite
def spoiled(draw: Callable[..., Any], blocks: list[dict[str, Any]]) -> list[Any]:
    """A block with something in it replaced, removed or added."""
    block = copy.deepcopy(draw(st.sampled_from(blocks)))
    held = [block]
    for _ in range(draw(st.integers(1, 2))):
        *way, key = draw(st.sampled_from([place for place in places(held) if place]))
        inner: Any = held
        for step in way:
            inner = inner[step]
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                inner[key] = draw(JSON.filter(lambda value: value is not None))
            case "remove":
                del inner[key]
            case "add" if isinstance(inner, dict):
                inner[draw(NAMES)] = draw(LEAVES.filter(lambda value: value is not None))
        if not held:
            break
    return held


def nothing_null(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(nothing_null(one) for one in (value.values() if isinstance(value, dict) else value))
    return value is not None


@PROFILE
@given(spoiled(IN_MESSAGES))
def test_what_is_taken_keeps_to_slacks_own_types(blocks: list[Any]):
    """Differences that stay: a null counts as absent here, and Slack's types say nothing of it."""
    if not refusals(blocks, "blocks") and nothing_null(blocks):
        assert breaches({"blocks": blocks}) == []


@PROFILE
@given(spoiled(FOR_MODALS))
def test_a_modal_that_is_taken_keeps_to_slacks_own_types(blocks: list[Any]):
    view = modal(*blocks)
    if not refusals(view, "view") and nothing_null(view):
        assert breaches({"modal": view}) == []


@pytest.mark.parametrize("block", IN_MESSAGES, ids=lambda block: block["type"])
def test_each_block_of_the_zoo_keeps_to_slacks_own_types(block: dict[str, Any]):
    assert breaches({"blocks": [block]}) == []
