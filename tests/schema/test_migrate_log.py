"""What migrate commands say in the logs; an application's own errors are never read as theirs."""

import re
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.schema.framework import frameworks
from playbook.schema.migrate_log import PHRASES, migration_runs
from tests.facts import DEPLOYED, a_line


def told(*messages, **fields):
    given = {"host": "shop-migrate-x1", **fields}
    lines = [a_line(message, DEPLOYED + timedelta(seconds=place), **given) for place, message in enumerate(messages)]
    return [(run.framework, run.outcome, run.migration) for run in migration_runs(lines)]


SAID = [
    ("  Applying orders.0042_order... OK", ("django", "applied", "orders.0042_order")),
    ("  Applying orders.0042_order... OK (0.051s)", ("django", "applied", "orders.0042_order")),
    ("  Applying orders.0042_order... FAKED", ("django", "faked", "orders.0042_order")),
    ("  Applying orders.0042_order...", ("django", "started", "orders.0042_order")),
    ("  Unapplying orders.0042_order... OK", ("django", "reverted", "orders.0042_order")),
    ("  No migrations to apply.", ("django", "nothing to do", None)),
    ("You have 3 unapplied migration(s). Your project may not work", ("django", "unapplied", None)),
    ("INFO  [alembic.runtime.migration] Running upgrade ab -> cd34, add", ("alembic", "started", "cd34")),
    (
        "INFO  [alembic.runtime.migration] Running upgrade  -> 0001_initial, x",
        ("alembic", "started", "0001_initial"),
    ),
    ("INFO  [alembic.runtime.migration] Running upgrade a1, b2 -> c3, merge", ("alembic", "started", "c3")),
    ("INFO  [alembic.runtime.migration] Running downgrade cd34 -> ab, x", ("alembic", "reverted", "cd34")),
    ("FAILED: Can't locate revision identified by 'ffff'", ("alembic", "failed", "ffff")),
    ("== 20261120090000 CreateOrders: migrating =====", ("rails", "started", "20261120090000 CreateOrders")),
    ("== 20261120090000 CreateOrders: migrated (0.0047s) ==", ("rails", "applied", "20261120090000 CreateOrders")),
    ("ActiveRecord::PendingMigrationError: Migrations are pending.", ("rails", "unapplied", None)),
    ('Migrating schema "public" to version "1.2 - create orders"', ("flyway", "started", "1.2")),
    ('Migration of schema "public" to version "1.2 - x" failed! Changes', ("flyway", "failed", "1.2")),
    ('Schema "public" is up to date. No migration necessary.', ("flyway", "nothing to do", None)),
    ('Successfully applied 2 migrations to schema "public", now at', ("flyway", "applied", None)),
    ("Running Changeset: db/x.xml::42-1::dev", ("liquibase", "started", "db/x.xml::42-1::dev")),
    ("ChangeSet db/x.xml::42-1::dev ran successfully in 8ms", ("liquibase", "applied", "db/x.xml::42-1::dev")),
    ("Migration failed for change set db/x.xml::42-1::dev:", ("liquibase", "failed", "db/x.xml::42-1::dev")),
    ("Applying migration `20261120_init`", ("prisma", "started", "20261120_init")),
    ("The `20261120_init` migration started at 2026-11-20 09:00 UTC failed", ("prisma", "failed", "20261120_init")),
    ("No pending migrations to apply.", ("prisma", "nothing to do", None)),
    ("42/u create_orders (12.345678ms)", ("golang_migrate", "applied", "42/u create_orders")),
    ("error: Dirty database version 42. Fix and force version.", ("golang_migrate", "failed", None)),
    ("Batch 3 run: 2 migrations", ("knex", "applied", None)),
    ('migration file "20261120_orders.js" failed', ("knex", "failed", "20261120_orders.js")),
    ("Migration AddOrders17 has been  executed successfully.", ("typeorm", "applied", "AddOrders17")),
    ('Migration "AddOrders17" failed, error: relation exists', ("typeorm", "failed", "AddOrders17")),
    ("== 20261120-create-orders: migrated (0.013s)", ("sequelize", "applied", "20261120-create-orders")),
    ("Migrated:  2026_11_20_090000_orders (12.34ms)", ("laravel", "applied", "2026_11_20_090000_orders")),
    ("  2026_11_20_090000_orders ......... 12.34ms FAIL", ("laravel", "failed", "2026_11_20_090000_orders")),
    ("== Migrated 20261120090000 in 0.0s", ("ecto", "applied", "20261120090000")),
    ("OK   00042_create_orders.sql (24.12ms)", ("goose", "applied", "00042_create_orders.sql")),
    ("goose: no migrations to run. current version: 42", ("goose", "nothing to do", None)),
    ("Applying: 20261120_orders.sql", ("dbmate", "started", "20261120_orders.sql")),
    ("Applied 20261120/migrate create orders (12.3ms)", ("sqlx", "applied", "20261120/migrate create orders")),
    ("Job shop-migrate failed: BackoffLimitExceeded", ("job", "failed", None)),
    ("container migrate terminated with exit code 1", ("job", "failed", None)),
]


@pytest.mark.parametrize(("message", "expected"), SAID)
def test_each_command_is_understood_in_its_own_words(message, expected):
    assert told(message) == [expected]


@pytest.mark.parametrize("message", [message for message, _ in SAID])
def test_a_search_for_the_phrases_finds_the_lines_that_are_read(message):
    words = " ".join(re.findall(r"[\w']+", message.lower()))
    found = any(f" {' '.join(phrase.lower().split())} " in f" {words} " for phrase in PHRASES)
    assert found or message.startswith(("42/u ", "OK ", "Job ", "container ", "  2026_", "== ", "Schema "))


@pytest.mark.parametrize(
    "message",
    [
        "user migrated to the new plan",
        "GET /migrate 200 (12.3ms)",
        "container migrate terminated with exit code 0",
        'relation "orders_order" does not exist',
        "applying discount to order 42... OK",
        "",
    ],
)
def test_other_lines_say_nothing_of_migrations(message):
    assert told(message) == []


def test_a_trace_right_after_the_dots_is_a_failure_and_the_databases_own_words_are_kept():
    message = (
        "  Applying orders.0042_order...Traceback (most recent call last):\n"
        '  File "manage.py", line 22\n'
        "django.db.utils.OperationalError: canceling statement due to lock timeout\n"
    )
    (run,) = migration_runs([a_line(message)])
    assert (run.outcome, run.migration) == ("failed", "orders.0042_order")
    assert run.error == "django.db.utils.OperationalError: canceling statement due to lock timeout"


def test_a_database_failure_on_the_same_host_is_the_running_migrations():
    assert told("Running upgrade ab -> cd34, add orders", "psycopg2.errors.DeadlockDetected: deadlock detected") == [
        ("alembic", "started", "cd34"),
        ("alembic", "failed", "cd34"),
    ]


def test_a_failure_without_a_name_is_the_one_that_was_running():
    assert told(
        "== 20261120090000 CreateOrders: migrating ==", "An error has occurred, all later migrations canceled:"
    ) == [
        ("rails", "started", "20261120090000 CreateOrders"),
        ("rails", "failed", "20261120090000 CreateOrders"),
    ]


def test_the_applications_error_after_an_upgrade_is_not_the_upgrades():
    assert told("Running upgrade ab -> cd34, add orders", 'ERROR: relation "orders" does not exist') == [
        ("alembic", "started", "cd34")
    ]


def test_a_deadlock_on_another_host_is_not_the_migrations():
    lines = [
        a_line("Running upgrade ab -> cd34, x", DEPLOYED, host="migrate-1"),
        a_line("deadlock detected", DEPLOYED + timedelta(seconds=1), host="web-1"),
    ]
    assert [run.outcome for run in migration_runs(lines)] == ["started"]


def test_without_a_host_nothing_ties_an_error_to_a_migration():
    assert told("Running upgrade ab -> cd34, x", "deadlock detected", host=None) == [("alembic", "started", "cd34")]


def test_an_error_hours_after_is_not_the_migrations():
    late = DEPLOYED + timedelta(hours=2)
    lines = [a_line("Running upgrade ab -> cd34, x", host="h"), a_line("deadlock detected", late, host="h")]
    assert [run.outcome for run in migration_runs(lines)] == ["started"]


def test_dbmate_says_applied_before_it_looks_at_the_error():
    assert told("Applied: 20261120_orders.sql in 3ms", "Error: pq: permission denied for schema public")[-1] == (
        "dbmate",
        "failed",
        "20261120_orders.sql",
    )


def test_the_databases_own_line_about_a_table_that_it_refused_to_create_is_a_failure():
    message = "ERROR: permission denied for schema public\nSTATEMENT: CREATE TABLE orders_order (id int)"
    (run,) = migration_runs([a_line(message, level="error")])
    assert (run.outcome, run.error) == ("failed", "ERROR: permission denied for schema public")


def test_runs_come_oldest_first_and_a_line_found_twice_counts_once():
    first, second = (
        a_line("Applying a.0001_x... OK"),
        a_line("Applying a.0002_y... OK", DEPLOYED + timedelta(seconds=5)),
    )
    assert [run.migration for run in migration_runs([second, first, second])] == ["a.0001_x", "a.0002_y"]


HOSTILE = ("Applying ", "2026_01_01_1_", "a", "Running upgrade ", "== 12345678 ", "x::", "Migration of schema x ", "\n")


@pytest.mark.parametrize("text", [piece * (90_000 // len(piece)) for piece in HOSTILE], ids=HOSTILE)
def test_hostile_lines_cost_a_bounded_time(text):
    lines = [a_line(text, DEPLOYED + timedelta(seconds=place), host="h") for place in range(50)]
    started = time.monotonic()
    migration_runs(lines)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("framework", frameworks(), ids=lambda one: one.name)
def test_a_line_that_repeats_the_words_of_a_form_costs_a_bounded_time(framework):
    pieces = [
        f"{form.word}{filling}" for form in framework.forms for filling in ("1", "1_a ", " x ", "1.", "::", "...")
    ]
    lines = [a_line(piece * (4_000 // len(piece)), host="h") for piece in pieces]
    started = time.monotonic()
    migration_runs(lines)
    assert time.monotonic() - started < 5


@given(st.lists(st.text(max_size=200) | st.sampled_from(["Applying a.b... OK", "deadlock detected migrate", "=="])))
def test_no_text_ever_raises_and_every_run_leads_to_its_line(messages):
    lines = [a_line(message or " ", DEPLOYED + timedelta(seconds=place)) for place, message in enumerate(messages)]
    for run in migration_runs(lines):
        assert run.line in lines
        assert run.at == run.line.at
