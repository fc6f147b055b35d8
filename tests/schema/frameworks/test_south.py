"""South's `forwards` is read, `backwards` never; the order is each app's by name (south/migration/base.py)."""

from playbook.schema.frameworks.south import framework

HEAD = "from south.db import db\nfrom south.v2 import SchemaMigration\n\n\nclass Migration(SchemaMigration):\n"


def a_migration(*statements, backwards="pass", more=""):
    body = "\n".join(f"        {one}" for one in statements or ("pass",))
    return f"{HEAD}{more}\n    def forwards(self, orm):\n{body}\n\n    def backwards(self, orm):\n        {backwards}\n"


def told(files):
    return [
        f"{one.kind} {one.relation}" + (f" to {one.to}" if one.to else "")
        for each in framework.migrations(files)
        for one in each.operations
    ]


def of(*statements, **more):
    return told({"shop/orders/migrations/0001_initial.py": a_migration(*statements, **more)})


def test_every_operation_on_tables_is_read_forward_and_never_backward():
    """https://south.readthedocs.io/en/latest/databaseapi.html"""
    assert of(
        "db.create_table(u'orders_order', (('id', self.gf('django.db.models.fields.AutoField')(primary_key=True)),))",
        "db.send_create_signal('orders', ['Order'])",
        "m2m_table_name = db.shorten_name(u'orders_order_tags')",
        "db.create_table(m2m_table_name, ())",
        "db.create_unique(m2m_table_name, ['order_id', 'tag_id'])",
        "db.rename_table('orders_order', 'orders_purchase')",
        "db.delete_table(db.shorten_name('orders_old'))",
        "db.clear_table('orders_kept')",
        "db.add_column('orders_order', 'n', self.gf('x')(), keep_default=False)",
        "db.rename_column('orders_order', 'a', 'b')",
        "db.execute('CREATE TABLE audit (id int)')",
        "db.execute_many('DROP TABLE a; DROP TABLE b;')",
        backwards="db.delete_table('orders_order')",
    ) == [
        "creates orders_order",
        "creates orders_order_tags",
        "renames orders_order to orders_purchase",
        "drops orders_old",
        "creates audit",
        "drops a",
        "drops b",
    ]


def test_a_dry_run_is_not_the_run_and_other_conditions_are_told():
    text = a_migration(
        "if not db.dry_run:",
        "    db.create_table('a', ())",
        "if db.backend_name == 'mysql':",
        "    db.create_table('b', ())",
        "db.create_table(PREFIX + 'c', ())",
    )
    (found,) = framework.migrations({"orders/migrations/0001_initial.py": text})
    assert [one.relation for one in found.operations] == ["a"]
    assert [one.what for one in found.dynamic] == [
        "may create b: only if db.backend_name == 'mysql'",
        "may create a table, and a name is computed",
    ]
    assert found.name == "orders:0001_initial"


def test_the_order_is_by_name_and_by_what_is_written_to_be_needed():
    needs = '    depends_on = (("stock", "0002_b"),)\n'
    files = {
        "orders/migrations/0002_b.py": a_migration(more=needs),
        "orders/migrations/0001_a.py": a_migration(),
        "stock/migrations/0001_a.py": a_migration(),
        "stock/migrations/0002_b.py": a_migration(),
        "zoo/migrations/0001_a.py": a_migration(more='    needed_by = (("orders", "0001_a"),)\n'),
    }
    names = [one.name for one in framework.migrations(files)]
    assert names == ["zoo:0001_a", "orders:0001_a", "stock:0001_a", "stock:0002_b", "orders:0002_b"]


def test_an_app_that_has_moved_to_django_s_migrations_has_left_south_behind():
    south = {"orders/south_migrations/0001_initial.py": a_migration("db.create_table('a', ())")}
    django = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    operations = []\n"
    assert told(south) == ["creates a"]
    assert told({**south, "orders/migrations/0001_initial.py": django}) == []


def test_python_2_that_no_longer_parses_is_a_gap():
    (found,) = framework.migrations({"orders/migrations/0001_initial.py": a_migration("print 'hello'")})
    assert found.unread == "its Python could not be parsed"
