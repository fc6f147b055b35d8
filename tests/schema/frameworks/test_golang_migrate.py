"""golang-migrate's folders: numbers as numbers, only `.up.sql`, one row for each folder."""

from playbook.schema.frameworks.golang_migrate import framework

FILES = {
    "db/migrations/10_drop.up.sql": "DROP TABLE carts;",
    "db/migrations/10_drop.down.sql": "CREATE TABLE carts (id int); DROP TABLE orders;",
    "db/migrations/2_carts.up.sql": "CREATE TABLE carts (id int);",
    "db/migrations/2_carts.down.sql": "DROP TABLE carts;",
    "db/migrations/000001_orders.up.sql": "BEGIN;\n\nCREATE TABLE IF NOT EXISTS orders (id int);\nCOMMIT;",
    "db/migrations/11_perhaps.up.sql": "DO $$ BEGIN CREATE TABLE perhaps (id int); END $$;",
    "other/migrations/1_items.up.sql": "CREATE TABLE items (id int);",
    "go.mod": "module example.com/shop",
}


def test_versions_run_as_numbers_and_only_forward():
    found = framework.migrations(FILES)
    assert [one.name for one in found] == ["1/u orders", "2/u carts", "10/u drop", "11/u perhaps", "1/u items"]
    assert [(each.kind, each.relation, each.line) for one in found for each in one.operations] == [
        ("creates", "orders", 3),
        ("creates", "carts", 1),
        ("drops", "carts", 1),
        ("creates", "items", 1),
    ]


def test_what_a_block_decides_is_said_to_be_dynamic():
    (perhaps,) = [one for one in framework.migrations(FILES) if one.name == "11/u perhaps"]
    assert [one.what for one in perhaps.dynamic] == ["a block of code may create perhaps"]


def test_a_file_beside_a_rust_project_is_not_its_own():
    files = {"service/migrations/1_a.up.sql": "CREATE TABLE a (id int);", "service/Cargo.toml": ""}
    assert framework.migrations(files) == ()


def test_wants_migrations_and_the_project_files_only():
    assert framework.wants("db/migrations/1_a.up.sql")
    assert framework.wants("go.mod")
    assert not framework.wants("tests/migrations/1_a.up.sql")
    assert not framework.wants("db/queries.sql")


def test_binary_text_is_unread():
    (one,) = framework.migrations({"migrations/1_a.up.sql": "CREATE TABLE a\0"})
    assert one.unread == "it is not text"
