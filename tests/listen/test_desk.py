"""Whoever asks is answered after the acknowledgement: with a link, with the length of the queue, or why not."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.listen.desk import Desk
from bot.runs.run import NotStarted, Place, Request, Result, Run, Started
from tests.runs.scene import asked, until

RUN = Run("r-1", asked(), Place(channel="C1", message="9.9"))


@dataclass
class Runs:
    """Answers every request with what it was made with."""

    answer: Started | NotStarted
    known: Run | None = field(default_factory=lambda: replace(RUN))
    asked: list[Request] = field(default_factory=list)

    def start(self, request: Request) -> Started:
        self.asked.append(request)
        if isinstance(self.answer, NotStarted):
            raise self.answer
        return self.answer

    def soon(self, request: Request) -> Future[Started]:
        raise NotImplementedError

    def run(self, run_id: str) -> Run | None:
        assert run_id == RUN.id
        return self.known

    def close(self) -> None:
        """Nothing is open."""


class Links:
    """Slack's permalinks; waits to be let go on, as Slack lets wait."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.go_on.set()

    def link(self, channel: str, message: str) -> str | None:
        assert self.go_on.wait(10)
        return f"https://acme.slack.example.com/archives/{channel}/p{message}"


@pytest.fixture
def told():
    with ThreadPoolExecutor(2) as afterwards:

        def ask(runs: Runs, links: Links | None = None) -> list[str]:
            heard: list[str] = []
            parts: dict[str, Any] = {"delivery": None, "messages": links or Links(), "feedback": None, "sentry_url": ""}
            desk = Desk(runs=runs, afterwards=afterwards, **parts)
            desk.ask(asked(), heard.append)
            return heard

        yield ask


def test_a_new_run_is_told_by_its_card_alone(told):
    assert told(Runs(Started(RUN, new=True))) == []


def test_whoever_has_to_wait_is_told_how_long_the_queue_is(told):
    for ahead, words in ((1, "1 run is ahead"), (7, "7 runs are ahead")):
        heard = told(Runs(Started(RUN, new=True, ahead=ahead)))
        until(lambda heard=heard: heard)
        assert words in heard[0]
        assert "SHOP-42" in heard[0]


@pytest.mark.parametrize(
    ("known", "state"),
    [
        (replace(RUN), "is being diagnosed"),
        (Run("r-1", asked(), RUN.place, result=Result(1.0, failed="no")), "was looked into a moment ago"),
    ],
)
def test_a_later_asker_gets_the_link_to_the_card_that_stands(told, known, state):
    heard = told(Runs(Started(RUN, new=False), known))
    until(lambda: heard)
    assert state in heard[0]
    assert "https://acme.slack.example.com/archives/C1/p9.9" in heard[0]


@pytest.mark.parametrize(
    ("known", "says"),
    [
        (None, "ask again in a minute"),
        (Run("r-1", asked(), Place(channel="C1")), "its card comes in <#C1>; you get the link once it stands"),
        (Run("r-1", asked(), Place(channel="C1"), result=Result(1.0, same="r-2")), "ask again in a minute"),
    ],
    ids=["unknown", "not posted yet", "given up for another one"],
)
def test_without_a_message_nobody_is_sent_to_one(told, known, says):
    heard = told(Runs(Started(RUN, new=False), known))
    until(lambda: heard)
    assert says in heard[0]
    assert "https://" not in heard[0]


def test_the_same_delivery_again_tells_nobody_anything(told):
    assert told(Runs(Started(RUN, new=False, delivered=True))) == []


def test_what_cannot_be_started_is_said_in_its_sentence(told):
    heard = told(Runs(NotStarted("My database does not answer.")))
    until(lambda: heard)
    assert heard == ["My database does not answer."]


def test_the_acknowledgement_does_not_wait_for_slack(told):
    links = Links()
    links.go_on.clear()
    heard = told(Runs(Started(RUN, new=False)), links)
    assert heard == []
    links.go_on.set()
    until(lambda: heard)


def test_what_goes_wrong_afterwards_ends_nothing(told):
    class Broken(Links):
        def link(self, channel: str, message: str) -> str | None:
            raise ZeroDivisionError(channel, message)

    assert told(Runs(Started(RUN, new=False)), Broken()) == []
    heard = told(Runs(NotStarted("Later.")))
    until(lambda: heard)
