"""What a diff alone leaves open, and what it does not: doubts are told where there are any, and nowhere else."""

import pytest

from playbook.schema.diff import effect


def new_file(path, text):
    """A diff that adds it."""
    lines = text.rstrip("\n").split("\n")
    added = "".join(f"+{line}\n" for line in lines)
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
    return f"{head}@@ -0,0 +1,{len(lines)} @@\n{added}"


def hunk(path, lines, at=40):
    """A diff of an old file: lines with their marks, of which the first is far from the file's head."""
    old, new = (sum(line[0] in marks for line in lines) for marks in ("- ", "+ "))
    body = "".join(f"{line}\n" for line in lines)
    return f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -{at},{old} +{at},{new} @@ class X\n{body}"


LARAVEL = "database/migrations/2024_01_01_000000_create_labels_table.php"


def test_a_table_that_is_added_to_an_old_migration_is_created_though_nothing_shows_which_way_it_runs():
    added = [
        "+        Schema::create('pets', function (Blueprint $table) {",
        "+            $table->id();",
        "+        });",
    ]
    lines = ["         });", " ", *added, " ", "         Schema::create('x', function (Blueprint $table) {"]
    found = effect(hunk(LARAVEL, [*lines, "             $table->id();"]))
    assert (found.creates, found.dynamic) == (("pets",), ())


def test_a_drop_of_which_nothing_shows_which_way_it_runs_is_not_read():
    found = effect(hunk(LARAVEL, ["         Schema::drop('a');", "+        Schema::drop('pets');"]))
    assert found.drops == ()
    assert len(found.dynamic) == 1


def test_the_comment_above_the_way_back_ends_the_way_forward():
    lines = [
        "         });",
        "+        Schema::create('pets', fn ($t) => $t->id());",
        "     }",
        " ",
        "     /**",
        "      * Back.",
    ]
    back = ["      */", "     public function down()", "     {"]
    assert effect(hunk(LARAVEL, [*lines, *back])).creates == ("pets",)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (LARAVEL, "            $table->string('first_name')->nullable();"),
        (LARAVEL, "            $table->foreign('author_id')->references('id')->on('users')->onDelete('set null');"),
        (LARAVEL, "        // Schema::drop would lose what is in it"),
        ("db/migrate/20240101000000_x.rb", '    t.string "created_by"'),
        ("db/migrate/20240101000000_x.rb", "    add_index :orders, :created_at"),
        ("migrations/20240101_x.js", "      .defaultTo(knex.raw('next_id()'));"),
        ("migrations/0020_x.py", '    db.execute_sql("ALTER TABLE a DROP CONSTRAINT unique_name")'),
        ("lib/changelog/schema/episode.ex", "    query |> Repo.query(sql)"),
        ("shop/changelog/models/entry.py", "    session.execute(text)"),
    ],
)
def test_a_line_that_does_nothing_to_relations_is_no_doubt(path, line):
    assert effect(hunk(path, [" x", f"+{line}", " y"])) == effect("")


def test_a_line_that_is_only_written_in_another_form_is_no_doubt():
    lines = ["-  knex.schema.createTable('a', t => {", "+  knex.schema.createTable('a', (t) => {"]
    assert effect(hunk("migrations/20240101_x.js", [" ", *lines, "     t.increments();"])).dynamic == ()


def test_a_change_that_stands_once_for_each_kind_of_database_is_counted_in_each():
    text = "ALTER TABLE a RENAME TO kept;\nCREATE TABLE a (x int);\n"
    each = "".join(new_file(f"db/migrations/V0002.A.{kind}.up.sql", text) for kind in ("mysql", "postgres", "sqlite"))
    found = effect(each)
    assert (found.creates, found.renames) == (("a",), (("a", "kept"),))


def test_a_comment_does_not_tell_the_dialect():
    warning = "the column `x` of the table `a` is dropped, and `y`, and `z`."
    text = f"/*\n  Warnings: {warning}\n*/\nCREATE TABLE B (x serial);\n"
    found = effect(new_file("prisma/migrations/20240101_x/migration.sql", text))
    assert (found.creates, found.dynamic) == (("b",), ())


def test_a_drop_that_asks_the_list_of_tables_for_itself_is_sure():
    asked = 'drop_table(:a) if ActiveRecord::Base.connection.tables.include?("a")'
    text = f"class X < ActiveRecord::Migration[7.1]\n  def change\n    {asked}\n  end\nend\n"
    found = effect(new_file("db/migrate/20240101000000_x.rb", text))
    assert (found.drops, found.dynamic) == (("a",), ())


@pytest.mark.parametrize(
    ("asked", "change", "expected"),
    [
        ('<tableExists tableName="a"/>', '<dropTable tableName="a"/>', ("a",)),
        ('<and><tableExists tableName="a"/></and>', '<dropTable tableName="a"/>', ("a",)),
        ('<tableExists tableName="b"/>', '<dropTable tableName="a"/>', ()),
        ('<sqlCheck expectedResult="1">SELECT 1</sqlCheck>', '<dropTable tableName="a"/>', ()),
    ],
)
def test_a_precondition_on_what_the_diff_does_not_show_is_a_doubt_unless_it_asks_for_what_it_drops(
    asked, change, expected
):
    inside = f'<preConditions onFail="MARK_RAN">{asked}</preConditions>{change}'
    text = f'<databaseChangeLog><changeSet id="1" author="ada">{inside}</changeSet></databaseChangeLog>\n'
    found = effect(new_file("db/changelog/1.xml", text))
    assert found.drops == expected
    assert bool(found.dynamic) is (expected == ())


def test_a_name_in_double_quotes_is_one_in_mysql_too():
    found = effect(new_file("db/V1__a.sql", 'CREATE TABLE "Orders" (x int) ENGINE=InnoDB;\nDROP TABLE "Old";\n'))
    assert (found.creates, found.drops, found.dynamic) == (("Orders",), ("Old",), ())


@pytest.mark.parametrize(
    "head", [[" class Migration(migrations.Migration):"], []], ids=["from the class on", "within it"]
)
def test_an_operation_near_the_head_of_djangos_list_is_read_though_the_list_goes_on(head):
    operation = [
        "         migrations.CreateModel(",
        '-            name="Canary",',
        '+            name="Check",',
        '             fields=[("id", models.AutoField(primary_key=True))],',
        "         ),",
    ]
    found = effect(hunk("hc/api/migrations/0001_initial.py", [*head, "     operations = [", *operation, " "]))
    assert (found.creates, found.drops, found.dynamic) == (("api_check",), (), ())


CHANGE_SET = ['+  <changeSet id="9" author="ada">', '+    <createTable tableName="pets"/>', "+  </changeSet>"]
YAML = """\
+- changeSet:
+    id: 9
+    author: ada
+    changes:
+    - createTable:
+        tableName: pets
"""
JSON = """\
+    {
+      "changeSet": {"id": "9", "author": "ada",
+        "changes": [{"createTable": {"tableName": "pets"}}]
+      }
+    },
"""
CHANGE_SETS = {"xml": CHANGE_SET, "yaml": YAML.splitlines(), "json": JSON.splitlines()}


@pytest.mark.parametrize("ending", CHANGE_SETS)
def test_a_change_set_that_is_added_to_an_old_changelog_is_read_in_every_form(ending):
    found = effect(hunk(f"db/changelog/all.{ending}", [" ", *CHANGE_SETS[ending], " "]))
    assert (found.creates, found.dynamic) == (("pets",), ())


@pytest.mark.parametrize("around", [("+  <!--", "+  -->"), ("+  <!-- once:", "+  the end -->"), (" x", "   -->")])
def test_a_change_set_in_a_comment_is_none(around):
    assert effect(hunk("db/changelog/all.xml", [" ", around[0], *CHANGE_SET, around[1], " "])).creates == ()


@pytest.mark.parametrize(
    "path", ["db/V1__a.sql", "db/changelog/all.xml", "db/migrate/1_a.rb", "shop/migrations/0001_a.py"]
)
def test_lines_that_end_as_on_windows_are_the_same_lines(path):
    texts = {
        "sql": "CREATE TABLE pets (x int);\n",
        "xml": '<databaseChangeLog><changeSet id="1" author="ada">\n<createTable tableName="pets"/>\n</changeSet>\n'
        "</databaseChangeLog>\n",
        "rb": "class A < ActiveRecord::Migration[7.1]\n  def change\n    create_table :pets\n  end\nend\n",
        "py": "from django.db import migrations\nclass Migration(migrations.Migration):\n    operations = [\n"
        '        migrations.CreateModel("Pets", [], options={"db_table": "pets"}),\n    ]\n',
    }
    diff = new_file(path, texts[path.rpartition(".")[2]])
    assert effect(diff.replace("\n", "\r\n")) == effect(diff)
    assert effect(diff.replace("\n", "\r\n")).creates == ("pets",)


def test_a_table_that_the_change_drops_and_makes_anew_is_there_afterwards():
    old = new_file("db/V1__a.sql", "CREATE TABLE pets (x int);\n")
    gone = old.replace("new file", "deleted file").replace("--- /dev/null\n+++ b/db", "--- a/db").replace("\n+", "\n-")
    gone = gone.replace("@@ -0,0 +1,1 @@", "+++ /dev/null\n@@ -1,1 +0,0 @@")
    anew = "CREATE TABLE pets (x int);\nDROP TABLE pets;\nCREATE TABLE pets (x int, y int);\n"
    found = effect(gone + new_file("db/V1__all.sql", anew))
    assert found.drops == ()
