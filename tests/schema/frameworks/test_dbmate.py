"""dbmate keeps both ways in one file: only the way up runs."""

from playbook.schema.frameworks.dbmate import framework

FILES = {
    "migrations/00002_carts.sql": (
        "-- migrate:up\nALTER TABLE orders RENAME TO sales;\n-- migrate:down\nALTER TABLE sales RENAME TO orders;"
    ),
    "migrations/00001_orders.sql": (
        "-- migrate:up\nCREATE TABLE orders (id int);\n\n-- migrate:down\nDROP TABLE orders;\n"
    ),
    "migrations/00003_plain.sql": "CREATE TABLE not_its_own (id int);",
}


def test_only_the_way_up_runs_in_the_order_of_the_versions():
    found = framework.migrations(FILES)
    assert [one.name for one in found] == ["00001_orders.sql", "00002_carts.sql"]
    told = [(each.kind, each.relation, each.to, each.line) for one in found for each in one.operations]
    assert told == [("creates", "orders", None, 2), ("renames", "orders", "sales", 2)]
