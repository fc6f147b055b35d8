"""*Not the same*: written down before Slack hears of it, shown afterwards, and told where it could not be done."""

import json
import threading
from datetime import UTC, datetime

import pytest
from slack_bolt import App
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient

from bot.card.joined import pointing
from bot.listen.joins import GONE, register, take_apart
from bot.runs.run import NotStarted
from bot.slack.message import NotSent
from playbook.joining import Belonging
from tests.incidents import a_link, an_incident
from tests.stand_ins.slack_server import SlackServer

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BUTTON = pointing(
    Belonging(incident=an_incident(43), link=a_link(), leading=a_link().citation), an_incident(42)
).blocks[-1]["elements"][0]


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


class Book:
    """Joins of a test; `let_go` holds back what is shown, `fails` is raised instead of writing, `slow` of showing."""

    def __init__(self, known=("r-43",), fails=None, unsent=None):
        self.known, self.fails, self.unsent = known, fails, unsent
        self.undone, self.shown, self.let_go = {}, [], threading.Event()

    def undo(self, run_id, user, name, at):
        if self.fails:
            raise self.fails
        if run_id in self.known:
            self.undone.setdefault(run_id, (user, name, at))
        return run_id in self.known

    def show(self, run_id):
        assert self.let_go.wait(10)
        if self.unsent:
            raise self.unsent
        self.shown.append(run_id)


def a_body(slack=None, **given):
    """What Slack sends when the button of the small message is pressed."""
    return {
        "type": "block_actions",
        "user": {"id": "U0ADA", "name": "ada", "team_id": "T0TEST"},
        "team": {"id": "T0TEST"},
        "trigger_id": "1.2.3",
        "api_app_id": "A0TEST",
        "channel": {"id": "C1"},
        "message": {"ts": "1.5", "thread_ts": "1.1"},
        "container": {"type": "message", "message_ts": "1.5", "channel_id": "C1"},
        "response_url": slack.response_url() if slack else "",
        "actions": [{"type": "button", "block_id": "b", **{key: BUTTON[key] for key in ("action_id", "value")}}],
        **given,
    }


def press(slack, book, **given):
    client = WebClient(token="xoxb-test", base_url=slack.url)
    app = App(client=client, process_before_response=True, signing_secret="s", request_verification_enabled=False)
    register(app, book, lambda: AT, slack.url)
    body = json.dumps(a_body(slack, **given))
    return app.dispatch(BoltRequest(body=body, headers={"content-type": ["application/json"]}))


def test_it_is_written_down_before_slack_hears_of_it_and_shown_afterwards(slack):
    book = Book()
    assert press(slack, book).status == 200
    assert (book.undone, book.shown) == ({"r-43": ("U0ADA", "ada", AT)}, [])
    book.let_go.set()
    slack.until(lambda: book.shown)
    assert book.shown == ["r-43"]
    assert slack.answers == []


def test_a_second_press_changes_nothing_that_is_written(slack):
    book = Book()
    book.let_go.set()
    press(slack, book)
    press(slack, book, user={"id": "U0EVE", "name": "eve"})
    slack.until(lambda: len(book.shown) == 2)
    assert book.undone == {"r-43": ("U0ADA", "ada", AT)}


def test_slack_is_acknowledged_and_the_person_told_where_it_could_not_be_written(slack):
    assert press(slack, Book(fails=NotStarted("The database does not answer."))).status == 200
    slack.until(lambda: slack.answers)
    assert [answer["text"] for answer in slack.answers] == [
        "The two were not taken apart. The database does not answer."
    ]
    assert slack.answers[0]["response_type"] == "ephemeral"


def told(book, body):
    sentences: list[str] = []
    book.let_go.set()
    take_apart(book, body, AT, sentences.append)
    return sentences


@pytest.mark.parametrize("value", ["", "{}", "not ours", "[1]", json.dumps({"run": "r-gone"}), json.dumps({"run": 7})])
def test_a_button_that_leads_to_no_run_takes_nothing_apart(value):
    book, body = Book(), a_body()
    body["actions"][0]["value"] = value
    assert told(book, body) == [GONE]
    assert (book.undone, book.shown) == ({}, [])


def test_what_is_written_and_cannot_be_shown_is_said_to_be_so():
    (sentence,) = told(Book(unsent=NotSent("ratelimited")), a_body())
    assert sentence.startswith("The two are taken apart; the cards do not show it yet. ")
