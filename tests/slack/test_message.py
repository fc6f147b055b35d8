"""What is written to Slack stands there once, in the end, or the caller is told why not."""

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.card import failure
from bot.doors import web_client
from bot.slack.message import GONE, LONGEST_WAIT, PASSING, TRIES, Messages, NotSent
from bot.slack.pace import Allowance, Pace
from tests.stand_ins.loopback import a_closed_port
from tests.stand_ins.slack_server import SlackServer

CARD = failure("It failed.")


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


class Slept(list[float]):
    """What was slept, without sleeping."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def messages(slack: SlackServer, slept: Slept | None = None, edits: Allowance | None = None) -> Messages:
    slept = Slept() if slept is None else slept
    return Messages(web_client("xoxb-test", slack.url), Pace(0.0, sleep=slept), slept, edits)


def test_a_message_says_in_its_metadata_which_run_it_shows_and_is_found_by_it(slack):
    out = messages(slack)
    posted = {run: out.post("C1", CARD, run=run) for run in ("r-1", "r-2")}
    below = out.post("C1", CARD, thread=posted["r-1"], run="r-3")
    assert [out.find("C1", None, run) for run in ("r-1", "r-2", "r-3")] == [posted["r-1"], posted["r-2"], None]
    assert out.find("C1", posted["r-1"], "r-3") == below
    assert out.find("C2", None, "r-1") is None


def test_a_post_whose_answer_is_lost_is_not_sent_again_and_is_found(slack):
    out = messages(slack)
    slack.lose_answers()
    with pytest.raises(NotSent) as lost:
        out.post("C1", CARD, run="r-1")
    assert lost.value.error in PASSING
    assert len(slack.named("chat.postMessage")) == 1
    assert ("C1", out.find("C1", None, "r-1")) in slack.messages


def test_an_edit_whose_answer_is_lost_is_made_again(slack):
    out = messages(slack)
    ts = out.post("C1", CARD, run="r-1")
    slack.lose_answers(method="chat.update")
    out.edit("C1", ts, failure("Later."))
    assert len(slack.named("chat.update")) == 2
    assert "Later." in str(slack.messages["C1", ts])


@pytest.mark.parametrize("metadata", [None, {}, {"event_type": "other", "event_payload": {"run": "r-1"}}])
def test_messages_of_others_are_not_taken_for_ours(slack, metadata):
    slack.others["C1", "1.1"] = {"text": "r-1", **({"metadata": metadata} if metadata is not None else {})}
    assert messages(slack).find("C1", None, "r-1") is None


def test_a_lost_message_is_found_on_a_later_page_and_the_search_has_an_end(slack):
    out = messages(slack)
    ts = out.post("C1", CARD, run="r-1")
    for number in range(350):
        slack.others["C1", f"1795999999.{number:06d}"] = {"text": "chatter"}
    assert out.find("C1", None, "r-1") == ts
    for number in range(350, 2_000):
        slack.others["C1", f"1795999999.{number:06d}"] = {"text": "chatter"}
    before = len(slack.named("conversations.history"))
    assert out.find("C1", None, "r-1") is None
    assert len(slack.named("conversations.history")) - before == 5


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
def test_a_wait_that_slack_asks_for_is_kept_and_then_it_is_sent_once(slack, method):
    slept = Slept()
    out = messages(slack, slept)
    ts = out.post("C1", CARD) if method == "chat.update" else ""
    slack.fail(method, "ratelimited", retry_after=7)
    if ts:
        out.edit("C1", ts, CARD)
    else:
        out.post("C1", CARD)
    assert len(slack.named(method)) == 2
    assert sum(slept) == pytest.approx(7, abs=0.5)
    assert len(slack.messages) == 1


@pytest.mark.parametrize("error", ["ratelimited", "rate_limited"])
def test_who_is_refused_too_often_hears_that_it_passes(slack, error):
    """Slack has two words for it; either way whoever can wait may try again later."""
    slack.fail("chat.postMessage", error, times=TRIES)
    with pytest.raises(NotSent) as refused:
        messages(slack).post("C1", CARD)
    assert refused.value.error in PASSING
    assert "slow down" in refused.value.sentence


def test_a_wait_that_is_too_long_is_left_to_the_caller_at_once(slack):
    slept = Slept()
    slack.fail("chat.postMessage", "ratelimited", retry_after=int(LONGEST_WAIT) + 1)
    with pytest.raises(NotSent) as refused:
        messages(slack, slept).post("C1", CARD)
    assert refused.value.error in PASSING
    assert slept == []


def test_spare_edits_are_left_out_when_few_are_left_and_others_are_made(slack):
    edits = Allowance(clock=lambda: 0.0)
    out = messages(slack, edits=edits)
    ts = out.post("C1", CARD)
    while edits.take(spare=True):
        pass
    with pytest.raises(NotSent, match="spared"):
        out.edit("C1", ts, CARD, tries=1, spare=True)
    assert slack.named("chat.update") == []
    out.edit("C1", ts, CARD)
    assert len(slack.named("chat.update")) == 1


def test_a_message_that_is_gone_is_said_to_be(slack):
    with pytest.raises(NotSent) as gone:
        messages(slack).edit("C1", "1.1", CARD)
    assert gone.value.error in GONE


def test_whoever_waits_for_slack_is_let_go_when_the_bot_stops(slack):
    out = Messages(web_client("xoxb-test", slack.url))
    slack.refuse(30)
    ended: list[str] = []

    def post() -> None:
        try:
            out.post("C1", CARD)
        except NotSent as refused:
            ended.append(refused.error)

    waiting = threading.Thread(target=post)
    waiting.start()
    slack.until(lambda: slack.named("chat.postMessage"))
    began = time.monotonic()
    out.give_up()
    waiting.join(5)
    assert time.monotonic() - began < 2
    assert ended == ["stopping"]
    assert "stopping" in PASSING


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A Slack that always says this."""

    class Requests(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/api/"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body"),
    [(503, b"<html>Service unavailable</html>"), (502, b""), (500, b'{"ok": false, "error": "internal_error"}')],
    ids=["a page", "nothing", "as documented"],
)
def test_a_slack_that_is_broken_for_now_is_one_that_passes(status, body):
    """Its front answers with a page of its own; a run must not be dropped for that."""
    with answering(status, body) as url:
        out = Messages(web_client("xoxb-test", url), Pace(0.0), Slept())
        with pytest.raises(NotSent) as refused:
            out.post("C1", CARD, run="r-1")
    assert refused.value.error in PASSING
    assert "<html>" not in refused.value.sentence


def test_a_slack_that_cannot_be_reached_is_one_that_passes():
    out = Messages(web_client("xoxb-test", f"http://127.0.0.1:{a_closed_port()}/api/"), Pace(0.0), Slept())
    with pytest.raises(NotSent) as refused:
        out.edit("C1", "1.1", CARD)
    assert refused.value.error in PASSING


def test_no_token_stands_in_what_anybody_is_told(slack):
    slack.fail("chat.postMessage", "invalid_auth")
    with pytest.raises(NotSent) as refused:
        messages(slack).post("C1", CARD)
    assert "xoxb" not in refused.value.sentence
    assert "SLACK_BOT_TOKEN" in refused.value.sentence
