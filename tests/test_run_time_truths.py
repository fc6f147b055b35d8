"""True incidents of relations that are made at run time, and of relations that only look like it.

Each row is what really happened, the evidence of it, and how the truth must be named: None where nobody could tell, and
then it is never proved. One wrong *proved* costs all trust in the rest.
"""

from typing import NamedTuple

import pytest

from playbook.catalog.relation_missing import playbook
from playbook.evidence.fact import Fact
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.logs import MIGRATIONS
from playbook.evidence.schema_history import Partitioned
from playbook.judge import judge
from playbook.schema.migrate_log import migration_runs
from tests.facts import (
    NOW,
    a_declaration,
    a_line,
    a_relation,
    a_schema_change,
    a_schema_event,
    a_schema_history,
    a_search,
    an_event,
    an_issue,
    evidence,
    minutes,
    some_changes,
    some_logs,
)


class Truth(NamedTuple):
    name: str
    cause: str
    grade: str | None
    facts: tuple[Fact, ...]


def named(name, **given):
    return a_relation(name=name, quote=f'relation "{name}" does not exist', **given)


def line(at, message, environment="production", **given):
    return a_line(message, minutes(at), environment, **{"service": "backend", **given})


def logs(*lines):
    found = some_logs(searches=(a_search(MIGRATIONS, *lines),))
    return found.model_copy(update={"migration_runs": migration_runs(lines)})


def history(relation, *kinds, path="reports/migrations/0003_report.py", **given):
    events = [
        a_schema_event(kind, relation, path=path, migration="reports.0003_report", brought="earlier") for kind in kinds
    ]
    return a_schema_history(*events, **given)


RUN_TIME, MISSING, DROPPED = "made_at_run_time", "migration_missing", "relation_dropped"
FAILED, NOT_APPLIED, NEWER, WRONG = (
    "migration_failed",
    "migration_not_applied",
    "newer_than_the_release",
    "wrong_database",
)

TOTALS, MADE = named("totals"), "CREATE TEMP TABLE totals (id int)"
SESSION = an_event(statements=(MADE,), sql="SELECT * FROM totals")
UNCHANGED, READ = some_changes(), a_schema_history()
PARENT = a_schema_event(relation="events", brought="earlier", quote="CREATE TABLE events (")
DIVIDED = Partitioned(parent=PARENT, by="PARTITION BY RANGE (at)")
DECEMBER, TODAY = named("events_2026_12"), named("events_20261120")
BY_JOB = a_schema_history(partitioned=DIVIDED)
SIBLING = Partitioned(siblings=(a_schema_event(relation="report_2025", brought="earlier"),))
YESTERDAY = line(-300, "LOG: statement: CREATE TABLE events_20261119 PARTITION OF events FOR VALUES IN (1)")
MAKES_TODAY = "CREATE TABLE events_20261120 PARTITION OF events FOR VALUES FROM ('a') TO ('b')"
LOCKED = "canceling statement due to lock timeout"
DROPS_IT = line(-20, "LOG: statement: DROP TABLE totals")
OK = "Applying reports.0003_report... OK"

TRUTHS = [
    # A temporary table, over another session.
    Truth("a pooler gave the query another session", RUN_TIME, "proved", (TOTALS, SESSION, UNCHANGED, READ)),
    Truth("the same, and GitHub could not be read", RUN_TIME, "likely", (TOTALS, SESSION)),
    Truth(
        "the same, and one migration computes its names",
        RUN_TIME,
        "likely",
        (TOTALS, SESSION, UNCHANGED, a_schema_history(dynamic=("0007_tenants.py:4: its name is computed",))),
    ),
    Truth(
        "sessions drop their own all day, and the database logs it",
        RUN_TIME,
        "proved",
        (TOTALS, SESSION, UNCHANGED, READ, logs(line(-40, f"LOG: {MADE}"), DROPS_IT)),
    ),
    Truth(
        "a procedure of SQL Server asked for another's temporary table",
        RUN_TIME,
        "proved",
        (named("#totals", dialect="sqlserver"), UNCHANGED, READ),
    ),
    Truth(
        "the same, and sessions' drops are logged",
        RUN_TIME,
        "proved",
        (named("#totals", dialect="sqlserver"), UNCHANGED, READ, logs(line(-20, "DROP TABLE #totals"))),
    ),
    Truth("pg_temp after a reconnect", RUN_TIME, "proved", (named("totals", schema_name="pg_temp"), UNCHANGED, READ)),
    Truth(
        "the application logged the statement in its trace",
        RUN_TIME,
        "proved",
        (TOTALS, an_event(trace_id="t"), UNCHANGED, READ, logs(line(-1, MADE, trace_id="t"))),
    ),
    Truth(
        "a model that leaves the table to others maps it",
        RUN_TIME,
        "proved",
        (TOTALS, SESSION, UNCHANGED, a_schema_history(declared=(a_declaration(relation="totals", managed=False),))),
    ),
    Truth(
        "a model maps it, and the ORM takes the table for its own",
        RUN_TIME,
        None,
        (TOTALS, SESSION, UNCHANGED, a_schema_history(declared=(a_declaration(relation="totals"),))),
    ),
    # A temporary table beside the truth.
    Truth(
        "a lasting table of that name, whose migration is pending, is shadowed",
        NOT_APPLIED,
        None,
        (TOTALS, SESSION, some_changes(a_schema_change(relation="totals")), history("totals", "creates")),
    ),
    Truth(
        "a lasting one that a model declares lacks its migration",
        MISSING,
        None,
        (TOTALS, SESSION, UNCHANGED, a_schema_history(declared=(a_declaration(relation="totals"),))),
    ),
    Truth(
        "a lasting one that the release's migrations drop",
        DROPPED,
        "proved",
        (TOTALS, SESSION, UNCHANGED, history("totals", "creates", "drops", standing=())),
    ),
    Truth(
        "another repository's lasting one; the request dropped its own before",
        WRONG,
        None,
        (TOTALS, an_event(statements=(MADE, "DROP TABLE totals")), UNCHANGED, READ),
    ),
    Truth(
        "the statement shadows a lasting one, and itself failed for want of it",
        WRONG,
        None,
        (TOTALS, an_event(statements=("CREATE TEMP TABLE totals AS SELECT * FROM totals",)), UNCHANGED, READ),
    ),
    Truth(
        "a lasting one of the reports schema was asked for",
        WRONG,
        None,
        (named("totals", schema_name="reports"), SESSION, UNCHANGED, READ),
    ),
    Truth(
        "another temporary table was made of it",
        WRONG,
        None,
        (TOTALS, an_event(statements=("CREATE TEMP TABLE sums AS SELECT * FROM totals",)), UNCHANGED, READ),
    ),
    Truth(
        "older code than the migrations that were read",
        DROPPED,
        None,
        (TOTALS, an_event(statements=(MADE,), release="backend@1.3.0"), UNCHANGED, READ),
    ),
    Truth(
        "another service of the trace made one of that name in its own database",
        WRONG,
        None,
        (TOTALS, an_event(trace_id="t"), UNCHANGED, READ, logs(line(-1, MADE, trace_id="t", service="billing"))),
    ),
    Truth(
        "another request's temporary table",
        WRONG,
        None,
        (TOTALS, an_event(trace_id="u"), UNCHANGED, READ, logs(line(-1, MADE, trace_id="t"))),
    ),
    Truth(
        "an Oracle table that is temporary and lasts",
        WRONG,
        None,
        (
            named("TOTALS", dialect="oracle"),
            an_event(statements=("CREATE GLOBAL TEMPORARY TABLE totals (id int)",)),
            UNCHANGED,
            READ,
        ),
    ),
    Truth("a MySQL name that begins with a hash", WRONG, None, (named("#totals", dialect="mysql"), UNCHANGED, READ)),
    Truth("a lasting table called tmp_totals", WRONG, None, (named("tmp_totals"), UNCHANGED, READ)),
    # The part of a period.
    Truth("next month's part was not made", RUN_TIME, "likely", (DECEMBER, UNCHANGED, BY_JOB)),
    Truth("today's part was not made; yesterday's was", RUN_TIME, "likely", (TODAY, UNCHANGED, logs(YESTERDAY))),
    Truth(
        "pg_partman's maintenance did not run",
        RUN_TIME,
        "likely",
        (DECEMBER, UNCHANGED, a_schema_history(partitioned=DIVIDED.model_copy(update={"partman": True}))),
    ),
    Truth(
        "the job that makes the parts could not get the lock",
        RUN_TIME,
        "proved",
        (TODAY, UNCHANGED, BY_JOB, logs(line(-5, f"{MAKES_TODAY} failed: {LOCKED}"))),
    ),
    Truth(
        "it failed at first, and again, and was made in the end",
        RUN_TIME,
        "proved",
        (
            TODAY,
            UNCHANGED,
            BY_JOB,
            an_issue(last_seen=minutes(13)),
            logs(line(-5, f"{MAKES_TODAY} failed: {LOCKED}"), line(12, f"LOG: statement: {MAKES_TODAY}")),
        ),
    ),
    Truth(
        "it failed in staging, and nobody knows what happened here",
        RUN_TIME,
        "likely",
        (TODAY, UNCHANGED, BY_JOB, logs(line(-5, f"{MAKES_TODAY} failed: {LOCKED}", "staging"))),
    ),
    Truth(
        "it failed, was made soon, and the query looks elsewhere",
        WRONG,
        None,
        (
            TODAY,
            UNCHANGED,
            BY_JOB,
            logs(line(-5, f"{MAKES_TODAY} failed: {LOCKED}"), line(5, f"LOG: statement: {MAKES_TODAY}")),
        ),
    ),
    Truth(
        "it was made in time, and the query looks elsewhere",
        WRONG,
        None,
        (TODAY, UNCHANGED, BY_JOB, logs(line(-5, f"LOG: statement: {MAKES_TODAY}"))),
    ),
    # The part of a period that something took away, or that a migration should make.
    Truth(
        "today's part was dropped by hand",
        DROPPED,
        "proved",
        (TODAY, UNCHANGED, BY_JOB, logs(line(-20, "LOG: statement: DROP TABLE events_20261120"))),
    ),
    Truth(
        "old parts were cleared, and a report asks for one",
        DROPPED,
        "proved",
        (
            named("events_2026_03"),
            UNCHANGED,
            BY_JOB,
            logs(line(-20, "LOG: statement: DROP TABLE events_2026_03")),
        ),
    ),
    Truth("old parts were cleared before the logs began", DROPPED, None, (named("events_2026_03"), UNCHANGED, BY_JOB)),
    Truth("well into its month it is gone", DROPPED, None, (named("events_2026_11"), UNCHANGED, BY_JOB)),
    Truth(
        "its own migration made the part, and is pending",
        NOT_APPLIED,
        None,
        (
            DECEMBER,
            some_changes(a_schema_change(relation="events_2026_12")),
            history("events_2026_12", "creates", partitioned=DIVIDED),
        ),
    ),
    Truth(
        "migrations make the parts one by one, and December's was forgotten",
        MISSING,
        None,
        (
            DECEMBER,
            UNCHANGED,
            a_schema_history(
                partitioned=DIVIDED.model_copy(
                    update={"siblings": (a_schema_event(relation="events_2026_11", brought="earlier"),)}
                )
            ),
        ),
    ),
    Truth(
        "December's migration is on the default branch",
        NEWER,
        None,
        (
            DECEMBER,
            UNCHANGED,
            a_schema_history(partitioned=DIVIDED, later=(a_schema_event(relation="events_2026_12", brought="later"),)),
        ),
    ),
    # Names that end like a period.
    Truth(
        "a table called report_2024", WRONG, None, (named("report_2024"), UNCHANGED, history("report_2024", "creates"))
    ),
    Truth("a table called report_2024 of nobody knows whom", WRONG, None, (named("report_2024"), UNCHANGED, READ)),
    Truth(
        "report_2026, whose sibling of 2025 a migration made",
        MISSING,
        None,
        (named("report_2026"), UNCHANGED, a_schema_history(partitioned=SIBLING)),
    ),
    Truth("users_v2", WRONG, None, (named("users_v2"), UNCHANGED, history("users_v2", "creates"))),
    Truth("a backup of a day, dropped since", DROPPED, None, (named("orders_20240101_backup"), UNCHANGED, READ)),
    Truth(
        "a backup of today, of an ordinary table",
        WRONG,
        None,
        (
            named("orders_order_20261120"),
            UNCHANGED,
            a_schema_history(partitioned=Partitioned(parent=a_schema_event(brought="earlier"))),
        ),
    ),
    Truth(
        "invoices_2026, declared by a model without a migration",
        MISSING,
        "proved",
        (
            named("invoices_2026"),
            UNCHANGED,
            a_schema_history(
                declared=(a_declaration(relation="invoices_2026"),),
                partitioned=Partitioned(parent=a_schema_event(relation="invoices", brought="earlier")),
            ),
        ),
    ),
    Truth(
        "invoices_2026, whose migration failed",
        FAILED,
        "proved",
        (
            named("invoices_2026"),
            some_changes(a_schema_change(relation="invoices_2026")),
            a_schema_history(
                a_schema_event(relation="invoices_2026"),
                partitioned=Partitioned(parent=a_schema_event(relation="invoices", brought="earlier")),
            ),
            logs(line(-5, "Applying orders.0042_order... OperationalError: canceling statement due to lock timeout")),
        ),
    ),
    Truth(
        "a divided table that was renamed to the name of a year",
        DROPPED,
        "proved",
        (
            named("events_2026"),
            UNCHANGED,
            a_schema_history(
                a_schema_event(relation="events_2026", brought="earlier"),
                a_schema_event("renames", "events_2026", to="events_archive", brought="release"),
                partitioned=DIVIDED,
                standing=(),
            ),
        ),
    ),
    Truth(
        "made long ago by a migration that ran; the query looks elsewhere",
        WRONG,
        None,
        (named("report_2026"), UNCHANGED, history("report_2026", "creates"), logs(line(-200, OK))),
    ),
]


def verdict_on(facts):
    inquiry = Inquiry(ref=IssueRef(issue_id="5551234567"), at=NOW)
    return judge(playbook, inquiry, evidence(*facts)).verdict


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_the_verdict_never_proves_another_cause_than_the_truth(truth):
    verdict = verdict_on(truth.facts)
    assert verdict.grade != "proved" or verdict.cause == truth.cause, verdict
    if truth.grade is None:
        assert verdict.grade != "proved", verdict
    else:
        assert (verdict.grade, verdict.cause) == (truth.grade, truth.cause), verdict


@pytest.mark.parametrize("name", ["orders_order", "report_2024", "users_v2", "orders_20240101_backup", "invoices_2026"])
@pytest.mark.parametrize("facts", [(), (READ,), (an_issue(users=0),), (a_schema_history(migrations=0, frameworks=()),)])
def test_a_name_alone_says_nothing(name, facts):
    weighed = next(cause for cause in playbook.causes if cause.name == RUN_TIME)
    assert weighed.weigh(evidence(named(name), *facts))[0] == ()


def test_there_are_stories_enough_in_which_another_cause_is_true():
    assert sum(truth.cause != RUN_TIME for truth in TRUTHS) >= 15
    assert len({truth.name for truth in TRUTHS}) == len(TRUTHS)
