"""Every operation on tables that Rails documents, forward and backward, and the traps around them.

https://api.rubyonrails.org/classes/ActiveRecord/ConnectionAdapters/SchemaStatements.html (called API below),
https://guides.rubyonrails.org/active_record_migrations.html (called guide below).
"""

import time

import pytest

from playbook.schema.frameworks.rails import framework
from playbook.schema.frameworks.rails.naming import Inflections, join_table

PATH = "db/migrate/20240101000000_do_it.rb"


def folded(*operations):
    return [(one.kind, one.relation, one.to) if one.to else (one.kind, one.relation) for one in operations]


def migration(source, path=PATH, **others):
    found = framework.migrations({path: source, **others})
    return next(one for one in found if one.path == path)


def change(body, name="change"):
    return migration(f"class DoIt < ActiveRecord::Migration[7.1]\n  def {name}\n{body}\n  end\nend\n")


def forward(body):
    """What a `change` of this body does on the way up; nothing of it may be dynamic."""
    found = change(body)
    assert found.unread is None
    assert found.dynamic == ()
    return folded(*found.operations)


def dynamic(body):
    found = change(body)
    assert found.unread is None
    return [one.what for one in found.dynamic], folded(*found.operations)


OPERATIONS = {
    # API: create_table
    "create_table :a do |t|\n t.string :x\n end": [("creates", "a")],
    "create_table(:a) { |t| t.string :x }": [("creates", "a")],
    "create_table 'a'": [("creates", "a")],
    "create_table :a, id: false do |t| end": [("creates", "a")],
    "create_table :a, id: :uuid, options: 'ENGINE=InnoDB'": [("creates", "a")],
    "create_table :a, :id => false": [("creates", "a")],
    # API: ":force: Set to true to drop the table before creating it. Set to :cascade to drop dependent objects too"
    "create_table :a, force: true": [("drops", "a"), ("creates", "a")],
    "create_table :a, force: :cascade": [("drops", "a"), ("creates", "a")],
    "create_table :a, force: false": [("creates", "a")],
    "create_table :a, if_not_exists: true": [("creates", "a")],
    # API: ":temporary: Make a temporary table." It ends with the session.
    "create_table :a, temporary: true": [],
    "drop_table :a, temporary: true": [],
    # API: ":as: SQL to use to generate the table."
    "create_table :a, as: 'SELECT * FROM orders'": [("creates", "a")],
    'create_table "accounting.a"': [("creates", "a")],
    # API: create_join_table, drop_join_table
    "create_join_table :assemblies, :parts": [("creates", "assemblies_parts")],
    "create_join_table :parts, :assemblies do |t| end": [("creates", "assemblies_parts")],
    "create_join_table :a, :b, table_name: :c": [("creates", "c")],
    "drop_join_table :parts, :assemblies": [("drops", "assemblies_parts")],
    "drop_join_table :a, :b, table_name: 'c'": [("drops", "c")],
    # API: drop_table(*table_names, **options)
    "drop_table :a": [("drops", "a")],
    "drop_table :a, :b, if_exists: true": [("drops", "a"), ("drops", "b")],
    "drop_table(:a, force: :cascade) { |t| t.string :x }": [("drops", "a")],
    # API: rename_table
    "rename_table :a, :b": [("renames", "a", "b")],
    # SQLite's, lib/active_record/connection_adapters/sqlite3_adapter.rb
    "create_virtual_table :a, :fts5, ['x']": [("creates", "a")],
    "drop_virtual_table :a, :fts5, ['x']": [("drops", "a")],
    # what takes no tables
    "change_table :a do |t|\n t.rename :x, :y\n t.drop :x\n end": [],
    "add_column :a, :x, :string": [],
    "rename_column :a, :x, :y": [],
    "add_index :a, :x": [],
    "create_enum :mood, ['sad']": [],
    "create_schema :accounting": [],
    "enable_extension 'hstore'": [],
    "add_reference :a, :b, foreign_key: true": [],
    # guide, 3.4 "Using Helpers": execute
    "execute 'CREATE TABLE a (id int)'": [("creates", "a")],
    "execute <<~SQL\n CREATE TABLE a (id int);\n DROP TABLE b;\nSQL": [("creates", "a"), ("drops", "b")],
    "execute(<<-SQL.squish)\n ALTER TABLE a RENAME TO b\n SQL\n": [("renames", "a", "b")],
    "connection.execute('DROP VIEW a')": [("drops", "a")],
    "ActiveRecord::Base.connection.create_table(:a)": [("creates", "a")],
    'execute "UPDATE a SET x = #{1 + 1}"': [],
    # guide, 3.8 "Using reversible": only one of the two runs
    "reversible do |dir|\n dir.up { create_table :a }\n dir.down { drop_table :a }\n end": [("creates", "a")],
    "reversible do |d|\n d.down do\n create_table :a\n end\n end": [],
    # API: Migration#up_only
    "up_only { create_table :a }": [("creates", "a")],
    # API: Migration#revert turns each command round, the last first
    "revert { create_table :a }": [("drops", "a")],
    "revert do\n create_table :a\n rename_table :b, :c\n end": [("renames", "c", "b"), ("drops", "a")],
    "revert { drop_table(:a) { |t| } }": [("creates", "a")],
    "revert { create_join_table :a, :b }": [("drops", "a_b")],
    "revert { drop_join_table :a, :b }": [("creates", "a_b")],
    "revert { create_table :a, force: true }": [("drops", "a")],
    "revert { revert { create_table :a } }": [("creates", "a")],
    "revert { up_only { create_table :a } }": [],
    "revert { reversible { |d| d.up { create_table :a }\n d.down { create_table :b\n drop_table :a } } }": [
        ("creates", "b"),
        ("drops", "a"),
    ],
    # blocks that only wrap (strong_migrations' safety_assured, API: say_with_time, transaction)
    "safety_assured { drop_table :a }": [("drops", "a")],
    "say_with_time('x') do\n create_table :a\n end": [("creates", "a")],
    "transaction do\n create_table :a\n end": [("creates", "a")],
    # https://github.com/scenic-views/scenic#readme
    "create_view :a": [("creates", "a")],
    "drop_view :a, revert_to_version: 1": [("drops", "a")],
    "update_view :a, version: 2": [],
    # loops over what is written out
    "%w[a b].each { |t| create_table t }": [("creates", "a"), ("creates", "b")],
    "[:a, :b].each do |t|\n drop_table t\n end": [("drops", "a"), ("drops", "b")],
    "{ a: :b }.each { |old, new| rename_table old, new }": [("renames", "a", "b")],
    "[[:a, :b]].each { |old, new| rename_table old, new }": [("renames", "a", "b")],
    "t = :a\n create_table t": [("creates", "a")],
    'create_table "#{:a}_b"': [("creates", "a_b")],
    # the table is there afterwards, or is not, whichever way it goes
    "create_table :a unless table_exists?(:a)": [("creates", "a")],
    "drop_table :a if table_exists?(:a)": [("drops", "a")],
    "return if table_exists?(:a)\n create_table :a": [("creates", "a")],
    "rename_table :b, :a unless table_exists?(:a)": [("renames", "b", "a")],
    "if mysql?\n create_table :a, id: :uuid\n else\n create_table :a\n end": [("creates", "a")],
    "begin\n create_table :a\n rescue StandardError\n nil\n end": [("creates", "a")],
    "return\n create_table :a": [],
}


@pytest.mark.parametrize("body", OPERATIONS)
def test_each_operation_does_what_rails_documents(body):
    assert forward(body) == OPERATIONS[body]


NO_TABLES = """
add_belongs_to :a, :b
add_check_constraint :a, 'x > 0'
add_column :a, :x, :string, if_not_exists: true
add_columns :a, :x, :y, type: :string
add_enum_value :mood, 'glad'
add_exclusion_constraint :a, 'x WITH ='
add_foreign_key :a, :b
add_index :a, :x, algorithm: :concurrently
add_reference :a, :b
add_timestamps :a
add_unique_constraint :a, :x
change_column :a, :x, :text
change_column_comment :a, :x, 'y'
change_column_default :a, :x, from: 1, to: 2
change_column_null :a, :x, false
change_table(:a, bulk: true) { |t| t.column :x, :string }
change_table_comment :a, 'x'
create_enum :mood, ['sad']
create_schema :accounting
disable_extension 'hstore'
disable_index :a, :x
drop_enum :mood
drop_schema :accounting
enable_extension 'hstore'
enable_index :a, :x
remove_belongs_to :a, :b
remove_check_constraint :a, name: 'x'
remove_column :a, :x, :string
remove_columns :a, :x, :y, type: :string
remove_exclusion_constraint :a, name: 'x'
remove_foreign_key :a, :b
remove_index :a, :x
remove_reference :a, :b
remove_timestamps :a
remove_unique_constraint :a, :x
rename_column :a, :x, :y
rename_enum :mood, :temper
rename_enum_value :mood, from: 'sad', to: 'low'
rename_index :a, 'x', 'y'
rename_schema :accounting, :books
set_constraints :deferred
validate_check_constraint :a, name: 'x'
validate_constraint :a, 'x'
validate_foreign_key :a, :b
""".strip().split("\n")
"""The rest of the API's SchemaStatements and of PostgreSQL's own: columns, indexes, constraints, enums, extensions."""


@pytest.mark.parametrize("operation", NO_TABLES)
def test_what_makes_no_table_makes_none_either_way(operation):
    assert forward(operation) == forward(f"revert {{ {operation} }}") == []


DYNAMIC = {
    "create_table name": "computed",
    "create_table Foo.table_name": "computed",
    'create_table "#{prefix}_a"': "computed",
    "rename_table :a, other": "computed",
    "create_join_table :a, other": "computed",
    "create_table :a if Rails.env.production?": "only if Rails.env.production?",
    "create_table :a unless table_exists?(:b)": "only if not",
    "return unless postgres?\n create_table :a": "only if postgres?",
    "case adapter\n when 'x' then create_table :a\n end": "only if",
    "names.each { |t| create_table t }": "computed",
    "Shop.find_each { |s| create_table :a }": "only if its loop runs",
    "while more?\n create_table :a\n end": "only if its loop runs",
    "execute File.read('x.sql')": "SQL that is computed",
    'execute "CREATE TABLE #{name} (id int)"': "computed",
    'execute "#{verb} TABLE a"': "computed",
    "load 'db/old.rb'": "may do anything",
    "create_range_partition_of :a, name: :b": "none of Rails' own methods",
    "run Unheard": "not among the migrations",
}


@pytest.mark.parametrize("body", DYNAMIC)
def test_what_only_running_would_tell_is_dynamic_and_never_a_guess(body):
    whats, operations = dynamic(body)
    assert any(DYNAMIC[body] in what for what in whats), whats
    assert operations == []


def test_only_the_way_up_counts():
    both = "def up\n create_table :a\n end\n def down\n drop_table :a\n end\n"
    assert folded(*migration(f"class DoIt < ActiveRecord::Migration[7.0]\n{both}end\n").operations) == [
        ("creates", "a")
    ]
    old = "def self.up\n create_table :a\n end\n def self.down\n drop_table :a\n end\n"
    assert folded(*migration(f"class DoIt < ActiveRecord::Migration\n{old}end\n").operations) == [("creates", "a")]


def test_change_wins_over_up():
    both = "def up\n create_table :a\n end\n def change\n create_table :b\n end\n"
    assert folded(*migration(f"class DoIt < ActiveRecord::Migration[7.0]\n{both}end\n").operations) == [
        ("creates", "b")
    ]


def test_a_class_in_a_module_with_constants_and_methods_of_its_own_is_followed():
    found = migration(
        "module Shop\n  class DoIt < ActiveRecord::Migration[6.1]\n    disable_ddl_transaction!\n    TABLE = :a\n"
        "    class Order < ActiveRecord::Base\n      self.table_name = 'b'\n    end\n"
        "    def up\n      make TABLE\n      drop_table Order.table_name\n    end\n"
        "    private\n    def make(name)\n      create_table name\n    end\n  end\nend\n"
    )
    assert found.name == "20240101000000 Shop::DoIt"
    assert folded(*found.operations) == [("creates", "a"), ("drops", "b")]
    assert found.dynamic == ()


def test_lines_are_those_of_the_file_in_heredocs_too():
    found = change("    create_table :a\n    execute <<~SQL\n      SELECT 1;\n      DROP TABLE b;\n    SQL")
    assert [one.line for one in found.operations] == [3, 6]


def test_reverting_another_migration_takes_back_what_it_did():
    first = "class First < ActiveRecord::Migration[7.0]\n def change\n create_table :a\n create_table :b\n end\nend\n"
    second = "class DoIt < ActiveRecord::Migration[7.0]\n def change\n revert First\n end\nend\n"
    found = migration(second, **{"db/migrate/20230101000000_first.rb": first})
    assert folded(*found.operations) == [("drops", "b"), ("drops", "a")]
    both = " def up\n create_table :a\n end\n def down\n drop_table :a\n end\n"
    up_down = f"class First < ActiveRecord::Migration[7.0]\n{both}end\n"
    found = migration(second, **{"db/migrate/20230101000000_first.rb": up_down})
    assert folded(*found.operations) == [("drops", "a")]


def test_migrations_reverting_each_other_end():
    def one(name, other):
        return f"class {name} < ActiveRecord::Migration[7.0]\n def change\n revert {other}\n end\nend\n"

    found = framework.migrations({"db/migrate/1_a.rb": one("A", "B"), "db/migrate/2_b.rb": one("B", "A")})
    assert all(each.unread or each.dynamic for each in found)


def test_the_order_is_that_of_the_numbers_whatever_the_folder():
    def empty(name):
        return f"class {name} < ActiveRecord::Migration[7.0]\nend\n"

    files = {
        "db/post_migrate/20240103000000_c.rb": empty("C"),
        "db/migrate/20240102000000_b.rb": empty("B"),
        "db/animals_migrate/3_a.rb": empty("A"),
        "db/migrate/20240104000000_d.blorgh.rb": empty("D"),
    }
    assert all(map(framework.wants, files))
    names = [one.name for one in framework.migrations(files)]
    assert names == ["3 A", "20240102000000 B", "20240103000000 C", "20240104000000 D"]


def test_a_condition_on_a_table_of_an_earlier_migration_is_known():
    first = "class First < ActiveRecord::Migration[7.0]\n def change\n create_table :a\n end\nend\n"
    guarded = (
        "class DoIt < ActiveRecord::Migration[7.0]\n def change\n return unless table_exists?(:a)\n"
        " create_table :b\n create_table(:a) unless table_exists?(:a)\n create_table :a, if_not_exists: true\n"
        " end\nend\n"
    )
    found = migration(guarded, **{"db/migrate/1_first.rb": first})
    assert folded(*found.operations) == [("creates", "b")]
    assert found.dynamic == ()


def test_nothing_happens_after_a_return_that_is_sure():
    first = "class First < ActiveRecord::Migration[7.0]\n def change\n create_table :a\n end\nend\n"
    second = (
        "class DoIt < ActiveRecord::Migration[7.0]\n def change\n create_table :b\n return if table_exists?(:a)\n"
        " create_table :c\n end\nend\n"
    )
    found = migration(second, **{"db/migrate/1_first.rb": first})
    assert (folded(*found.operations), found.dynamic) == ([("creates", "b")], ())


def test_a_configured_prefix_is_put_before_every_name_and_a_computed_one_is_told():
    source = "class DoIt < ActiveRecord::Migration[7.0]\n def change\n create_table :a\n end\nend\n"
    said = {"config/application.rb": "config.active_record.table_name_prefix = 'shop_'\n"}
    assert folded(*migration(source, **said).operations) == [("creates", "shop_a")]
    computed = {"config/application.rb": "x = 1\nconfig.active_record.table_name_prefix = ENV['PREFIX']\n"}
    gap = framework.migrations({PATH: source, **computed})[0]
    assert (gap.path, gap.dynamic[0].line) == ("config/application.rb", 2)


def test_a_dump_is_asked_only_for_tables_that_no_migration_creates():
    dump = (
        "ActiveRecord::Schema[7.1].define(version: 2024_01_01_000000) do\n"
        '  create_table "a", force: :cascade do |t|\n  end\n  create_table "old" do |t|\n  end\nend\n'
    )
    source = "class DoIt < ActiveRecord::Migration[7.0]\n def change\n create_table :a\n end\nend\n"
    found = framework.migrations({PATH: source, "db/schema.rb": dump})
    assert [(one.path, folded(*one.operations)) for one in found] == [
        (PATH, [("creates", "a")]),
        ("db/schema.rb", [("creates", "old")]),
    ]


def test_a_table_that_a_migration_after_the_dump_drops_stays_dropped():
    dump = 'ActiveRecord::Schema.define(version: 20230101000000) do\n  create_table "a"\nend\n'
    source = "class DoIt < ActiveRecord::Migration[7.0]\n def change\n drop_table :a\n end\nend\n"
    assert [one.path for one in framework.migrations({PATH: source, "db/schema.rb": dump})] == [PATH]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        # activerecord/lib/active_record/model_schema.rb, derive_join_table_name: its own examples
        ("artists", "records", "artists_records"),
        ("records", "artists", "artists_records"),
        ("music_artists", "music_records", "music_artists_records"),
        ("music.artists", "music.records", "music.artists_records"),
        # the guide's and the API's
        ("catalog_categories", "catalog_products", "catalog_categories_products"),
        ("members", "special_clubs", "members_special_clubs"),
    ],
)
def test_a_join_table_is_named_by_the_rule(first, second, joined):
    assert join_table(first, second) == joined


@pytest.mark.parametrize(
    ("one", "many"),
    [
        # https://api.rubyonrails.org/classes/ActiveSupport/Inflector.html#method-i-pluralize and the rules themselves
        *(("post", "posts"), ("octopus", "octopi"), ("sheep", "sheep"), ("word", "words"), ("category", "categories")),
        *(("person", "people"), ("status", "statuses"), ("box", "boxes"), ("mouse", "mice"), ("blouse", "blouses")),
        *(("cow", "cows"), ("ox", "oxen"), ("matrix", "matrices"), ("datum", "data"), ("analysis", "analyses")),
        *(("half", "halves"), ("hive", "hives"), ("money", "money"), ("bus", "buses"), ("potato", "potatos")),
    ],
)
def test_plurals_are_those_of_active_support(one, many):
    assert Inflections().plural(one) == many


def declared(**files):
    found = framework.declared({f"app/models/{name}.rb": text for name, text in files.items()})
    return {one.name: one.relation for one in found}


def test_a_models_table_is_its_name_underscored_in_the_plural():
    assert declared(
        order_item="class OrderItem < ApplicationRecord\nend\n", http_log="class HTTPLog < ActiveRecord::Base\nend\n"
    ) == {"OrderItem": "order_items", "HTTPLog": "http_logs"}


def test_a_model_may_say_its_table_and_a_computed_one_is_not_guessed():
    assert declared(
        a="class A < ApplicationRecord\n  self.table_name = 'orders'\nend\n",
        b="class B < ActiveRecord::Base\n  set_table_name :things\nend\n",
        c="class C < ApplicationRecord\n  self.table_name = ENV['TABLE']\nend\n",
        d="class D < ApplicationRecord\n  def self.table_name = 'kept'\nend\n",
    ) == {"A": "orders", "B": "things", "D": "kept"}


def test_namespaces_prefix_only_where_a_module_says_so():
    assert declared(
        admin="module Admin\n  def self.table_name_prefix\n    'admin_'\n  end\nend\n",
        user="module Admin\n  class User < ApplicationRecord\n  end\nend\n",
        plain="class Plain::User < ApplicationRecord\nend\n",
    ) == {"Admin::User": "admin_users", "Plain::User": "users"}


def test_an_engines_isolated_namespace_prefixes():
    files = {
        "lib/blorgh/engine.rb": "module Blorgh\n  class Engine < ::Rails::Engine\n"
        "    isolate_namespace Blorgh\n  end\nend\n",
        "app/models/blorgh/post.rb": "module Blorgh\n  class Post < ApplicationRecord\n  end\nend\n",
    }
    assert [one.relation for one in framework.declared(files)] == ["blorgh_posts"]


def test_subclasses_share_a_table_but_not_an_abstract_classs():
    assert declared(
        application_record="class ApplicationRecord < ActiveRecord::Base\n  primary_abstract_class\nend\n",
        animal="class Animal < ApplicationRecord\nend\n",
        dog="class Dog < Animal\nend\n",
        shard="class Shard < ApplicationRecord\n  self.abstract_class = true\nend\n",
        order="class Order < Shard\nend\n",
        thing="class Thing < SomeGem::Base\nend\n",
        value="class Value\nend\n",
    ) == {"Animal": "animals", "Dog": "animals", "Order": "orders"}


def test_a_class_inside_a_model_takes_its_table_in_the_singular_before():
    assert declared(
        invoice="class Invoice < ApplicationRecord\n  class Lineitem < ApplicationRecord\n  end\nend\n"
    ) == {"Invoice": "invoices", "Invoice::Lineitem": "invoice_lineitems"}


def test_has_and_belongs_to_many_brings_a_join_table():
    assert declared(
        part="class Part < ApplicationRecord\n  has_and_belongs_to_many :assemblies\n"
        "  has_and_belongs_to_many :tags, join_table: 'tagged'\nend\n",
        assembly="class Assembly < ApplicationRecord\nend\n",
    ) == {"Part": "parts", "Assembly": "assemblies", "Part.assemblies": "assemblies_parts", "Part.tags": "tagged"}


def test_the_applications_own_inflections_are_followed():
    files = {
        "config/initializers/inflections.rb": "ActiveSupport::Inflector.inflections(:en) do |inflect|\n"
        "  inflect.irregular 'staff', 'staffs'\n  inflect.uncountable %w[firmware]\nend\n",
        "app/models/a.rb": "class Firmware < ApplicationRecord\nend\nclass Staff < ApplicationRecord\nend\n",
    }
    assert {one.relation for one in framework.declared(files)} == {"firmware", "staffs"}


@pytest.mark.parametrize(
    "source",
    [
        "class DoIt < ActiveRecord::Migration[7.0]\n def change\n"
        + "if a\n" * 5_000
        + "create_table :a\n"
        + "end\n" * 5_002,
        "class DoIt < ActiveRecord::Migration[7.0]\n def change\n" + "a {" * 5_000 + "}" * 5_000 + "\nend\nend\n",
        "class DoIt < ActiveRecord::Migration[7.0]\n def change\n create_table "
        + "(" * 5_000
        + ":a"
        + ")" * 5_000
        + "\nend\nend\n",
        "class DoIt < ActiveRecord::Migration[7.0]\n def change\n"
        + "%w[a b c d e f g h].each { |x| " * 30
        + "create_table x"
        + "}" * 30
        + "\nend\nend\n",
        "class DoIt < ActiveRecord::Migration[7.0]\n def change\n change\n end\nend\n",
        "class DoIt < ActiveRecord::Migration[7.0]\n def change\n create_table " + "'a' + " * 5_000 + "'a'\nend\nend\n",
        "class DoIt < ActiveRecord::Migration[7.0]\n def change\n drop_table(:a) if "
        + "!" * 5_000
        + "table_exists?(:a)\nend\nend\n",
        "\x00\x01",
        "class DoIt <",
    ],
    ids=["ifs", "blocks", "brackets", "loops", "itself", "sums", "nots", "binary", "broken"],
)
def test_hostile_migrations_become_gaps_in_bounded_time(source):
    started = time.monotonic()
    found = migration(source)
    assert found.unread or found.dynamic
    assert found.operations == ()
    assert time.monotonic() - started < 5
    framework.declared({"app/models/a.rb": source})
