"""A change's effect on the schema, from its diff alone, in every form that git writes."""

import subprocess

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
