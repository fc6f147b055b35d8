"""What was done in Sentry stands on the card as Sentry told it; the menu that does it asks first, and can be absent."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card import problems
from bot.card.acted import MOST_SHOWN, acted
from bot.card.actions import ACT, ACTIONS, Pressed, buttons_and_menu
from bot.runs.press import Press
from tests.card.contract import breaches

AT = datetime(2026, 11, 20, 3, 12, tzinfo=UTC)
LINKS = (("Open SHOP-42", "https://acme.sentry.io/issues/5551234567/"),)
PRESSED = Pressed("r-0123456789abcdef0123456789abcdef", "5551234567")


def a_press(**given):
    defaults = {"run": "r-1", "issue": "5551234567", "user": "U1", "name": "Ada", "action": "resolve", "at": AT}
    return Press(**{**defaults, "before": "unresolved (new)", "after": "resolved", **given})


def text(*presses):
    return "".join(block["elements"][0]["text"] for block in acted(presses))


def test_without_a_press_there_is_no_line():
    assert acted(()) == []


def test_who_did_what_when_and_what_sentry_said_then():
    assert text(a_press()) == "<@U1> resolved it, 20 Nov 03:12 UTC · Sentry says: resolved"


def test_a_press_that_did_not_come_off_is_not_called_done():
    told = text(a_press(after="unresolved (new)", refused="Sentry took it, and yet …"))
    assert told == "<@U1> pressed *Resolve*, 20 Nov 03:12 UTC · Sentry says: unresolved (new)"


def test_a_press_under_way_and_one_not_read_back_are_called_so():
    assert text(a_press(after="")).endswith("· how it stands could not be read yet")
    assert text(a_press(after="", refused="…")).endswith("· how it stands could not be read back")


def test_a_refusal_before_anything_was_tried_is_nobody_elses_business():
    assert acted([a_press(before="", after="", refused="You may not")]) == []


def test_of_a_press_the_last_record_counts_and_the_newest_press_stands_last():
    later = {"user": "U2", "action": "archive", "at": AT + timedelta(minutes=5)}
    told = text(a_press(after=""), a_press(), a_press(**later, after=""), a_press(**later, after="archived"))
    assert told.splitlines() == [
        "<@U1> resolved it, 20 Nov 03:12 UTC · Sentry says: resolved",
        "<@U2> archived it, 20 Nov 03:17 UTC · Sentry says: archived",
    ]


def test_many_presses_are_a_few_lines_and_a_count():
    many = [a_press(at=AT + timedelta(minutes=minute)) for minute in range(MOST_SHOWN + 2)]
    lines = text(*many).splitlines()
    assert lines[0] == "_and 2 earlier_"
    assert len(lines) == MOST_SHOWN + 1
    assert "03:18" in lines[-1]


@given(st.lists(st.builds(a_press, user=st.text(), name=st.text(), action=st.text(), after=st.text()), max_size=8))
def test_text_from_outside_pings_nobody_and_breaks_no_block(presses):
    blocks = acted(presses)
    assert problems({"blocks": blocks, "text": "-"}) == []


def test_a_state_from_outside_stays_text():
    told = text(a_press(user="!channel", name="<!here>", after="resolved in release <https://evil.example.com|x> *b*"))
    assert "<" not in told
    assert "&lt;!here&gt; resolved it" in told
    assert "∗b∗" in told


def menus(block):
    return [one for one in block["elements"] if one["type"] == "static_select"]


def test_without_leave_to_write_the_buttons_are_what_they_were():
    with_it, without = buttons_and_menu(PRESSED, LINKS, "SHOP-42"), buttons_and_menu(PRESSED, LINKS)
    assert menus(without) == []
    rest = [one for one in with_it["elements"] if one["type"] != "static_select"]
    assert json.dumps({**with_it, "elements": rest}) == json.dumps(without)


def test_the_menu_names_what_it_does_and_asks_before_it_does_it():
    (menu,) = menus(buttons_and_menu(PRESSED, LINKS, "SHOP-42"))
    assert menu["action_id"] == ACT
    assert menu["placeholder"]["text"] == "Act in Sentry"
    assert [option["text"]["text"] for option in menu["options"]] == [
        "Resolve",
        "Archive",
        "Assign to me",
        "Comment the verdict",
    ]
    assert menu["confirm"]["title"]["text"] == "Change SHOP-42 in Sentry?"
    assert "everybody" in menu["confirm"]["text"]["text"]


def test_an_entry_carries_run_issue_and_what():
    (menu,) = menus(buttons_and_menu(PRESSED, LINKS, "SHOP-42"))
    carried = [Pressed.read(option["value"]) for option in menu["options"]]
    assert carried == [Pressed(PRESSED.run, PRESSED.issue, says) for says, _ in ACTIONS]


@pytest.mark.parametrize("issue", ["SHOP-42", "x" * 500, "<!channel> & co", "\u202e"])
def test_the_menu_is_as_slack_takes_it(issue):
    blocks = [buttons_and_menu(PRESSED, LINKS, issue)]
    assert problems({"blocks": blocks, "text": "-"}) == []
    assert breaches({"blocks": blocks}) == []


def test_ids_too_long_for_an_entry_cost_the_menu_and_not_the_card():
    block = buttons_and_menu(Pressed("r" * 100, "5" * 100), LINKS, "SHOP-42")
    assert menus(block) == []
    assert problems({"blocks": [block], "text": "-"}) == []
