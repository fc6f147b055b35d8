"""sqlx's files, simple and reversible, beside a Cargo.toml."""

from playbook.schema.frameworks.sqlx import framework

FILES = {
    "api/Cargo.toml": "[package]",
    "api/migrations/20240102000000_drop_carts.up.sql": "DROP TABLE carts;",
    "api/migrations/20240102000000_drop_carts.down.sql": "CREATE TABLE carts (id int);",
    "api/migrations/20240101000000_create_carts.sql": "CREATE TABLE carts (id int);",
}


def test_files_are_named_as_the_log_says_them_and_run_forward_only():
    found = framework.migrations(FILES)
    assert [one.name for one in found] == ["20240101000000/migrate create carts", "20240102000000/migrate drop carts"]
    assert [(each.kind, each.relation) for one in found for each in one.operations] == [
        ("creates", "carts"),
        ("drops", "carts"),
    ]


def test_the_nearest_project_tells_whose_files_they_are():
    files = {"Cargo.toml": "", "go/go.mod": "", "go/migrations/1_a.up.sql": "CREATE TABLE a (id int);"}
    assert framework.migrations(files) == ()
