"""The whole bot over Socket Mode: what a person or an alert sends, what the channel gets to see."""

import json
import time
from itertools import pairwise

import pytest

from bot.card import problems
from bot.card.actions import CHECK_AGAIN, FEEDBACK, LATER_PAGE, SHOW_EVIDENCE, Pressed
from playbook.diagnosis import Verdict
from tests.card.diagnoses import a_diagnosis, an_undecided
from tests.slack.office import PACE, Investigator, an_alert, office
from tests.stand_ins.slack_server import SlackServer

ACK_SECONDS = 3.0  # Slack's limit; exceeding it makes Slack deliver again


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@pytest.fixture
def at_work(slack):
    with office(slack, Investigator()) as running:
        yield running


def told_to_the_asker(slack):
    return [answer["text"] for answer in slack.answers]


def test_a_command_is_acknowledged_before_the_work_and_ends_in_a_card_in_the_same_message(slack, at_work):
    acknowledged = at_work.command("SHOP-42")
    assert acknowledged.seconds < ACK_SECONDS
    slack.until(at_work.shows("Elasticsearch did not answer"))
    running = at_work.card()
    assert [block["type"] for block in running["blocks"]] == ["plan"]
    assert [task["status"] for task in running["blocks"][0]["tasks"]] == ["complete", "complete", "error"]
    shown = at_work.finished()
    assert shown["ts"] == running["ts"]
    assert shown["blocks"][0]["text"]["text"] == 'relation "orders_order" is missing in production'
    assert len(slack.named("chat.postMessage")) == 1
    assert told_to_the_asker(slack) == []
    assert problems({"blocks": shown["blocks"], "text": shown["text"]}) == []


def test_every_edit_names_its_blocks_anew_and_keeps_the_pace(slack, at_work):
    at_work.command("SHOP-42")
    at_work.finished()
    edits = slack.named("chat.update")
    ids = [block["block_id"] for call in edits for block in call.given["blocks"]]
    assert len(ids) == len(set(ids))
    writes = [call.at for call in (*slack.named("chat.postMessage"), *edits)]
    assert all(later - earlier >= PACE * 0.8 for earlier, later in pairwise(writes))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("help", "Ask with `/diagnose`"),
        ("", "Ask with `/diagnose`"),
        ("UTF-8", "reads like a standard"),
        ("https://evil.example/issues/1/", "leads elsewhere"),
        ("SHOP-42 SHOP-43", "several issues"),
    ],
)
def test_help_and_bad_references_are_told_only_to_the_asker(slack, at_work, text, said):
    at_work.command(text)
    slack.until(lambda: slack.answers)
    assert said in told_to_the_asker(slack)[0]
    assert slack.answers[0]["response_type"] == "ephemeral"
    assert slack.messages == {}


def test_a_channel_without_the_bot_is_told_only_to_the_asker(slack, at_work):
    slack.not_in.add("C9")
    at_work.command("SHOP-42", channel="C9")
    slack.until(lambda: slack.answers)
    assert "invite me" in told_to_the_asker(slack)[0]
    assert at_work.investigator.asked == []


def test_an_issue_that_cannot_be_had_leaves_no_message_behind(slack):
    with office(slack, Investigator(["There is no issue SHOP-42 in acme: check the id."])) as at_work:
        at_work.investigator.go_on.set()
        at_work.command("SHOP-42")
        slack.until(lambda: slack.answers)
        assert told_to_the_asker(slack) == ["There is no issue SHOP-42 in acme: check the id."]
        assert slack.messages == {}


def test_without_a_response_url_the_asker_is_told_in_the_channel_unseen_by_others(slack):
    with office(slack, Investigator(["Sentry is down: try again in a minute."])) as at_work:
        at_work.investigator.go_on.set()
        event = {
            "type": "app_mention",
            "user": "U0ASKER",
            "text": "<@U0DIAGNOSE> SHOP-42",
            "ts": "1.5",
            "channel": "C1",
        }
        at_work.event(event)
        slack.until(lambda: slack.whispers)
        assert [(call["user"], call["text"]) for call in slack.whispers] == [
            ("U0ASKER", "Sentry is down: try again in a minute.")
        ]


def test_a_second_asker_gets_the_link_to_the_running_card_and_no_second_run(slack, at_work):
    at_work.command("SHOP-42")
    slack.until(lambda: at_work.investigator.asked)
    at_work.command("SHOP-42", user="U0OTHER")
    slack.until(lambda: slack.answers)
    ts = at_work.card()["ts"].replace(".", "")
    assert (
        f"SHOP-42 is being diagnosed: <https://acme.slack.example.com/archives/C1/p{ts}|here it is>"
        in told_to_the_asker(slack)[0]
    )
    at_work.finished()
    at_work.command("5551234567", user="U0OTHER")
    slack.until(lambda: len(slack.answers) == 2)
    assert "was looked into a moment ago" in told_to_the_asker(slack)[1]
    assert len(at_work.investigator.asked) == 1


def test_an_alert_is_answered_in_its_thread_once_however_often_it_is_delivered(slack, at_work):
    alert = an_alert()
    assert at_work.event(alert, "Ev1").seconds < ACK_SECONDS
    at_work.event(alert, "Ev1", retry_attempt=1, retry_reason="timeout")
    at_work.event(an_alert(ts="1795168000.000200"), "Ev2")
    shown = at_work.finished()
    assert shown["thread_ts"] == "1795168000.000100"
    assert [ref.target for ref in at_work.investigator.asked] == ["5551234567"]
    assert len(slack.named("chat.postMessage")) == 1


def test_an_alert_whose_issue_cannot_be_had_says_so_in_its_thread(slack):
    with office(slack, Investigator(["Sentry did not answer: try again in a minute."])) as at_work:
        at_work.investigator.go_on.set()
        at_work.event(an_alert())
        slack.until(at_work.shows("Sentry did not answer"))
        assert json.loads(at_work.button(CHECK_AGAIN))["issue"] == "5551234567"


def test_edits_of_an_alert_our_own_posts_and_peoples_messages_start_nothing(slack, at_work):
    at_work.event(
        {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "message": an_alert(),
            "channel": "C1",
            "ts": "1.1",
        }
    )
    at_work.event({**an_alert(), "user": "U0DIAGNOSE", "bot_id": "B0DIAGNOSE"}, "Ev2")
    at_work.event({"type": "message", "user": "U0ASKER", "text": "see SHOP-42", "channel": "C1", "ts": "1.2"}, "Ev3")
    at_work.command("help")
    slack.until(lambda: slack.answers)
    assert at_work.investigator.asked == []
    assert slack.messages == {}


def test_an_alert_in_a_channel_that_is_not_among_the_chosen_ones_is_left_alone(slack):
    with office(slack, Investigator(), alert_channels=frozenset({"C2"})) as at_work:
        at_work.event(an_alert(channel="C1"), "Ev1")
        at_work.event(an_alert(channel="C2"), "Ev2")
        assert at_work.finished()["channel"] == "C2"
        assert len(at_work.investigator.asked) == 1


def test_a_bare_mention_in_the_thread_of_an_alert_diagnoses_that_alert(slack, at_work):
    alert = an_alert()
    slack.messages[("C1", alert["ts"])] = {
        key: alert[key] for key in ("text", "blocks", "ts", "channel", "bot_id", "app_id")
    }
    mention = {
        "type": "app_mention", "user": "U0ASKER", "text": "<@U0DIAGNOSE>", "ts": "1.9",
        "thread_ts": alert["ts"], "channel": "C1",
    }  # fmt: skip
    at_work.event(mention)
    slack.until(lambda: at_work.investigator.asked)
    assert at_work.investigator.asked[0].target == "5551234567"
    assert slack.named("chat.postMessage")[0].given["thread_ts"] == alert["ts"]


def test_the_shortcut_answers_in_the_messages_thread(slack, at_work):
    message = {"type": "message", "user": "U0X", "ts": "1.7", "text": "look: <https://acme.sentry.io/issues/42/|this>"}
    assert at_work.shortcut(message).seconds < ACK_SECONDS
    assert at_work.finished()["thread_ts"] == "1.7"
    assert at_work.investigator.asked[0].target == "42"


def test_the_shortcut_on_a_message_without_an_issue_tells_the_asker(slack, at_work):
    at_work.shortcut({"type": "message", "user": "U0X", "ts": "1.7", "text": "good morning"})
    slack.until(lambda: slack.answers)
    assert slack.messages == {}
    assert slack.answers[0]["response_type"] == "ephemeral"


def test_show_evidence_opens_the_evidence_and_its_pages_turn(slack, at_work):
    at_work.command("SHOP-42")
    at_work.finished()
    assert at_work.press(SHOW_EVIDENCE, at_work.button(SHOW_EVIDENCE)).seconds < ACK_SECONDS
    slack.until(lambda: slack.views)
    assert "Missing relation" in json.dumps(slack.views[0])
    carried = Pressed.read(at_work.button(SHOW_EVIDENCE))
    later = Pressed(carried.run, carried.issue, "", 1).value()
    at_work.press(LATER_PAGE, later, view={"id": "V1", "hash": "h", "type": "modal"})
    slack.until(lambda: slack.named("views.update"))
    assert slack.named("views.update")[0].given["view_id"] == "V1"


def test_a_modal_that_slack_no_longer_opens_is_told_to_the_asker(slack, at_work):
    at_work.command("SHOP-42")
    at_work.finished()
    slack.fail("views.open", "expired_trigger_id")
    at_work.press(SHOW_EVIDENCE, at_work.button(SHOW_EVIDENCE))
    slack.until(lambda: slack.answers)
    assert "press *Show evidence* again" in told_to_the_asker(slack)[0]


def test_check_again_runs_anew_in_the_same_message_and_shows_what_flipped(slack):
    with office(slack, Investigator([an_undecided(gaps=()), a_diagnosis()])) as at_work:
        at_work.command("SHOP-42")
        first = at_work.finished()
        at_work.press(CHECK_AGAIN, at_work.button(CHECK_AGAIN))
        slack.until(at_work.shows("and this changed"))
        shown = at_work.card()
        assert shown["ts"] == first["ts"]
        assert "Verdict, was undecided, now: The migration was not applied (proved)" in json.dumps(shown)
        assert len(slack.named("chat.postMessage")) == 1


def test_a_failed_check_keeps_the_card_and_tells_the_asker(slack):
    with office(slack, Investigator([a_diagnosis(), "Sentry is down: try again in a minute."])) as at_work:
        at_work.command("SHOP-42")
        at_work.finished()
        at_work.press(CHECK_AGAIN, at_work.button(CHECK_AGAIN))
        slack.until(lambda: slack.answers)
        assert told_to_the_asker(slack) == ["Sentry is down: try again in a minute."]
        slack.until(at_work.shows("Show evidence"))
        assert "The migration was not applied" in json.dumps(at_work.card())


def test_buttons_of_a_run_that_is_not_kept_any_more_say_so_and_check_again_works(slack, at_work):
    stale = Pressed("r-before", "5551234567")
    slack.messages[("C1", "5.5")] = {"channel": "C1", "blocks": [{"type": "divider"}], "text": "an old card"}
    at_work.press(SHOW_EVIDENCE, stale.value())
    slack.until(lambda: slack.views)
    assert "is not kept any more" in json.dumps(slack.views[0])
    at_work.press(FEEDBACK, Pressed("r-before", "5551234567", "right").value())
    slack.until(lambda: slack.answers)
    assert "Your answer was not noted" in told_to_the_asker(slack)[0]
    at_work.press(CHECK_AGAIN, stale.value())
    shown = at_work.finished()
    assert shown["ts"] == "5.5"
    assert "The evidence of the check before is gone" in json.dumps(shown)


def test_right_and_wrong_show_who_said_so_and_can_be_changed_but_not_doubled(slack, at_work):
    at_work.command("SHOP-42")
    at_work.finished()
    right, wrong = at_work.feedback_value("positive"), at_work.feedback_value("negative")
    at_work.press(FEEDBACK, right, user="U0ONE")
    slack.until(at_work.shows("Right: <@U0ONE>"))
    at_work.press(FEEDBACK, right, user="U0ONE")
    at_work.press(FEEDBACK, wrong, user="U0TWO")
    slack.until(at_work.shows("Right: <@U0ONE> · Wrong: <@U0TWO>"))
    at_work.press(FEEDBACK, wrong, user="U0ONE")
    slack.until(at_work.shows("Wrong: <@U0ONE>, <@U0TWO>"))
    assert not at_work.shows("Right: <@")()


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])
def test_a_card_that_slack_refuses_is_delivered_plainer(slack, at_work, error):
    at_work.command("SHOP-42")
    slack.until(at_work.shows("Elasticsearch did not answer"))
    slack.fail("chat.update", error, times=2)
    at_work.investigator.go_on.set()
    slack.until(at_work.shows("The migration was not applied"))
    shown = at_work.card()
    assert {block["type"] for block in shown["blocks"]} <= {"section", "header", "context", "actions"}
    assert "Show evidence" in json.dumps(shown)


def test_a_card_refused_in_every_form_is_delivered_as_text(slack, at_work):
    at_work.command("SHOP-42")
    slack.until(at_work.shows("Elasticsearch did not answer"))
    slack.fail("chat.update", "invalid_blocks", times=3)
    at_work.investigator.go_on.set()
    slack.until(at_work.shows("The migration was not applied"))
    assert next(iter(slack.messages.values()))["blocks"] == []


def test_slacks_retry_after_is_honoured_and_the_card_still_comes(slack, at_work):
    at_work.command("SHOP-42")
    slack.until(at_work.shows("Elasticsearch did not answer"))
    slack.fail("chat.update", "ratelimited", retry_after=1)
    at_work.finished()
    tried = [call.at for call in slack.named("chat.update")]
    assert tried[-1] - tried[-2] >= 0.95


def test_a_card_whose_message_was_deleted_is_posted_anew(slack, at_work):
    at_work.command("SHOP-42")
    slack.until(at_work.shows("Elasticsearch did not answer"))
    slack.messages.clear()
    at_work.finished()
    assert len(slack.named("chat.postMessage")) == 2


def test_a_hostile_issue_pings_nobody(slack):
    hostile = a_diagnosis(
        verdict=Verdict(grade="undecided", because="<!channel> <@U0EVIL> `<https://evil.example|link>")
    )
    with office(slack, Investigator([hostile])) as at_work:
        at_work.command("SHOP-42")
        shown = json.dumps(at_work.finished())
        assert "<!channel>" not in shown
        assert "<@U0EVIL>" not in shown
        assert "|link>" not in shown


def test_a_defect_of_ours_is_told_as_a_sentence(slack):
    investigator = Investigator()
    investigator.diagnoses = []
    with office(slack, investigator) as at_work:
        investigator.go_on.set()
        at_work.command("SHOP-42")
        slack.until(lambda: slack.answers)
        assert "failed by a defect of ours" in told_to_the_asker(slack)[0]
        assert slack.messages == {}


def test_a_mention_asks_for_help_or_names_the_issue_or_is_told_what_is_wrong(slack, at_work):
    def mention(text, event_id):
        event = {
            "type": "app_mention",
            "user": "U0ASKER",
            "text": f"<@U0DIAGNOSE> {text}",
            "ts": "1.5",
            "channel": "C1",
        }
        at_work.event(event, event_id)

    mention("help", "Ev1")
    slack.until(lambda: len(slack.whispers) == 1)
    mention("UTF-8", "Ev2")
    slack.until(lambda: len(slack.whispers) == 2)
    assert "Ask with" in slack.whispers[0]["text"]
    assert "reads like a standard" in slack.whispers[1]["text"]
    mention("SHOP-42", "Ev3")
    assert at_work.finished()["thread_ts"] == "1.5"


def test_a_mention_in_a_thread_that_may_not_be_read_is_told_so(slack, at_work):
    mention = {
        "type": "app_mention", "user": "U0ASKER", "text": "<@U0DIAGNOSE>", "ts": "1.9", "thread_ts": "1.1",
        "channel": "C1",
    }  # fmt: skip
    at_work.event(mention)
    slack.until(lambda: slack.whispers)
    assert "I may not read this thread" in slack.whispers[0]["text"]


def test_an_alert_that_could_not_be_answered_is_tried_again_when_it_comes_back(slack, at_work):
    slack.not_in.add("C1")
    at_work.event(an_alert(), "Ev1")
    slack.until(lambda: slack.named("chat.postMessage"))
    until_nothing_runs(at_work)
    slack.not_in.clear()
    at_work.event(an_alert(ts="1795168000.000300"), "Ev2")
    assert at_work.finished()["thread_ts"] == "1795168000.000300"


def until_nothing_runs(at_work):
    ends = time.monotonic() + 10
    while at_work.desk.durable.book.due() or at_work.desk.durable.book.due(1):
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_check_again_pressed_twice_is_one_run_and_says_so(slack, at_work):
    at_work.command("SHOP-42")
    at_work.finished()
    value, message = at_work.button(CHECK_AGAIN), at_work.card()
    at_work.investigator.go_on.clear()
    at_work.press(CHECK_AGAIN, value, message)
    slack.until(lambda: len(at_work.investigator.asked) == 2)
    at_work.press(CHECK_AGAIN, value, message)
    at_work.press(SHOW_EVIDENCE, Pressed("r-unknown", "1").value(), message)
    slack.until(lambda: slack.answers)
    assert "being checked right now" in told_to_the_asker(slack)[0]
    assert len(at_work.investigator.asked) == 2


def test_a_card_that_names_no_issue_any_more_says_what_to_do(slack, at_work):
    slack.messages[("C1", "5.5")] = {"channel": "C1", "blocks": [{"type": "divider"}], "text": "an old card"}
    at_work.press(CHECK_AGAIN, "{}")
    slack.until(lambda: slack.answers)
    assert "ask again with `/diagnose`" in told_to_the_asker(slack)[0].replace("'", "`")


def test_a_check_of_a_deleted_card_is_answered_by_a_new_card(slack, at_work):
    at_work.command("SHOP-42")
    card = at_work.finished()
    value = at_work.button(CHECK_AGAIN)
    slack.messages.clear()
    at_work.press(CHECK_AGAIN, value, card)
    again = at_work.finished()
    assert again["ts"] != card["ts"]
    assert again["channel"] == card["channel"]


def test_an_answer_that_the_card_cannot_show_is_told_as_noted(slack, at_work):
    at_work.command("SHOP-42")
    card = at_work.finished()
    value = at_work.feedback_value("positive")
    slack.messages.clear()
    at_work.press(FEEDBACK, value, card)
    slack.until(lambda: slack.answers)
    assert "Your answer is noted; the card does not show it yet" in told_to_the_asker(slack)[0]


def test_a_placeholder_that_slack_does_not_delete_is_replaced_by_a_sentence(slack):
    with office(slack, Investigator(["There is no issue SHOP-42 in acme: check the id."])) as at_work:
        slack.fail("chat.delete", "cant_delete_message")
        at_work.investigator.go_on.set()
        at_work.command("SHOP-42")
        slack.until(lambda: slack.answers)
        slack.until(at_work.shows("the person who asked was told why"))


def test_a_rate_limit_on_the_placeholder_is_waited_out(slack, at_work):
    slack.fail("chat.postMessage", "ratelimited", retry_after=1)
    at_work.command("SHOP-42")
    assert at_work.finished()
    assert len(slack.named("chat.postMessage")) == 2


def test_a_channel_that_slack_closes_for_long_is_left_alone_and_its_run_waits(slack, at_work):
    slack.fail("chat.postMessage", "ratelimited", retry_after=600)
    at_work.command("SHOP-42")
    slack.until(lambda: slack.named("chat.postMessage"))
    time.sleep(3)
    assert len(slack.named("chat.postMessage")) == 1, "Slack asked for ten minutes"
    waiting = at_work.desk.durable.book.due(1)
    assert [one.person for one in waiting] == [True], "the run is there, and goes on later"


@pytest.mark.parametrize(
    ("error", "said"), [("missing_scope", "diagnose doctor"), ("token_revoked", "reinstall the app")]
)
def test_a_permission_that_slack_denies_is_told_with_its_remedy(slack, at_work, error, said):
    slack.fail("chat.postMessage", error)
    at_work.command("SHOP-42")
    slack.until(lambda: slack.answers)
    assert said in told_to_the_asker(slack)[0]


def test_a_page_turned_twice_at_once_breaks_nothing(slack, at_work):
    at_work.command("SHOP-42")
    at_work.finished()
    slack.fail("views.update", "hash_conflict")
    at_work.press(LATER_PAGE, Pressed("r", "1", "", 1).value(), view={"id": "V1", "hash": "h", "type": "modal"})
    slack.until(lambda: slack.named("views.update"))
    assert slack.answers == []


def test_an_alert_in_a_second_channel_is_told_once_where_the_card_is_and_begins_no_run(slack, at_work):
    at_work.event(an_alert(), "Ev1")
    first = at_work.finished()
    for event, ts in (("Ev2", "1795168000.000200"), ("Ev3", "1795168000.000300")):
        at_work.event(an_alert(ts=ts, channel="C2"), event)
    slack.until(at_work.shows("the card is elsewhere"))
    at_work.event(an_alert(ts="1795168000.000400"), "Ev4")
    time.sleep(0.3)
    posted = [call.given for call in slack.named("chat.postMessage")]
    assert [(one["channel"], one["thread_ts"]) for one in posted] == [
        (first["channel"], first["thread_ts"]),
        ("C2", "1795168000.000200"),
    ]
    assert len(at_work.investigator.asked) == 1
