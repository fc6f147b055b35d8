"""A change's effect on the schema, from its diff alone, in every form that git writes."""

import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.schema.diff import effect

CREATE = """\
diff --git a/orders/migrations/0002_order.py b/orders/migrations/0002_order.py
new file mode 100644
index 0000000..1111111
--- /dev/null
+++ b/orders/migrations/0002_order.py
@@ -0,0 +1,7 @@
+from django.db import migrations, models
+
+
+class Migration(migrations.Migration):
+    operations = [
+        migrations.CreateModel(name="Order", fields=[("id", models.BigAutoField(primary_key=True))]),
+    ]
"""
MODELS = """\
diff --git a/orders/models.py b/orders/models.py
index 1111111..2222222 100644
--- a/orders/models.py
+++ b/orders/models.py
@@ -3,3 +3,7 @@ from django.db import models
\x20
 class Customer(models.Model):
     name = models.TextField()
+
+
+class Order(models.Model):
+    number = models.TextField()
"""
SQL = """\
diff --git a/db/V3__rename.sql b/db/V3__rename.sql
new file mode 100644
--- /dev/null
+++ b/db/V3__rename.sql
@@ -0,0 +1,3 @@
+ALTER TABLE shop.orders RENAME TO sales;
+DROP TABLE old_orders;
+CREATE VIEW shop.top AS SELECT 1;
"""


def test_a_migration_with_its_model_leaves_nothing_without_migration():
    found = effect(CREATE + MODELS)
    assert found.creates == ("orders_order",)
    assert found.models_without_migration == ()


def test_a_model_alone_is_one_without_migration():
    assert effect(MODELS).models_without_migration == ("orders_order",)


def test_sql_creates_drops_and_renames_with_their_schema():
    found = effect(SQL)
    assert found.creates == ("shop.top",)
    assert found.drops == ("old_orders",)
    assert found.renames == (("shop.orders", "shop.sales"),)


@pytest.mark.parametrize(
    "around", ["", "From 1111 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] Orders\n\n---\n x | 1 +\n\n"]
)
@pytest.mark.parametrize("end", ["", "-- \n2.39.5\n\n"])
def test_mail_around_the_diff_changes_nothing(around, end):
    assert effect(around + CREATE + MODELS + end) == effect(CREATE + MODELS)


def test_a_deleted_file_and_a_binary_one_do_nothing():
    deleted = CREATE.replace("new file", "deleted file").replace(
        "+++ b/orders/migrations/0002_order.py", "+++ /dev/null"
    )
    binary = "diff --git a/a.sql b/a.sql\nindex 1..2 100644\nBinary files a/a.sql and b/a.sql differ\n"
    assert effect(deleted.replace("\n+", "\n-").replace("@@ -0,0 +1,7 @@", "@@ -1,7 +0,0 @@") + binary) == effect("")


def test_a_path_in_quotes_is_read_as_git_writes_it():
    quoted = SQL.replace("+++ b/db/V3__rename.sql", '+++ "b/gr\\303\\266\\303\\237e/V3__rename.sql"')
    assert effect(quoted).drops == ("old_orders",)


def test_a_real_repositorys_own_diff_is_read(tmp_path):
    def git(*arguments):
        command = [
            "git",
            "-C",
            str(tmp_path),
            "-c",
            "user.name=Ada Example",
            "-c",
            "user.email=ada@example.com",
            *arguments,
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout

    git("init")
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "V1__a.sql").write_text("CREATE TABLE a (x int);\n", encoding="utf-8")
    git("add", ".")
    git("commit", "-m", "one")
    (tmp_path / "db" / "V2__b.sql").write_text('CREATE TABLE "Größe" (x int);\n', encoding="utf-8")
    git("add", ".")
    git("commit", "-m", "two")
    for diff in (git("diff", "HEAD~1"), git("format-patch", "--stdout", "-1")):
        assert effect(diff).creates == ("Größe",)


def test_a_dump_that_was_written_after_migrating_says_nothing_new():
    assert effect(SQL.replace("V3__rename.sql", "structure.sql")) == effect("")


def new(path, text):
    lines = text.strip("\n").split("\n")
    body = "".join(f"+{line}\n" for line in lines)
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
    return f"{head}@@ -0,0 +1,{len(lines)} @@\n{body}"


def without_hunks(what):
    names = f"{what} from db/V1__a.sql\n{what} to db/V2__a.sql\n"
    return f"diff --git a/db/V1__a.sql b/db/V2__a.sql\nsimilarity index 100%\n{names}"


def hunk(path, text, start=10, heading=""):
    """A changed file; each line of the text has its mark."""
    lines = text.strip("\n").split("\n")
    old, new_ = (sum(line[:1] in marks for line in lines) for marks in (" -", " +"))
    head = f"diff --git a/{path} b/{path}\nindex 1..2 100644\n--- a/{path}\n+++ b/{path}\n"
    return f"{head}@@ -{start},{old} +{start},{new_} @@ {heading}\n" + "\n".join(lines) + "\n"


def deleted(diff):
    """The same file as one that is taken away."""
    head, _, body = diff.partition("@@ -0,0 +")
    count, _, lines = body.partition(" @@\n")
    head = head.replace("new file", "deleted file").replace("--- /dev/null", "---").replace("+++ b/", "--- a/")
    head = head.replace("---\n", "") + "+++ /dev/null\n"
    return f"{head}@@ -{count} +0,0 @@\n" + lines.replace("\n+", "\n-").replace("+", "-", 1)


def test_a_renamed_migration_creates_nothing_whether_git_calls_it_renamed_or_not():
    moved = new("orders/migrations/0007_order.py", CREATE.split("@@\n")[1].replace("\n+", "\n")[1:])
    assert effect(moved).creates == ("orders_order",)
    assert effect(deleted(CREATE) + moved) == effect("")
    same = without_hunks("rename")
    assert effect(same) == effect("")
    other = (
        same
        + "--- a/db/V1__a.sql\n+++ b/db/V2__a.sql\n@@ -1,2 +1,3 @@\n CREATE TABLE a (x int);\n+DROP TABLE b;\n -- end\n"
    )
    assert effect(other)._replace(drops=()) == effect("")
    assert effect(other).drops == ("b",)


def test_a_copy_whose_content_is_not_shown_is_dynamic():
    assert effect(without_hunks("copy")).dynamic == (
        "db/V2__a.sql: it is a copy of db/V1__a.sql, which the diff does not show",
    )


def test_a_binary_migration_is_dynamic_and_a_change_of_mode_is_nothing():
    head = "diff --git a/db/V3__x.sql b/db/V3__x.sql\n"
    binary = head + "new file mode 100644\nindex 0000000..1\nBinary files /dev/null and b/db/V3__x.sql differ\n"
    assert effect(binary).dynamic == ("db/V3__x.sql: it is binary",)
    assert effect(head + "old mode 100644\nnew mode 100755\n") == effect("")


def test_line_ends_of_another_system_change_nothing():
    assert effect((CREATE + MODELS + SQL).replace("\n", "\r\n")) == effect(CREATE + MODELS + SQL)
    content = "".join(line + ("\r\n" if line[:1] in "+- " else "\n") for line in SQL.splitlines())
    assert effect(content) == effect(SQL)


def test_a_last_line_without_its_end_is_read():
    assert effect(SQL + "\\ No newline at end of file\n") == effect(SQL)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("i/", "w/"), ("c/", "i/"), ("old/", "new/")],
    ids=["none", "index", "commit", "quilt"],
)
def test_prefixes_of_paths_are_taken_away(before, after):
    diff = CREATE.replace("a/orders", f"{before}orders").replace("b/orders", f"{after}orders")
    diff += MODELS.replace("a/orders", f"{before}orders").replace("b/orders", f"{after}orders")
    assert effect(diff) == effect(CREATE + MODELS)


def test_a_folder_named_as_a_prefix_stays_where_there_are_none():
    diff = new("x/V1__a.sql", "CREATE TABLE t (x int, y computed);").replace("a/x/", "b/x/")
    assert effect(diff + "Binary") == effect(diff)
    binary = "diff --git b/V3__x.sql b/V3__x.sql\nnew file mode 100644\nBinary files /dev/null and b/V3__x.sql differ\n"
    assert len(effect(binary).dynamic) == 1


def test_a_diff_without_gits_own_lines_is_read():
    plain = "\n".join(line for line in SQL.splitlines() if not line.startswith(("diff", "new file")))
    assert effect("Index: db/V3__rename.sql\n" + plain.replace("+++ b/db", "+++ new/db") + "\n") == effect(SQL)


def test_a_removed_line_that_looks_like_a_header_is_none():
    text = " /*\n--- a/x.sql\n+++ b/x.sql\n */\n+CREATE TABLE a (x int);"
    diff = hunk("db/V1__a.sql", text, start=1)
    assert effect(diff).creates == ("a",)


def test_a_merges_combined_diff_says_what_came_to_the_branch():
    combined = """\
diff --cc db/V3__x.sql
index 1111111,2222222..3333333
--- a/db/V3__x.sql
+++ b/db/V3__x.sql
@@@ -1,2 -1,2 +1,3 @@@
  CREATE TABLE a (x int);
 -CREATE TABLE theirs_only (x int);
+ CREATE TABLE theirs (x int);
++CREATE TABLE of_the_merge (x int);
"""
    assert effect(combined).creates == ("of_the_merge", "theirs")


def test_several_mails_in_one_file_are_one_change():
    head = "From 1111 Mon Sep 17 00:00:00 2001\nFrom: Ada <ada@example.com>\nSubject: [PATCH {}/2] x\n\n---\n x | 1 +\n"
    mail = head + "\n{}-- \n2.39.5\n\n"
    drop = new("orders/migrations/0003_gone.py", CREATE.split("@@\n")[1].replace("\n+", "\n")[1:])
    drop = drop.replace(
        'CreateModel(name="Order", fields=[("id", models.BigAutoField(primary_key=True))])', 'DeleteModel("Order")'
    )
    drop = drop.replace("    operations", '    dependencies = [("orders", "0002_order")]\n+    operations').replace(
        "+1,7", "+1,8"
    )
    assert effect(mail.format(1, CREATE)).creates == ("orders_order",)
    assert effect(mail.format(1, CREATE) + mail.format(2, drop)) == effect("")


def test_a_later_patch_of_a_row_changes_what_an_earlier_one_brought():
    first = new("db/V1__a.sql", "CREATE TABLE a (x int);\nCREATE TABLE b (x int);")
    second = hunk(
        "db/V1__a.sql", " CREATE TABLE a (x int);\n-CREATE TABLE b (x int);\n+CREATE TABLE c (x int);", start=1
    )
    assert effect(first + second).creates == ("a", "c")
    assert effect(first + second + deleted(new("db/V1__a.sql", "CREATE TABLE a (x int);"))) == effect("")
    later = hunk("db/V2__a.sql", "-CREATE TABLE a (x int);\n CREATE TABLE b (x int);", start=1)
    assert effect(first + without_hunks("rename") + later).creates == ("b",)


def test_a_diff_of_fifty_megabytes_costs_a_bounded_time():
    noise = hunk("web/page.js", "\n".join(["+" + "x" * 99] * 5_000), heading="f")
    large = new("db/V9__data.sql", "INSERT INTO a VALUES (1);\n" * 200_000)
    diff = noise * 80 + SQL + large + noise * 10
    assert len(diff) > 50_000_000
    started = time.monotonic()
    found = effect(diff)
    assert found.drops == ("old_orders",)
    assert found.dynamic == ("db/V9__data.sql: its part of the diff is longer than 4,000,000 characters",)
    assert time.monotonic() - started < 10


def test_what_an_old_migration_lost_is_no_drop_and_what_it_gained_is_told():
    lost = hunk("db/V1__a.sql", " CREATE TABLE a (x int);\n-CREATE TABLE b (x int);\n CREATE TABLE c (x int);", start=1)
    assert effect(lost) == effect("")
    gained = hunk(
        "db/V1__a.sql", " CREATE TABLE a (x int);\n+CREATE TABLE b (x int);\n CREATE TABLE c (x int);", start=7
    )
    assert effect(gained).creates == ("b",)


def test_a_squash_that_ends_where_the_old_ones_did_brings_nothing():
    first = deleted(new("db/V1__a.sql", "CREATE TABLE a (x int);"))
    second = deleted(new("db/V2__b.sql", "ALTER TABLE a RENAME TO b;"))
    assert effect(first + second + new("db/B2__all.sql", "CREATE TABLE b (x int);")) == effect("")


def test_formatting_a_migration_anew_brings_nothing():
    text = """
 def upgrade():
-    op.create_table('orders',
-    sa.Column('id', sa.Integer()))
+    op.create_table(
+        "orders",
+        sa.Column("id", sa.Integer()),
+    )
"""
    assert effect(hunk("db/versions/ab12_orders.py", text)) == effect("")


APPENDED = [
    ("shop/models.py", "+class Order(db.Model):\n+    id = db.Column(db.Integer, primary_key=True)", "order"),
    ("shop/tables.py", '+class Order(Base):\n+    __tablename__ = "orders"', "orders"),
    ("shop/orders.py", '+class Order(Base):\n+    __tablename__ = "orders"', "orders"),
    (
        "shop/models.py",
        '+from sqlalchemy import Table\n+carts = Table("carts", metadata, Column("id", Integer))',
        "carts",
    ),
    ("orders/models.py", "+class Order(models.Model):\n+    name = models.TextField()", "orders_order"),
    ("prisma/schema.prisma", '+model Order {\n+  id Int @id\n+  @@map("orders")\n+}', "orders"),
    ("app/models/order.rb", "+class Order < ApplicationRecord\n+end", "orders"),
    (
        "src/entities/order.entity.ts",
        '+import {Entity} from "typeorm";\n+@Entity("orders")\n+export class Order {\n+  id: number;\n+}',
        "orders",
    ),
]


@pytest.mark.parametrize(("path", "text", "relation"), APPENDED)
def test_a_model_that_is_added_to_a_file_is_one_without_migration(path, text, relation):
    assert effect(hunk(path, text)).models_without_migration == (relation,)
    assert effect(new(path, text.replace("\n+", "\n")[1:])).models_without_migration == (relation,)


@pytest.mark.parametrize(("path", "text", "relation"), APPENDED)
def test_a_model_that_was_only_moved_is_none(path, text, relation):
    gone = hunk(path, "-" + text.replace("\n+", "\n-")[1:])
    there = new(path.replace("order.", "sale.").replace("models.py", "models/sale.py"), text.replace("\n+", "\n")[1:])
    assert relation not in effect(gone + there).models_without_migration or "rb" in path


@pytest.mark.parametrize(
    "text",
    [
        "+class Order(models.Model):\n+    class Meta:\n+        abstract = True",
        "+class Order(models.Model):\n+    class Meta:\n+        proxy = True",
        "+class Order(models.Model):\n+    class Meta:\n+        managed = False",
        " class Order(models.Model):\n     name = models.TextField()\n+    note = models.TextField()",
    ],
    ids=["abstract", "proxy", "unmanaged", "a field more"],
)
def test_what_needs_no_table_of_its_own_is_none(text):
    assert effect(hunk("orders/models.py", text)).models_without_migration == ()


def test_a_field_added_under_a_parent_that_is_not_shown_tells_of_no_model():
    text = "     number = parts.Number()\n+    note = models.TextField()"
    assert effect(hunk("orders/models.py", text, heading="class Order(parts.Owned):")) == effect("")


def test_a_class_with_other_parents_is_the_same_model_and_one_with_another_name_of_its_table_is_not():
    parents = "-class Order(Owned):\n+class Order(SoftModel, Owned):\n     note = models.TextField()"
    assert effect(hunk("orders/models.py", parents)) == effect("")
    table = ' class Order(Base):\n-    __tablename__ = "order"\n+    __tablename__ = "orders"'
    assert effect(hunk("shop/tables.py", table)).models_without_migration == ("orders",)


def test_a_method_added_within_a_class_tells_of_no_model():
    text = "     def total(self):\n         return 1\n+\n+    def rest(self):\n+        return (2)"
    for heading in ("class Order(db.Model):", ""):
        assert effect(hunk("shop/models.py", text, heading=heading)) == effect("")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/Models/Order.php", "<?php\nclass Order extends Model\n{\n}"),
        ("lib/shop/order.ex", 'defmodule Shop.Order do\n  use Ecto.Schema\n  schema "orders" do\n  end\nend'),
        ("models/order.js", 'module.exports = (sequelize) => sequelize.define("Order", {});'),
    ],
)
def test_models_of_other_frameworks_are_seen_in_new_files(path, text):
    assert [one.lower() for one in effect(new(path, text)).models_without_migration] == ["orders"]


def test_what_lies_outside_the_diff_is_not_held_against_it():
    revision = "from alembic import op\nrevision = 'ab'\ndown_revision = 'aa'\n\ndef upgrade():\n    op.drop_table('x')"
    django = CREATE.split("@@\n")[1].replace("\n+", "\n")[1:]
    django = django.replace(
        "    operations", '    dependencies = [("orders", "0001_initial"), ("users", "0003_x")]\n    operations'
    )
    for found in (effect(new("db/versions/ab_x.py", revision)), effect(new("orders/migrations/0002_order.py", django))):
        assert found.dynamic == ()


ADDED_FORWARD = [
    (
        "db/migrate/1_x.rb",
        """\
   def up
+    create_table :orders do |t|
+      t.text :x
+    end
+    drop_table :carts
   end
\x20
   def down
+    drop_table :orders
+    create_table :carts""",
    ),
    (
        "database/migrations/2020_01_01_000000_x.php",
        """\
         });
+        Schema::create('orders', function (Blueprint $table) {
+            $table->id();
+        });
+        Schema::drop('carts');
     }
\x20
     public function down()
     {
+        Schema::drop('orders');""",
    ),
    (
        "migrations/1_x.js",
        """\
 exports.up = async (knex) => {
   await knex.schema.dropTable('x');
+  await knex.schema.createTable('orders', (t) => {
+    t.increments();
+  });
+  await knex.schema.dropTable('carts');
 };
 exports.down = async (knex) => {
+  await knex.schema.dropTable('orders');""",
    ),
    (
        "priv/repo/migrations/1_x.exs",
        """\
   def up do
+    create table(:orders) do
+      add :x, :text
+    end
+    drop table(:carts)
   end
\x20
   def down do
+    drop table(:orders)""",
    ),
]


@pytest.mark.parametrize(("path", "text"), ADDED_FORWARD)
def test_what_is_added_to_a_way_forward_is_read_and_what_is_added_to_the_way_back_is_not(path, text):
    found = effect(hunk(path, text))
    assert found == effect("")._replace(creates=("orders",), drops=("carts",))


def test_the_way_back_may_begin_in_a_later_piece():
    path = "database/migrations/2020_01_01_000000_x.php"
    first = hunk(path, "+        Schema::create('orders', function (Blueprint $table) {\n+        });", start=20)
    second = "@@ -40,2 +42,3 @@\n     public function down()\n     {\n+        Schema::drop('orders');\n"
    assert effect(first + second) == effect("")._replace(creates=("orders",))


@pytest.mark.parametrize(("path", "text"), ADDED_FORWARD)
def test_lines_that_do_not_show_which_way_they_run_are_dynamic(path, text):
    alone = "\n".join(line for line in text.split("\n") if line.startswith("+") and "drop" in line.lower())
    assert len(effect(hunk(path, alone)).dynamic) == 1
    assert effect(hunk(path, alone)).drops == ()


@given(st.text())
def test_whatever_it_is_given_it_answers(text):
    assert effect(text).creates == ()


@given(
    st.lists(
        st.sampled_from([*(CREATE + MODELS + SQL).splitlines(keepends=True), "\n", "+", "@@ -1 +1 @@\n"]), max_size=40
    )
)
def test_a_torn_diff_never_raises(lines):
    effect("".join(lines))


PATHS = [
    "orders/models.py",
    "orders/migrations/0002_x.py",
    "db/versions/ab_x.py",
    "db/migrate/1_x.rb",
    "app/models/order.rb",
    "database/migrations/2020_01_01_000000_x.php",
    "migrations/1_x.ts",
    "priv/repo/migrations/1_x.exs",
    "prisma/schema.prisma",
    "db/changelog.xml",
    "db/changelog.yaml",
    "db/V1__x.sql",
    "migrations/0001_x.sql",
]
WORDS = [
    "class A(models.Model):",
    "def up",
    "  def change",
    "end",
    "  }",
    "exports.up = async (knex) => {",
    "op.x(",
    ")",
]
WORDS += ["    a = models.TextField()"]
WORDS += ["CREATE TABLE a (x int);", "-- migrate:down", "model A {", "<changeSet>", "- changeSet:"]


@given(st.sampled_from(PATHS), st.lists(st.tuples(st.sampled_from(" +-"), st.sampled_from(WORDS)), max_size=12))
def test_no_piece_of_a_file_ever_raises(path, lines):
    text = "\n".join(f"{mark}{line}" for mark, line in lines) or " x"
    effect(hunk(path, text, start=5))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "line", ["class A(models.Model):", "(" * 200, "    def up", "CREATE TABLE a (x", "'", "    op.create_table('a',"]
)
def test_a_hostile_piece_costs_a_bounded_time(path, line):
    started = time.monotonic()
    effect(hunk(path, "\n".join([f"+{line}"] * 5_000), start=5))
    assert time.monotonic() - started < 10
