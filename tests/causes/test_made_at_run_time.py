"""What speaks for and against a relation that is made at run time: a temporary table, the part of a period."""

import pytest

from playbook.causes.made_at_run_time import cause
from playbook.evidence.schema_history import Partitioned
from tests.facts import (
    a_declaration,
    a_frequency,
    a_line,
    a_relation,
    a_run,
    a_schema_change,
    a_schema_event,
    a_schema_history,
    a_search,
    an_event,
    evidence,
    minutes,
    some_changes,
    some_logs,
)

TOTALS = a_relation(name="totals", quote='relation "totals" does not exist')
MADE = "CREATE TEMP TABLE totals (id int)"
MADE_HERE = an_event(statements=(MADE,))
READ = a_schema_history()

DECEMBER = a_relation(name="events_2026_12", quote='relation "events_2026_12" does not exist')
PARENT = a_schema_event(relation="events", brought="earlier", quote="CREATE TABLE events (")
NOVEMBER = a_schema_event(relation="events_2026_11", brought="earlier", quote="CREATE TABLE events_2026_11")
OCTOBER = a_schema_event(relation="events_2026_10", brought="earlier", quote="CREATE TABLE events_2026_10")
BY_RANGE = "PARTITION BY RANGE (at)"
DIVIDED = a_schema_history(partitioned=Partitioned(parent=PARENT, by=BY_RANGE))


def signals(*facts, **given):
    return {signal.name: signal for signal in cause.weigh(evidence(*facts, **given))[0]}


def strengths(*facts, **given):
    return {name: str(signal.strength) for name, signal in signals(*facts, **given).items()}


def remedy(*facts):
    return cause.remedy(evidence(*facts).facts)


BEFORE = minutes(-1)


def traced(message, at=BEFORE, **given):
    return some_logs(searches=(a_search("same trace", a_line(message, at, trace_id="t", **given)),))


TRACED = an_event(trace_id="t")


def test_an_ordinary_relation_is_not_made_at_run_time():
    assert strengths(READ) == {}
    assert strengths(some_changes(a_schema_change())) == {}


def test_made_by_the_same_request_for_itself_is_decisive_where_the_repository_knows_none():
    found = signals(TOTALS, MADE_HERE, READ)
    assert {name: str(one.strength) for name, one in found.items()} == {"made_for_its_own_session": "decisive"}
    assert [one.quote for one in found["made_for_its_own_session"].citations] == [MADE, TOTALS.quote]


@pytest.mark.parametrize(
    "facts",
    [
        (),
        (a_schema_history(dynamic=("0007_tenants.py:4: its name is computed",)),),
        (a_schema_history(incomplete=("0007_big.py: it has 3,000,000 bytes",)),),
        (a_schema_history(migrations=0, frameworks=()),),
        (a_schema_history(later=(a_schema_event(relation="totals", brought="later"),)),),
        (a_schema_history(gone=(a_schema_event(relation="totals", brought="earlier"),)),),
        (READ, an_event(statements=(MADE,), release="backend@1.3.0")),
        (READ, an_event(statements=(MADE,), release=None)),
    ],
)
def test_where_a_lasting_one_may_be_meant_it_is_telling(facts):
    assert strengths(TOTALS, MADE_HERE, *facts) == {"made_for_its_own_session": "telling"}


@pytest.mark.parametrize(
    "facts",
    [
        (a_schema_history(a_schema_event(relation="totals")),),
        (some_changes(a_schema_change(relation="totals")),),
        (READ, an_event(statements=(MADE, "DROP TABLE totals"))),
        (READ, an_event(statements=("CREATE TABLE totals (id int)", MADE))),
        (READ, an_event(statements=("CREATE TEMP TABLE totals AS SELECT * FROM totals",))),
    ],
)
def test_where_a_lasting_one_is_known_or_it_was_dropped_again_it_is_a_hint(facts):
    assert strengths(TOTALS, MADE_HERE, *facts) == {"made_for_its_own_session": "hint"}


def test_the_statement_that_failed_made_nothing():
    shadow = "CREATE TEMP TABLE totals AS SELECT * FROM totals"
    assert strengths(TOTALS, an_event(statements=(shadow,), sql=shadow), READ) == {}


def test_a_line_of_the_same_trace_is_telling_and_by_our_own_service_decisive():
    assert strengths(TOTALS, TRACED, READ, traced(MADE)) == {"made_for_its_own_session": "telling"}
    assert strengths(TOTALS, TRACED, READ, traced(MADE, service="billing")) == {"made_for_its_own_session": "telling"}
    ours = traced(MADE, service="web-7", own=True)
    assert strengths(TOTALS, TRACED, READ, ours) == {"made_for_its_own_session": "decisive"}


def test_a_line_of_another_trace_after_the_error_or_of_a_refusal_says_nothing():
    assert strengths(TOTALS, an_event(trace_id="u"), READ, traced(MADE, own=True)) == {}
    assert strengths(TOTALS, TRACED, READ, traced(MADE, minutes(5), own=True)) == {}
    assert strengths(TOTALS, TRACED, READ, traced(f"ERROR: denied: {MADE}", own=True)) == {}


@pytest.mark.parametrize(
    "relation",
    [a_relation(name="#totals", dialect="sqlserver"), a_relation(name="totals", schema_name="pg_temp")],
)
def test_a_name_that_can_only_be_temporary_is_decisive_by_itself(relation):
    assert strengths(relation) == {"named_as_temporary": "decisive"}


def test_of_a_temporary_relation_the_remedy_is_one_session():
    found = remedy(TOTALS, MADE_HERE)
    assert "one connection and in one transaction" in found.action
    assert found.command == "SELECT pg_backend_pid();"
    assert remedy(a_relation(name="#totals", dialect="sqlserver")).command == "SELECT @@SPID;"


def test_the_part_of_the_period_that_is_next_is_telling_where_its_parent_is_divided():
    found = signals(DECEMBER, DIVIDED)["named_after_the_period_that_begins"]
    assert str(found.strength) == "telling"
    assert "partition of events (PARTITION BY RANGE (at)) from 2026-12-01 to 2027-01-01" in found.text
    assert [one.quote for one in found.citations] == [PARENT.quote]


TODAY = a_relation(name="events_20261120", quote='relation "events_20261120" does not exist')
YESTERDAY = "LOG: statement: CREATE TABLE events_20261119 PARTITION OF events FOR VALUES FROM ('a') TO ('b')"


def test_siblings_made_in_the_logs_are_telling_without_the_repository():
    logs = some_logs(searches=(a_search("migrations", a_line(YESTERDAY, minutes(-300))),))
    found = signals(TODAY, logs)["named_after_the_period_that_begins"]
    assert str(found.strength) == "telling"
    assert [one.quote for one in found.citations] == [YESTERDAY]


@pytest.mark.parametrize(
    ("relation", "partitioned"),
    [
        (DECEMBER, Partitioned(parent=PARENT)),
        (DECEMBER, Partitioned(parent=PARENT, by=BY_RANGE, siblings=(NOVEMBER,))),
        (DECEMBER, Partitioned(siblings=(NOVEMBER,))),
        (a_relation(name="events_2026_11"), Partitioned(parent=PARENT, by=BY_RANGE)),
    ],
    ids=["not divided", "a migration made the last one", "nothing but a sibling", "well under way"],
)
def test_where_nothing_tells_that_it_is_made_at_run_time_it_is_a_hint(relation, partitioned):
    schema = a_schema_history(partitioned=partitioned)
    assert strengths(relation, schema) == {"named_after_the_period_that_begins": "hint"}


@pytest.mark.parametrize(
    "facts",
    [
        (READ,),
        (DIVIDED.model_copy(update={"declared": (a_declaration(relation="events_2026_12"),)}),),
        (DIVIDED, a_frequency(onset=None)),
        (DIVIDED, a_frequency(onset=minutes(-60 * 24 * 90))),
    ],
    ids=["no parent", "a model declares it", "no onset is known", "months before the period"],
)
def test_it_is_silent_about(facts):
    assert strengths(DECEMBER, *facts) == {}


def test_a_period_long_over_speaks_against_it():
    schema = a_schema_history(partitioned=Partitioned(parent=PARENT, by=BY_RANGE, siblings=(OCTOBER,)))
    assert strengths(a_relation(name="events_2026_03"), schema) == {"its_period_was_long_over": "against"}


def test_a_migration_that_makes_just_that_name_strikes_it_out():
    made = a_schema_event(relation="events_2026_12")
    assert strengths(DECEMBER, a_schema_history(made)) == {"a_migration_makes_it": "rules_out"}
    change = a_schema_change(relation="events_2026_12")
    assert strengths(DECEMBER, DIVIDED, some_changes(change))["a_migration_makes_it"] == "rules_out"


def test_the_statement_that_makes_the_part_can_be_pasted():
    found = remedy(DECEMBER, DIVIDED)
    assert found.command == (
        "CREATE TABLE events_2026_12 PARTITION OF events FOR VALUES FROM ('2026-12-01') TO ('2027-01-01');"
    )
    assert "pg_inherits" in found.verify
    assert "does not help" in found.rollback


def test_pg_partman_is_run_where_it_keeps_the_parts():
    schema = a_schema_history(partitioned=Partitioned(parent=PARENT, by=BY_RANGE, partman=True))
    assert remedy(DECEMBER, schema).command == "CALL partman.run_maintenance_proc();"


def test_where_nobody_knows_how_it_is_divided_the_remedy_shows_what_there_is():
    found = remedy(DECEMBER, a_schema_history(partitioned=Partitioned(parent=PARENT)))
    assert "pg_inherits" in found.command
    assert "events_2026_12" in found.verify


MAKES_TODAY = "CREATE TABLE events_20261120 PARTITION OF events FOR VALUES FROM ('a') TO ('b')"
FAILED = f"{MAKES_TODAY} failed: canceling statement due to lock timeout"
NAMED = "named_after_the_period_that_begins"


def tried(*runs, **given):
    return some_logs(*runs, searches=(a_search("migrations", *(run.line for run in runs), **given),))


def test_making_it_failed_here_before_the_errors_is_decisive():
    found = signals(TODAY, DIVIDED, tried(a_run("failed", FAILED, minutes(-5))))[NAMED]
    assert str(found.strength) == "decisive"
    assert [one.quote for one in found.citations] == [FAILED, PARENT.quote]


@pytest.mark.parametrize(
    "logs",
    [
        tried(a_run("failed", FAILED, minutes(-5), environment=None)),
        tried(a_run("failed", FAILED, minutes(-60 * 30))),
        tried(a_run("failed", FAILED, minutes(-5)), partial="2 of 5 shards failed"),
        tried(a_run("failed", FAILED, minutes(-5), environment="staging")),
        tried(a_run("failed", FAILED, minutes(5))),
    ],
    ids=["nobody told where", "longer than its period ago", "lines may be missing", "elsewhere", "after the errors"],
)
def test_a_failure_that_may_not_be_why_is_telling_as_without_it(logs):
    assert strengths(TODAY, DIVIDED, logs) == {NAMED: "telling"}


def test_where_it_was_made_in_time_it_was_there():
    made = a_run("applied", MAKES_TODAY, minutes(-5))
    assert strengths(TODAY, DIVIDED, tried(made)) == {}
    assert strengths(TODAY, DIVIDED, tried(a_run("failed", FAILED, minutes(-9)), made)) == {}


def test_siblings_that_a_migration_makes_tell_of_no_job():
    run = a_run("applied", YESTERDAY, minutes(-300), migration="0007_november")
    assert strengths(TODAY, tried(run)) == {}


def test_a_period_long_over_says_nothing_of_what_a_migration_makes():
    made = a_schema_event(relation="events_2026_03")
    schema = a_schema_history(made, partitioned=Partitioned(parent=PARENT, by=BY_RANGE))
    assert strengths(a_relation(name="events_2026_03"), schema) == {"a_migration_makes_it": "rules_out"}
