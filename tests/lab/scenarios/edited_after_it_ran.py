"""The table was written into the first migration, which production had recorded long ago."""

from tests.lab.apps.shop_changes import CREATE_ORDER, SHOP, customer_note, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

# Likely only: nobody saw `django_migrations`, where the older migration is recorded.
truth = Truth("migration_not_applied", "likely")


def happen(system: System) -> None:
    shop = system.shop()
    path = "shop/orders/migrations/0001_initial.py"
    table = CREATE_ORDER.partition("operations = [\n")[2]
    edited = {path: SHOP[path].removesuffix("    ]\n") + table}
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Count orders", {**order_page(), **edited}, at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    shop.deploy("1.4.0", at=0)
    shop.serve("1.4.0", since=2, until=115, pages={"/api/orders/": 2, "/api/reports/margin/": 2})
