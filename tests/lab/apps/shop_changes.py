"""What a release of the shop may bring: files by path, as a pull request changes them."""

from tests.lab.frameworks import tree

SHOP = tree("shop")
ORDERS = "shop/orders"

ORDER_MODEL = """

class Order(models.Model):
    number = models.CharField(max_length=20)
    placed_at = models.DateTimeField()
"""
ORDER_VIEW = """

def orders(request):
    return JsonResponse({"orders": Order.objects.count()})
"""
CREATE_ORDER = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("number", models.CharField(max_length=20)),
                ("placed_at", models.DateTimeField()),
            ],
        ),
    ]
"""
BASKET_NOTE = """\
    note = models.CharField(default="", max_length=200)
"""
REPAIR_LINES = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.RunSQL("UPDATE orders_basket SET lines = 0 WHERE linse < 0", migrations.RunSQL.noop),
    ]
"""
CUSTOMER_NOTE = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.AddField("customer", "note", models.CharField(default="", max_length=200)),
    ]
"""


def order_page() -> dict[str, str]:
    """The model `Order`, and a page that counts orders."""
    views = SHOP[f"{ORDERS}/views.py"].replace("import Basket", "import Basket, Order")
    urls = SHOP["shop/urls.py"].replace("import basket", "import basket, orders")
    listed = '    path("api/basket/", basket),\n'
    return {
        f"{ORDERS}/models.py": SHOP[f"{ORDERS}/models.py"] + ORDER_MODEL,
        f"{ORDERS}/views.py": views + ORDER_VIEW,
        "shop/urls.py": urls.replace(listed, listed + '    path("api/orders/", orders),\n'),
    }


def order_migration() -> dict[str, str]:
    """The migration that creates the table of orders."""
    return {f"{ORDERS}/migrations/0002_order.py": CREATE_ORDER}


def customer_note() -> dict[str, str]:
    """An innocent change with a migration of its own: customers get a note."""
    model = SHOP["shop/customers/models.py"] + '    note = models.CharField(default="", max_length=200)\n'
    return {"shop/customers/models.py": model, "shop/customers/migrations/0002_customer_note.py": CUSTOMER_NOTE}


def orders_and_basket_note() -> dict[str, str]:
    """Orders with their page, and baskets get a note, in one migration: the second table is one in use."""
    page, path = order_page(), f"{ORDERS}/models.py"
    noted = SHOP[path] + BASKET_NOTE
    model = page[path].replace(SHOP[path], noted)
    field = '        migrations.AddField("basket", "note", models.CharField(default="", max_length=200)),\n    ]\n'
    migration = CREATE_ORDER.removesuffix("    ]\n") + field
    return {**page, path: model, f"{ORDERS}/migrations/0002_order.py": migration}


def cart_instead_of_basket() -> dict[str, str | None]:
    """The model `Basket` is called `Cart`, and its table after it; the page stays."""
    paths = (f"{ORDERS}/models.py", f"{ORDERS}/views.py")
    renamed = {path: SHOP[path].replace("Basket", "Cart") for path in paths}
    operation = 'migrations.RenameModel("Basket", "Cart"),'
    return {**renamed, f"{ORDERS}/migrations/0002_cart.py": _after_initial(operation)}


def no_basket() -> dict[str, str | None]:
    """The model `Basket`, its table and its page are gone."""
    urls = SHOP["shop/urls.py"].replace("from shop.orders.views import basket\n", "")
    return {
        f"{ORDERS}/models.py": "",
        f"{ORDERS}/views.py": None,
        "shop/urls.py": urls.replace('    path("api/basket/", basket),\n', ""),
        f"{ORDERS}/migrations/0002_no_basket.py": _after_initial('migrations.DeleteModel("Basket"),'),
    }


def _after_initial(operation: str) -> str:
    beginning = CREATE_ORDER.partition("        migrations.")[0]
    return f"{beginning}        {operation}\n    ]\n"


def reads_from_the_replica() -> dict[str, str]:
    """Pages read from the replica, and say so to Sentry; writes and migrations go to the primary."""
    return {"shop/settings.py": SHOP["shop/settings.py"] + REPLICA_SETTINGS, "shop/routers.py": ROUTERS}


REPLICA_SETTINGS = """
DATABASES["replica"] = database(os.environ["REPLICA_URL"])
DATABASE_ROUTERS = ["shop.routers.ReadsFromTheReplica"]
"""
ROUTERS = '''\
"""Pages read from the replica; writes and migrations go to the primary."""

import os

import sentry_sdk


class ReadsFromTheReplica:
    def db_for_read(self, model, **hints):
        sentry_sdk.set_tag("db.instance", os.environ["REPLICA_NAME"])
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"
'''
