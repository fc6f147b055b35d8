"""What speaks for a query that looks in the wrong database, schema or case."""

import pytest

from playbook.causes.wrong_database import cause
from playbook.evidence.issue import Bucket
from tests.facts import (
    a_frequency,
    a_line,
    a_relation,
    a_run,
    a_schema_change,
    a_schema_event,
    a_schema_history,
    an_event,
    an_issue,
    evidence,
    minutes,
    some_changes,
    some_logs,
)


def strengths(*facts, **given):
    signals, _ = cause.weigh(evidence(*facts, **given))
    return {signal.name: str(signal.strength) for signal in signals}


def test_created_here_before_the_errors_and_missing_all_the_same_is_telling():
    run = a_run("applied", "Applying orders.0042_order... OK", at=minutes(-60), migration="orders.0042_order")
    found = strengths(some_changes(a_schema_change()), some_logs(run))
    assert found == {"applied_here_and_still_missing": "telling"}


INSERTS = an_event(sql='INSERT INTO "orders_order" ("number") VALUES (?)')
ADDED = a_schema_change()
MANY_PENDING = "You have 12 unapplied migration(s). [...] apply the migrations for app(s): customers, orders."
WHOLE = (some_changes(a_schema_change()), a_schema_history(a_schema_event()), INSERTS)
QUARTER_HOURLY = a_frequency(onset_seconds=900, buckets=(Bucket(start=minutes(-2), count=9),))


def applied(at):
    return some_logs(a_run("applied", "Applying orders.0042_order... OK", minutes(at), migration="orders.0042_order"))


@pytest.mark.parametrize(
    ("at", "strength"),
    [(-2, "decisive"), (-15, "decisive"), (-16, "telling"), (-60, "telling"), (-61, "hint"), (20, "decisive")],
)
def test_only_a_migration_of_the_same_rollout_or_under_errors_that_go_on_is_decisive(at, strength):
    """Longer before, it may have been dropped by hand, or the database restored, and nothing tells of it."""
    assert strengths(*WHOLE, applied(at)) == {"applied_here_and_still_missing": strength}


def test_a_read_may_have_been_served_by_a_replica_that_nobody_told_of():
    reads = an_event(sql='SELECT COUNT(*) FROM "orders_order"')
    assert strengths(*WHOLE[:2], reads, applied(-2)) == {"applied_here_and_still_missing": "telling"}
    assert strengths(*WHOLE[:2], applied(-2)) == {"applied_here_and_still_missing": "telling"}


def test_an_onset_known_to_the_quarter_hour_may_lie_at_its_end():
    assert strengths(*WHOLE, applied(-5), QUARTER_HOURLY) == {"applied_here_and_still_missing": "telling"}


def test_errors_that_paused_when_it_was_applied_and_came_back_may_have_another_cause():
    paused = a_frequency(
        buckets=tuple(Bucket(start=minutes(-2 + 60 * hour), count=n) for hour, n in enumerate((9, 0, 7)))
    )
    found = strengths(*WHOLE, applied(20), paused, an_issue(last_seen=minutes(150)))
    assert found == {"applied_here_and_still_missing": "telling"}


def test_created_somewhere_that_nobody_told_says_nothing():
    run = a_run(
        "applied", "Applying orders.0042_order... OK", at=minutes(-60), environment=None, migration="orders.0042_order"
    )
    assert strengths(some_changes(a_schema_change()), some_logs(run)) == {}


def test_a_name_created_with_capitals_and_asked_for_without_is_telling():
    changes = some_changes(a_schema_change(relation="Orders_Order"))
    assert strengths(changes) == {"created_under_another_name": "telling"}


def test_case_means_nothing_where_the_database_ignores_it():
    changes = some_changes(a_schema_change(relation="Orders_Order"))
    assert strengths(changes, a_relation(dialect="sqlite")) == {}


def test_the_same_name_in_another_schema_is_telling():
    changes = some_changes(a_schema_change(schema_name="sales"))
    found = strengths(changes, a_relation(schema_name="public"))
    assert found == {"created_under_another_name": "telling"}


def test_a_production_service_that_asks_a_staging_database_is_telling():
    relation = a_relation(dialect="mysql", database="shop_staging")
    assert strengths(relation) == {"database_of_another_environment": "telling"}


def test_a_database_called_after_its_own_environment_says_nothing():
    assert strengths(a_relation(dialect="mysql", database="shop_prod"), an_event(environment="production")) == {}


def test_a_database_called_after_no_environment_says_nothing():
    assert strengths(a_relation(dialect="mysql", database="shop")) == {}


def test_capitals_alone_say_nothing_since_many_frameworks_quote_them():
    assert strengths(a_relation(name="Orders")) == {}


def test_a_query_that_names_no_schema_may_have_it_in_its_search_path():
    assert strengths(some_changes(a_schema_change(schema_name="sales"))) == {"created_under_another_name": "hint"}


@pytest.mark.parametrize("dialect", ["oracle", "snowflake", "db2", "h2", "mysql"])
def test_a_framework_that_writes_capitals_for_its_database_is_no_other_case(dialect):
    assert strengths(some_changes(a_schema_change()), a_relation(name="ORDERS_ORDER", dialect=dialect)) == {}


def test_a_migrate_command_that_found_it_there_is_telling():
    run = a_run(
        "failed", 'Applying orders.0042_order... relation "orders_order" already exists', migration="orders.0042_order"
    )
    assert strengths(some_changes(a_schema_change()), some_logs(run)) == {"migrate_found_it_there": "telling"}


def test_created_and_taken_back_is_not_still_missing():
    made = a_run("applied", "Applying orders.0042_order... OK", at=minutes(-60), migration="orders.0042_order")
    back = a_run("reverted", "Unapplying orders.0042_order... OK", at=minutes(-50), migration="orders.0042_order")
    assert strengths(some_changes(a_schema_change()), some_logs(made, back)) == {}


def test_created_in_one_of_several_databases_is_a_hint():
    runs = [
        a_run("applied", "Applying orders.0042_order... OK", minutes(at), migration="orders.0042_order")
        for at in (-9, -8)
    ]
    assert strengths(some_changes(a_schema_change()), some_logs(*runs)) == {"applied_here_and_still_missing": "hint"}


def test_more_pending_than_shipped_is_a_hint():
    run = a_run("unapplied", "You have 87 unapplied migration(s) for app(s): auth, orders.")
    assert strengths(some_changes(a_schema_change()), some_logs(run)) == {"more_pending_than_shipped": "hint"}


def test_a_service_that_lacks_older_migrations_than_the_ones_just_applied_reaches_another_database():
    """A replica that is behind has those; so has the database that the migrate command reached."""
    ran = a_run("applied", "Applying orders.0042_order... OK", at=minutes(-4), migration="orders.0042_order")
    report = a_run("unapplied", MANY_PENDING, minutes(-3), line=a_line(MANY_PENDING, minutes(-3), service="backend"))
    assert strengths(some_changes(ADDED), some_logs(ran, report))["more_pending_than_shipped"] == "decisive"
    before = report.model_copy(update={"at": minutes(-5)})
    assert strengths(some_changes(ADDED), some_logs(before, ran))["more_pending_than_shipped"] == "hint"
    others = a_run("unapplied", MANY_PENDING, minutes(-3), line=a_line(MANY_PENDING, minutes(-3), service="billing"))
    assert strengths(some_changes(ADDED), some_logs(ran, others)).get("more_pending_than_shipped") in {None, "hint"}


CREATED = a_run("applied", "Applying orders.0042_order... OK", at=minutes(11), migration="orders.0042_order")
STOPPED = a_frequency(trend="stopped", rule="nothing for 90 minutes after 20 an hour")


def test_errors_that_ended_when_it_was_created_here_rule_it_out():
    found = strengths(some_changes(a_schema_change()), some_logs(CREATED), STOPPED, an_issue(last_seen=minutes(12)))
    assert found == {"ended_when_it_was_applied": "rules_out"}


@pytest.mark.parametrize("last", [minutes(-1), minutes(60)], ids=["long before", "long after"])
def test_errors_that_ended_at_another_time_do_not(last):
    found = strengths(some_changes(a_schema_change()), some_logs(CREATED), STOPPED, an_issue(last_seen=last))
    assert "ended_when_it_was_applied" not in found


def test_errors_that_go_on_do_not():
    assert strengths(some_changes(a_schema_change()), some_logs(CREATED), an_issue(last_seen=minutes(12))) == {}


def test_a_creation_elsewhere_does_not():
    there = a_run(
        "applied",
        "Applying orders.0042_order... OK",
        at=minutes(11),
        environment="staging",
        migration="orders.0042_order",
    )
    assert strengths(some_changes(a_schema_change()), some_logs(there), STOPPED, an_issue(last_seen=minutes(12))) == {}
