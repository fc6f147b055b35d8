"""goose keeps both ways in one file: only the way up runs."""

from playbook.schema.frameworks.goose import framework

FILES = {
    "migrations/00002_carts.sql": (
        "-- +goose Up\nALTER TABLE orders RENAME TO sales;\n-- +goose Down\nALTER TABLE sales RENAME TO orders;"
    ),
    "migrations/00001_orders.sql": (
        "-- +goose Up\nCREATE TABLE orders (id int);\n\n-- +goose Down\nDROP TABLE orders;\n"
    ),
    "migrations/00003_plain.sql": "CREATE TABLE not_its_own (id int);",
}


def test_only_the_way_up_runs_in_the_order_of_the_versions():
    found = framework.migrations(FILES)
    assert [one.name for one in found] == ["00001_orders.sql", "00002_carts.sql"]
    told = [(each.kind, each.relation, each.to, each.line) for one in found for each in one.operations]
    assert told == [("creates", "orders", None, 2), ("renames", "orders", "sales", 2)]


def test_a_migration_in_go_is_in_the_row_and_unread():
    files = {**FILES, "migrations/00003_backfill.go": "func init() { goose.AddMigrationContext(up, down) }"}
    found = framework.migrations(files)
    assert [one.name for one in found] == ["00001_orders.sql", "00002_carts.sql", "00003_backfill.go"]
    assert found[2].unread == "it is written in Go: only running it would tell"


def test_a_function_between_statement_marks_is_one_statement():
    text = (
        "-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS void AS $$\n"
        "BEGIN\n  DROP TABLE orders;\nEND;\n"
        "$$ LANGUAGE plpgsql;\n-- +goose StatementEnd\nCREATE TABLE after (id int);\n-- +goose Down\nDROP TABLE after;"
    )
    (found,) = framework.migrations({"migrations/1_f.sql": text})
    assert [(one.kind, one.relation, one.line) for one in found.operations] == [("creates", "after", 9)]
