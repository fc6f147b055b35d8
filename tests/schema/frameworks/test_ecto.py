"""Every operation on tables that Ecto documents, forward and backward, and the traps around them.

https://hexdocs.pm/ecto_sql/Ecto.Migration.html (the functions' own sections)
"""

import time

import pytest

from playbook.schema.frameworks.ecto import framework

PATH = "priv/repo/migrations/20240101000000_do_it.exs"


def folded(operations):
    return [(one.kind, one.relation, one.to) if one.to else (one.kind, one.relation) for one in operations]


def source(body, function="change", more=""):
    head = "defmodule Shop.Repo.Migrations.DoIt do\n  use Ecto.Migration\n"
    return f"{head}{more}\n  def {function} do\n{body}\n  end\nend\n"


def migration(text, path=PATH):
    return next(one for one in framework.migrations({path: text}) if one.path == path)


OPERATIONS = {
    # create/2, create/1
    "create table(:a) do\n add :x, :string\n end": [("creates", "a")],
    'create table("a")': [("creates", "a")],
    "create(table(:a))": [("creates", "a")],
    "create table(:a, primary_key: false, options: 'WITH x')": [("creates", "a")],
    "create index(:a, [:x])": [],
    "create unique_index(:a, [:x])": [],
    "create constraint(:a, :positive, check: 'x > 0')": [],
    "table(:a) |> create()": [("creates", "a")],
    # create_if_not_exists/2, create_if_not_exists/1
    "create_if_not_exists table(:a) do\n add :x, :string\n end": [("creates", "a")],
    "create_if_not_exists table(:a)": [("creates", "a")],
    "create_if_not_exists index(:a, [:x])": [],
    # drop/2, drop_if_exists/2
    "drop table(:a)": [("drops", "a")],
    "drop table(:a), mode: :cascade": [("drops", "a")],
    "drop_if_exists table(:a)": [("drops", "a")],
    "drop index(:a, [:x])": [],
    "drop constraint(:a, :positive)": [],
    # rename/2, rename/3
    "rename table(:a), to: table(:b)": [("renames", "a", "b")],
    "rename table(:a), :x, to: :y": [],
    "rename index(:a, [:x]), to: 'y'": [],
    # alter/2
    "alter table(:a) do\n add :x, references(:b)\n remove :y\n end": [],
    # execute/1, execute/2, execute with a list
    'execute "CREATE TABLE a (id int)"': [("creates", "a")],
    'execute "CREATE TABLE a (id int)", "DROP TABLE a"': [("creates", "a")],
    'execute("""\nCREATE TABLE a (id int);\nDROP TABLE b;\n""", "")': [("creates", "a"), ("drops", "b")],
    "execute ~s(DROP TABLE a)": [("drops", "a")],
    'execute ["DROP TABLE a", "DROP TABLE b"]': [("drops", "a"), ("drops", "b")],
    'execute fn -> repo().query!("DROP TABLE a") end, fn -> :ok end': [("drops", "a")],
    'execute "UPDATE a SET x = #{1}"': [],
    # repo/0, flush/0
    'repo().query!("DROP TABLE a", [])': [("drops", "a")],
    "create table(:a)\n flush()": [("creates", "a")],
    # direction/0
    "if direction() == :up do\n create table(:a)\n else\n drop table(:b)\n end": [("creates", "a")],
    "if direction() == :down, do: drop(table(:a))": [],
    # what Elixir says by itself
    "for t <- [:a, :b], do: create table(t)": [("creates", "a"), ("creates", "b")],
    "for t <- ~w(a b)a do\n create table(t)\n end": [("creates", "a"), ("creates", "b")],
    "Enum.each([:a, :b], fn t -> drop table(t) end)": [("drops", "a"), ("drops", "b")],
    't = "a"\n create table("#{t}_b")': [("creates", "a_b")],
}


@pytest.mark.parametrize("body", OPERATIONS)
def test_each_operation_does_what_ecto_documents(body):
    found = migration(source(body))
    assert (found.unread, found.dynamic) == (None, ())
    assert folded(found.operations) == OPERATIONS[body]


@pytest.mark.parametrize("body", OPERATIONS)
def test_nothing_of_a_way_back_is_forward(body):
    back = f"  def down do\n{body}\n  end\n"
    found = migration(source(":ok", function="up", more=back))
    assert (found.unread, found.dynamic, found.operations) == (None, (), ())


DYNAMIC = {
    "create table(name())": "computed",
    'create table("#{prefix}_a")': "computed",
    "create table(:a, prefix: tenant())": "in a schema whose name is computed",
    "rename table(:a), to: table(name())": "computed",
    "create other": "computed",
    'if System.get_env("X") do\n create table(:a)\n end': "only if",
    "unless ready?(), do: create(table(:a))": "only if",
    "case repo().__adapter__() do\n X -> create table(:a)\n end": "only if",
    "for t <- names(), do: create table(t)": "computed",
    "for {t, _} <- [a: 1], do: create table(:a)": "only if its loop runs",
    "execute sql()": "SQL that is computed",
    'execute File.read!("x.sql")': "SQL that is computed",
    'execute "DROP TABLE #{name}"': "computed",
    'execute_file "x.sql", "y.sql"': "may do anything",
    "Oban.Migration.up(version: 12)": "may do anything",
}


@pytest.mark.parametrize("body", DYNAMIC)
def test_what_only_running_would_tell_is_dynamic_and_never_a_guess(body):
    found = migration(source(body))
    assert found.operations == ()
    assert any(DYNAMIC[body] in one.what for one in found.dynamic), found


def test_up_wins_over_change_and_down_is_never_forward():
    # lib/ecto/migrator.ex, do_up
    down = "  def down do\n drop table(:a)\n  end\n  def change do\n create table(:c)\n  end\n"
    assert folded(migration(source("create table(:a)", "up", down)).operations) == [("creates", "a")]


def test_a_one_line_change_attributes_and_functions_are_followed():
    more = "  @name :a\n  @other table(:b)\n  defp gone(t), do: drop(table(t))\n"
    text = source("create table(@name)\n create @other\n gone(:c)", more=more)
    assert folded(migration(text).operations) == [("creates", "a"), ("creates", "b"), ("drops", "c")]
    short = "defmodule M do\n  use Ecto.Migration\n  def change, do: create table(:a)\nend\n"
    assert [(one.relation, one.line) for one in migration(short).operations] == [("a", 3)]


def test_a_prefix_is_the_tables_schema():
    one = migration(source('create table(:a, prefix: "shop")')).operations[0]
    assert (one.schema_name, one.relation) == ("shop", "a")


def test_a_default_prefix_of_the_repository_is_told():
    files = {PATH: source("create table(:a)"), "config/config.exs": "config :shop,\n  migration_default_prefix: x()\n"}
    gap = framework.migrations(files)[0]
    assert (gap.path, gap.dynamic[0].line) == ("config/config.exs", 2)


def test_the_migrations_of_tenants_are_in_a_schema_that_is_not_known():
    path = "priv/repo/tenant_migrations/1_a.exs"
    assert framework.wants(path)
    assert migration(source("create table(:a)"), path).dynamic


def test_the_order_is_that_of_the_numbers():
    files = {f"apps/shop/priv/repo/migrations/{name}.exs": source("") for name in ("20240102_b", "3_a", "20240101_c")}
    assert all(map(framework.wants, files))
    assert [one.name for one in framework.migrations(files)] == ["3", "20240101", "20240102"]


def test_schemas_declare_their_tables():
    # https://hexdocs.pm/ecto/Ecto.Schema.html: schema/2, @schema_prefix, many_to_many/3
    text = (
        'defmodule Shop.Post do\n  use Ecto.Schema\n  @schema_prefix "blog"\n  schema "posts" do\n'
        "    field :x, :string\n"
        '    many_to_many :tags, Shop.Tag, join_through: "posts_tags"\n'
        "    many_to_many :users, Shop.User, join_through: Shop.Like\n"
        "  end\nend\ndefmodule Shop.Address do\n  embedded_schema do\n    field :x, :string\n  end\nend\n"
    )
    found = framework.declared({"lib/shop/post.ex": text})
    assert [(one.name, one.relation, one.schema_name, one.line) for one in found] == [
        ("Shop.Post", "posts", "blog", 4),
        ("Shop.Post.tags", "posts_tags", None, 6),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "if a do\n" * 3_000 + "create table(:a)\n" + "end\n" * 3_000,
        "create table(" + "(" * 3_000 + ":a" + ")" * 3_000 + ")",
        "create table(" + '"a" <> ' * 3_000 + '"a")',
        "for x <- [:a, :b, :c, :d] do\n" * 25 + "create table(x)\n" + "end\n" * 25,
        "again()\n end\n def again do\n again()",
        "a |> " * 3_000 + "create()",
        "create table(",
    ],
    ids=["ifs", "brackets", "sums", "loops", "itself", "pipes", "broken"],
)
def test_hostile_migrations_become_gaps_in_bounded_time(body):
    started = time.monotonic()
    found = migration(source(body))
    assert found.operations == ()
    assert found.unread or found.dynamic or "|>" in body
    assert time.monotonic() - started < 5
