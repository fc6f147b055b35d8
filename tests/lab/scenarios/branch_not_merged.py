"""The code was merged; its migration sat in a second pull request, on a branch that nobody merged."""

from tests.lab.apps.shop_changes import customer_note, order_migration, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("migration_missing", "proved")


def happen(system: System) -> None:
    shop = system.shop()
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.branch("orders-table", "Create the table of orders", order_migration(), at=-95)
    shop.commit("Count orders", order_page(), at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    shop.deploy("1.4.0", at=0)
    shop.serve("1.4.0", since=2, until=115, pages={"/api/orders/": 2, "/api/reports/margin/": 2})
