"""True incidents of a missing relation, with their red herrings: the verdict never proves another cause than the truth.

Each row is what really happened, the evidence of it that an engineer would see, and the grade with which the truth
must be named where that evidence suffices (None: nobody could tell). One wrong *proved* costs all trust in the rest.
"""

import time
from dataclasses import dataclass

import pytest

from playbook.catalog.relation_missing import playbook
from playbook.evidence.changes import FileChange
from playbook.evidence.event import Frame, Tagged
from playbook.evidence.fact import Fact
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.logs import DEPLOYS, MIGRATIONS, REPLICATION, Logs
from playbook.evidence.similar import SimilarIssue
from playbook.evidence.spread import Segment
from playbook.judge import judge
from playbook.schema.migrate_log import migration_runs
from playbook.schema.statement import makes, removes, says_it_exists
from tests.facts import (
    NOW,
    a_declaration,
    a_deploy,
    a_frequency,
    a_line,
    a_relation,
    a_schema_change,
    a_schema_event,
    a_schema_history,
    a_search,
    a_spread,
    a_timeline,
    an_event,
    an_issue,
    evidence,
    minutes,
    no_similar,
    some_changes,
    some_logs,
)


@dataclass(frozen=True)
class Truth:
    """`cause` is what really happened; `grade` how it must be named, None where the evidence cannot name it: then the
    verdict is undecided, or the truth with less than a proof."""

    name: str
    cause: str | None
    grade: str | None
    facts: tuple[Fact, ...]


def line(at, message, environment="production", service="backend", **given):
    return a_line(message, minutes(at), environment, service=service, **given)


def logs(*lines, purpose=MIGRATIONS, **given):
    """The lines as the search found them, and the runs that the real reader makes of them."""
    found = some_logs(searches=(a_search(purpose, *lines, **given),))
    return found.model_copy(update={"migration_runs": migration_runs(lines)})


def with_replication(migrations, *lines):
    searches = (*migrations.searches, a_search(REPLICATION, *lines))
    return migrations.model_copy(update={"searches": searches})


CREATES = some_changes(a_schema_change())
UNCHANGED = some_changes()
MODEL = a_schema_change("models", path="orders/models.py", migration=None, quote="class Order(models.Model):")
ON_MAIN = a_schema_history(later=(a_schema_event(brought="later"),), declared=(a_declaration(),))
DROPS = some_changes(a_schema_change("drops", quote='migrations.DeleteModel(name="Order")'))
OK = "Applying orders.0042_order... OK"
LOCKED = "Applying orders.0042_order... django.db.utils.OperationalError: canceling statement due to lock timeout"
PENDING = (
    "You have 1 unapplied migration(s). Your project may not work properly until you apply the migrations for app(s): "
)
STOPPED = a_frequency(trend="stopped", rule="none for 90 minutes")
HOURLY = a_frequency(trend="stopped", rule="r", new=False, onset_seconds=3600)
FROM_REPLICA = an_event(tags=(Tagged(key="database", value="orders-replica-2"),))
STAGE_EVENT = an_event(environment="staging")
NO_ENVIRONMENT = an_event(environment=None)
MYSQL = a_relation(dialect="mysql", database="shop", quote="Table 'shop.orders_order' doesn't exist")
ORACLE = a_relation(name=None, dialect="oracle", quote="ORA-00942: table or view does not exist")
TWO_FILES = (
    *CREATES.files,
    FileChange(path="orders/migrations/0043_note.py", status="added", url="https://github.com/acme/backend"),
)


def others(title):
    return no_similar(
        issues=tuple(
            SimilarIssue(
                id=str(number),
                short_id=f"BACKEND-{number}",
                title=title,
                shares=("same first release",),
                url="https://acme.sentry.io/issues/1/",
            )
            for number in (1, 2, 3)
        )
    )


def segment(key, value):
    found = Segment(key=key, value=value, count=120, of=120, baseline_count=300, baseline_of=900)
    return a_spread(reach="segment", segments=(found,))


FAILED, NOT_APPLIED, LATE, MISSING, NEWER = (
    "migration_failed",
    "migration_not_applied",
    "migration_ran_late",
    "migration_missing",
    "newer_than_the_release",
)
DROPPED, ONE, WRONG, REPLICA = "relation_dropped", "one_environment_only", "wrong_database", "replica_behind"
BROADER, RUN_TIME = "broader_incident", "made_at_run_time"

TRUTHS = [
    # The plain ones, as proved as they can be.
    Truth("lock time-out of its migration", FAILED, "proved", (CREATES, logs(line(-5, LOCKED)))),
    Truth("pending, and said so", NOT_APPLIED, "proved", (CREATES, logs(line(-2, PENDING + "orders.")))),
    Truth(
        "late by eleven minutes",
        LATE,
        "proved",
        (CREATES, STOPPED, an_issue(last_seen=minutes(12)), logs(line(11, OK))),
    ),
    Truth("a model without a migration", MISSING, "likely", (some_changes(MODEL), logs())),
    Truth("a model whose migration is on main only", NEWER, "proved", (some_changes(MODEL), ON_MAIN, logs())),
    Truth(
        "a temporary table that another session made",
        RUN_TIME,
        "likely",
        (an_event(statements=("CREATE TEMP TABLE orders_order (id int)",)), UNCHANGED, logs()),
    ),
    Truth("the release drops it", DROPPED, "proved", (DROPS, logs(line(-4, OK)))),
    Truth("dropped by hand in production", DROPPED, "proved", (UNCHANGED, logs(line(-1, "DROP TABLE orders_order")))),
    # Logs of another environment, of none, of another service, of another repository.
    Truth(
        "failed in staging, pending here",
        NOT_APPLIED,
        "proved",
        (CREATES, logs(line(-60, LOCKED, "staging"), line(-2, PENDING + "orders."))),
    ),
    Truth("the job's lines tell no environment", FAILED, "likely", (CREATES, logs(line(-5, LOCKED, None)))),
    Truth("the event tells no environment", FAILED, "likely", (CREATES, NO_ENVIRONMENT, logs(line(-5, LOCKED)))),
    Truth("prod in the logs, production in Sentry", FAILED, "proved", (CREATES, logs(line(-5, LOCKED, "prod")))),
    Truth("prd-eu in the logs, production in Sentry", FAILED, "likely", (CREATES, logs(line(-5, LOCKED, "prd-eu")))),
    Truth(
        "billing's orders app is pending, not ours",
        None,
        None,
        (CREATES, logs(line(-2, PENDING + "orders.", service="billing"))),
    ),
    Truth(
        "billing's migrate job failed, ours was never run",
        None,
        None,
        (CREATES, logs(line(-9, "Applying billing.0009_tax... Traceback", service="billing-migrate"))),
    ),
    Truth("staging dropped it", None, None, (UNCHANGED, logs(line(-1, "DROP TABLE orders_order", "staging")))),
    Truth(
        "Flyway's number 42 of another service failed",
        NOT_APPLIED,
        None,
        (
            some_changes(a_schema_change(framework="flyway", migration="42", path="db/V42__create_orders.sql")),
            logs(
                line(
                    -3,
                    'Migration of schema "public" to version "42 - add invoices" failed!',
                    service="billing",
                )
            ),
        ),
    ),
    # Innocent deploys and migrations.
    Truth(
        "an innocent deploy just before a dropped table",
        DROPPED,
        "proved",
        (UNCHANGED, logs(line(-1, "ALTER TABLE orders_order RENAME TO sales_order"))),
    ),
    Truth(
        "the release creates a similar name",
        None,
        None,
        (some_changes(a_schema_change(relation="orders_order_line")), logs(line(-5, OK))),
    ),
    Truth(
        "the release drops a similar name",
        None,
        None,
        (
            some_changes(a_schema_change("drops", relation="orders_order_old")),
            logs(line(-5, OK), line(-5, "DROP TABLE orders_order_old")),
        ),
    ),
    Truth(
        "the release drops the same name in the archive",
        None,
        None,
        (
            some_changes(a_schema_change("drops", schema_name="archive")),
            a_relation(schema_name="public"),
            logs(line(-5, OK), line(-5, "DROP TABLE archive.orders_order")),
        ),
    ),
    Truth(
        "a later migration of the same table failed",
        None,
        None,
        (
            UNCHANGED,
            logs(
                line(
                    -5,
                    'Applying orders.0050_note... ProgrammingError: relation "orders_order" does not exist',
                )
            ),
        ),
    ),
    Truth(
        "another app's migration failed first, so ours never ran",
        FAILED,
        "likely",
        (CREATES, logs(line(-5, "Applying billing.0009_tax... Traceback"))),
    ),
    # Retries and things mended.
    Truth(
        "failed, retried with success, and looked up elsewhere",
        WRONG,
        "likely",
        (CREATES, logs(line(-9, LOCKED), line(-8, OK))),
    ),
    Truth(
        "failed, the retry's line tells no environment, dropped unseen",
        None,
        None,
        (CREATES, logs(line(-9, LOCKED), line(-8, OK, None))),
    ),
    Truth(
        "failed at the deploy, mended eleven minutes later",
        FAILED,
        "proved",
        (CREATES, STOPPED, an_issue(last_seen=minutes(12)), logs(line(-3, LOCKED), line(11, OK))),
    ),
    Truth("never ran at the deploy, failed when run by hand", FAILED, "likely", (CREATES, logs(line(20, LOCKED)))),
    Truth(
        "pending at start-up, applied by a job of no environment, then wrong schema",
        None,
        None,
        (CREATES, logs(line(-9, PENDING + "orders."), line(-5, OK, None))),
    ),
    Truth(
        "two deploys in a row, the second migrated",
        None,
        None,
        (CREATES, logs(line(-60, PENDING + "orders."), line(-20, "No migrations to apply."))),
    ),
    Truth(
        "two migrations shipped, the later one pending, table in another schema",
        None,
        None,
        (CREATES.model_copy(update={"files": TWO_FILES}), logs(line(-2, PENDING + "orders."))),
    ),
    Truth(
        "errors stopped by themselves after a pending report",
        NOT_APPLIED,
        None,  # no relation comes by itself: somebody ran it since, and when is not known
        (CREATES, STOPPED, an_issue(last_seen=minutes(30)), logs(line(-2, PENDING + "orders."))),
    ),
    Truth(
        "code rolled back, next day's release migrated",
        NOT_APPLIED,
        None,
        (CREATES, STOPPED, an_issue(last_seen=minutes(9)), logs(line(300, OK))),
    ),
    # Fakes, squashes, hands.
    Truth("faked by hand", NOT_APPLIED, "proved", (CREATES, logs(line(-30, "Applying orders.0042_order... FAKED")))),
    Truth(
        "fake-initial found the tables, then somebody dropped them",
        None,
        None,
        (
            some_changes(a_schema_change(migration="orders.0001_initial")),
            logs(line(-30, "Applying orders.0001_initial... FAKED")),
        ),
    ),
    Truth(
        "squashed: only the record was taken back",
        None,
        None,
        (CREATES, logs(line(-30, "Unapplying orders.0042_order... FAKED"))),
    ),
    Truth(
        "made by hand in the wrong database, then migrate found it",
        WRONG,
        "likely",
        (
            CREATES,
            logs(
                line(
                    -5,
                    'Applying orders.0042_order... ProgrammingError: relation "orders_order" already exists',
                )
            ),
        ),
    ),
    Truth(
        "MySQL: the migration stopped half-way",
        FAILED,
        "proved",
        (
            CREATES,
            MYSQL,
            logs(
                line(
                    -5,
                    "Applying orders.0042_order... OperationalError: (1205, 'Lock wait timeout exceeded')",
                )
            ),
        ),
    ),
    # Back and forth.
    Truth(
        "a rollback job took the migration back",
        DROPPED,
        "proved",  # that the release creates it speaks against a drop only until it has run
        (CREATES, logs(line(-60, OK), line(-3, "Unapplying orders.0042_order... OK"))),
    ),
    Truth(
        "taken back and applied again, wrong database",
        WRONG,
        "likely",
        (CREATES, logs(line(-9, "Unapplying orders.0042_order... OK"), line(-6, OK))),
    ),
    Truth(
        "code rolled back to before the drop",
        DROPPED,
        "likely",
        (some_changes(rolled_back=True, taken_back=(a_schema_change("drops"),)), logs()),
    ),
    Truth(
        "the drop was applied and taken back",
        None,
        None,
        (DROPS, logs(line(-9, OK), line(-5, "Unapplying orders.0042_order... OK"))),
    ),
    # Statements that did nothing, swaps, partitions, temporary tables.
    Truth(
        "a nightly swap; search path changed",
        None,
        None,
        (
            UNCHANGED,
            logs(line(-5, "DROP TABLE orders_order"), line(-4, "ALTER TABLE orders_order_new RENAME TO orders_order")),
        ),
    ),
    Truth(
        "dropped at night, refilled by SELECT INTO",
        None,
        None,
        (
            UNCHANGED,
            logs(
                line(-9, "DROP TABLE orders_order"), line(-8, "SELECT id, total INTO orders_order FROM staging_orders")
            ),
        ),
    ),
    Truth(
        "a refused drop, wrong schema",
        None,
        None,
        (UNCHANGED, logs(line(-3, "cannot drop table orders_order because other objects depend on it"))),
    ),
    Truth("a drop rolled back", None, None, (UNCHANGED, logs(line(-3, "BEGIN; DROP TABLE orders_order; ROLLBACK;")))),
    Truth(
        "a temporary table of another session",
        None,
        None,
        (UNCHANGED, logs(line(-3, "DROP TABLE pg_temp_3.orders_order"))),
    ),
    Truth(
        "a partition was detached and dropped",
        DROPPED,
        "proved",
        (
            UNCHANGED,
            a_relation(name="events_2026_10", quote='relation "events_2026_10" does not exist'),
            logs(line(-1, "DROP TABLE events_2026_10")),
        ),
    ),
    Truth(
        "another partition was dropped",
        None,
        None,
        (UNCHANGED, a_relation(name="events_2026_10"), logs(line(-1, "DROP TABLE events_2026_1"))),
    ),
    Truth(
        "a view went with its table",
        DROPPED,
        "proved",
        (UNCHANGED, a_relation(name="order_totals", kind="view"), logs(line(-1, "DROP VIEW order_totals"))),
    ),
    Truth(
        "a restored dump began with DROP IF EXISTS",
        DROPPED,
        "likely",
        (UNCHANGED, logs(line(-2, "DROP TABLE IF EXISTS orders_order"))),
    ),
    Truth(
        "pages were cut: the swap's second half is not seen",
        DROPPED,
        "likely",
        (UNCHANGED, logs(line(-2, "DROP TABLE orders_order"), partial="2 of 5 shards failed")),
    ),
    Truth(
        "the database's own log of some database",
        DROPPED,
        "likely",
        (UNCHANGED, logs(line(-2, "LOG:  statement: DROP TABLE orders_order", service="postgresql"))),
    ),
    # Places.
    Truth(
        "Europe was forgotten",
        ONE,
        "proved",
        (
            CREATES,
            an_event(environment="production-eu"),
            segment("environment", "production-eu"),
            logs(line(-20, OK, "production-us"), line(-2, PENDING + "orders.", "production-eu")),
        ),
    ),
    Truth(
        "Europe was forgotten, its logs are silent",
        ONE,
        "likely",
        (
            CREATES,
            an_event(environment="production-eu"),
            segment("environment", "production-eu"),
            a_timeline(deploys=(a_deploy(), a_deploy(environment="production-eu"))),
            logs(line(-20, OK, "production-us")),
        ),
    ),
    Truth("a canary runs the new code alone", NOT_APPLIED, None, (CREATES, segment("server_name", "canary-1"), logs())),
    Truth(
        "staging alone has the new release",
        MISSING,
        None,
        (
            UNCHANGED,
            STAGE_EVENT,
            segment("environment", "staging"),
            a_timeline(deploys=(a_deploy(environment="staging"),)),
            logs(),
        ),
    ),
    Truth("one tenant's schema was left out", ONE, None, (CREATES, logs(line(-9, OK), line(-8, OK)))),
    Truth("green was migrated, blue's database was not", WRONG, "likely", (CREATES, logs(line(-60, OK)))),
    Truth(
        "production reads staging's database",
        WRONG,
        "likely",
        (
            UNCHANGED,
            a_relation(
                dialect="mysql", database="shop_staging", quote="Table 'shop_staging.orders_order' doesn't exist"
            ),
            logs(),
        ),
    ),
    Truth(
        "failed over to an old database",
        WRONG,
        None,
        (CREATES, logs(line(-2, PENDING.replace("1 un", "87 un") + "auth, orders."))),
    ),
    Truth("Oracle names nothing; a migrate job failed", FAILED, "likely", (CREATES, ORACLE, logs(line(-5, LOCKED)))),
    Truth(
        "Oracle writes capitals; the migration is pending",
        NOT_APPLIED,
        "proved",
        (CREATES, a_relation(name="ORDERS_ORDER", dialect="oracle"), logs(line(-2, PENDING + "orders."))),
    ),
    Truth(
        "a quoted name with a dot",
        DROPPED,
        "proved",
        (
            some_changes(a_schema_change("drops", relation="order.items")),
            a_relation(name="order.items", quote='relation "order.items" does not exist'),
            logs(line(-4, OK)),
        ),
    ),
    # Replicas.
    Truth(
        "the replica has not replayed it",
        REPLICA,
        "proved",
        (
            CREATES,
            FROM_REPLICA,
            with_replication(
                logs(line(-3, OK)), line(1, "replica orders-replica-2: replay lag is 340 s", service="postgresql")
            ),
        ),
    ),
    Truth(
        "a healthy replica served it, the migration is pending",
        NOT_APPLIED,
        "proved",
        (
            CREATES,
            FROM_REPLICA,
            with_replication(
                logs(line(-2, PENDING + "orders.")),
                line(1, "replica orders-replica-2: replay lag is 2 s", service="postgresql"),
            ),
        ),
    ),
    Truth("a replica served it, nothing else is known", None, None, (CREATES, FROM_REPLICA, logs())),
    Truth(
        "another replica lags, the table is in another schema",
        None,
        None,
        (
            CREATES,
            FROM_REPLICA,
            with_replication(
                logs(line(-60, OK)), line(1, "replica analytics-9: replay lag is 4000 s", service="postgresql")
            ),
        ),
    ),
    Truth(
        "daily lag of seconds on a replica nobody asked",
        None,
        None,
        (UNCHANGED, with_replication(logs(), line(1, "replica analytics-9 is 3 seconds behind", service="postgresql"))),
    ),
    # Clocks, old issues, incidents.
    Truth(
        "a shipper's clock is half a minute off",
        None,
        None,
        (CREATES, STOPPED, an_issue(last_seen=minutes(3)), logs(line(0.5, OK))),
    ),
    Truth(
        "an old issue came back; no onset is known",
        FAILED,
        "likely",
        (
            CREATES,
            an_issue(substatus="regressed"),
            a_frequency(onset=None, trend="constant", rule="r"),
            logs(line(-5, LOCKED)),
        ),
    ),
    Truth(
        "the event has no release, the repository is unknown",
        FAILED,
        "proved",
        (
            an_event(release=None),
            logs(
                line(-5, 'CREATE TABLE "orders_order" failed: canceling statement due to lock timeout, while migrating')
            ),
        ),
    ),
    Truth(
        "three schema errors since one release",
        BROADER,
        "likely",
        (others('ProgrammingError: relation "x" does not exist'),),
    ),
    Truth(
        "an old issue rose at some time of an hour in which it was migrated, too",
        None,
        None,
        (CREATES, HOURLY, an_issue(last_seen=minutes(40)), logs(line(30, OK))),
    ),
    Truth(
        "an old issue rose in the hour of a failure that was mended in it",
        None,
        None,
        (CREATES, HOURLY, an_issue(last_seen=minutes(40)), logs(line(-5, LOCKED), line(33, OK))),
    ),
    Truth(
        "an old issue rose in the hour in which it was dropped",
        DROPPED,
        "likely",
        (UNCHANGED, HOURLY, logs(line(20, "DROP TABLE orders_order"))),
    ),
    Truth(
        "the shipper was minutes late; the replica caught up",
        REPLICA,
        None,
        (
            CREATES,
            STOPPED,
            FROM_REPLICA,
            an_issue(last_seen=minutes(5)),
            with_replication(
                logs(line(4, OK)), line(1, "replica orders-replica-2: replay lag is 340 s", service="postgresql")
            ),
        ),
    ),
    Truth(
        "three unrelated bugs since one release", None, None, (others("TypeError: 'NoneType' object is not iterable"),)
    ),
    Truth(
        "Ansible says failed=0", None, None, (UNCHANGED, logs(line(-1, "PLAY RECAP deploy failed=0"), purpose=DEPLOYS))
    ),
    Truth(
        "a data migration asks before its dependency ran",
        None,
        None,
        (
            UNCHANGED,
            an_event(
                frames=(
                    Frame(filename="django/core/management/commands/migrate.py"),
                    Frame(filename="reports/migrations/0009_fill.py"),
                )
            ),
            logs(),
        ),
    ),
    Truth(
        "a module asks while migrate imports it",
        LATE,
        "likely",
        (
            UNCHANGED,
            an_event(
                frames=(
                    Frame(filename="django/core/management/commands/migrate.py"),
                    Frame(filename="orders/choices.py"),
                )
            ),
            logs(),
        ),
    ),
    Truth(
        "a model was only moved; the search path changed",
        None,
        None,
        (
            some_changes(
                MODEL,
                files=(
                    FileChange(
                        path="orders/old.py",
                        status="modified",
                        patch="@@ -1 +0,0 @@\n-class Order(models.Model):",
                        url="https://x.example",
                    ),
                ),
            ),
            logs(),
        ),
    ),
    Truth(
        "Alembic began late, and failed",
        FAILED,
        "likely",
        (
            some_changes(a_schema_change(framework="alembic", migration="2b3c4d5e6f7a")),
            STOPPED,
            an_issue(last_seen=minutes(12)),
            logs(
                line(11, "Running upgrade 1a2b3c4d5e6f -> 2b3c4d5e6f7a, orders", host="job-1"),
                line(
                    11.5,
                    "sqlalchemy.exc.OperationalError: canceling statement due to lock timeout",
                    level="error",
                    host="job-1",
                ),
            ),
        ),
    ),
    Truth(
        "SQLite of a test run; nothing else",
        None,
        None,
        (
            a_relation(dialect="sqlite", quote="no such table: orders_order"),
            an_event(environment="test"),
            logs(line(-5, LOCKED)),
        ),
    ),
]


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_the_verdict_never_proves_another_cause_than_the_truth(truth):
    inquiry = Inquiry(ref=IssueRef(issue_id="5551234567"), at=NOW)
    verdict = judge(playbook, inquiry, evidence(*truth.facts)).verdict
    assert verdict.grade != "proved" or verdict.cause == truth.cause, verdict
    if truth.grade is None:
        assert verdict.grade != "proved", verdict
        assert verdict.grade == "undecided" or verdict.cause == truth.cause, verdict
    else:
        assert (verdict.grade, verdict.cause) == (truth.grade, truth.cause), verdict


HERRINGS = {
    "failed in staging": line(-3, LOCKED, "staging"),
    "dropped in staging": line(-1, "DROP TABLE orders_order", "staging"),
    "taken back in staging": line(-2, "Unapplying orders.0042_order... OK", "staging"),
    "faked in staging": line(-2, "Applying orders.0042_order... FAKED", "staging"),
    "another service's orders are pending": line(-1, PENDING + "orders.", service="billing"),
    "another service's table of that name was dropped": line(-1, "DROP TABLE orders_order", service="billing"),
    "another service's migration failed": line(-1, "Applying billing.0009_tax... Traceback", service="billing"),
    "a drop was only planned": line(-1, "dry run: DROP TABLE orders_order"),
    "a similar table was dropped": line(-1, "DROP TABLE orders_order_old, old_orders_order"),
    "the error itself was logged": line(1, 'ERROR: relation "orders_order" does not exist at character 15'),
}


@pytest.mark.parametrize("herring", HERRINGS)
def test_a_red_herring_beside_any_truth_proves_nothing_else(herring):
    for truth in (one for one in TRUTHS if STAGE_EVENT not in one.facts):
        facts = [fact for fact in truth.facts if not isinstance(fact, Logs)]
        seen = next((fact for fact in truth.facts if isinstance(fact, Logs)), logs())
        lines = (*seen.lines(MIGRATIONS), HERRINGS[herring])
        more = logs(*sorted(lines, key=lambda one: one.at))
        kept = tuple(search for search in seen.searches if search.purpose != MIGRATIONS)
        more = more.model_copy(update={"searches": (*more.searches, *kept)})
        inquiry = Inquiry(ref=IssueRef(issue_id="5551234567"), at=NOW)
        verdict = judge(playbook, inquiry, evidence(*facts, more)).verdict
        assert verdict.grade != "proved" or verdict.cause == truth.cause, (truth.name, verdict)


def test_there_are_truths_of_every_cause_and_enough_of_them():
    assert len(TRUTHS) >= 40
    assert {cause.name for cause in playbook.causes} == {truth.cause for truth in TRUTHS if truth.cause}
    assert len({truth.name for truth in TRUTHS}) == len(TRUTHS)


NAMES = [
    "orders",
    "a.b",
    "tab(le",
    "[x]",
    "naïve",
    "'; DROP TABLE x; --",
    "$1",
    "\\d+",
    "x" * 63,
    "注文",
    "to",
    "table",
    "a b",
]


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_are_found_as_they_are_and_never_in_longer_ones(name):
    relation = a_relation(name=name)
    assert removes(relation, f'DROP TABLE "{name}"') == "surely"
    assert makes(relation, f'CREATE TABLE "{name}" (id int)')
    assert says_it_exists(relation, f'relation "{name}" already exists')
    assert removes(relation, f'DROP TABLE "{name}x"') is None
    assert not makes(relation, f'CREATE TABLE "{name}x" (id int)')


HOSTILE = [
    "drop table " * 400,
    "drop table " + "a," * 2_000,
    "drop table " + '"' * 4_000,
    "create table " + " " * 4_000,
    "select " * 600,
    "select " + "into " * 800,
    "rename " * 600 + "to " * 100,
    "alter table if exists only " * 150,
    "drop table " + "a.b." * 1_000,
    "relation " * 450 + "already exists",
    "x" * 100_000,
    "\n--" * 2_000 + "drop table orders_order",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20].strip())
def test_hostile_lines_are_read_in_bounded_time(text):
    began = time.perf_counter()
    for read in (makes, removes, says_it_exists):
        read(a_relation(), text)
    assert time.perf_counter() - began < 2.0


def test_a_line_is_read_by_its_first_characters_only():
    assert removes(a_relation(), "x" * 5_000 + " DROP TABLE orders_order") is None
