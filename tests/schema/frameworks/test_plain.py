"""Numbered SQL files of no known tool: forward ones only, in the order of the number."""

from playbook.schema.frameworks.plain import framework


def test_ways_back_are_left_out_whatever_they_are_called():
    files = {
        "database/2-carts.sql": "CREATE TABLE carts (id int);",
        "database/2-carts.rollback.sql": "DROP TABLE carts;",
        "database/1_orders_up.sql": "CREATE TABLE orders (id int);",
        "database/1_orders_down.sql": "DROP TABLE orders;",
        "database/down/3.sql": "DROP TABLE carts;",
        "hasura/migrations/default/170_x/up.sql": "CREATE TABLE x (id int);",
        "hasura/migrations/default/170_x/down.sql": "DROP TABLE x;",
    }
    found = framework.migrations(files)
    assert [one.name for one in found] == ["1_orders_up.sql", "2-carts.sql", "170_x"]
    assert {each.kind for one in found for each in one.operations} == {"creates"}


def test_a_letter_before_the_number_counts_for_nothing():
    files = {f"storage/migrations/V{one}.x.up.sql": f"CREATE TABLE t{one} (id int);" for one in (10, 9)}
    assert [one.name for one in framework.migrations(files)] == ["V9.x.up.sql", "V10.x.up.sql"]


def test_of_an_evolution_only_the_ups_run():
    text = "# --- !Ups\nCREATE TABLE a (id int);\n\n# --- !Downs\nDROP TABLE a;"
    (found,) = framework.migrations({"conf/evolutions/default/1.sql": text})
    assert [(one.kind, one.relation, one.line) for one in found.operations] == [("creates", "a", 2)]


def test_files_that_another_tool_marks_are_left_to_it():
    files = {
        "db/1_a.sql": "-- migrate:up\nCREATE TABLE a (id int);",
        "db/V1__b.sql": "CREATE TABLE b (id int);",
        "db/1_c.up.sql": "CREATE TABLE c (id int);",
    }
    assert framework.migrations(files) == ()


def test_breakpoints_between_statements_are_comments():
    text = 'CREATE TABLE "a" (id int);\n--> statement-breakpoint\nCREATE TABLE "B" (id int);'
    (found,) = framework.migrations({"drizzle/0000_first.sql": text})
    assert [one.relation for one in found.operations] == ["a", "B"]
