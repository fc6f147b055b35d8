"""The menu beside the buttons: the card as text for the one who asked; links need no more than being heard."""

import pytest

from bot.card.actions import AS_TEXT, MORE, Pressed
from bot.listen.buttons import GONE, pressed
from tests.card.diagnoses import SENTRY
from tests.slack.office import Investigator, Office, office
from tests.stand_ins.slack_server import SlackServer


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@pytest.fixture
def at_work(slack):
    with office(slack, Investigator()) as running:
        running.command("SHOP-42")
        running.finished()
        yield running


def choose(at_work: Office, value: str):
    """Chooses an entry of the menu, as Slack tells it: the value stands in `selected_option`."""
    action = {"type": "overflow", "action_id": MORE, "block_id": "b", "selected_option": {"value": value}}
    return at_work.press(MORE, "", actions=[action])


def entries(at_work: Office):
    actions = next(block for block in at_work.card()["blocks"] if block["type"] == "actions")
    return next(one for one in actions["elements"] if one["action_id"] == MORE)["options"]


def test_the_card_as_text_goes_to_the_one_who_asked_and_changes_nothing(slack, at_work):
    before = at_work.card()
    choose(at_work, entries(at_work)[-1]["value"])
    slack.until(lambda: slack.answers)
    answer = slack.answers[0]
    assert answer["response_type"] == "ephemeral"
    assert answer["text"].startswith('```\nrelation "orders_order" is missing in production\n')
    assert "python manage.py migrate orders 0042_order\n" in answer["text"]
    assert answer["text"].endswith(f"\n[1] {SENTRY}\n```")
    assert at_work.card() == before


def test_an_entry_that_slack_opens_is_heard_and_needs_no_answer(slack, at_work):
    opened = [entry for entry in entries(at_work) if "url" in entry]
    assert [entry["url"] for entry in opened] == [SENTRY, "https://github.com/acme/shop/pull/812"]
    for entry in opened:
        assert choose(at_work, entry["value"]).seconds < 3
    choose(at_work, Pressed("gone", says=AS_TEXT).value())
    slack.until(lambda: slack.answers)
    assert [answer["text"] for answer in slack.answers] == [GONE]


def test_a_chosen_entry_is_read_like_a_pressed_button():
    entry = Pressed("r1", says=AS_TEXT)
    assert pressed({"actions": [{"type": "overflow", "selected_option": {"value": entry.value()}}]}) == entry
    assert pressed({"actions": [{"type": "button", "value": entry.value()}]}) == entry
    assert pressed({"actions": [{"type": "overflow", "selected_option": {"value": "link-0"}}]}) == Pressed()
