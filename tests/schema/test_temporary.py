"""What tells that a relation is temporary: its name, or the statement of the session that made it."""

import time

import pytest

from playbook.schema.statement import makes, makes_temporary
from playbook.schema.temporary import is_temporary, lines_of_the_trace, made_for_itself, temporary_by_name
from tests.facts import a_line, a_relation, a_search, an_event, minutes, some_logs

TOTALS = a_relation(name="totals", quote='relation "totals" does not exist')
MADE = "CREATE TEMP TABLE totals (id int)"
ASKED = "SELECT * FROM totals"


@pytest.mark.parametrize(
    "text",
    [
        MADE,
        "create temporary table if not exists totals as select 1",
        'CREATE LOCAL TEMPORARY TABLE "totals" (id int) ON COMMIT DROP',
        "CREATE GLOBAL TEMPORARY TABLE totals (id int)",
        "CREATE TEMP TABLE pg_temp.totals (id int)",
        "CREATE TEMP VIEW totals AS SELECT 1",
        "CREATE OR REPLACE TEMP VIEW totals AS SELECT 1",
        "SELECT id INTO TEMP totals FROM orders",
        "select id into temporary table totals from orders",
        "/* app=shop */\n  CREATE TEMP TABLE totals (id int)",
    ],
)
def test_statements_that_make_it_for_the_session(text):
    assert makes_temporary(TOTALS, text)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE totals (id int)",
        "CREATE UNLOGGED TABLE totals (id int)",
        "CREATE TEMP TABLE totals_old (id int)",
        "CREATE TEMP TABLE my_totals (id int)",
        'CREATE TEMP TABLE "Totals" (id int)',
        "CREATE TEMP TABLE other AS SELECT * FROM totals",
        "DROP TABLE totals",
        "SELECT id INTO totals FROM orders",
        ASKED,
    ],
)
def test_statements_that_do_not(text):
    assert not makes_temporary(TOTALS, text)


def test_a_temporary_statement_makes_nothing_lasting():
    assert not makes(TOTALS, MADE)


def test_a_query_that_names_a_lasting_schema_means_no_temporary_one():
    assert not makes_temporary(a_relation(name="totals", schema_name="reports"), MADE)
    assert makes_temporary(a_relation(name="totals", schema_name="pg_temp"), MADE)


def test_mysql_names_the_database_of_a_temporary_table_too():
    mysql = a_relation(name="totals", database="shop", dialect="mysql")
    assert makes_temporary(mysql, "CREATE TEMPORARY TABLE totals (id int)")
    assert makes_temporary(mysql, "CREATE TEMPORARY TABLE `shop`.`totals` (id int)")
    assert not makes_temporary(mysql, "CREATE TEMPORARY TABLE archive.totals (id int)")


def test_oracles_global_temporary_tables_last():
    oracle = a_relation(name="TOTALS", dialect="oracle")
    assert not makes_temporary(oracle, "CREATE GLOBAL TEMPORARY TABLE totals (id int)")
    assert makes_temporary(oracle, "CREATE PRIVATE TEMPORARY TABLE totals (id int)")


@pytest.mark.parametrize(
    ("statements", "failing", "told"),
    [
        ((MADE,), ASKED, (0, "surely")),
        (("CREATE INDEX i ON orders (id)", MADE), ASKED, (1, "surely")),
        (("DROP TABLE IF EXISTS totals", MADE), None, (1, "surely")),
        ((MADE, MADE), ASKED, (1, "surely")),
        ((MADE, "DROP TABLE totals"), ASKED, (0, "perhaps")),
        ((MADE, "DROP TABLE IF EXISTS totals"), ASKED, (0, "perhaps")),
        ((MADE, "ALTER TABLE totals RENAME TO sums"), ASKED, (0, "perhaps")),
        (("CREATE TABLE totals (id int)", MADE), ASKED, (1, "perhaps")),
        ((MADE, "ALTER TABLE sums RENAME TO totals"), ASKED, (0, "perhaps")),
        (("CREATE TEMP TABLE totals AS SELECT * FROM totals",), None, (0, "perhaps")),
        (
            ("CREATE TEMP TABLE totals AS SELECT * FROM totals",),
            "CREATE TEMP TABLE totals AS SELECT * FROM totals ",
            None,
        ),
        (("CREATE TEMP TABLE totals AS " + "SELECT 1 UNION " * 400,), ASKED, (0, "perhaps")),
        (("CREATE TABLE totals (id int)",), ASKED, None),
        ((), ASKED, None),
    ],
)
def test_the_statement_that_made_it_is_found_with_what_tells_otherwise(statements, failing, told):
    assert made_for_itself(TOTALS, statements, failing) == told


@pytest.mark.parametrize(
    ("relation", "temporary"),
    [
        (a_relation(name="#totals", dialect="sqlserver"), True),
        (a_relation(name="##totals", dialect="sqlserver"), True),
        (a_relation(name="#totals", dialect="mysql"), False),
        (a_relation(name="#totals", dialect=None), False),
        (a_relation(name="totals", schema_name="pg_temp"), True),
        (a_relation(name="totals", schema_name="pg_temp_12"), True),
        (a_relation(name="totals", schema_name="pg_temporary"), False),
        (a_relation(name="totals", schema_name="temp"), False),
        (a_relation(name="totals", schema_name="temp", dialect="sqlite"), True),
        (a_relation(name="T1", schema_name="SESSION", dialect="db2"), True),
        (a_relation(name="T1", schema_name="session"), False),
        (a_relation(name="tmp_totals"), False),
    ],
)
def test_only_a_name_that_can_be_nothing_else_is_temporary(relation, temporary):
    assert temporary_by_name(relation) is temporary
    assert is_temporary(relation, an_event(statements=())) is temporary


def test_the_events_own_statement_makes_it_temporary():
    assert is_temporary(TOTALS, an_event(statements=(MADE,)))
    assert not is_temporary(TOTALS, an_event(statements=("CREATE TEMP TABLE sums (id int)",)))
    assert not is_temporary(TOTALS, None)


def test_the_lines_of_a_trace_are_those_before_the_event_that_tell_a_deed():
    lines = (
        a_line(f"LOG: {MADE}", minutes(-1), trace_id="t"),
        a_line(f"LOG: {MADE};", minutes(2), trace_id="t"),
        a_line(f"LOG: {MADE} ;", minutes(-1), trace_id="u"),
        a_line(f"ERROR: {MADE}", minutes(-1), trace_id="t"),
    )
    logs = some_logs(searches=(a_search("same trace", *lines), a_search("deploys", lines[0])))
    assert lines_of_the_trace(an_event(trace_id="t"), logs) == lines[:1]
    assert lines_of_the_trace(an_event(trace_id=None), logs) == ()
    assert lines_of_the_trace(an_event(trace_id="t"), None) == ()


@pytest.mark.parametrize("text", ["create temp table " * 400, "select " + "into temp " * 800, "create " + " " * 4_000])
def test_hostile_statements_are_read_in_bounded_time(text):
    began = time.perf_counter()
    made_for_itself(TOTALS, [text] * 10, None)
    assert time.perf_counter() - began < 2.0
