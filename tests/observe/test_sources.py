"""Calls to sources are counted with the kind of each failure, and every sentence that a source can say has a kind."""

import copy
import re
import threading
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.util.utils import create_copy
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.observe.measures import ERRORS
from bot.observe.metrics import Metrics
from bot.observe.sources import CountedClient, counted, kind_of, noting_waits
from playbook.evidence.unavailable import Unavailable
from playbook.sources import elastic_errors, github_errors, sentry_errors
from playbook.sources.budget import Budget
from playbook.sources.door import Question
from playbook.sources.github_errors import Answer
from playbook.sources.punctual import Why
from playbook.sources.sentry_errors import Reply, meaning
from tests.observe.scrape import value
from tests.stand_ins.slack_server import SlackServer

SOURCES = Path(__file__).parents[2] / "playbook" / "sources"
HOST = "down.example.com"
LATE = {"late", "late connection"}
ASKED = Question(source="github", call="compare")


@pytest.mark.parametrize("why", get_args(Why))
@pytest.mark.parametrize("sentence", [
    lambda why: github_errors.broken(why, HOST, 20.0),
    lambda why: elastic_errors.broken(why, HOST, 20.0),
    lambda why: sentry_errors.unreachable(why, HOST, "the issue", 20.0),
], ids=["github", "elasticsearch", "sentry"])  # fmt: skip
def test_no_answer_at_all_is_late_or_unreachable(sentence, why):
    expected = (
        {"timeout"} if why in LATE else {"unreachable", "unreadable"} if why == "compression" else {"unreachable"}
    )
    assert kind_of(sentence(why)) in expected


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (401, {}, "unauthorized"),
        (403, {}, "unauthorized"),
        (403, {"retry-after": "60"}, "rate_limited"),
        (403, {"x-github-sso": "required"}, "unauthorized"),
        (429, {}, "rate_limited"),
        (404, {}, "unreadable"),
        (500, {}, "server_error"),
        (502, {}, "server_error"),
        (418, {}, "refused"),
    ],
)
@pytest.mark.parametrize("by_token", [True, False])
def test_what_github_refuses_has_a_kind(status, headers, kind, by_token):
    assert kind_of(github_errors.refused(Answer(status, headers, {}), HOST, by_token)) == kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "refused"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "unauthorized"),
        (408, "timeout"),
        (409, "refused"),
        (410, "unreadable"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "server_error"),
    ],
)
def test_what_sentry_refuses_has_a_kind(status, kind):
    from pydantic import SecretStr  # noqa: PLC0415

    from playbook.sources.sentry_access import SentryAccess  # noqa: PLC0415
    from playbook.sources.sentry_endpoints import Endpoint  # noqa: PLC0415

    access = SentryAccess(url="https://sentry.example.com", organization="acme", token=SecretStr("t" * 20))
    endpoint = Endpoint("members/", "the members", "member:read", can_be_none=False, gives="list")
    with pytest.raises(Unavailable) as raised:
        meaning(Reply(status, {}, b'{"detail": "no"}'), endpoint, access, "list")
    assert kind_of(raised.value.sentence) == kind


def test_every_sentence_that_is_written_in_a_source_has_a_kind_of_its_own():
    """What remains is a request of ours that is refused, and what a person must set: none of it a trouble of theirs."""
    left = set()
    for path in sorted(SOURCES.glob("*.py")):
        if path.stem.startswith(("sentry", "github", "elastic")) and path.stem not in {"sentry_actions"}:
            for text in re.findall(
                r"""Unavailable\(\s*(f?"(?:[^"\\]|\\.)*"(?:\s*f?"(?:[^"\\]|\\.)*")*)""", path.read_text()
            ):
                sentence = re.sub(r'"\s*f?"', "", text).strip('f"')
                if kind_of(sentence) == "refused":
                    left.add(sentence[:48])
    assert left == {
        "the repository is not named as owner/name: {repo",
        "{base} and {head} have no common history, so Git",
        "Sentry cannot be asked for something named . or ",
        "{at} did not accept the question about {what}{sa",
        "{at} refused {what} (status {status}){said}; che",
        "GitHub at {wire.host} does not know what it was ",
    }


@given(st.text())
def test_a_kind_is_never_a_text_from_outside(text):
    assert kind_of(text) in ERRORS


def test_a_question_is_counted_and_timed_and_its_answer_passed_on():
    metrics, now = Metrics(), iter([10.0, 12.5])
    door = counted(lambda question: {"asked": question.call}, metrics, lambda: next(now))
    assert door(ASKED) == {"asked": "compare"}
    assert value(metrics, "diagnose_source_calls_total", source="github") == 1
    assert value(metrics, "diagnose_source_duration_seconds_sum", source="github") == 2.5


@pytest.mark.parametrize(
    ("raised", "kind"),
    [(Unavailable("GitHub's rate limit is used up (403)"), "rate_limited"), (ValueError("ours"), "defect")],
)
def test_a_question_without_an_answer_is_told_by_kind_and_raised_as_it_was(raised, kind):
    metrics = Metrics()

    def door(_question):
        raise raised

    with pytest.raises(type(raised)) as seen:
        counted(door, metrics)(ASKED)
    assert seen.value is raised
    assert value(metrics, "diagnose_source_errors_total", source="github", kind=kind) == 1
    assert value(metrics, "diagnose_source_calls_total", source="github") == 1


def test_waits_are_counted_and_the_seconds_stay_the_same():
    metrics, budget = Metrics(), Budget(5.0)
    noted = noting_waits(budget, "sentry", metrics)
    assert noted.wait(0.01)
    assert not noted.wait(60.0)
    assert 4.0 < noted.left() <= budget.left() + 0.05
    assert value(metrics, "diagnose_source_retries_total", source="sentry") == 1


@pytest.fixture
def slack():
    """A Slack on loopback."""
    with SlackServer() as server:
        yield server


def a_client(slack, metrics):
    return CountedClient(token="xoxb-of-the-test", base_url=slack.url.rstrip("/") + "/", timeout=5).note(metrics)


def test_calls_to_slack_are_counted_on_bolts_copies_of_the_client_too(slack):
    metrics = Metrics()
    client = a_client(slack, metrics)
    client.auth_test()
    create_copy(client).auth_test()
    copy.deepcopy(client).auth_test()
    assert value(metrics, "diagnose_source_calls_total", source="slack") == 3
    assert value(metrics, "diagnose_source_duration_seconds_count", source="slack") == 3


@pytest.mark.parametrize(
    ("error", "kind"),
    [("ratelimited", "rate_limited"), ("invalid_auth", "unauthorized"), ("channel_not_found", "refused")],
)
def test_what_slack_refuses_is_told_by_kind(slack, error, kind):
    metrics = Metrics()
    slack.fail("auth.test", error)
    with pytest.raises(SlackApiError):
        a_client(slack, metrics).auth_test()
    assert value(metrics, "diagnose_source_errors_total", source="slack", kind=kind) == 1
    assert value(metrics, "diagnose_source_retries_total", source="slack") == (kind == "rate_limited")


def test_a_slack_that_is_not_there_is_unreachable():
    metrics = Metrics()
    client = CountedClient(token="xoxb-of-the-test", base_url="http://127.0.0.1:1/api/", timeout=2).note(metrics)
    with pytest.raises((OSError, SlackRequestError)):
        client.auth_test()
    assert value(metrics, "diagnose_source_errors_total", source="slack", kind="unreachable") == 1


def test_many_threads_count_right():
    metrics = Metrics()
    door = counted(lambda _question: None, metrics)
    threads = [threading.Thread(target=lambda: [door(ASKED) for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(metrics, "diagnose_source_calls_total", source="github") == 400
