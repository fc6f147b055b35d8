"""What a patch does to the schema, in the database's own names; a way back is never read as a way forward."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.schema.patch import read, schema_changes

BLOB = "https://github.com/acme/backend/blob/abc/file"


def new_file(text):
    lines = text.strip("\n").split("\n")
    return f"@@ -0,0 +1,{len(lines)} @@\n" + "\n".join("+" + line for line in lines)


def inserted(text, heading="", around="        migrations.RunPython(fill),"):
    lines = text.strip("\n").split("\n")
    head = f"@@ -10,2 +10,{len(lines) + 2} @@ {heading}\n {around}\n"
    return head + "\n".join("+" + line for line in lines) + f"\n {around}"


def told(path, text):
    return [
        f"{change.kind} {change.relation}" + (f" to {change.to}" if change.to else "")
        for change in schema_changes(path, new_file(text), BLOB)
    ]


def a_django_migration(*operations):
    body = "".join(f"        {operation},\n" for operation in operations)
    return (
        "from django.db import migrations, models\n\n"
        f"class Migration(migrations.Migration):\n    operations = [\n{body}    ]\n"
    )


DJANGO = "shop/orders/migrations/0042_order.py"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ('migrations.CreateModel("Order", fields=[])', ["creates orders_order"]),
        ('migrations.CreateModel(name="Order", fields=[], options={"db_table": "orders"})', ["creates orders"]),
        ('migrations.CreateModel("Order", [], {"managed": False})', []),
        ('migrations.CreateModel("Order", [], {"proxy": True})', []),
        (
            'migrations.CreateModel("Order", [("tags", models.ManyToManyField(to="tags.Tag"))])',
            ["creates orders_order", "creates orders_order_tags"],
        ),
        (
            'migrations.CreateModel("Order", [("tags", models.ManyToManyField(to="t.Tag", through="t.Link"))])',
            ["creates orders_order"],
        ),
        ('migrations.AddField("order", "tags", models.ManyToManyField(to="t.Tag"))', ["creates orders_order_tags"]),
        ('migrations.AddField("order", "note", models.TextField())', []),
        ('migrations.DeleteModel(name="Order")', ["drops orders_order"]),
        ('migrations.RenameModel("Order", "Purchase")', ["renames orders_order to orders_purchase"]),
        ('migrations.AlterModelTable("order", table="orders")', ["renames orders_order to orders"]),
        ('migrations.RunSQL("CREATE TABLE shop.audit (id int)", "DROP TABLE shop.audit")', ["creates audit"]),
        ('migrations.RunSQL([("DROP TABLE audit", None), "DROP VIEW v"])', ["drops audit", "drops v"]),
        ("migrations.RunSQL(migrations.RunSQL.noop)", []),
        (
            'migrations.SeparateDatabaseAndState([migrations.DeleteModel("A")], [migrations.CreateModel("B", [])])',
            ["drops orders_a"],
        ),
        ('migrations.SeparateDatabaseAndState(state_operations=[migrations.CreateModel("B", [])])', []),
    ],
)
def test_a_django_operation_is_read_as_the_database_would_name_it(operation, expected):
    assert told(DJANGO, a_django_migration(operation)) == expected


def test_a_django_change_says_where_it_stands_and_how_the_log_calls_its_migration():
    text = a_django_migration('migrations.CreateModel("Order", fields=[])')
    (change,) = schema_changes(DJANGO, new_file(text), BLOB)
    assert (change.framework, change.migration, change.line) == ("django", "orders.0042_order", 5)
    assert change.quote == 'migrations.CreateModel("Order", fields=[]),'
    assert change.url == BLOB + "#L5"


def test_sql_kept_in_a_constant_is_quoted_where_it_stands():
    text = 'FORWARD = """\n\nDROP TABLE audit;\n"""\n' + a_django_migration("migrations.RunSQL(FORWARD)")
    (change,) = schema_changes(DJANGO, new_file(text), BLOB)
    assert (change.kind, change.relation, change.line, change.quote) == ("drops", "audit", 3, "DROP TABLE audit;")


def test_an_operation_added_to_a_django_migration_is_read_at_its_line():
    patch = inserted('        migrations.CreateModel("Order", fields=[]),', "class Migration(migrations.Migration):")
    (change,) = schema_changes(DJANGO, patch, BLOB)
    assert (change.kind, change.relation, change.line) == ("creates", "orders_order", 11)


def test_operations_that_are_computed_are_reported_as_unread():
    reading = read(DJANGO, new_file("class Migration(migrations.Migration):\n    operations = make()\n"), BLOB)
    assert reading.changes == ()
    assert reading.unread == f"{DJANGO}: make is no operation of Django's"


ALEMBIC = """
import sqlalchemy as sa
from alembic import op

revision: str = "ab12cd34"
down_revision = "0001"

def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer), schema="shop")
    op.rename_table("carts", "baskets")
    op.execute(sa.text("DROP TABLE IF EXISTS Legacy"))

def downgrade():
    op.drop_table("orders")
"""


def test_alembic_is_read_on_the_way_up_only():
    path = "db/versions/ab12_add_orders.py"
    assert told(path, ALEMBIC) == ["creates orders", "renames carts to baskets", "drops legacy"]
    first = schema_changes(path, new_file(ALEMBIC), BLOB)[0]
    assert (first.migration, first.framework, first.schema_name) == ("ab12cd34", "alembic", "shop")


def test_a_line_added_somewhere_in_an_alembic_revision_is_not_believed_to_run_forward():
    patch = inserted('    op.drop_table("orders")', around='    op.drop_column("carts", "note")')
    reading = read("db/versions/ab12_add_orders.py", patch, BLOB)
    assert reading.changes == ()
    assert reading.unread is not None
    assert "cannot be seen from them" in reading.unread


@pytest.mark.parametrize(("function", "expected"), [("upgrade", ["drops orders"]), ("downgrade", [])])
def test_the_function_that_git_shows_beside_the_lines_says_whether_they_run_forward(function, expected):
    around = '    op.drop_column("carts", "note")'
    patch = inserted('    op.drop_table("orders")', f"def {function}():", around)
    reading = read("db/versions/ab12_add_orders.py", patch, BLOB)
    assert [f"{one.kind} {one.relation}" for one in reading.changes] == expected
    assert reading.unread is None


RAILS = """
class CreateOrders < ActiveRecord::Migration[7.1]
  def change
    create_table :orders, id: :uuid do |t|
      t.string :name
    end
    create_join_table :orders, :labels
    rename_table "carts", "baskets"
    reversible do |direction|
      direction.up { drop_table :legacy }
      direction.down do
        drop_table :kept
      end
    end
    execute <<~SQL
      CREATE VIEW open_orders AS SELECT 1;
    SQL
  end

  def down
    drop_table :orders
  end
end
"""


def test_rails_is_read_on_the_way_up_only():
    path = "db/migrate/20261120090000_create_orders.rb"
    assert told(path, RAILS) == [
        "creates orders",
        "creates labels_orders",
        "renames carts to baskets",
        "drops legacy",
        "creates open_orders",
    ]
    assert {one.migration for one in schema_changes(path, new_file(RAILS), BLOB)} == {"20261120090000 CreateOrders"}


@pytest.mark.parametrize(
    ("path", "framework", "migration"),
    [
        ("sql/V1_2__create_orders.sql", "flyway", "1.2"),
        ("prisma/migrations/20261120090000_init/migration.sql", "prisma", "20261120090000_init"),
        ("migrations/000042_orders.up.sql", "golang_migrate", "42/u orders"),
        ("migrations/20261120_orders.sql", "plain", "20261120_orders.sql"),
        ("sql/orders.sql", "plain", None),
    ],
)
def test_an_sql_file_is_named_as_its_tool_logs_it(path, framework, migration):
    (change,) = schema_changes(path, new_file("CREATE TABLE orders (id int);"), BLOB)
    assert (change.framework, change.migration) == (framework, migration)


@pytest.mark.parametrize(
    ("mark_up", "mark_down", "framework"),
    [("-- migrate:up", "-- migrate:down", "dbmate"), ("-- +goose Up", "-- +goose Down", "goose")],
)
def test_the_way_down_in_the_same_file_is_not_read(mark_up, mark_down, framework):
    text = f"{mark_up}\nCREATE TABLE orders (id int);\n{mark_down}\nDROP TABLE orders;\nDROP TABLE carts;"
    (change,) = schema_changes("migrations/0042_orders.sql", new_file(text), BLOB)
    assert (change.kind, change.framework, change.migration) == ("creates", framework, "0042_orders.sql")


@pytest.mark.parametrize(
    "path",
    [
        "migrations/000042_orders.down.sql",
        "sql/U1_2__create_orders.sql",
        "db/schema.sql",
        "db/structure.sql",
        "tests/fixtures/orders.sql",
        "docs/orders.sql",
    ],
)
def test_a_way_back_a_dump_and_a_fixture_are_no_migrations(path):
    assert told(path, "DROP TABLE orders; CREATE TABLE carts (id int);") == []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('CREATE TABLE IF NOT EXISTS shop."Order Items" (id int)', ["creates Order Items"]),
        ("create unlogged table Orders (id int) WITH (fillfactor=70) PARTITION BY RANGE (at)", ["creates orders"]),
        ("CREATE TABLE `Orders` (id int) ENGINE=InnoDB", ["creates Orders"]),
        ("CREATE TABLE [dbo].[Orders] (id int)\nGO\nDROP TABLE dbo.Carts", ["creates Orders", "drops Carts"]),
        ("CREATE TEMP TABLE scratch (id int)", []),
        ("CREATE GLOBAL TEMPORARY TABLE work (id int)", ["creates work"]),
        ("CREATE MATERIALIZED VIEW totals AS SELECT 1", ["creates totals"]),
        ("CREATE INDEX i ON orders (id)", []),
        ("DROP TABLE IF EXISTS a, shop.b CASCADE", ["drops a", "drops b"]),
        ("ALTER TABLE ONLY a RENAME TO b", ["renames a to b"]),
        ("ALTER TABLE a RENAME COLUMN b TO c", []),
        ("RENAME TABLE `a` TO `b`, c TO d", ["renames a to b", "renames c to d"]),
        ("EXEC sp_rename 'dbo.a', 'b'", ["renames a to b"]),
        ("EXEC sp_rename 'dbo.a.x', 'y', 'COLUMN'", []),
        ("-- CREATE TABLE no (id int);\n/* DROP TABLE no */ SELECT 'DROP TABLE no; '", []),
        ("DO $$ BEGIN EXECUTE 'DROP TABLE no'; END $$; CREATE TABLE yes (id int)", ["creates yes"]),
        ("DROP TABLE IF EXISTS orders; CREATE TABLE orders (id int)", ["creates orders"]),
        ('CREATE TABLE "new_U" (id int); DROP TABLE "U"; ALTER TABLE "new_U" RENAME TO "U"', []),
        ("CREATE TABLE scratch (id int); DROP TABLE scratch", []),
    ],
)
def test_sql_says_what_is_left_in_the_end(sql, expected):
    assert told("sql/change.sql", sql) == expected


def test_models_declare_their_tables_without_creating_them():
    text = """
class Order(models.Model):
    pass

class Line(Timestamped):
    amount = models.IntegerField()

    class Meta:
        db_table = "order_lines"

class Shared(models.Model):
    class Meta:
        abstract = True

class Form(forms.Form):
    name = forms.CharField()
"""
    assert told("shop/orders/models.py", text) == ["models orders_order", "models order_lines"]
    assert schema_changes("shop/orders/models.py", new_file(text), BLOB)[0].migration is None


def test_sqlalchemy_tables_are_declared_by_name():
    text = 'class Order(Base):\n    __tablename__ = "orders"\n\ncarts = Table("carts", metadata, schema="shop")'
    assert told("shop/tables.py", text) == ["models orders", "models carts"]


def test_a_table_name_added_to_a_class_is_read_from_its_line_alone():
    patch = inserted('    __tablename__ = "orders"', around="    number = Column(Integer)")
    (change,) = schema_changes("shop/tables.py", patch, BLOB)
    assert (change.kind, change.relation, change.line) == ("models", "orders", 11)


def test_a_removed_line_changes_nothing():
    patch = "@@ -1,2 +1,1 @@\n-CREATE TABLE orders (id int);\n SELECT 1;"
    assert schema_changes("sql/change.sql", patch, BLOB) == ()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "-" * 90_000 + "1",
        "a." * 50_000 + "b",
        "x = '" * 20_000,
        "[" * 190 + "]" * 190,
        "1+" * 40_000 + "1",
    ],
)
@pytest.mark.parametrize("path", ["a/migrations/0001_x.py", "sql/V1__x.sql", "db/migrate/20261120090000_x.rb"])
def test_hostile_text_costs_a_bounded_time(path, text):
    started = time.monotonic()
    read(path, new_file(text), BLOB)
    assert time.monotonic() - started < 5


@given(
    path=st.sampled_from([DJANGO, "db/versions/x.py", "db/migrate/20261120090000_x.rb", "sql/V1__x.sql", "x/models.py"])
    | st.text(max_size=40),
    patch=st.text(max_size=400)
    | st.text(alphabet="+- @,01\n(CREATE TABLE\"'`;.$)", max_size=200).map(new_file)
    | st.lists(
        st.sampled_from(["CREATE", "TABLE", "DROP", "RENAME", "TO", "ALTER", "a", ".", ",", '"', ";", "\n", "op."])
    )
    .map(" ".join)
    .map(new_file),
)
def test_no_patch_ever_raises(path, patch):
    for change in read(path, patch, BLOB).changes:
        assert change.relation
        assert change.line is None or change.line > 0
