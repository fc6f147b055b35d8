"""What speaks for and against a migration that nobody ran."""

import pytest

from playbook.causes.migration_not_applied import cause
from playbook.evidence.changes import FileChange
from playbook.evidence.logs import MIGRATIONS, Logs
from tests.facts import (
    a_frequency,
    a_line,
    a_run,
    a_schema_change,
    a_search,
    evidence,
    minutes,
    some_changes,
    some_logs,
)

PENDING = "You have 1 unapplied migration(s). Your project may not work properly until you apply: orders."
CHANGES = some_changes(a_schema_change())


def strengths(*facts, **given):
    signals, _ = cause.weigh(evidence(*facts, **given))
    return {signal.name: str(signal.strength) for signal in signals}


def ours(message, environment="production", **given):
    """A report of pending migrations by the failing project's own service."""
    line = a_line(message, environment=environment, service="backend-web")
    return a_run("unapplied", message, environment=environment).model_copy(update={"line": line, **given})


def test_a_pending_report_that_names_the_releases_migration_is_decisive():
    found = strengths(CHANGES, some_logs(ours(PENDING)))
    assert found["reported_as_pending"] == "decisive"


def test_a_pending_report_of_another_environment_says_nothing_here():
    found = strengths(CHANGES, some_logs(a_run("unapplied", PENDING, environment="staging")))
    assert "reported_as_pending" not in found
    assert "pending_at_start_up" not in found


def test_a_pending_report_whose_environment_nobody_told_is_never_decisive():
    found = strengths(CHANGES, some_logs(a_run("unapplied", PENDING, environment=None)))
    assert "reported_as_pending" not in found
    assert found["pending_at_start_up"] == "telling"


def test_a_pending_report_about_another_app_is_not_about_this_migration():
    found = strengths(CHANGES, some_logs(a_run("unapplied", "You have 1 unapplied migration(s) for: billing.")))
    assert "reported_as_pending" not in found


def test_a_whole_migrate_log_that_never_names_it_is_telling():
    found = strengths(
        CHANGES, some_logs(a_run("applied", "Applying users.0007_name... OK", migration="users.0007_name"))
    )
    assert found["shipped_but_never_ran"] == "telling"


def test_a_partial_migrate_log_that_never_names_it_says_nothing():
    run = a_run("applied", "Applying users.0007_name... OK", migration="users.0007_name")
    partial = a_search(MIGRATIONS, run.line, partial="1 of 5 shards failed")
    assert "shipped_but_never_ran" not in strengths(CHANGES, some_logs(run, searches=(partial,)))


def test_no_migrate_log_at_all_says_nothing_since_it_may_not_be_shipped():
    assert "shipped_but_never_ran" not in strengths(CHANGES, some_logs())


def test_it_is_ruled_out_when_it_ran_here():
    run = a_run("applied", "Applying orders.0042_order... OK", at=minutes(-1), migration="orders.0042_order")
    assert strengths(CHANGES, some_logs(run))["it_was_applied"] == "rules_out"


def test_it_is_not_ruled_out_when_it_ran_only_in_staging():
    run = a_run("applied", "Applying orders.0042_order... OK", environment="staging", migration="orders.0042_order")
    assert "it_was_applied" not in strengths(CHANGES, some_logs(run))


def test_constant_errors_are_a_hint():
    found = strengths(CHANGES, a_frequency(trend="constant", rule="no change in 24 h"))
    assert found["constant_since_it_began"] == "hint"


def test_without_logs_the_decisive_question_is_listed_as_unchecked_with_its_reason():
    _, unchecked = cause.weigh(evidence(CHANGES, without=(Logs,)))
    asked = {one.signal: one for one in unchecked}["reported_as_pending"]
    assert asked.needs == "Logs"
    assert asked.why == "Elasticsearch could not be read"


def test_the_remedy_names_the_migration_and_the_frameworks_command():
    remedy = cause.remedy(evidence(CHANGES).facts)
    assert remedy.command == "python manage.py migrate orders"
    assert "orders.0042_order" in remedy.action
    assert remedy.verify == "python manage.py showmigrations orders"


def test_the_command_quotes_what_came_from_outside():
    hostile = some_changes(a_schema_change(migration="orders; rm -rf /.0042_order"))
    assert cause.remedy(evidence(hostile).facts).command == "python manage.py migrate 'orders; rm -rf /'"


def test_the_logs_may_spell_the_environment_otherwise():
    assert strengths(CHANGES, some_logs(ours(PENDING, environment="prod")))["reported_as_pending"] == "decisive"


def test_more_pending_migrations_than_the_release_brought_are_not_decisive():
    many = PENDING.replace("1 unapplied", "87 unapplied")
    assert "reported_as_pending" not in strengths(CHANGES, some_logs(a_run("unapplied", many)))


def test_a_faked_migration_is_decisive():
    run = a_run("faked", "Applying orders.0042_order... FAKED", migration="orders.0042_order")
    assert strengths(CHANGES, some_logs(run))["recorded_without_running"] == "decisive"


def test_a_pending_report_of_another_service_is_never_decisive():
    line = a_line(PENDING, service="billing-web")
    run = ours(PENDING).model_copy(update={"line": line})
    assert strengths(CHANGES, some_logs(run)) == {"shipped_with_the_release": "hint", "pending_at_start_up": "hint"}


def test_fewer_pending_than_the_release_brought_may_be_the_later_ones():
    second = FileChange(path="orders/migrations/0043_note.py", status="added", url="https://example.com")
    changes = CHANGES.model_copy(update={"files": (*CHANGES.files, second)})
    assert "reported_as_pending" not in strengths(changes, some_logs(ours(PENDING)))
    both = ours(PENDING.replace("1 unapplied", "2 unapplied"))
    assert strengths(changes, some_logs(both))["reported_as_pending"] == "decisive"


def test_a_pending_report_is_only_a_hint_when_the_errors_have_stopped_since():
    """A missing relation does not come by itself: somebody has run it, at a time that nobody logged."""
    found = strengths(CHANGES, some_logs(ours(PENDING)), a_frequency(trend="stopped", rule="r"))
    assert (found["reported_as_pending"], found["pending_at_start_up"]) == ("hint", "hint")


def test_a_migrate_command_that_ran_just_before_was_kept_from_it_by_something():
    ran = a_run("applied", "Applying customers.0002_note... OK", at=minutes(-4), migration="customers.0002_note")
    found = strengths(CHANGES, some_logs(ours(PENDING), ran))
    assert (found["reported_as_pending"], found["pending_at_start_up"]) == ("hint", "hint")
    long_ago = ran.model_copy(update={"at": minutes(-90)})
    assert strengths(CHANGES, some_logs(ours(PENDING), long_ago))["reported_as_pending"] == "decisive"


def test_pending_migrations_of_which_none_is_known_to_create_it_are_a_hint():
    assert strengths(some_logs(ours(PENDING)))["pending_at_start_up"] == "hint"


@pytest.mark.parametrize("outcome", ["applied", "started", "faked", "failed"])
def test_a_migration_that_was_tried_anywhere_near_is_not_proved_pending(outcome):
    run = a_run(outcome, "Applying orders.0042_order...", environment=None, migration="orders.0042_order")
    assert "reported_as_pending" not in strengths(CHANGES, some_logs(ours(PENDING), run))


def test_nothing_left_to_migrate_afterwards_takes_the_report_back():
    run = a_run("nothing to do", "No migrations to apply.", at=minutes(-0.5))
    assert "reported_as_pending" not in strengths(CHANGES, some_logs(ours(PENDING), run))


def test_a_pending_rails_migration_is_known_by_its_version():
    change = a_schema_change(framework="rails", migration="20261120090000 CreateOrders")
    text = (
        "ActiveRecord::PendingMigrationError: You have 1 pending migration: db/migrate/20261120090000_create_orders.rb"
    )
    run = a_run("unapplied", text, framework="rails")
    assert strengths(some_changes(change), some_logs(run))["reported_as_pending"] == "decisive"


def test_an_initial_migration_may_be_faked_because_its_table_is_there():
    change = a_schema_change(migration="orders.0001_initial")
    run = a_run("faked", "Applying orders.0001_initial... FAKED", migration="orders.0001_initial")
    assert strengths(some_changes(change), some_logs(run))["recorded_without_running"] == "hint"


def test_a_faked_migration_is_not_mended_by_the_command_that_skips_it():
    run = a_run("faked", "Applying orders.0042_order... FAKED", migration="orders.0042_order")
    assert (
        cause.remedy(evidence(CHANGES, some_logs(run)).facts).command == "python manage.py sqlmigrate orders 0042_order"
    )


def test_one_of_several_databases_that_has_it_rules_nothing_out():
    runs = [
        a_run("applied", "Applying orders.0042_order... OK", minutes(at), migration="orders.0042_order")
        for at in (-3, -2)
    ]
    assert strengths(CHANGES, some_logs(*runs))["it_was_applied"] == "against"


def test_an_app_may_be_another_services_where_the_line_names_no_service():
    found = strengths(CHANGES, some_logs(a_run("unapplied", PENDING)))
    assert "reported_as_pending" not in found
    assert found["pending_at_start_up"] == "telling"
