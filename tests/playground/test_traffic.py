"""The inspector remembers what was said, bounded in number and size, and never a token."""

import json

import pytest

from bot.playground.slack.traffic import LONGEST_BODY, Traffic


def test_an_exchange_is_told_when_it_begins_and_when_it_is_answered():
    told = []
    traffic = Traffic(told.append)
    n = traffic.began("bot→slack", "chat.update", "C1 hello", {"text": "hello"})
    traffic.ended(n, {"ok": False, "error": "msg_too_long"}, ok=False, error="msg_too_long")
    assert [(one["n"], one["ok"], one["error"]) for one in told] == [(n, None, None), (n, False, "msg_too_long")]
    assert told[0]["ms"] is None
    assert told[1]["ms"] >= 0
    assert set(told[1]) == {"n", "at", "way", "name", "summary", "ms", "ok", "error", "size"}
    whole = traffic.whole(n)
    assert (whole["request"], whole["answer"]) == ({"text": "hello"}, {"ok": False, "error": "msg_too_long"})


def test_no_more_exchanges_are_kept_than_a_person_scrolls_through():
    traffic = Traffic(most_exchanges=3)
    numbers = [traffic.began("bot→slack", "m", "", {}) for _ in range(5)]
    assert [one["n"] for one in traffic.shown()] == numbers[2:]
    assert traffic.whole(numbers[0]) is None


def test_all_bodies_together_stay_below_their_limit():
    traffic = Traffic(most_bytes=10_000)
    for _ in range(50):
        n = traffic.began("bot→slack", "m", "", {"text": "x" * 700})
        traffic.ended(n, {"text": "y" * 700}, ok=True)
    assert 8_000 < sum(one["size"] for one in traffic.shown()) <= 10_000


def test_the_answer_to_a_forgotten_request_is_forgotten_too():
    told = []
    traffic = Traffic(told.append, most_exchanges=1)
    first = traffic.began("bot→slack", "m", "", {})
    traffic.began("bot→slack", "m", "", {})
    traffic.ended(first, {"ok": True}, ok=True)
    assert [one["n"] for one in traffic.shown()] == [first + 1]
    assert len(told) == 2


def test_a_body_that_is_too_long_is_cut_and_says_so():
    traffic = Traffic()
    n = traffic.began("bot→slack", "m", "", {"text": "ä" * LONGEST_BODY})
    request = traffic.whole(n)["request"]
    assert f"the first {LONGEST_BODY:,} are shown" in request["cut"]
    assert request["beginning"].startswith('{"text": "ää')
    assert traffic.shown()[0]["size"] < LONGEST_BODY * 1.1


@pytest.mark.parametrize(
    "body",
    [
        {"token": "xoxb-secret-1"},
        {"headers": {"Authorization": "Bearer xoxb-secret-1"}},
        {"text": "my token is xoxb-secret-1"},
        {"deep": [{"Token": "xoxb-secret-1"}]},
        {"url": "ws://127.0.0.1/socket?ticket=0123456789abcdef&app_id=A1", "t": "xoxb-secret-1"},
    ],
)
def test_no_token_is_kept(body):
    traffic = Traffic(secrets=("xoxb-secret-1",))
    n = traffic.began("bot→slack", "m", "it is xoxb-secret-1", body)
    traffic.ended(n, body, ok=True)
    kept = json.dumps(traffic.whole(n))
    assert "secret-1" not in kept
    assert "0123456789abcdef" not in kept
