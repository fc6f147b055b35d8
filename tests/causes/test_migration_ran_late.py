"""What speaks for and against code that served before its migration ran."""

from playbook.causes.migration_ran_late import cause
from playbook.evidence.event import Frame, Tagged
from tests.facts import (
    a_frequency,
    a_run,
    a_schema_change,
    an_event,
    an_issue,
    evidence,
    minutes,
    some_changes,
    some_logs,
)

CHANGES = some_changes(a_schema_change())
STOPPED = a_frequency(trend="stopped", rule="nothing for 90 minutes after 20 an hour")


def strengths(*facts, **given):
    signals, _ = cause.weigh(evidence(*facts, **given))
    return {signal.name: str(signal.strength) for signal in signals}


def applied(at, **given):
    return some_logs(
        a_run("applied", "Applying orders.0042_order... OK", at=at, migration="orders.0042_order", **given)
    )


def test_applied_after_the_first_error_and_silence_since_is_decisive():
    found = strengths(CHANGES, STOPPED, an_issue(last_seen=minutes(12)), applied(minutes(11)))
    assert found == {"applied_after_it_began": "decisive"}


def test_the_same_in_an_environment_that_nobody_told_is_only_telling():
    found = strengths(CHANGES, STOPPED, an_issue(last_seen=minutes(12)), applied(minutes(11), environment=None))
    assert found == {"applied_after_it_began": "telling"}


def test_the_same_is_only_telling_while_it_is_too_early_to_call_it_stopped():
    found = strengths(CHANGES, a_frequency(), an_issue(last_seen=minutes(12)), applied(minutes(11)))
    assert found == {"applied_after_it_began": "telling"}


def test_errors_that_go_on_long_after_rule_it_out():
    found = strengths(CHANGES, a_frequency(), an_issue(last_seen=minutes(110)), applied(minutes(11)))
    assert found == {"went_on_after_it_was_applied": "rules_out"}


def test_errors_that_go_on_after_stagings_migration_rule_nothing_out():
    assert strengths(CHANGES, an_issue(last_seen=minutes(110)), applied(minutes(11), environment="staging")) == {}


COMMAND = Frame(filename="django/core/management/base.py", module="django.core.management.base", function="execute")
IMPORTED = Frame(filename="orders/forms.py", module="orders.forms", function="<module>", line=7, in_app=True)
DIED = a_run(
    "failed",
    'Traceback (most recent call last):\nrelation "orders_order" does not exist',
    at=minutes(0),
    migration=None,
)


def asking(*frames):
    return an_event(in_app=frames[-1], frames=frames)


def test_a_query_at_import_under_a_management_command_is_telling():
    assert strengths(CHANGES, asking(COMMAND, IMPORTED), some_logs())["asked_for_while_imported"] == "telling"


def test_it_is_decisive_where_the_migrate_command_died_of_just_that():
    found = strengths(CHANGES, asking(COMMAND, IMPORTED), some_logs(DIED))
    assert found["asked_for_while_imported"] == "decisive"


def test_a_migrate_command_that_died_of_it_in_staging_proves_nothing_here():
    there = DIED.model_copy(update={"line": DIED.line.model_copy(update={"environment": "staging"})})
    found = strengths(CHANGES, asking(COMMAND, IMPORTED), some_logs(there))
    assert found["asked_for_while_imported"] == "telling"


def test_a_query_at_import_by_a_server_or_in_a_function_of_a_command_is_none():
    inside = IMPORTED.model_copy(update={"function": "handle"})
    assert "asked_for_while_imported" not in strengths(CHANGES, asking(IMPORTED), some_logs(DIED))
    assert "asked_for_while_imported" not in strengths(CHANGES, asking(COMMAND, inside), some_logs(DIED))


def test_applied_before_the_first_error_is_not_late():
    found = strengths(CHANGES, STOPPED, an_issue(last_seen=minutes(5)), applied(minutes(-3)))
    assert "applied_after_it_began" not in found


def test_a_minute_between_two_clocks_is_no_order():
    found = strengths(CHANGES, STOPPED, an_issue(last_seen=minutes(3)), applied(minutes(0.5)))
    assert "applied_after_it_began" not in found


def test_a_query_inside_the_migrate_command_is_telling():
    frame = Frame(filename="django/core/management/commands/migrate.py", function="handle")
    assert strengths(an_event(frames=(frame,)))["raised_while_migrating"] == "telling"


def test_a_view_is_not_the_migrate_command():
    assert "raised_while_migrating" not in strengths(an_event())


def test_a_command_that_only_logs_the_beginning_is_only_telling():
    run = a_run("started", "Running upgrade 1a -> 2b, add orders", at=minutes(11), migration="2b", framework="alembic")
    change = a_schema_change(framework="alembic", migration="2b")
    found = strengths(some_changes(change), STOPPED, an_issue(last_seen=minutes(12)), some_logs(run))
    assert found == {"applied_after_it_began": "telling"}


def test_errors_that_ended_long_before_it_ran_were_ended_by_something_else():
    found = strengths(CHANGES, STOPPED, an_issue(last_seen=minutes(8)), applied(minutes(180)))
    assert found == {"applied_after_it_began": "hint"}


def test_a_failure_before_it_says_more_of_the_reason():
    failed = a_run(
        "failed", "Applying orders.0042_order... lock timeout", at=minutes(-2), migration="orders.0042_order"
    )
    late = a_run("applied", "Applying orders.0042_order... OK", at=minutes(11), migration="orders.0042_order")
    found = strengths(CHANGES, STOPPED, an_issue(last_seen=minutes(12)), some_logs(failed, late))
    assert found == {"applied_after_it_began": "telling"}


def test_a_query_of_a_migration_itself_is_a_hint():
    frames = (
        Frame(filename="django/core/management/commands/migrate.py", function="handle"),
        Frame(filename="reports/migrations/0009_view.py", function="fill", in_app=True),
    )
    assert strengths(an_event(frames=frames)) == {"raised_while_migrating": "hint"}


def test_djangos_own_migration_code_is_no_migration():
    frame = Frame(filename="django/db/migrations/executor.py", function="migrate")
    assert strengths(an_event(frames=(frame,))) == {"raised_while_migrating": "telling"}


def test_errors_of_a_replica_may_have_ended_because_it_caught_up():
    event = an_event(tags=(Tagged(key="database", value="orders-replica-2"),))
    found = strengths(CHANGES, STOPPED, event, an_issue(last_seen=minutes(12)), applied(minutes(11)))
    assert found == {"applied_after_it_began": "telling"}
