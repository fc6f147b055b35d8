"""Of several runs of one issue, under several names, one answers; the others say where, and nobody waits in vain."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from bot.runs.dispatcher import LOOK_SECONDS
from bot.runs.durable import Durable
from bot.runs.run import NotShown, Place, Run, Shown
from playbook.evidence.issue_ref import IssueRef
from playbook.gather import Tell
from playbook.investigate import Investigation
from tests.runs.scene import FAST, PATIENCE, Investigator, Listener, all_ended, an_alert, asked, found, running, until


@contextmanager
def behind_another(engine: Engine, investigate: Investigator, audience: Listener) -> Iterator[Durable]:
    """Runs that wait behind one of another issue, 77, until the investigator is let go on."""
    investigate.go_on.clear()
    with running(engine, investigate, audience, tempo=replace(FAST, at_once=1)) as durable:
        durable.start(an_alert("77"))
        until(lambda: investigate.asked == ["77"])
        yield durable


def test_an_issue_that_another_run_has_is_not_looked_into_twice(engine):
    audience, investigate = Listener(), Investigator(url="https://acme.sentry.io/issues/5551234567/")
    investigate.go_on.clear()
    with running(engine, investigate, audience) as durable:
        by_number = durable.start(an_alert("5551234567")).run.id
        until(lambda: audience.count("told") == 3)
        by_name = durable.start(asked("SHOP-42")).run.id
        until(lambda: audience.results)
        assert audience.results[0].id == by_name
        assert audience.results[0].result.same == by_number
        assert durable.start(asked("SHOP-42")).run.id == by_number
        investigate.go_on.set()
        until(lambda: all_ended(engine))


class OfTwoIssues(Investigator):
    """Finds SHOP-42 to be the issue 5551234567, and any number to be that issue."""

    def __call__(self, ref: IssueRef, at: datetime, tell: Tell) -> Investigation:
        number = ref.issue_id or "5551234567"
        super().__call__(ref, at, lambda told: tell(replace(told, url=f"https://acme.sentry.io/issues/{number}/")))
        return found(number, "SHOP-42" if number == "5551234567" else "SHOP-77")


def test_a_person_is_not_given_up_for_an_alert_that_only_waits(engine):
    """In a storm: the alert of the issue stands far behind in the queue, under the issue's number."""
    audience, investigate = Listener(), OfTwoIssues()
    with behind_another(engine, investigate, audience) as durable:
        alerted = durable.start(an_alert("5551234567")).run.id
        person = durable.start(asked("SHOP-42")).run.id
        until(lambda: not durable.book.due())
        investigate.go_on.set()
        until(lambda: all_ended(engine))
        results = {run.id: run.result for run in audience.results}
    assert results[person].investigation is not None
    assert results[alerted].same == person
    assert ("began", alerted) not in audience.calls
    assert investigate.asked == ["77", "SHOP-42"]


class KnowsLate(OfTwoIssues):
    """Does not find out for a while which issue it has."""

    def __call__(self, ref: IssueRef, at: datetime, tell: Tell) -> Investigation:
        assert self.go_on.wait(PATIENCE)
        return super().__call__(ref, at, tell)


def test_who_was_promised_the_link_to_a_run_that_another_one_answers_gets_the_link_to_that(engine):
    audience, investigate = Listener(), KnowsLate()
    investigate.go_on.clear()
    with running(engine, investigate, audience, tempo=replace(FAST, at_once=1)) as durable:
        by_name = durable.start(asked("SHOP-42")).run.id
        until(lambda: audience.count("began"))
        by_number = durable.start(an_alert("5551234567")).run.id
        assert durable.start(asked("5551234567", "U2")).run.id == by_number
        investigate.go_on.set()
        until(lambda: all_ended(engine))
    assert audience.announced == [(by_name, "U2", "C1")]


def test_an_alert_that_a_person_asks_for_while_it_waits_goes_before_the_other_alerts_and_is_told_of(either):
    audience, investigate = Listener(), Investigator()
    with behind_another(either, investigate, audience) as durable:
        waiting = [durable.start(an_alert(str(number))).run.id for number in range(2, 6)]
        until(lambda: not durable.book.due())
        assert durable.start(asked("5", place=Place(channel="C9"))).run.id == waiting[-1]
        until(lambda: [one.run for one in durable.book.hurried()] == [waiting[-1]])
        time.sleep(2 * LOOK_SECONDS)
        investigate.go_on.set()
        until(lambda: all_ended(either))
    assert investigate.asked == ["77", "5", "2", "3", "4"]
    assert audience.announced == [(waiting[-1], "U1", "C9")]


class LosesAnswers(Listener):
    """Of a message that is posted at the end of a run, the answer is lost."""

    def ended(self, run: Run) -> Shown:
        shown = super().ended(run)
        if shown.message is not None:
            return shown
        self.posts.setdefault(run.id, []).append("8.8")
        raise NotShown("Slack did not answer.")


def test_a_message_that_only_tells_where_the_card_is_is_found_again_too(engine):
    audience, investigate = LosesAnswers(), OfTwoIssues()
    with behind_another(engine, investigate, audience) as durable:
        alerted = durable.start(an_alert("5551234567")).run.id
        durable.start(asked("SHOP-42"))
        until(lambda: not durable.book.due())
        investigate.go_on.set()
        until(lambda: all_ended(engine))
        assert audience.posts[alerted] == ["8.8"]
        assert durable.run(alerted).place.message == "8.8"
