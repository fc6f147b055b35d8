"""An alert over HTTP is acknowledged once it is written down, and not before: what was not, Slack brings again."""

import gc
import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.doors import http_mode, web_client
from bot.runs.intake import ANSWER_SECONDS
from bot.runs.run import NotStarted, Runs
from tests.doors.serving import posted, served
from tests.doors.signed import JSON, SECRET, an_event, headers
from tests.runs.scene import until
from tests.slack.office import SENTRY_URL, Each, a_desk, an_alert
from tests.stand_ins.slack_server import SlackServer

SLACKS_PATIENCE = 3.0  # seconds


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@dataclass
class Stubborn:
    """The same runs, of which the first answers are given; None is one of the runs themselves."""

    runs: Runs
    first: list[Future[Any] | None]

    def soon(self, request):
        given = self.first.pop(0) if self.first else None
        return self.runs.soon(request) if given is None else given

    def run(self, run_id):
        return self.runs.run(run_id)


@pytest.fixture(autouse=True)
def nothing_is_left_unread(caplog):
    """asyncio logs what nobody looked at once it is thrown away."""
    yield
    gc.collect()
    logged = [one.getMessage() for when in ("call", "teardown") for one in caplog.get_records(when)]
    assert not any("never retrieved" in one for one in logged)


@contextmanager
def hearing(slack, first=(), **settings):
    """The address of a bot whose first writings end so."""
    client, investigator = web_client("xoxb-test", slack.url), Each()
    investigator.go_on.set()
    with a_desk(client, investigator, **settings) as desk:
        stubborn = replace(desk, runs=Stubborn(desk.runs, first))
        with served(http_mode(client, SECRET, stubborn)) as web:
            yield web


def sent(web, alert, event_id="Ev1"):
    body = an_event(alert, event_id)
    return posted(web, body, headers(body, JSON)).status_code


def cards(slack):
    return [message for message in list(slack.messages.values()) if "Show evidence" in json.dumps(message)]


def diagnosed(slack):
    """The issues that have a card, or are on that of another one: all of these rise at once, over one relation."""
    return cards(slack) + [one for one in list(slack.messages.values()) if "Not the same" in json.dumps(one)]


def test_an_alert_is_answered_once_however_often_it_is_delivered(slack):
    with hearing(slack) as web:
        assert [sent(web, an_alert()) for _ in range(3)] == [200, 200, 200]
        assert sent(web, an_alert(ts="1795168000.000200"), "Ev2") == 200
        slack.until(lambda: cards(slack))
        assert [call.given["thread_ts"] for call in slack.named("chat.postMessage")] == ["1795168000.000100"]


def test_an_alert_that_could_not_be_written_is_refused_and_heard_when_it_comes_again(slack):
    refused: Future = Future()
    refused.set_exception(NotStarted("the disk is full"))
    with hearing(slack, [refused]) as web:
        assert sent(web, an_alert()) == 503
        assert slack.named("chat.postMessage") == []
        assert sent(web, an_alert()) == 200
        slack.until(lambda: cards(slack))


def test_an_alert_that_takes_too_long_to_write_is_given_up_before_slack_gives_up(slack):
    never: Future = Future()
    with hearing(slack, [never]) as web:
        began = time.monotonic()
        assert sent(web, an_alert()) == 503
        assert ANSWER_SECONDS <= time.monotonic() - began < SLACKS_PATIENCE
        assert never.cancelled(), "else it would be written although Slack was told that it was not"
        assert sent(web, an_alert()) == 200
        slack.until(lambda: cards(slack))


def about(*issues):
    """One message of a server like GlitchTip about several issues."""
    links = [f"{SENTRY_URL}/issues/{issue}/" for issue in issues]
    return {
        **an_alert(ts="1795168000.000500"), "text": "", "blocks": [],
        "attachments": [{"title": "ProgrammingError", "title_link": link} for link in links],
    }  # fmt: skip


def test_of_several_issues_none_is_written_too_late_and_those_in_time_are_told_of(slack):
    never, later = Future(), Future()
    first = []
    with hearing(slack, first) as web:
        assert sent(web, an_alert(channel="C2", issue=222)) == 200
        slack.until(lambda: cards(slack))
        first += [never, None, later]
        assert sent(web, about(111, 222, 333), "Ev2") == 503
        assert never.cancelled()
        assert later.cancelled()
        slack.until(lambda: "the card is elsewhere" in json.dumps(list(slack.messages.values())))
        assert sent(web, about(111, 222, 333), "Ev2") == 200
        slack.until(lambda: len(diagnosed(slack)) == 3)


def test_of_several_issues_one_that_is_refused_lets_the_others_through(slack):
    refused = Future()
    refused.set_exception(NotStarted("the disk is full"))
    with hearing(slack, [refused]) as web:
        assert sent(web, about(111, 222)) == 503
        slack.until(lambda: len(cards(slack)) == 1)
        assert sent(web, about(111, 222)) == 200
        slack.until(lambda: len(diagnosed(slack)) == 2)


def test_one_that_waits_keeps_no_other_waiting(slack):
    never: Future = Future()
    first = [never]
    with hearing(slack, first) as web, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(sent, web, an_alert())
        until(lambda: not first)
        assert sent(web, an_alert(ts="1795168000.000200"), "Ev2") == 200
        assert not waiting.done()
        assert waiting.result(SLACKS_PATIENCE) == 503


def test_an_alert_in_a_second_channel_is_told_where_the_card_is(slack):
    with hearing(slack) as web:
        assert sent(web, an_alert()) == 200
        slack.until(lambda: cards(slack))
        for event, ts in (("Ev2", "1795168000.000200"), ("Ev3", "1795168000.000300")):
            assert sent(web, an_alert(ts=ts, channel="C2"), event) == 200
        slack.until(lambda: any("the card is elsewhere" in json.dumps(one) for one in slack.messages.values()))
        assert [call.given["channel"] for call in slack.named("chat.postMessage")] == ["C1", "C2"]


def test_what_is_out_of_form_or_in_a_channel_that_was_not_chosen_begins_nothing(slack):
    with hearing(slack, alert_channels=frozenset({"C2"})) as web:
        assert sent(web, an_alert(ts="now")) == 400
        assert sent(web, an_alert(channel="C1")) == 200
        assert sent(web, an_alert(channel="C2"), "Ev2") == 200
        slack.until(lambda: cards(slack))
        assert [call.given["channel"] for call in slack.named("chat.postMessage")] == ["C2"]
