"""A small storm: one run and one card for each issue, whatever is delivered how often, and people before alerts."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from bot.doors import web_client
from bot.listen.desk import Desk
from bot.runs.run import Place, Request
from bot.slack.pace import PACE_SECONDS
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.unavailable import Unavailable
from playbook.gather import Tell
from playbook.investigate import Investigation
from tests.card.diagnoses import NOON
from tests.slack.office import a_desk
from tests.stand_ins.slack_server import SlackServer
from tests.survival.fleet import fleet
from tests.survival.senders import Mission, bodies, deliveries
from tests.survival.storm import OURS, Weather, storm

SMALL = Weather(events=300, issues=6, twice=60, part=150, replicas=2, beside=False)
AT_ONCE = 4  # runs that a replica carries out side by side
LATE_SECONDS = 0.1  # between a turn that was given and the call that Slack sees


def test_a_storm_over_two_replicas_leaves_one_run_and_one_card_for_each_issue():
    found = storm(SMALL)
    assert found.wrong == []
    assert found.found.runs == found.found.posts == SMALL.issues
    assert found.found.requests == SMALL.events
    assert len(found.measured[OURS].waits) == SMALL.events + SMALL.twice


def test_the_storm_is_the_same_for_the_same_seed_and_holds_repeats_and_second_deliveries():
    mission = Mission({}, "secret", events=300, issues=6, seed=7, twice=60)
    sent = deliveries(mission)
    assert sent == deliveries(mission) != deliveries(replace(mission, seed=8))
    assert len(sent) == 360
    assert len({number for number, _ in sent}) == 300
    assert len({issue for _, issue in sent}) == 6
    assert len(list(bodies(mission))) == 360
    again = [place for place, one in enumerate(sent) if one in sent[:place]]
    assert any(sent[place] == sent[place - 1] for place in again)
    assert any(sent[place] != sent[place - 1] for place in again)


@dataclass
class Held:
    """An investigation that ends, without a diagnosis, once it is let go on."""

    asked: list[str] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)
    at_once: int = 0
    under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, ref: IssueRef, _at: datetime, _tell: Tell) -> Investigation:
        with self.lock:
            self.asked.append(str(ref.issue_id))
            self.under_way += 1
            self.at_once = max(self.at_once, self.under_way)
        assert self.go_on.wait(20)
        time.sleep(0.02)
        with self.lock:
            self.under_way -= 1
        raise Unavailable("this test has no evidence")


@contextmanager
def a_queue() -> Iterator[tuple[SlackServer, Held, Desk]]:
    """A bot whose investigations wait until they are let go on."""
    held = Held()
    with SlackServer() as slack, a_desk(web_client("xoxb-test", slack.url), held) as desk:
        try:
            yield slack, held, desk
        finally:
            held.go_on.set()
            slack.until(lambda: held.under_way == 0)


def asked(issue: int, asker: str | None = None) -> Request:
    place = Place(channel=f"C{issue}", thread=None if asker else f"1795168000.{issue:06d}")
    return Request(ref=IssueRef(issue_id=str(issue)), place=place, at=NOON, asker=asker, delivery=f"Ev{issue}")


def test_a_person_is_before_the_alerts_that_wait_and_among_alerts_the_oldest_is_first():
    alerts = [str(issue) for issue in range(101, 125)]
    with a_queue() as (slack, held, desk):
        for issue in alerts:
            desk.runs.start(asked(int(issue)))
        slack.until(lambda: len(held.asked) == AT_ONCE)
        assert desk.runs.start(asked(999, "U0ASKER")).ahead == 0
        time.sleep(0.3)  # whatever should wait would have begun by now
        assert sorted(held.asked) == alerts[:AT_ONCE]
        held.go_on.set()
        slack.until(lambda: len(held.asked) == len(alerts) + 1)
        then = held.asked[AT_ONCE:]
        assert "999" in then[:AT_ONCE]
        # What is under way side by side begins in any order, and the next may overtake one that is slow to begin.
        after = [issue for issue in then if issue != "999"]
        assert all(abs(place - alerts[AT_ONCE:].index(issue)) < 2 * AT_ONCE for place, issue in enumerate(after))
        assert held.at_once == AT_ONCE


def test_a_card_of_a_storm_says_how_many_wait():
    with a_queue() as (slack, held, desk):
        for issue in range(101, 111):
            desk.runs.start(asked(issue))
        slack.until(lambda: len(held.asked) == AT_ONCE)
        held.go_on.set()
        slack.until(lambda: len(held.asked) == 10)
        shown = " ".join(json.dumps(call.given) for call in slack.named("chat.postMessage"))
        told = {int(number) for number in re.findall(r"([0-9]+) [a-z ]*wait", shown)}
        assert told, shown[:2_000]
        assert max(told) <= 10 - 1


@pytest.mark.parametrize("replicas", [2])
def test_replicas_together_write_to_a_channel_once_a_second(replicas, tmp_path):
    with fleet(f"sqlite:///{tmp_path / 'diagnose.db'}", tmp_path) as opened:
        for starting in [opened.starting(f"replica-{one}", pace=PACE_SECONDS, step=0.0) for one in range(replicas)]:
            starting()
        time.sleep(1)  # until each knows of the other by its heartbeat
        for issue in range(1_000, 1_004):
            opened.alert(issue, f"Ev{issue}", f"1795168000.{issue:06d}")
        opened.slack.until(lambda: len(opened.slack.named("chat.postMessage")) == 4)
        at = [call.at for call in opened.slack.named("chat.postMessage")]
        # Each replica may write at once when it was silent, and from then on takes its share of the seconds.
        assert at[-1] - at[0] >= (len(at) - replicas) * PACE_SECONDS - LATE_SECONDS
