"""What Django's reader says where there is no referee: of what only running tells, broken graphs, hostile files."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.schema.frameworks.django import framework
from tests.schema.frameworks.django_traps import TRAPS, migration


def told(migrations):
    """Operations as short sentences."""
    return [
        f"{one.kind} {one.relation}" + (f" to {one.to}" if one.to else "")
        for each in migrations
        for one in each.operations
    ]


def fold(files):
    return framework.migrations(files)


def one(operations, *, before="", more="", settings=None, path="shop/orders/migrations/0001_initial.py"):
    files = {path: migration("", operations, before=before, more=more)}
    if settings is not None:
        files["shop/settings.py"] = settings
    (found,) = fold(files)
    return found


def whats(found):
    return [each.what for each in found.dynamic]


@pytest.mark.parametrize(
    ("operations", "word"),
    [
        ('migrations.CreateModel("A", [], {"db_table": settings.PREFIX + "a"})', "computed"),
        ('migrations.CreateModel("A", [], {"managed": settings.OURS})', "only if settings.OURS"),
        ('migrations.CreateModel("A", [], options())', "options are computed"),
        ('migrations.CreateModel("A", [], {"required_db_vendor": "oracle"})', "only on oracle"),
        ('migrations.CreateModel(name_of("A"), [])', "computed"),
        ('*([migrations.CreateModel("A", [])] if settings.OURS else [])', "only if settings.OURS"),
        ('*[migrations.RunSQL(f"DROP TABLE {name}") for name in names()]', "may drop a table"),
        ('migrations.RunSQL(open("a.sql").read())', "its SQL is computed"),
        ('migrations.RunSQL("CREATE TABLE %s (id int)" % name)', "may create a table"),
        ("migrations.RunPython(elsewhere)", "of another file"),
        ('shop.operations.CreateView("a")', "no operation of Django's"),
        ("*make_operations(3)", "no operation of Django's"),
    ],
)
def test_what_is_computed_is_told_and_never_guessed(operations, word):
    found = one(operations)
    assert found.operations == ()
    assert any(word in what for what in whats(found)), whats(found)


@pytest.mark.parametrize(
    "operations",
    [
        'migrations.CreateModel("A", [], {"managed": False})',
        'migrations.CreateModel("A", [], {"proxy": True})',
        "migrations.RunSQL(migrations.RunSQL.noop)",
        "migrations.RunPython(migrations.RunPython.noop)",
        'migrations.RunSQL("SELECT 1", "DROP TABLE orders")',
        'migrations.AddField("order", "note", models.TextField())',
        'migrations.AddIndex("order", models.Index(fields=["id"], name="i"))',
        "TrigramExtension()",
        'migrations.AlterModelTable("order", "orders_order")',
        'migrations.SeparateDatabaseAndState(state_operations=[migrations.CreateModel("B", [])])',
    ],
)
def test_what_leaves_the_tables_alone_says_nothing(operations):
    found = one(operations)
    assert (found.operations, found.dynamic) == ((), ())


def test_a_name_that_is_partly_computed_elsewhere_in_the_statement_is_read():
    found = one('migrations.RunSQL(f"CREATE TABLE audit ({columns()})")')
    assert told([found]) == ["creates audit"]


def test_a_function_that_only_moves_rows_is_silent_and_one_that_changes_tables_is_read():
    before = (
        "def rows(apps, schema_editor):\n"
        '    Order = apps.get_model("orders", "Order")\n'
        "    Order.objects.using(schema_editor.connection.alias).update(n=1)\n"
        '    schema_editor.execute("UPDATE orders_order SET n = 2")\n\n\n'
        "def tables(apps, schema_editor):\n"
        '    if schema_editor.connection.alias != "default":\n        return\n'
        '    schema_editor.create_model(apps.get_model("orders", "Order"))\n'
        "    helper(schema_editor)\n\n\n"
        "def helper(editor):\n"
        '    editor.execute("DROP TABLE legacy")\n'
    )
    assert one("migrations.RunPython(rows)", before=before)[3:5] == ((), ())
    assert told([one("migrations.RunPython(tables, rows)", before=before)]) == ["creates orders_order", "drops legacy"]


def test_a_condition_on_the_vendor_is_decided_only_by_settings_that_name_one():
    operations = '*([migrations.RunSQL("CREATE TABLE a (id int)")] if connection.vendor == "postgresql" else [])'
    engine = 'DATABASES = {"default": {"ENGINE": "django.db.backends.%s"}}'
    assert told([one(operations, settings=engine % "postgresql")]) == ["creates a"]
    mysql = one(operations, settings=engine % "mysql")
    assert (mysql.operations, mysql.dynamic) == ((), ())
    assert whats(one(operations)) == ["may create a: only if connection.vendor == 'postgresql'"]


def test_a_swapped_model_has_no_table_and_the_one_in_its_place_has():
    user = 'migrations.CreateModel("User", [], {"swappable": "AUTH_USER_MODEL"})'
    assert told([one(user)]) == ["creates orders_user"]
    assert told([one(user, settings='AUTH_USER_MODEL = "orders.User"')]) == ["creates orders_user"]
    assert told([one(user, settings='AUTH_USER_MODEL = "people.User"')]) == []


def test_two_services_of_one_repository_with_apps_of_the_same_name_do_not_mix():
    files = {
        "a/core/migrations/0001_initial.py": migration("", 'migrations.CreateModel("Order", [], {"db_table": "a"}),'),
        "a/core/migrations/0002_x.py": migration('("core", "0001_initial")', 'migrations.DeleteModel("Order"),'),
        "b/core/migrations/0001_initial.py": migration("", 'migrations.CreateModel("Order", [], {"db_table": "b"}),'),
        "b/core/migrations/0002_x.py": migration('("core", "0001_initial")', 'migrations.DeleteModel("Order"),'),
    }
    found = {each.path: told([each]) for each in fold(files)}
    assert found["a/core/migrations/0002_x.py"] == ["drops a"]
    assert found["b/core/migrations/0002_x.py"] == ["drops b"]


def test_the_label_is_the_configuration_s_or_the_one_by_which_migrations_depend_on_each_other():
    files = {
        "orders_app/migrations/0001_initial.py": migration("", 'migrations.CreateModel("A", []),'),
        "orders_app/migrations/0002_b.py": migration('("orders", "0001_initial")', 'migrations.CreateModel("B", []),'),
    }
    assert told(fold(files)) == ["creates orders_a", "creates orders_b"]
    configured = (
        'from django.apps import AppConfig\n\n\nclass C(AppConfig):\n    name = "orders_app"\n    label = "o"\n'
    )
    assert told(fold({**files, "orders_app/apps.py": configured}))[0] == "creates o_a"
    assert [each.name for each in fold(files)] == ["orders.0001_initial", "orders.0002_b"]


def test_migration_modules_of_the_settings_say_where_migrations_lie():
    files = {
        "project/settings.py": 'MIGRATION_MODULES = {"people": "project.db_migrations.people"}',
        "project/db_migrations/people/0001_initial.py": migration("", 'migrations.CreateModel("A", []),'),
    }
    assert all(map(framework.wants, files))
    assert told(fold(files)) == ["creates people_a"]


def test_a_new_migration_alone_is_read_with_default_names_and_nothing_is_said_of_those_before_it():
    path = "shop/orders/migrations/0042_rename.py"
    operations = 'migrations.RenameModel("Order", "Purchase"), migrations.DeleteModel("Note"),'
    (found,) = fold({path: migration('("orders", "0041_before")', operations)})
    assert told([found]) == ["renames orders_order to orders_purchase", "drops orders_note"]
    assert found.dynamic == ()


def test_a_missing_dependency_and_a_circle_are_said_and_the_order_goes_on_by_name():
    path = "orders/migrations/{}.py".format
    gap = fold(
        {
            path("0001_initial"): migration("", ""),
            path("0003_c"): migration('("orders", "0002_b")', ""),
            path("0004_d"): migration('("orders", "0003_c")', ""),
        }
    )
    assert [each.name for each in gap] == ["orders.0001_initial", "orders.0003_c", "orders.0004_d"]
    assert whats(gap[1]) == ["it depends on orders.0002_b, which is not there"]
    circle = fold(
        {
            path("0001_a"): migration('("orders", "0003_c")', ""),
            path("0002_b"): migration('("orders", "0001_a")', ""),
            path("0003_c"): migration('("orders", "0002_b")', ""),
        }
    )
    assert [each.name for each in circle] == ["orders.0001_a", "orders.0002_b", "orders.0003_c"]
    assert whats(circle[0]) == ["it waits in a circle for orders.0003_c"]


def test_migrations_of_other_tools_in_the_same_folders_are_none_of_django_s():
    south = "from south.v2 import SchemaMigration\n\n\nclass Migration(SchemaMigration):\n    pass\n"
    assert (
        fold({"orders/migrations/0001_initial.py": south, "orders/migrations/env.py": "from alembic import op\n"}) == ()
    )


@pytest.mark.parametrize(
    "text",
    [
        "class Migration(:",
        "Migration = " + "(" * 5_000,
        "class Migration:\n    operations = " + "[" * 90 + "]" * 90,
        "class Migration:\n    operations = " + " + ".join(["[x]"] * 30_000),
        "x = x + x + x\nclass Migration:\n    operations = x + [f(x)]\n    dependencies = x\n",
        'a = a + a + "b"\nclass Migration:\n    operations = [migrations.RunSQL(a)]\n',
        "Migration" + "\0",
        "# Migration\n" * 200_000,
        "class Migration:\n    operations = [" + "not " * 3_000 + "x]",
        "\ufeffMigration \ud800",
    ],
)
def test_hostile_files_end_soon_and_become_a_gap_or_nothing(text):
    began = time.process_time()
    found = fold({"orders/migrations/0001_initial.py": text, "orders/migrations/0002_b.py": migration("", "")})
    assert found[-1].name == "orders.0002_b"
    assert all(each.operations == () for each in found)
    framework.declared({"orders/models.py": text})
    assert time.process_time() - began < 3


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text):
    fold({"orders/migrations/0001_initial.py": f"class Migration:\n    operations = [{text}]\n"})
    framework.declared({"orders/models.py": text, "orders/apps.py": f"label = {text}", "shop/settings.py": text})


def test_a_thousand_migrations_take_about_a_second():
    """The bench measures it; here only that nothing is badly wrong."""
    real = {path: text for path, text in TRAPS.items() if "/migrations/0" in path}
    files = {f"service{number}/{path}": text for number in range(1_200 // len(real)) for path, text in real.items()}
    began = time.process_time()
    assert len(fold(files)) >= 1_000
    assert time.process_time() - began < 5


MODELS = """
from django.contrib.auth.models import AbstractUser
from django.db import models
from shop.abstract.models import Stamped
from pydantic import BaseModel


class User(AbstractUser):
    pass


class Order(Stamped):
    tags = models.ManyToManyField("Tag")
    lines = models.ManyToManyField("Item", through="Line")

    class Meta(Stamped.Meta):
        db_table = 'sales"."orders'


class Loud(Order):
    class Meta:
        proxy = True


class Legacy(models.Model):
    class Meta:
        managed = False
        app_label = "old"


class Payload(BaseModel):
    pass


class OrderManager(models.Manager):
    pass
"""


def test_models_declare_their_tables_and_those_between_them():
    files = {
        "shop/orders/models/order.py": MODELS,
        "shop/orders/apps.py": "",
        "shop/abstract/models.py": (
            "from django.db import models\n\n\nclass Stamped(models.Model):\n"
            '    seen_by = models.ManyToManyField("orders.User", related_name="+")\n\n'
            "    class Meta:\n        abstract = True\n"
        ),
    }
    found = {
        one.name: (f"{one.schema_name}." if one.schema_name else "")
        + one.relation
        + ("" if one.managed else " (other)")
        for one in framework.declared(files)
    }
    assert found == {
        "User": "orders_user",
        "User.groups": "orders_user_groups",
        "User.user_permissions": "orders_user_user_permissions",
        "Order": "sales.orders",
        "Order.tags": "sales.orders_tags",
        "Order.seen_by": "sales.orders_seen_by",
        "Legacy": "old_legacy (other)",
    }


def test_lines_are_those_of_the_file():
    operations = '\n        migrations.CreateModel("A", []),\n        migrations.RunSQL("""\n\nDROP TABLE b\n"""),\n'
    found = one(operations)
    text = migration("", operations).split("\n")
    assert [(each.relation, text[each.line - 1].strip()) for each in found.operations] == [
        ("orders_a", 'migrations.CreateModel("A", []),'),
        ("b", "DROP TABLE b"),
    ]
