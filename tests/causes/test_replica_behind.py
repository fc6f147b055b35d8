"""What speaks for and against a replica that has not caught up."""

import pytest

from playbook.causes.replica_behind import cause
from playbook.evidence.event import Tagged
from playbook.evidence.logs import MIGRATIONS, REPLICATION
from playbook.evidence.spread import Segment
from tests.facts import (
    a_line,
    a_run,
    a_schema_change,
    a_search,
    a_spread,
    an_event,
    an_issue,
    evidence,
    minutes,
    some_changes,
    some_logs,
)

CHANGES = some_changes(a_schema_change())
CREATED = a_run("applied", "Applying orders.0042_order... OK", at=minutes(-3), migration="orders.0042_order")
FROM_A_REPLICA = an_event(tags=(Tagged(key="database", value="orders-replica-2"),))

SHORTLY_BEFORE = minutes(-1)


def strengths(*facts, **given):
    signals, _ = cause.weigh(evidence(*facts, **given))
    return {signal.name: str(signal.strength) for signal in signals}


def replication(message, at=SHORTLY_BEFORE, environment="production"):
    lines = (a_search(MIGRATIONS, CREATED.line), a_search(REPLICATION, a_line(message, at, environment)))
    return some_logs(CREATED, searches=lines)


def test_created_on_the_primary_then_lag_where_the_query_was_served_is_decisive():
    found = strengths(CHANGES, FROM_A_REPLICA, replication("replica orders-replica-2: replay lag is 340 s"))
    assert found["lagging_after_it_was_created"] == "decisive"


def test_the_same_without_a_word_of_a_replica_in_the_event_is_only_a_hint():
    found = strengths(CHANGES, replication("replica orders-replica-2: replay lag is 340 s"))
    assert found == {"lag_was_reported": "hint"}


def test_lag_before_the_relation_was_created_is_not_decisive():
    found = strengths(CHANGES, FROM_A_REPLICA, replication("replica: replay lag is 340 s", at=minutes(-50)))
    assert "lagging_after_it_was_created" not in found


@pytest.mark.parametrize(
    "line",
    [
        "replica is ready",
        "replication lag: 0 s",
        "standby lag 0.0 seconds",
        "creating replica set backend-7d9",
        "3 replicas available",
    ],
)
def test_lines_that_tell_no_lag_say_nothing(line):
    assert strengths(replication(line)) == {}


@pytest.mark.parametrize(
    "line",
    [
        "canceling statement due to conflict with recovery",
        "replica is 120 seconds behind the primary",
        "Replication lag on standby db-2: 95.3 s",
        "Slave SQL thread: replication stopped",
    ],
)
def test_lines_that_tell_lag_are_telling(line):
    assert strengths(replication(line)) == {"lag_was_reported": "hint"}
    found = strengths(FROM_A_REPLICA, replication(line), an_issue(last_seen=minutes(5)))
    assert found == {"lag_was_reported": "telling", "read_from_a_replica": "hint"}


@pytest.mark.parametrize(("lasted", "strength"), [(11, "telling"), (12, "telling"), (13, "hint"), (120, "hint")])
def test_a_lag_that_was_measured_explains_errors_only_as_long_as_it(lasted, strength):
    """Two minutes behind, and ten until somebody looks again."""
    found = strengths(FROM_A_REPLICA, replication("replica is 120 seconds behind"), an_issue(last_seen=minutes(lasted)))
    assert found["lag_was_reported"] == strength


@pytest.mark.parametrize(
    "line",
    [
        "replica orders-replica-9: replay lag is 340 s",
        "replica orders-replica-2: replay lag is 2 s",
        "replica orders-replica-2: replay lag is 340 ms",
        "replica orders-replica-2: replay lag is 4 MB",
    ],
)
def test_another_replicas_lag_or_one_too_short_to_miss_it_proves_nothing(line):
    assert "lagging_after_it_was_created" not in strengths(CHANGES, FROM_A_REPLICA, replication(line))


def test_a_replica_that_serves_the_query_is_daily_life():
    assert strengths(FROM_A_REPLICA) == {"read_from_a_replica": "hint"}


def test_lag_hours_from_the_onset_says_nothing():
    assert strengths(replication("replica is 120 seconds behind", at=minutes(-200))) == {}


def test_lag_in_staging_says_nothing_about_production():
    assert strengths(replication("replica is 120 seconds behind", environment="staging")) == {}


def test_a_failing_write_speaks_against_it():
    assert strengths(an_event(sql='INSERT INTO "orders_order" VALUES (?)')) == {"a_write_failed": "against"}


def test_a_failing_read_does_not():
    assert strengths(an_event(sql='SELECT * FROM "orders_order"')) == {}


def test_one_server_that_stands_out_is_a_hint():
    server = Segment(key="server_name", value="web-3", count=90, of=90, baseline_count=30, baseline_of=900)
    assert strengths(a_spread(reach="segment", segments=(server,))) == {"some_servers_only": "hint"}


def test_an_absurd_lag_breaks_nothing():
    found = strengths(CHANGES, FROM_A_REPLICA, replication("replica orders-replica-2: lag is 999999999 hours"))
    assert found["lagging_after_it_was_created"] == "decisive"
