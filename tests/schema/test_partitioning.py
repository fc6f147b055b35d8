"""What a repository's migrations and the logs tell of the parts that a relation is one of, by its name."""

import pytest

from playbook.evidence.schema_history import SchemaHistory
from playbook.schema.partition import part_of
from playbook.schema.partitioning import Partitioning
from playbook.schema.relation import Revision, told
from tests.facts import a_line, a_relation, a_schema_history, a_search, minutes, some_logs

EVENTS = "CREATE TABLE events (\n  id bigint,\n  at date\n) PARTITION BY RANGE (at);\n"
OCTOBER = "CREATE TABLE events_2026_10 PARTITION OF events FOR VALUES FROM ('2026-10-01') TO ('2026-11-01');\n"
NOVEMBER = OCTOBER.replace("10-01", "11-X").replace("11-01", "12-01").replace("11-X", "11-01").replace("_10", "_11")
PARTMAN = "SELECT partman.create_parent('public.events', 'at', '1 month');\n"


def said(*migrations, relation="events_2026_12"):
    files = {f"db/migration/V{number}__x.sql": text for number, text in enumerate(migrations, 1)}
    answer = told(relation, Revision("a" * 40, files), None, None, page="https://github.example.com/acme/shop")
    return SchemaHistory.model_validate({**answer, "repository": "acme/shop", "branch": None})


def test_the_parent_is_told_with_its_line_and_the_words_that_divide_it():
    found = said(EVENTS, OCTOBER).partitioned
    assert (found.parent.path, found.parent.line) == ("db/migration/V1__x.sql", 1)
    assert found.by == "PARTITION BY RANGE (at)"
    assert [one.relation for one in found.siblings] == ["events_2026_10"]
    assert found.partman is False


def test_the_last_siblings_are_told_whatever_their_order():
    months = [OCTOBER.replace("events_2026_10", f"events_2026_{month:02}") for month in (9, 10, 3, 4, 5)]
    found = said(EVENTS, *months).partitioned
    assert [one.relation for one in found.siblings] == ["events_2026_05", "events_2026_09", "events_2026_10"]


def test_pg_partman_is_noticed():
    assert said(EVENTS, PARTMAN).partitioned.partman


def test_the_words_of_the_next_table_divide_no_other():
    both = "CREATE TABLE events (id int);\n" + EVENTS.replace("events", "visits")
    assert said(both).partitioned.by == ""
    assert said(both, relation="visits_2026_12").partitioned.by == "PARTITION BY RANGE (at)"


def test_a_window_function_divides_no_table():
    view = "CREATE TABLE events AS SELECT id, row_number() OVER (PARTITION BY shop) FROM visits;\n"
    assert said(view).partitioned.by == ""


@pytest.mark.parametrize(
    ("path", "text", "by"),
    [
        (
            "db/migrate/20260101000000_create_events.rb",
            "class CreateEvents < ActiveRecord::Migration[7.0]\n  def change\n"
            '    create_table :events, options: "PARTITION BY RANGE (at)" do |t|\n    end\n  end\nend\n',
            "PARTITION BY RANGE (at)",
        ),
        (
            "alembic/versions/1_events.py",
            "from alembic import op\nimport sqlalchemy as sa\nrevision = '1'\ndown_revision = None\n\n\n"
            "def upgrade():\n"
            '    op.create_table(\n        "events",\n        sa.Column("id", sa.Integer),\n'
            '        postgresql_partition_by="RANGE (at)",\n    )\n',
            'postgresql_partition_by="RANGE (at)",',
        ),
    ],
)
def test_frameworks_divide_in_words_of_their_own(path, text, by):
    answer = told("events_2026_12", Revision("a" * 40, {path: text}), None, None, page="https://github.example.com/a/b")
    assert answer["partitioned"]["by"] == by


@pytest.mark.parametrize("relation", ["orders_order", "visits_2026_12", "events_old"])
def test_nothing_is_told_of_a_name_whose_parent_no_migration_knows(relation):
    assert said(EVENTS, OCTOBER, relation=relation).partitioned is None


def test_parts_in_folders_of_tests_are_none():
    answer = told(
        "events_2026_12",
        Revision("a" * 40, {"tests/db/migration/V1__x.sql": EVENTS}),
        None,
        None,
        page="https://github.example.com/a/b",
    )
    assert "partitioned" not in answer


RELATION = a_relation(name="events_2026_12")


def test_without_a_parent_or_a_sibling_a_name_is_a_name():
    assert Partitioning.of(RELATION, a_schema_history(), None).part is None
    assert Partitioning.of(a_relation(), said(EVENTS), None).part is None


def test_a_divided_parent_has_its_parts_made_at_run_time_unless_a_migration_made_the_one_before():
    assert Partitioning.of(RELATION, said(EVENTS), None).at_run_time
    assert Partitioning.of(RELATION, said(EVENTS, OCTOBER), None).at_run_time
    assert not Partitioning.of(RELATION, said(EVENTS, OCTOBER, NOVEMBER), None).at_run_time
    assert Partitioning.of(RELATION, said(EVENTS, OCTOBER, NOVEMBER, PARTMAN), None).at_run_time
    assert not Partitioning.of(RELATION, said("CREATE TABLE events (id int);"), None).at_run_time


def test_siblings_are_seen_being_made_in_the_logs():
    done = a_line(f"LOG: statement: {NOVEMBER}", minutes(-60))
    logs = some_logs(searches=(a_search("migrations", done), a_search("same trace", done)))
    found = Partitioning.of(RELATION, None, logs)
    assert (found.part, found.made, found.at_run_time) == (part_of("events_2026_12"), (done,), True)


@pytest.mark.parametrize("line", [f"ERROR: permission denied: {NOVEMBER}", "CREATE TABLE visits_2026_11 (id int)"])
def test_what_was_refused_or_is_of_another_parent_is_no_sibling(line):
    logs = some_logs(searches=(a_search("migrations", a_line(line)),))
    assert Partitioning.of(RELATION, None, logs).part is None


def test_a_relation_that_migrations_make_is_no_part_that_is_missing():
    assert Partitioning.of(
        a_relation(name="events_2026_10"), said(EVENTS, OCTOBER, relation="events_2026_10"), None
    ).lasting
    assert not Partitioning.of(RELATION, said(EVENTS, OCTOBER), None).lasting
