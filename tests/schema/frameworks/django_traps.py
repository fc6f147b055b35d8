"""A project whose migrations hold the traps of Django's table names; the referee runs it as it runs real packages."""

HEAD = "from django.db import connection, migrations, models\n"


def migration(dependencies: str, operations: str, *, more: str = "", before: str = "") -> str:
    """The text of a migration file."""
    return (
        f"{HEAD}\n{before}\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [{dependencies}]\n{more}\n    operations = [{operations}]\n"
    )


KEY = '("id", models.AutoField(primary_key=True))'

TRAPS: dict[str, str] = {
    "trap_orders/__init__.py": "",
    "trap_orders/apps.py": (
        "from django.apps import AppConfig\n\n\nclass OrdersConfig(AppConfig):\n"
        '    name = "trap_orders"\n    label = "orders"\n'
    ),
    "trap_orders/migrations/__init__.py": "",
    "trap_orders/migrations/0001_initial.py": migration(
        '("stock", "__first__")',
        f"""
        migrations.CreateModel("Customer", [{KEY}]),
        migrations.CreateModel("Order", [
            {KEY},
            ("watchers", models.ManyToManyField("orders.Customer", related_name="+")),
            ("related", models.ManyToManyField("self")),
            ("named", models.ManyToManyField("orders.Customer", db_table="order_named", related_name="+")),
        ]),
        migrations.CreateModel("Line", [
            {KEY},
            ("order", models.ForeignKey("orders.Order", models.CASCADE)),
            ("item", models.ForeignKey("stock.Item", models.CASCADE)),
        ]),
        migrations.AddField("order", "items", models.ManyToManyField("stock.Item", through="orders.Line")),
        migrations.CreateModel("Loud", [], {{"proxy": True}}, ("orders.order",)),
        migrations.CreateModel("Foreign", [{KEY}], {{"managed": False, "db_table": "foreign_things"}}),
        migrations.CreateModel("Child", [
            ("customer_ptr", models.OneToOneField("orders.Customer", models.CASCADE, parent_link=True,
                                                  primary_key=True)),
        ], bases=("orders.customer",)),
        """,
    ),
    "trap_orders/migrations/0002_left.py": migration(
        '("orders", "0001_initial")', 'migrations.DeleteModel("Loud"), migrations.RenameModel("Order", "Purchase"),'
    ),
    "trap_orders/migrations/0002_right.py": migration(
        '("orders", "0001_initial")',
        """
        migrations.AddField("customer", "friends", models.ManyToManyField("self")),
        migrations.AddField("customer", "shops", models.ManyToManyField("stock.Item", related_name="+")),
        migrations.AlterField("customer", "shops", models.ManyToManyField("stock.Item", db_table="shops_of",
                                                                          related_name="+")),
        migrations.AddField("foreign", "items", models.ManyToManyField("stock.Item")),
        """,
    ),
    "trap_orders/migrations/0003_merge.py": migration('("orders", "0002_left"), ("orders", "0002_right")', ""),
    "trap_orders/migrations/0004_tables.py": migration(
        '("orders", "0003_merge"), ("stock", "0003_after")',
        """
        migrations.AlterModelTable("purchase", "purchases"),
        migrations.RenameField("purchase", "watchers", "observers"),
        migrations.RenameModel("Purchase", "Buy"),
        migrations.AlterModelTable("buy", None),
        migrations.RemoveField("buy", "related"),
        migrations.AlterModelOptions("customer", {"verbose_name": "client"}),
        migrations.AlterOrderWithRespectTo("line", "order"),
        """,
    ),
    "trap_orders/migrations/0005_halves.py": migration(
        '("orders", "0004_tables")',
        f"""
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL("CREATE TABLE audit_log (id int)", "DROP TABLE audit_log")],
            [migrations.CreateModel("Log", [{KEY}], {{"db_table": "audit_log"}})],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RenameModel("Line", "Row"), migrations.AlterModelTable("row", "orders_line")],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterModelTable("child", "children"),
                migrations.AlterModelTable("child", "kids"),
            ],
            state_operations=[migrations.AlterModelTable("child", "kids")],
        ),
        migrations.RunSQL(
            [("CREATE VIEW v_log AS SELECT * FROM audit_log", None), "CREATE SCHEMA archive",
             "CREATE MATERIALIZED VIEW m_log AS SELECT 1"],
            state_operations=[migrations.CreateModel("View", [{KEY}], {{"managed": False, "db_table": "v_log"}})],
        ),
        """,  # noqa: S608 - the text of a file, and no query
    ),
    "trap_orders/migrations/0006_schemas.py": migration(
        '("orders", "0005_halves")',
        f"""
        migrations.CreateModel("Old", [{KEY}, ("items", models.ManyToManyField("stock.Item"))],
                               {{"db_table": 'archive"."old_things'}}),
        migrations.RenameModel("Row", "Entry"),
        migrations.RunSQL("DROP VIEW v_log; DROP MATERIALIZED VIEW m_log"),
        migrations.DeleteModel("Log"),
        migrations.DeleteModel("View"),
        migrations.RenameModel("Child", "Kid"),
        """,
    ),
    "trap_orders/migrations/0007_code.py": migration(
        '("orders", "0006_schemas")',
        """
        migrations.RunPython(forwards, backwards),
        Quiet("kid", "never"),
        *[migrations.RunSQL(f"CREATE TABLE part_{year} (id int)") for year in ("2024", "2025")],
        """,
        before="""
def forwards(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in NAMES:
        schema_editor.execute("CREATE TABLE %s (id int)" % name)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE made_b")
    Entry = apps.get_model("orders", "Entry")
    Entry.objects.filter(pk=1).delete()
    schema_editor.alter_db_table(Entry, Entry._meta.db_table, "entries")


def backwards(apps, schema_editor):
    schema_editor.execute("CREATE TABLE never_forward (id int)")


NAMES = ["made_a", "made_b"]


class Quiet(migrations.AlterModelTable):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        pass
""",
    )
    + '    if connection.vendor == "mysql":\n'
    + '        operations.append(migrations.RunSQL("CREATE TABLE my (id int)"))\n',
    "trap_orders/migrations/0008_long.py": migration(
        '("orders", "0007_code")',
        f"""
        migrations.CreateModel("AModelWhoseNameIsMuchTooLongForWhatADatabaseKeepsOfIt", [
            {KEY}, ("items", models.ManyToManyField("stock.Item", related_name="+")),
        ]),
        """,
    ),
    "trap_stock/__init__.py": "",
    "trap_stock/apps.py": (
        "from django.apps import AppConfig\n\n\nclass StockConfig(AppConfig):\n"
        '    name = "trap_stock"\n    label = "stock"\n'
    ),
    "trap_stock/migrations/__init__.py": "",
    "trap_stock/migrations/0001_initial.py": migration("", f'migrations.CreateModel("Thing", [{KEY}]),'),
    "trap_stock/migrations/0002_item.py": migration(
        '("stock", "0001_initial")', 'migrations.RenameModel("Thing", "Item"),'
    ),
    "trap_stock/migrations/0001_squashed_0002_item.py": migration(
        "",
        f'migrations.CreateModel("Item", [{KEY}]),',
        more='    replaces = [("stock", "0001_initial"), ("stock", "0002_item")]',
    ),
    "trap_stock/migrations/0003_after.py": migration(
        '("stock", "0002_item")', f'migrations.CreateModel("Shelf", [{KEY}]),'
    ),
    "trap_stock/migrations/0004_early.py": migration(
        '("stock", "0003_after")',
        f'migrations.CreateModel("Early", [{KEY}]),',
        more='    run_before = [("orders", "0008_long")]',
    ),
}
"""Texts by path. The models have no `models.py`: migrations alone decide."""
