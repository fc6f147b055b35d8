"""The finished card as a message: one that Slack takes, never too long, whole even as bare text, with its buttons."""

from typing import Any

import pytest

from bot.card import About, card, plainer, problems
from bot.card.actions import CHECK_AGAIN, FEEDBACK, MORE, SHOW_EVIDENCE, Pressed
from bot.card.blocks import MOST_TEXT, text_size
from tests.card.contract import breaches
from tests.card.diagnoses import SENTRY, a_diagnosis, an_evidence
from tests.card.finished import SHOWN, said


@pytest.mark.parametrize("name", SHOWN)
def test_every_card_is_one_that_slack_takes(name: str):
    shown = SHOWN[name]
    assert problems({"blocks": shown.blocks, "text": shown.text}) == []


@pytest.mark.parametrize("name", SHOWN)
def test_every_card_keeps_slacks_own_contract(name: str):
    assert breaches({"blocks": list(SHOWN[name].blocks)}) == []


@pytest.mark.parametrize("name", SHOWN)
def test_every_card_can_be_sent_plainer_until_only_its_text_is_left(name: str):
    shown, rungs = SHOWN[name], 0
    while (next_one := plainer(shown)) != shown:
        shown, rungs = next_one, rungs + 1
        assert problems({"blocks": shown.blocks, "text": shown.text}) == []
        assert breaches({"blocks": list(shown.blocks)}) == []
    assert 0 < rungs <= 3
    assert shown.blocks == ()
    assert shown.text


def test_there_are_two_buttons_and_one_pair_of_feedback_and_they_carry_only_run_and_issue():
    actions = next(block for block in SHOWN["proved"].blocks if block["type"] == "actions")
    assert [element["action_id"] for element in actions["elements"]] == [SHOW_EVIDENCE, CHECK_AGAIN, MORE]
    assert [element["type"] for element in actions["elements"]] == ["button", "button", "overflow"]
    assert Pressed.read(actions["elements"][0]["value"]) == Pressed("r1", "5551234567")
    pair = next(block for block in SHOWN["proved"].blocks if block["type"] == "context_actions")["elements"][0]
    assert pair["action_id"] == FEEDBACK
    assert Pressed.read(pair["negative_button"]["value"]) == Pressed("r1", "5551234567", "wrong")


def test_the_menu_opens_the_issue_and_the_change_and_gives_the_card_as_text():
    actions = next(block for block in SHOWN["proved"].blocks if block["type"] == "actions")
    options = actions["elements"][2]["options"]
    assert [(option["text"]["text"], option.get("url")) for option in options] == [
        ("Open SHOP-42", SENTRY),
        ("Open #812 Orders get their own table", "https://github.com/acme/shop/pull/812"),
        ("Show as text, for a ticket", None),
    ]
    assert Pressed.read(options[2]["value"]) == Pressed("r1", says="as_text")


def test_the_longest_run_fits_the_value_of_a_menus_entry():
    actions = next(
        block for block in card(a_diagnosis(), an_evidence(), About("r" * 500)).blocks if "elements" in block
    )
    assert all(len(option["value"]) <= 150 for option in actions["elements"][2]["options"])


def test_the_last_line_names_run_duration_and_what_was_hidden():
    footer = SHOWN["proved"].blocks[-1]["elements"][0]["text"]
    assert "run r1" in footer
    assert "took 8 s" in footer
    assert "3 values hidden" in footer


def test_answers_of_people_are_shown_as_they_stand():
    assert "Right: <@U1>, <@U2> · Wrong: <@U3>" in said(SHOWN["answered"])


def test_the_steps_stay_as_one_folded_trail():
    trail = [block for block in SHOWN["proved"].blocks if block["type"] == "plan"]
    assert [one["title"] for one in trail] == ["What was checked: 3 steps, 1 found nothing, 1 could not be made"]


def test_a_long_card_drops_the_trail_first_and_says_that_it_is_shortened():
    blocks = SHOWN["long"].blocks
    assert text_size(blocks) <= MOST_TEXT
    assert "plan" not in {block["type"] for block in blocks}
    assert "Shortened: the rest is under *Show evidence*" in said(SHOWN["long"])
    assert {"header", "actions", "context_actions"} <= {block["type"] for block in blocks}


def test_the_text_alone_is_a_whole_answer():
    text = SHOWN["proved"].text
    assert 'relation "orders_order" is missing in production' in text
    assert f"*The migration was not applied* – *<{SENTRY}|proved>*" in text
    assert "python manage.py migrate orders 0042_order" in text


def test_every_edit_names_its_blocks_anew():
    first, second = SHOWN["proved"].stamped("r1.1"), SHOWN["proved"].stamped("r1.2")
    ids: list[Any] = [block["block_id"] for shown in (first, second) for block in shown.blocks]
    assert len(set(ids)) == len(ids)


def test_the_same_diagnosis_gives_the_same_card():
    assert card(a_diagnosis(), an_evidence()) == card(a_diagnosis(), an_evidence())
