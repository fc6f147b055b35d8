"""diesel's folders: `up.sql` in the order of the version, `down.sql` never."""

from playbook.schema.frameworks.diesel import framework

FILES = {
    "migrations/2024-01-02-000000_rename/up.sql": "ALTER TABLE carts RENAME TO baskets;",
    "migrations/2024-01-02-000000_rename/down.sql": "ALTER TABLE baskets RENAME TO carts;",
    "migrations/2024-01-01-000000_carts/up.sql": "CREATE TABLE carts (id int);",
    "migrations/00000000000000_diesel_initial_setup/up.sql": (
        "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN RETURN NEW; END; $$;"
    ),
}


def test_each_folder_is_a_migration_by_its_own_name():
    found = framework.migrations(FILES)
    assert [one.name for one in found] == [
        "00000000000000_diesel_initial_setup",
        "2024-01-01-000000_carts",
        "2024-01-02-000000_rename",
    ]
    assert [(each.relation, each.to) for one in found for each in one.operations] == [
        ("carts", None),
        ("carts", "baskets"),
    ]


def test_hasuras_folders_are_not_diesels():
    assert framework.migrations({"migrations/default/1700000000000_x/up.sql": "CREATE TABLE x (id int);"}) == ()
