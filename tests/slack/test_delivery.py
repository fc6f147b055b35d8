"""A run has one message, which shows its newest state and never an older one."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from bot.doors import web_client
from bot.runs.feedback import FeedbackInTables
from bot.runs.intake import Intake
from bot.runs.record import PressesInTables
from bot.runs.run import NotShown, NotStarted, Place, Result, Run
from bot.runs.together import Together
from bot.slack.delivery import Delivery
from bot.slack.message import Messages
from bot.slack.pace import Allowance, Pace
from playbook.gather import Progress
from tests.databases import a_database
from tests.runs.scene import Clock, an_alert, asked, found
from tests.stand_ins.slack_server import SlackServer

STEPS = tuple(Progress(f"Fact{number}", f"Step {number}", "running") for number in range(5))


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


@pytest.fixture
def engine() -> Iterator[Engine]:
    with a_database() as made:
        yield made


@pytest.fixture
def begun(engine: Engine):
    intake = Intake(engine, Clock())
    yield lambda request: Run(intake.take(request).run, request, request.place)
    intake.close()


@pytest.fixture
def delivery(slack: SlackServer, engine: Engine) -> Delivery:
    return a_delivery(slack, engine)


def a_delivery(slack: SlackServer, engine: Engine, edits: Allowance | None = None) -> Delivery:
    messages = Messages(web_client("xoxb-test", slack.url), Pace(0.0), lambda seconds: time.sleep(seconds / 100), edits)
    return Delivery(messages, FeedbackInTables(engine), PressesInTables(engine), Together(engine))


def at(run: Run, message: str) -> Run:
    return replace(run, place=run.place.model_copy(update={"message": message}))


def ended(run: Run, failed: str | None = None, same: str | None = None) -> Run:
    investigation = None if failed or same else found()
    return replace(run, result=Result(1.5, investigation, failed, same))


def text_of(slack: SlackServer, ts: str | None, channel: str = "C1") -> str:
    assert ts is not None
    return json.dumps(slack.messages[channel, ts], ensure_ascii=False)


def began(delivery: Delivery, run: Run) -> Run:
    return at(run, delivery.began(run))


def test_the_placeholder_becomes_the_card_in_one_message(slack, delivery, begun):
    run = began(delivery, begun(an_alert()))
    delivery.told(replace(run, steps=STEPS))
    slack.until(lambda: "Step 4" in text_of(slack, run.place.message))
    shown = delivery.ended(ended(run))
    assert (shown.message, shown.tell) == (run.place.message, None)
    assert "Show evidence" in text_of(slack, run.place.message)
    assert len(slack.named("chat.postMessage")) == 1


def test_a_run_that_is_begun_again_goes_on_with_its_message(slack, delivery, begun):
    run = began(delivery, begun(an_alert()))
    assert delivery.began(run) == run.place.message
    assert len(slack.messages) == 1


def test_a_post_whose_answer_was_lost_may_be_tried_again_and_is_found(slack, delivery, begun):
    run = begun(an_alert())
    slack.lose_answers()
    with pytest.raises(NotShown):
        delivery.began(run)
    assert ("C1", delivery.found(run)) in slack.messages
    assert delivery.found(begun(asked("SHOP-77"))) is None


def test_no_progress_is_shown_after_the_card_though_it_was_told_before(slack, engine, begun):
    """The edits that wait, and the one that is on its way, are over before the card is drawn."""
    delivery = a_delivery(slack, engine)
    for number in range(1, 11):
        run = began(delivery, begun(an_alert(str(number))))
        for count in range(1, 6):
            delivery.told(replace(run, steps=STEPS[:count]))
        delivery.ended(ended(run))
        last = slack.named("chat.update")[-1].given
        assert "Show evidence" in json.dumps(last["blocks"])
    time.sleep(0.1)
    assert all("Show evidence" in json.dumps(message) for message in slack.messages.values())


def test_no_thread_is_left_behind_by_a_run_that_ended(slack, delivery, begun):
    before = threading.active_count()
    for number in range(1, 6):
        run = began(delivery, begun(an_alert(str(number))))
        delivery.told(replace(run, steps=STEPS))
        delivery.ended(ended(run))
    slack.until(lambda: sum(thread.name == "writer" for thread in threading.enumerate()) == 0)
    assert delivery._writers == {}
    assert threading.active_count() <= before + 5


def test_progress_is_spared_where_slacks_patience_is_needed_and_the_card_comes_all_the_same(slack, engine, begun):
    edits = Allowance(clock=lambda: 0.0)
    while edits.take(spare=True):
        pass
    delivery = a_delivery(slack, engine, edits)
    run = began(delivery, begun(an_alert()))
    delivery.told(replace(run, steps=STEPS))
    delivery.ended(ended(run))
    assert len(slack.named("chat.update")) == 1
    assert "Show evidence" in text_of(slack, run.place.message)


def test_a_message_that_is_gone_is_followed_by_one_new_one(slack, delivery, begun):
    run = began(delivery, begun(an_alert()))
    slack.messages.clear()
    shown = delivery.ended(ended(run))
    assert shown.message != run.place.message
    assert list(slack.messages) == [("C1", shown.message)]


def test_the_new_one_for_a_message_that_is_gone_is_not_posted_twice_though_its_answer_is_lost(slack, delivery, begun):
    run = began(delivery, begun(an_alert("1", place={"channel": "C1"})))
    slack.messages.clear()
    slack.lose_answers()
    with pytest.raises(NotShown):
        delivery.ended(ended(run))
    shown = delivery.ended(ended(run))
    assert list(slack.messages) == [("C1", shown.message)]


@pytest.mark.parametrize("error", ["ratelimited", "internal_error", "service_unavailable"])
def test_what_passes_is_tried_again_by_whoever_carries_the_run_out(slack, delivery, begun, error):
    run = began(delivery, begun(an_alert()))
    slack.fail("chat.update", error, times=6)
    with pytest.raises(NotShown):
        delivery.ended(ended(run))
    slack._faults.clear()
    assert delivery.ended(ended(run)).message == run.place.message
    assert "Show evidence" in text_of(slack, run.place.message)


def test_a_channel_that_the_bot_is_not_in_is_a_sentence_for_who_asked(slack, delivery, begun):
    slack.not_in.add("C1")
    with pytest.raises(NotStarted, match="invite"):
        delivery.began(begun(asked()))


def test_a_failure_is_told_to_the_asker_alone_and_the_placeholder_goes(slack, delivery, begun):
    run = began(delivery, begun(asked()))
    shown = delivery.ended(ended(run, "Sentry is down."))
    assert (shown.message, shown.tell) == (None, "Sentry is down.")
    assert slack.messages == {}
    assert delivery.ended(ended(run, "Sentry is down.")) == shown  # as after a crash in between


def test_a_failed_alert_says_so_where_the_alert_stands(slack, delivery, begun):
    run = began(delivery, begun(an_alert()))
    shown = delivery.ended(ended(run, "Sentry is down."))
    assert (shown.message, shown.tell) == (run.place.message, None)
    assert "Sentry is down." in text_of(slack, run.place.message)


def test_a_failure_that_others_wait_for_too_stays_where_they_were_sent(slack, delivery, begun):
    run = began(delivery, begun(asked()))
    shown = delivery.ended(replace(ended(run, "Sentry is down."), asked=2))
    assert (shown.message, shown.tell) == (run.place.message, None)
    assert "Sentry is down." in text_of(slack, run.place.message)


@pytest.fixture
def other(slack, delivery, begun) -> Run:
    """A run in the thread 1.1 of C1 that answers what others were asked."""
    standing = began(delivery, begun(an_alert("77")))
    delivery.known = {standing.id: standing}.get
    return standing


def linked(other: Run) -> str:
    return f"/p{str(other.place.message).replace('.', '')}|here it is>"


def test_a_message_of_a_run_that_another_one_answers_becomes_a_link_for_all_who_were_sent_to_it(
    slack, delivery, begun, other
):
    run = began(delivery, begun(asked()))
    shown = delivery.ended(ended(run, same=other.id))
    assert (shown.message, shown.tell) == (run.place.message, None)
    assert linked(other) in text_of(slack, shown.message)


def test_whoever_asked_before_there_was_a_message_is_told_the_link_alone(slack, delivery, begun, other):
    run = begun(asked(answer_to=slack.response_url()))
    shown = delivery.ended(ended(run, same=other.id))
    assert (shown.message, shown.tell) == (None, None)
    assert linked(other) in slack.answers[0]["text"]
    assert list(slack.messages) == [("C1", other.place.message)]


def test_who_was_promised_a_link_gets_it_where_they_asked(slack, delivery, begun, other):
    delivery.announce(other, [("U7", "C2"), ("U8", "C3")])
    assert [(one["user"], one["channel"]) for one in slack.whispers] == [("U7", "C2"), ("U8", "C3")]
    assert linked(other) in slack.whispers[0]["text"]


@pytest.mark.parametrize("posted", [True, False], ids=["after its placeholder", "before it posted anything"])
def test_the_thread_of_an_alert_shows_where_the_card_is(slack, delivery, begun, other, posted):
    run = begun(an_alert(place=Place(channel="C1", thread="2.2")))
    shown = delivery.ended(ended(began(delivery, run) if posted else run, same=other.id))
    assert shown.tell is None
    assert "the card is elsewhere" in text_of(slack, shown.message)
    assert "here it is" in text_of(slack, shown.message)
    assert slack.messages["C1", str(shown.message)]["thread_ts"] == "2.2"


def test_an_alert_whose_card_stands_in_its_own_thread_says_nothing_more(slack, delivery, begun, other):
    assert delivery.ended(ended(begun(an_alert()), same=other.id)).message is None
    assert list(slack.messages) == [("C1", other.place.message)]


def test_what_another_run_answered_that_is_forgotten_can_be_asked_for_anew(slack, delivery, begun):
    run = began(delivery, begun(an_alert()))
    shown = delivery.ended(ended(run, same="r-forgotten"))
    assert "Check again" in text_of(slack, shown.message)


def test_a_check_that_another_run_answers_keeps_the_card(slack, delivery, begun, other):
    first = began(delivery, begun(asked()))
    before = ended(first)
    again = replace(first, id="r-again", request=asked(again=first.id, place=first.place), before=before)
    shown = delivery.ended(replace(again, result=Result(0.1, same=other.id)))
    assert shown.message == first.place.message
    assert linked(other) in slack.whispers[0]["text"]
    assert "Show evidence" in text_of(slack, shown.message)


def test_a_check_of_a_message_that_held_no_card_is_answered_there_and_takes_nothing_away(slack, delivery, begun, other):
    first = began(delivery, begun(an_alert("SHOP-77", place=Place(channel="C1", thread="2.2"))))
    delivery.ended(ended(first, "Sentry is down."))
    again = replace(first, id="r-again", request=asked("77", again=first.id, place=first.place))
    shown = delivery.ended(replace(again, result=Result(0.1, same=other.id)))
    assert shown.message == first.place.message
    assert linked(other) in text_of(slack, shown.message)


def test_one_sentence_goes_to_the_response_url_or_else_is_whispered(slack, delivery):
    delivery.tell(asked(answer_to=slack.response_url()), "Sentry is down.")
    assert ("Sentry is down." in slack.answers[0]["text"], slack.whispers) == (True, [])
    delivery.tell(asked(answer_to=slack.url.replace("/api/", "/nowhere-that-answers\0")), "Again.")
    delivery.tell(asked(), "Sentry is up.")
    delivery.tell(an_alert(), "Nobody asked.")
    assert [(one["user"], "Nobody" in one["text"]) for one in slack.whispers][-1] == ("U1", False)
    assert not any("Nobody asked." in one["text"] for one in slack.whispers)


def test_a_card_that_was_drawn_earlier_is_never_shown_later(slack, delivery, begun, engine):
    run = began(delivery, begun(an_alert()))
    done = ended(run)
    delivery.ended(done)
    feedback = FeedbackInTables(engine)

    def press(user: str) -> None:
        feedback.record(run.id, user, "right")
        delivery.redraw(done, done.place)

    threads = [threading.Thread(target=press, args=(f"U{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert all(f"U{number}" in text_of(slack, run.place.message) for number in range(8)) or "8" in text_of(
        slack, run.place.message
    )


def test_what_waits_is_told_while_nothing_is_found_yet(slack, delivery, begun):
    delivery.waiting = lambda: 312
    run = began(delivery, begun(an_alert()))
    assert "312" in text_of(slack, run.place.message)


def test_a_count_that_slack_does_not_take_for_now_is_no_defect_and_nobodys_loss(slack, delivery, begun):
    run = began(delivery, begun(an_alert()))
    finished = ended(run)
    shown = delivery.ended(finished)
    before = text_of(slack, shown.message)
    slack.fail("chat.update", "channel_not_found")
    delivery.recount(at(finished, shown.message))
    assert text_of(slack, shown.message) == before
    delivery.recount(replace(at(finished, shown.message), asked=7))
    assert "asked for 7 times" in text_of(slack, shown.message)
