"""The menu that writes: kept before Slack has its acknowledgement, and told to nobody but the one who pressed."""

import json
from datetime import UTC, datetime

import pytest
from slack_bolt import App
from slack_bolt.request import BoltRequest

from bot.acting.order import LABELS, Order
from bot.card.actions import ACT, AS_TEXT, Pressed
from bot.doors import web_client
from bot.listen.actions import NOT_OURS, order_of, redrawing, register, telling, verdict_of
from bot.runs.run import NotStarted, Place
from bot.slack.message import NotSent
from tests.card.diagnoses import NOON, SENTRY
from tests.slack.office import Investigator, office
from tests.stand_ins.slack_server import SlackServer

AT = datetime(2026, 11, 20, 3, 12, tzinfo=UTC)
ISSUE = "5551234567"


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


def a_body(value: str, **given):
    """What Slack sends when an entry of a select is chosen."""
    action = {"type": "static_select", "action_id": ACT, "block_id": "b", "action_ts": "1795168000.1"}
    return {
        "type": "block_actions",
        "user": {"id": "U0ADA", "team_id": "T0TEST"},
        "team": {"id": "T0TEST"},
        "trigger_id": "1.2.3",
        "api_app_id": "A0TEST",
        "channel": {"id": "C1"},
        "message": {"ts": "1.5", "thread_ts": "1.1"},
        "container": {"type": "message", "message_ts": "1.5", "channel_id": "C1"},
        "actions": [{**action, "selected_option": {"value": value}}],
        **given,
    }


def chosen(says: str = "resolve", run: str = "r-1", issue: str = ISSUE) -> str:
    return Pressed(run, issue, says).value()


@pytest.mark.parametrize("says", LABELS)
def test_an_entry_becomes_an_order_with_who_where_and_when(says):
    order = order_of(a_body(chosen(says), response_url="https://hooks.example.com/1"), AT)
    assert order == Order(
        press="1795168000.1-U0ADA",
        run="r-1",
        issue=ISSUE,
        action=says,
        user="U0ADA",
        at=AT,
        place=Place(channel="C1", thread="1.1", message="1.5"),
        answer_to="https://hooks.example.com/1",
    )


def test_the_same_press_delivered_twice_is_the_same_press():
    body = a_body(chosen())
    again = a_body(chosen(), trigger_id="9.9.9")
    assert order_of(body, AT).press == order_of(again, AT).press
    assert order_of(body, AT).press != order_of(a_body(chosen(), user={"id": "U0EVE"}), AT).press


@pytest.mark.parametrize(
    "value",
    [
        "",
        "null",
        "[]",
        "link-0",
        chosen(AS_TEXT),
        chosen("delete"),
        chosen(run=""),
        chosen(issue=""),
        chosen(issue="SHOP-42"),
        chosen(issue=".."),
        json.dumps({"run": "r-1", "issue": "٣", "says": "resolve"}),
        json.dumps({"run": "r-1", "issue": "1/../2", "says": "resolve"}),
    ],
)
def test_an_entry_that_is_not_ours_orders_nothing(value):
    assert order_of(a_body(value), AT) is None


def dispatched(at_work, body, begin):
    """One press through Bolt as the app has it."""
    app = App(client=web_client("xoxb-test", at_work.slack.url), process_before_response=True, signing_secret="s")
    app._middleware_list = []  # no signature: what a door does is the same over a socket
    register(app, at_work.desk, begin)
    return app.dispatch(BoltRequest(body=json.dumps(body), headers={"content-type": ["application/json"]}))


@pytest.fixture
def at_work(slack):
    with office(slack, Investigator()) as running:
        running.command("SHOP-42")
        running.finished()
        yield running


def an_order(at_work, run: str | None = None, **given):
    card = at_work.card()
    value = Pressed.read(at_work.button("show_evidence"))
    body = a_body(chosen(run=run or value.run), message={"ts": card["ts"]}, channel={"id": card["channel"]}, **given)
    return order_of(body, AT)


def test_a_refusal_goes_to_the_one_who_pressed_and_to_nobody_else(slack, at_work):
    before = dict(slack.messages)
    telling(at_work.desk)(an_order(at_work, response_url=slack.response_url()), "You <!channel> may not")
    assert [answer["text"] for answer in slack.answers] == ["You &lt;!channel&gt; may not"]
    assert dict(slack.messages) == before


def test_without_an_address_to_answer_the_person_is_told_in_the_channel_alone(slack, at_work):
    telling(at_work.desk)(an_order(at_work), "You may not")
    assert [(whisper["user"], whisper["text"]) for whisper in slack.whispers] == [("U0ADA", "You may not")]


def test_the_card_is_drawn_anew_so_that_the_menu_is_empty_again(slack, at_work):
    before = [block["block_id"] for block in at_work.card()["blocks"]]
    redrawing(at_work.desk)(an_order(at_work))
    after = [block["block_id"] for block in at_work.card()["blocks"]]
    assert len(after) == len(before)
    assert not set(before) & set(after)


def test_a_run_that_is_forgotten_is_not_redrawn_over_what_stands_there(slack, at_work):
    before = at_work.card()
    redrawing(at_work.desk)(an_order(at_work, run="gone"))
    assert at_work.card() == before


def test_a_card_that_is_gone_is_the_callers_affair(slack, at_work):
    order = an_order(at_work)
    slack.fail("chat.update", "message_not_found")
    with pytest.raises(NotSent):
        redrawing(at_work.desk)(order)


def test_the_comment_is_the_card_as_plain_text_with_the_way_back_to_it(slack, at_work):
    order = an_order(at_work)
    text = verdict_of(at_work.desk)(order.run)
    assert text.startswith('```\nrelation "orders_order" is missing in production\n')
    assert "python manage.py migrate orders 0042_order\n" in text
    assert f"[1] {SENTRY}" in text
    assert "&lt;" not in text
    assert "&amp;" not in text
    assert "\n```\n\nThe card in Slack: https://acme.slack.example.com/archives/C1/p" in text


def test_a_run_without_a_verdict_has_no_comment(at_work):
    assert verdict_of(at_work.desk)("gone") is None


def test_an_order_is_begun_before_slack_has_its_acknowledgement(at_work):
    begun = []
    response = dispatched(at_work, a_body(chosen()), begun.append)
    assert response.status == 200
    assert [(order.action, order.user, order.at) for order in begun] == [("resolve", "U0ADA", NOON)]


def test_an_entry_that_is_not_ours_is_said_to_nobody_but_the_one_who_chose_it(slack, at_work):
    begun = []
    assert dispatched(at_work, a_body("nonsense", response_url=slack.response_url()), begun.append).status == 200
    slack.until(lambda: slack.answers)
    assert [(answer["text"], answer["response_type"]) for answer in slack.answers] == [(NOT_OURS, "ephemeral")]
    assert begun == []


def test_an_order_that_cannot_be_kept_is_not_carried_out_and_is_said(slack, at_work):
    def refused(_):
        raise NotStarted("The database does not answer: try again in a minute.")

    assert dispatched(at_work, a_body(chosen(), response_url=slack.response_url()), refused).status == 200
    slack.until(lambda: slack.answers)
    assert slack.answers[0]["text"].startswith("Resolve: nothing was changed. The database does not answer")
