"""What speaks for and against a relation that only one environment lacks."""

from playbook.causes.one_environment_only import cause
from playbook.evidence.spread import Segment
from tests.facts import (
    a_deploy,
    a_frequency,
    a_line,
    a_run,
    a_schema_change,
    a_spread,
    a_timeline,
    evidence,
    some_changes,
    some_logs,
)

CHANGES = some_changes(a_schema_change())
EU = Segment(key="environment", value="eu", count=120, of=120, baseline_count=300, baseline_of=900)
NAMED = "Applying orders.0042_order... OK"


def strengths(*facts, **given):
    signals, _ = cause.weigh(evidence(*facts, **given))
    return {signal.name: str(signal.strength) for signal in signals}


def test_applied_there_and_pending_here_is_decisive():
    there = a_run("applied", NAMED, environment="staging", migration="orders.0042_order")
    text = "You have 1 unapplied migration(s) for app(s): orders."
    here = a_run("unapplied", text).model_copy(update={"line": a_line(text, service="backend")})
    found = strengths(CHANGES, some_logs(there, here), a_spread(reach="too few to say"))
    assert found["applied_elsewhere_pending_here"] == "decisive"


def test_applied_there_and_never_named_here_is_telling():
    there = a_run("applied", NAMED, environment="staging", migration="orders.0042_order")
    assert strengths(CHANGES, some_logs(there))["applied_elsewhere_never_here"] == "telling"


def test_applied_in_both_says_nothing():
    there = a_run("applied", NAMED, environment="staging", migration="orders.0042_order")
    here = a_run("applied", NAMED, migration="orders.0042_order")
    assert "applied_elsewhere_never_here" not in strengths(CHANGES, some_logs(there, here))


def test_an_environment_that_nobody_told_may_be_this_one():
    there = a_run("applied", NAMED, environment="staging", migration="orders.0042_order")
    somewhere = a_run("applied", NAMED, environment=None, migration="orders.0042_order")
    assert "applied_elsewhere_never_here" not in strengths(CHANGES, some_logs(there, somewhere))


def test_an_overrepresented_environment_is_telling():
    elsewhere = a_timeline(deploys=(a_deploy(), a_deploy(environment="eu")))
    assert strengths(elsewhere, a_spread(reach="segment", segments=(EU,))) == {"one_segment_has_it": "telling"}


def test_the_only_environment_that_got_the_release_is_a_hint():
    alone = a_timeline(deploys=(a_deploy(environment="eu"),))
    assert strengths(alone, a_spread(reach="segment", segments=(EU,))) == {"one_segment_has_it": "hint"}


def test_a_server_that_stands_out_may_be_a_canary():
    server = EU.model_copy(update={"key": "server_name", "value": "canary-1"})
    assert strengths(a_spread(reach="segment", segments=(server,))) == {"one_segment_has_it": "hint"}


def test_servers_alike_say_nothing_of_environments():
    assert strengths(a_spread(reach="everyone", compared=("server_name",))) == {}


def test_an_overrepresented_release_is_no_environment():
    release = EU.model_copy(update={"key": "release", "value": "backend@1.4.0"})
    assert strengths(a_spread(reach="segment", segments=(release,))) == {}


def test_everyone_affected_speaks_against_it():
    assert strengths(a_spread(reach="everyone")) == {"everyone_is_affected": "against"}


def test_intermittent_errors_are_a_hint():
    found = strengths(
        a_frequency(trend="intermittent", rule="events in 5 of 24 hours"), a_spread(reach="too few to say")
    )
    assert found == {"comes_and_goes": "hint"}


def test_begun_there_without_a_word_of_its_end_is_never_decisive_nor_called_applied():
    there = a_run("started", "Applying orders.0042_order...", environment="staging", migration="orders.0042_order")
    text = "You have 1 unapplied migration(s) for app(s): orders."
    here = a_run("unapplied", text).model_copy(update={"line": a_line(text, service="backend")})
    signals, _ = cause.weigh(evidence(CHANGES, some_logs(there, here), a_spread(reach="too few to say")))
    (found,) = [one for one in signals if one.name == "applied_elsewhere_pending_here"]
    assert (str(found.strength), found.text.split(" and ")[0]) == ("telling", "It was started in staging")
