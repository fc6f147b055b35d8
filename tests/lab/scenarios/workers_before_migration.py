"""The rollout did not wait for the migrate job: the workers served for nine minutes without the table."""

from tests.lab.apps.shop_changes import customer_note, order_migration, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("migration_ran_late", "proved")


def happen(system: System) -> None:
    shop = system.shop()
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Count orders", {**order_page(), **order_migration()}, at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    shop.deploy("1.4.0", at=0, migrate=False)
    shop.serve("1.4.0", since=2, until=11, pages={"/api/orders/": 0.2, "/api/reports/margin/": 2})
    shop.migrate("1.4.0", at=11.2)
    shop.serve("1.4.0", since=12, until=115, pages={"/api/orders/": 2, "/api/reports/margin/": 2})
