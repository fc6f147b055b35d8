"""A refusal for the rate limit is waited out exactly as long as Sentry says, if the run has that long."""

import threading
import time

import pytest
from pydantic import SecretStr

from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.sentry import Sentry
from playbook.sources.sentry_http import REFUSALS, SentryHttp
from playbook.sources.sentry_rest import SentryAccess, sentry_door
from tests.stand_ins.sentry_server import SentryServer, answer, page, rate_limited

PATH = "issues/SHOP-42/"


class Clock:
    """A time that passes only in sleep."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def sentry_at(server: SentryServer, clock: Clock, seconds: float, jitter: float = 0.5, now: float = 0.0) -> Sentry:
    access = SentryAccess(url=server.url, organization="acme", token=SecretStr("sntryu_0123456789abcdef"))
    budget = Budget(seconds, clock, clock.sleep)
    http = SentryHttp(access, budget, jitter=lambda: jitter, now=lambda: now)
    return Sentry(sentry_door(access, budget, http=http))


def refusal(call) -> str:
    with pytest.raises(Unavailable) as caught:
        call()
    return caught.value.sentence


def test_the_window_is_waited_out():
    clock = Clock()
    with SentryServer() as server:
        server.fail(PATH, rate_limited(time.time() + 10), times=1)
        assert sentry_at(server, clock, 60).issue("SHOP-42") == server.world.issue("SHOP-42")
    assert len(clock.slept) == 1
    assert 9 <= clock.slept[0] <= 11.5


def test_the_servers_own_clock_counts_and_not_ours():
    clock = Clock()
    fault = answer(429, {"detail": "too frequently"}, {"X-Sentry-Rate-Limit-Reset": "1700000007", "X-Fake": "1"})
    dated = fault.__class__(429, fault.body, (*fault.headers, ("Date", "Tue, 14 Nov 2023 22:13:20 GMT")))
    with SentryServer() as server:
        server.fail(PATH, dated, times=1)
        sentry_at(server, clock, 60, now=5.0).issue("SHOP-42")
    assert clock.slept == [pytest.approx(7.2)]


def test_a_window_longer_than_the_run_is_said_and_not_waited_for():
    clock = Clock()
    with SentryServer() as server:
        server.fail(PATH, rate_limited(time.time() + 40))
        sentence = refusal(lambda: sentry_at(server, clock, 30).issue("SHOP-42"))
    assert "rate limit holds back the issue" in sentence
    assert any(f"wait {seconds} seconds" in sentence for seconds in (40, 41, 42))
    assert clock.slept == []


@pytest.mark.parametrize("reset", ["99999999999999", "nan", "inf", "-5", "soon", "9" * 400])
def test_nonsense_in_the_header_neither_breaks_nor_blocks(reset):
    clock = Clock()
    with SentryServer() as server:
        server.fail(PATH, answer(429, {"detail": "too frequently"}, {"X-Sentry-Rate-Limit-Reset": reset}))
        assert "rate limit" in refusal(lambda: sentry_at(server, clock, 30).issue("SHOP-42"))
    assert sum(clock.slept) < 30


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
def test_too_many_at_once_is_asked_again_after_about_a_second(jitter):
    clock = Clock()
    with SentryServer() as server:
        server.fail(PATH, rate_limited(time.time() + 3600, at_once=True), times=2)
        assert sentry_at(server, clock, 60, jitter).issue("SHOP-42")
    assert clock.slept == [pytest.approx(0.5 + jitter)] * 2


def test_a_bare_string_labelled_as_a_web_page_is_a_rate_limit_all_the_same():
    clock = Clock()
    with SentryServer() as server:
        server.fail(PATH, rate_limited(bare=True), times=2)
        assert sentry_at(server, clock, 60).issue("SHOP-42")
    assert clock.slept == [pytest.approx(1.0), pytest.approx(2.0)]


def test_a_proxy_that_says_retry_after_is_believed():
    clock = Clock()
    with SentryServer() as server:
        server.fail(PATH, answer(429, {}, {"Retry-After": "3"}), times=1)
        assert sentry_at(server, clock, 60).issue("SHOP-42")
    assert clock.slept == [pytest.approx(3.2)]


def test_refusals_without_an_end_are_given_up():
    clock = Clock()
    with SentryServer() as server:
        server.fail(PATH, rate_limited(at_once=True))
        assert "rate limit holds back the issue" in refusal(lambda: sentry_at(server, clock, 10_000).issue("SHOP-42"))
        assert server.count(PATH) == REFUSALS + 1


def test_a_hiccup_is_not_asked_again_when_there_is_no_time_for_it():
    clock = Clock()
    with SentryServer() as server:
        server.fail(PATH, page(502))
        assert "status 502" in refusal(lambda: sentry_at(server, clock, 0.4).issue("SHOP-42"))
        assert server.count(PATH) == 1


def test_a_budget_counts_down_and_never_below_nothing():
    clock = Clock()
    budget = Budget(5, clock, clock.sleep)
    assert budget.left() == 5
    clock.at += 3
    assert budget.left() == 2
    clock.at += 3
    assert budget.left() == 0


def test_a_budget_does_not_start_a_wait_that_it_cannot_end():
    clock = Clock()
    budget = Budget(5, clock, clock.sleep)
    assert budget.wait(4)
    assert not budget.wait(1)
    assert not budget.wait(float("nan"))
    assert not budget.wait(float("inf"))
    assert budget.wait(0.5)
    assert clock.slept == [4, 0.5]


def test_threads_share_one_deadline():
    budget = Budget(0.3)
    waited: list[bool] = []
    threads = [threading.Thread(target=lambda: waited.append(budget.wait(0.1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waited == [True] * 8
    assert not budget.wait(0.3)
