"""Independent steps run side by side, a failing one costs only itself, and absent is not unavailable."""

import threading
import time

import pytest

from playbook.evidence.collected import Evidence
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Issue
from playbook.evidence.logs import Logs
from playbook.evidence.prescription import LogSearch, Prescription
from playbook.evidence.tags import Tags
from playbook.evidence.unavailable import Unavailable
from playbook.gather import gather
from playbook.sources.elastic import Elastic
from playbook.steps import step_of
from tests.facts import a_frequency, an_event, an_issue, some_logs, some_tags


def shelf(*functions):
    return {step.gives: step for step in map(step_of, functions)}


def run(wanted, *functions, known=None, seconds=10.0):
    told = []
    found = gather(wanted, known or Evidence(), {}, told.append, seconds, shelf(*functions))
    return found, [(one.fact, one.state) for one in told]


def issue() -> Issue:
    """Issue details."""
    return an_issue()


def frequency(issue: Issue) -> Frequency:
    """Frequency."""
    return a_frequency(url=issue.url)


def no_tags(issue: Issue) -> Tags | None:
    """Tags."""
    return None


def no_logs(issue: Issue) -> Logs:
    """Logs."""
    raise Unavailable("Elasticsearch refused the connection")


def event_after_logs(logs: Logs) -> Event:
    """Event."""
    return an_event()


def frequency_with_or_without_logs(issue: Issue, logs: Logs | None) -> Frequency:
    """Frequency."""
    return a_frequency(rule="with logs" if logs else "without logs")


def logs_of(prescription: Prescription, elastic: Elastic) -> Logs:
    """Logs."""
    return some_logs()


def test_a_running_step_tells_who_is_asked_and_for_what():
    told = []
    purposes = tuple(LogSearch(purpose=one, phrases=("x",)) for one in ("migrations", "deploys"))
    given = {Prescription: Prescription(searches=purposes), Elastic: Elastic(lambda *_asked: None)}
    gather([Issue, Logs], Evidence(), given, told.append, 10.0, shelf(issue, logs_of))
    asked = {one.fact: (one.source, one.asks) for one in told if one.state == "running"}
    assert asked == {"Issue": ("Sentry", "issue details"), "Logs": ("Elasticsearch", "logs of migrations, deploys")}


def test_what_is_wanted_comes_with_what_it_needs():
    found, _ = run([Frequency], issue, frequency)
    assert set(found.facts) == {Issue, Frequency}


def test_looked_and_found_none_is_absent():
    found, told = run([Tags], issue, no_tags)
    assert Tags in found.absent
    assert Tags not in found.unavailable
    assert ("Tags", "absent") in told


def test_could_not_look_is_unavailable_with_its_sentence_and_costs_only_itself():
    found, _ = run([Logs, Frequency], issue, no_logs, frequency)
    assert found.unavailable == {Logs: "Elasticsearch refused the connection"}
    assert Frequency in found.facts


def test_what_needs_an_unavailable_fact_is_unavailable_and_says_through_what():
    found, _ = run([Event], issue, no_logs, event_after_logs)
    assert "Logs" in found.unavailable[Event]
    assert "Elasticsearch refused the connection" in found.unavailable[Event]


def test_an_optional_need_that_failed_is_waited_for_and_done_without():
    found, _ = run([Frequency, Logs], issue, no_logs, frequency_with_or_without_logs)
    assert found.facts[Frequency].rule == "without logs"


def test_an_optional_need_that_is_still_running_is_waited_for():
    def slow_logs() -> Logs:
        """Logs."""
        time.sleep(0.05)
        return some_logs()

    found, _ = run([Frequency, Logs], issue, slow_logs, frequency_with_or_without_logs)
    assert found.facts[Frequency].rule == "with logs"


def test_a_defect_in_one_step_is_a_gap_without_a_traceback(capsys):
    def broken(issue: Issue) -> Tags:
        """Tags."""
        raise KeyError("topValues")

    found, _ = run([Tags, Frequency], issue, broken, frequency)
    assert "defect" in found.unavailable[Tags]
    assert "KeyError" not in found.unavailable[Tags]
    assert Frequency in found.facts
    assert "KeyError" in capsys.readouterr().out


def test_independent_steps_run_at_the_same_time():
    together = threading.Barrier(3, timeout=5)

    def tags(issue: Issue) -> Tags:
        """Tags."""
        together.wait()
        return some_tags(environment=1)

    def logs(issue: Issue) -> Logs:
        """Logs."""
        together.wait()
        return some_logs()

    def event(issue: Issue) -> Event:
        """Event."""
        together.wait()
        return an_event()

    found, _ = run([Tags, Logs, Event], issue, tags, logs, event)
    assert set(found.facts) == {Issue, Tags, Logs, Event}


def test_a_step_that_takes_longer_than_a_run_is_a_gap_and_the_rest_stands():
    hold = threading.Event()

    def logs(issue: Issue) -> Logs:
        """Logs."""
        hold.wait(5)
        return some_logs()

    try:
        found, _ = run([Logs, Frequency], issue, logs, frequency, seconds=0.3)
    finally:
        hold.set()
    assert "within the time of a run" in found.unavailable[Logs]
    assert Frequency in found.facts


def test_what_is_known_is_not_asked_again():
    def again() -> Issue:
        """Issue details."""
        raise AssertionError("asked twice")

    found, told = run([Frequency], again, frequency, known=Evidence({Issue: an_issue()}))
    assert Frequency in found.facts
    assert ("Issue", "running") not in told


def test_every_step_is_told_of_when_it_begins_and_when_it_ends():
    _, told = run([Frequency, Tags], issue, frequency, no_tags)
    for fact, end in (("Issue", "done"), ("Frequency", "done"), ("Tags", "absent")):
        assert told.index((fact, "running")) < told.index((fact, end))


def test_a_function_that_gives_no_fact_is_no_step():
    def nothing(issue: Issue) -> int:
        """Nothing."""
        return 1

    with pytest.raises(TypeError, match="gives a fact"):
        step_of(nothing)
