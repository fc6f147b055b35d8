"""Each rule of Slack's finds the message or view that breaks it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from bot.card import About, Card, card, evidence_view, plainer, problems
from bot.card.actions import Pressed
from playbook.gather import Progress
from tests.card.diagnoses import a_diagnosis, an_evidence

STEPS = (Progress("Issue", "Issue details", "done", "found"),)
GOOD = card(a_diagnosis(), an_evidence(), About("r1", 1.0, steps=STEPS))


def block(message: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in message["blocks"] if one["type"] == kind)


def series(message: dict[str, Any]) -> list[dict[str, Any]]:
    return list(block(message, "data_visualization")["chart"]["series"])


def says(text: str, kind: str = "mrkdwn") -> Callable[[dict[str, Any]], object]:
    def spoil(message: dict[str, Any]) -> None:
        block(message, "section")["text"] = {
            "type": kind,
            "text": text,
            **({"verbatim": True} if kind == "mrkdwn" else {}),
        }

    return spoil


BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "is used 2 times": lambda m: m["blocks"][1].update(block_id=m["blocks"][0]["block_id"]),
    "/blocks/0/block_id: must be less than 256 characters": lambda m: m["blocks"][0].update(block_id="x" * 256),
    "action_id 'show_evidence' twice": lambda m: block(m, "actions")["elements"][1].update(action_id="show_evidence"),
    "task_id 'step-0' twice": lambda m: block(m, "plan")["tasks"].append(block(m, "plan")["tasks"][0]),
    "no more than 50 items allowed": lambda m: m["blocks"].extend(
        {"type": "divider"} for _ in range(51 - len(m["blocks"]))
    ),
    "2 plan blocks": lambda m: m["blocks"].append({"type": "plan", "title": "Another"}),
    "3 data_visualization blocks": lambda m: m["blocks"].extend(
        [block(m, "data_visualization") | {"block_id": x} for x in "ab"]
    ),
    "/type: unsupported type: alert": lambda m: m["blocks"].append(
        {"type": "alert", "text": {"type": "plain_text", "text": "x"}}
    ),
    "exclude each other": lambda m: m["blocks"].append({**block(m, "plan")["tasks"][0]}),
    "characters in all blocks": lambda m: m["blocks"].extend(
        {"type": "section", "text": {"type": "mrkdwn", "verbatim": True, "text": "x" * 2_900}} for _ in range(4)
    ),
    "characters of markdown": lambda m: m["blocks"].append({"type": "markdown", "text": "x" * 12_001}),
    "unsupported type: poem": lambda m: m["blocks"].append({"type": "poem"}),
    "must be less than 3001 characters": says("x" * 3_001),
    "must be less than 151 characters": lambda m: block(m, "header")["text"].update(text="x" * 151),
    "status: must be one of: pending, in_progress": lambda m: block(m, "plan")["tasks"][0].update(status="completed"),
    "an unescaped angle bracket": says("a < b"),
    "pings": says("&lt; <!channel>"),
    "an unescaped ampersand": says("a & b"),
    "a code block without its end": says("```select 1"),
    "an angle bracket in a plain text": lambda m: block(m, "header")["text"].update(text="<!channel>"),
    "text: must be more than 0 characters": says(""),
    "not verbatim": lambda m: block(m, "section")["text"].pop("verbatim"),
    "must be less than 51 characters": lambda m: block(m, "data_visualization").update(title="x" * 51),
    "no more than 6 items allowed": lambda m: block(m, "data_visualization")["chart"].update(series=series(m)[:1] * 7),
    "series 'before the deploy' twice": lambda m: block(m, "data_visualization")["chart"].update(series=series(m) * 2),
    "labels must match axis_config.categories": lambda m: series(m)[0]["data"].pop(),
    "category 'a' twice": lambda m: block(m, "data_visualization")["chart"]["axis_config"].update(
        categories=["a", "a"]
    ),
    "data: must contain at least 1 items": lambda m: series(m)[0].update(data=[]),
    "name: must be less than 21 characters": lambda m: series(m)[0].update(name="x" * 21),
    "without text": lambda m: m.update(text=" "),
    "a text of 4001 characters": lambda m: m.update(text="x" * 4_001),
}


@pytest.mark.parametrize("told", BROKEN)
def test_a_message_that_breaks_a_rule_is_told_so(told: str):
    message: dict[str, Any] = copy.deepcopy({"blocks": list(GOOD.blocks), "text": GOOD.text})
    assert problems(message) == []
    BROKEN[told](message)
    assert any(told in problem for problem in problems(message)), problems(message)


@pytest.mark.parametrize("kind", ["plan", "context_actions", "data_visualization"])
def test_a_view_with_a_block_for_messages_only_is_told_so(kind: str):
    view = evidence_view(a_diagnosis(), an_evidence())
    view["blocks"].append(block({"blocks": GOOD.blocks}, kind))
    assert any(f"unsupported type: {kind}" in problem for problem in problems(view))


def test_a_view_with_too_long_a_title_is_told_so():
    view = evidence_view(a_diagnosis(), an_evidence())
    view["title"] = {"type": "plain_text", "text": "x" * 25}
    assert any("title" in problem for problem in problems(view))


def test_a_card_becomes_plainer_step_by_step_and_keeps_its_buttons_as_long_as_it_has_blocks():
    kinds = []
    shown = GOOD
    while shown.blocks:
        kinds.append({block["type"] for block in shown.blocks})
        shown = plainer(shown)
    assert kinds[0] - kinds[1] == {"data_visualization"}
    assert kinds[2] == {"header", "section", "actions", "context"}
    assert plainer(Card((), "text")) == Card((), "text")


def test_a_progress_display_that_slack_refuses_becomes_its_text():
    plan = Card((block({"blocks": GOOD.blocks}, "plan"),), "Diagnosing SHOP-42: 1 of 1 steps done")
    assert plainer(plan).blocks[0]["text"]["text"] == plan.text


@pytest.mark.parametrize("value", ["", "no json", "[]", "1", '{"run": 1, "page": -1}', '{"page": "x"}', "null"])
def test_a_button_that_is_not_ours_leads_to_no_run(value: str):
    assert Pressed.read(value) == Pressed()


def test_what_a_button_carries_is_read_back_and_holds_ids_only():
    assert Pressed.read(Pressed("r-1", "42", "right", 3).value()) == Pressed("r-1", "42", "right", 3)
    assert Pressed.read(Pressed("r<!channel>", "4" * 5_000).value()) == Pressed("rchannel", "4" * 100)
