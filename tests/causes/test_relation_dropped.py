"""What speaks for and against a relation that was dropped or renamed."""

import pytest

from playbook.causes.relation_dropped import cause
from playbook.evidence.logs import MIGRATIONS
from tests.facts import a_line, a_relation, a_run, a_schema_change, a_search, evidence, minutes, some_changes, some_logs

DROPS = a_schema_change("drops", quote='migrations.DeleteModel(name="Order")')
RENAMES = a_schema_change("renames", to="sales_order", quote="migrations.RenameModel(")

SHORTLY_BEFORE = minutes(-1)


def strengths(*facts, **given):
    signals, _ = cause.weigh(evidence(*facts, **given))
    return {signal.name: str(signal.strength) for signal in signals}


def logged(message, at=SHORTLY_BEFORE, environment="production", **given):
    return some_logs(searches=(a_search(MIGRATIONS, a_line(message, at, environment, **given)),))


@pytest.mark.parametrize(
    "statement",
    [
        'DROP TABLE "orders_order" CASCADE',
        "drop table public.orders_order",
        "DROP TABLE orders_line, orders_order",
        '{"statement": "DROP TABLE \\"orders_order\\""}',
        'ALTER TABLE "orders_order" RENAME TO "sales_order"',
        "RENAME TABLE `orders_order` TO `sales_order`",
    ],
)
def test_a_logged_drop_before_the_errors_is_decisive(statement):
    assert strengths(logged(statement)) == {"a_drop_was_logged": "decisive"}


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE orders_orderline",
        "ALTER TABLE orders_order ADD COLUMN note text",
        "ALTER TABLE orders_order RENAME COLUMN a TO b",
        "DROP INDEX orders_order_idx",
        "we will drop the table soon",
        "cannot drop table orders_order because other objects depend on it",
        "ERROR: must be owner of table orders_order STATEMENT: DROP TABLE orders_order",
        "dry run: DROP TABLE orders_order",
        "-- DROP TABLE orders_order",
        "BEGIN; DROP TABLE orders_order; ROLLBACK",
        "DROP TEMPORARY TABLE orders_order",
        "DROP TABLE pg_temp_3.orders_order",
        "DROP TABLE orders_order.items",
        'DROP TABLE "Orders_Order"',
    ],
)
def test_other_statements_say_nothing(statement):
    assert strengths(logged(statement)) == {}


def test_a_drop_that_failed_dropped_nothing():
    assert strengths(logged("DROP TABLE orders_order", level="error")) == {}


def test_a_drop_after_the_errors_began_did_not_bring_them_about():
    assert strengths(logged("DROP TABLE orders_order", at=minutes(20))) == {}


def test_a_drop_in_staging_says_nothing_about_production():
    assert strengths(logged("DROP TABLE orders_order", environment="staging")) == {}


def test_a_drop_somewhere_that_nobody_told_is_only_telling():
    assert strengths(logged("DROP TABLE orders_order", environment=None)) == {"a_drop_was_logged": "telling"}


@pytest.mark.parametrize("change", [DROPS, RENAMES], ids=["drop", "rename"])
def test_a_release_that_removes_it_is_telling(change):
    assert strengths(some_changes(change)) == {"the_release_removes_it": "telling"}


@pytest.mark.parametrize("change", [DROPS, RENAMES], ids=["drop", "rename"])
def test_a_release_that_removes_it_and_ran_before_the_errors_is_decisive(change):
    run = a_run("applied", "Applying orders.0042_order... OK", at=minutes(-2), migration="orders.0042_order")
    assert strengths(some_changes(change), some_logs(run))["the_release_removes_it"] == "decisive"


def test_a_release_that_removes_it_but_ran_only_after_the_errors_is_not_decisive():
    run = a_run("applied", "Applying orders.0042_order... OK", at=minutes(20), migration="orders.0042_order")
    assert strengths(some_changes(DROPS), some_logs(run))["the_release_removes_it"] == "telling"


def test_a_release_that_removes_another_relation_says_nothing():
    assert strengths(some_changes(a_schema_change("drops", relation="orders_legacy"))) == {}


def test_a_release_that_creates_it_speaks_against_it():
    assert strengths(some_changes(a_schema_change())) == {"the_release_creates_it": "against"}


def test_the_remedy_of_a_rename_names_the_new_name():
    assert "sales_order" in cause.remedy(evidence(some_changes(RENAMES)).facts).action


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE orders_order (id int)", "ALTER TABLE orders_order_new RENAME TO orders_order"]
)
def test_a_table_that_was_swapped_was_not_dropped(statement):
    swap = (a_line("DROP TABLE orders_order", minutes(-3)), a_line(statement, minutes(-2)))
    assert strengths(some_logs(searches=(a_search(MIGRATIONS, *swap),))) == {}


def test_a_migration_that_was_taken_back_is_decisive():
    run = a_run("reverted", "Unapplying orders.0042_order... OK", at=minutes(-2), migration="orders.0042_order")
    found = strengths(some_changes(a_schema_change()), some_logs(run))
    assert found["its_migration_was_reverted"] == "decisive"


@pytest.mark.parametrize("change", [DROPS, RENAMES], ids=["drop", "rename"])
def test_a_rollback_to_code_from_before_the_drop_is_telling(change):
    assert strengths(some_changes(rolled_back=True, taken_back=(change,))) == {"code_was_rolled_back": "telling"}


def test_a_rollback_of_code_that_created_the_relation_says_nothing():
    assert strengths(some_changes(rolled_back=True, taken_back=(a_schema_change(),))) == {}


@pytest.mark.parametrize("statement", ["DROP TABLE IF EXISTS orders_order", "DROP TABLE archive.orders_order"])
def test_a_drop_of_what_may_be_another_or_not_there_is_only_telling(statement):
    assert strengths(logged(statement)) == {"a_drop_was_logged": "telling"}


def test_a_drop_in_another_schema_than_the_error_names_says_nothing():
    assert strengths(a_relation(schema_name="sales"), logged("DROP TABLE archive.orders_order")) == {}


def test_a_drop_hours_before_may_have_been_mended_by_something_silent():
    assert strengths(logged("DROP TABLE orders_order", at=minutes(-300))) == {"a_drop_was_logged": "telling"}


def test_a_drop_by_another_service_is_only_telling():
    assert strengths(logged("DROP TABLE orders_order", service="postgresql")) == {"a_drop_was_logged": "telling"}


def test_a_drop_is_only_telling_where_lines_are_missing_that_may_mend_it():
    line = a_line("DROP TABLE orders_order", SHORTLY_BEFORE)
    logs = some_logs(searches=(a_search(MIGRATIONS, line, partial="2 of 5 shards failed"),))
    assert strengths(logs) == {"a_drop_was_logged": "telling"}


@pytest.mark.parametrize("outcome", ["applied", "started"])
def test_a_migration_taken_back_and_applied_again_is_there(outcome):
    back = a_run("reverted", "Unapplying orders.0042_order... OK", at=minutes(-9), migration="orders.0042_order")
    again = a_run(outcome, "Applying orders.0042_order... OK", at=minutes(-5), migration="orders.0042_order")
    assert "its_migration_was_reverted" not in strengths(some_changes(a_schema_change()), some_logs(back, again))


def test_a_faked_way_back_takes_no_table():
    run = a_run("reverted", "Unapplying orders.0042_order... FAKED", at=minutes(-2), migration="orders.0042_order")
    assert "its_migration_was_reverted" not in strengths(some_changes(a_schema_change()), some_logs(run))


def test_a_way_back_that_is_only_logged_when_it_begins_is_telling():
    change = a_schema_change(framework="alembic", migration="2b3c4d5e6f7a")
    text = "Running downgrade 2b3c4d5e6f7a -> 1a"
    run = a_run("reverted", text, at=minutes(-2), migration="2b3c4d5e6f7a", framework="alembic")
    assert strengths(some_changes(change), some_logs(run))["its_migration_was_reverted"] == "telling"


def test_a_release_that_removes_it_in_another_schema_says_nothing():
    change = a_schema_change("drops", schema_name="archive")
    assert strengths(some_changes(change), a_relation(schema_name="public")) == {}
