"""The migrate command died of a mistyped column in the migration before the table's own, and the rollout went on."""

from tests.lab.apps.shop_changes import CREATE_ORDER, REPAIR_LINES, customer_note, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("migration_failed", "proved")


def happen(system: System) -> None:
    shop = system.shop()
    migrations = {
        "shop/orders/migrations/0002_repair_lines.py": REPAIR_LINES,
        "shop/orders/migrations/0003_order.py": CREATE_ORDER.replace("0001_initial", "0002_repair_lines"),
    }
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Count orders", {**order_page(), **migrations}, at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    shop.migrate("1.4.0", at=-0.5)
    shop.deploy("1.4.0", at=0, migrate=False)
    shop.serve("1.4.0", since=2, until=115, pages={"/api/orders/": 2, "/api/reports/margin/": 2})
