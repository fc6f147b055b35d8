"""The shop's code as acme/shop holds it: what the last good release had, and what a story may change about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REAL = Path(__file__).parent.parent / "real" / "shop" / "orders"
VIEWS = (REAL / "views.py").read_text(encoding="utf-8")
"""The very file of the real event's last frame: its line 11 asks for the orders."""

MODELS = """\
from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=80)


class Invoice(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    total = models.DecimalField(max_digits=10, decimal_places=2)
"""
ORDER_MODEL = """

class Order(models.Model):
    number = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    placed_at = models.DateTimeField()
"""
INITIAL = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=40))],
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("customer", models.ForeignKey("orders.Customer", on_delete=models.PROTECT)),
                ("total", models.DecimalField(max_digits=10, decimal_places=2)),
            ],
        ),
    ]
"""
CUSTOMER = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.AlterField("customer", "name", models.CharField(max_length=80)),
    ]
"""
CREATES = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0041_customer")]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("number", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=10)),
                ("placed_at", models.DateTimeField()),
            ],
        ),
    ]
"""
APP = "shop/orders"
MIGRATION = f"{APP}/migrations/0042_order.py"
SHOP = {
    "shop/settings.py": 'INSTALLED_APPS = ["shop.orders"]\n',
    f"{APP}/__init__.py": "",
    f"{APP}/apps.py": (REAL / "apps.py").read_text(encoding="utf-8"),
    f"{APP}/models.py": MODELS,
    f"{APP}/totals.py": "def total(order):\n    return order.sum\n",
    f"{APP}/migrations/__init__.py": "",
    f"{APP}/migrations/0001_initial.py": INITIAL,
    f"{APP}/migrations/0041_customer.py": CUSTOMER,
}
"""At the last good release: customers and invoices, and nothing of orders yet."""

ORDERS = {f"{APP}/models.py": MODELS + ORDER_MODEL, f"{APP}/views.py": VIEWS}
"""The code that asks for orders; its migration is another file."""

WITH_ORDERS = {**SHOP, **ORDERS, f"{APP}/migrations/0040_order.py": CREATES.replace("0041_customer", "0001_initial")}
"""A shop that has had orders for long."""


@dataclass(frozen=True)
class Code:
    """`good` is the whole of the last good release; `bad` what the failing one changes, in one commit brought by one
    pull request; `later` what the default branch has got since. None deletes a file."""

    good: Mapping[str, str]
    bad: Mapping[str, str | None]
    message: str = "Keep orders in a table of their own"
    number: int = 812
    later: Mapping[str, str | None] = field(default_factory=dict)


def with_migration() -> Code:
    """The release brings orders, and the migration that creates orders_order."""
    return Code(SHOP, {**ORDERS, MIGRATION: CREATES})
