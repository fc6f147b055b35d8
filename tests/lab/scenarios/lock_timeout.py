"""A session that somebody left open held the table that the migration alters: the migrate job gave up, the rollout
went on."""

from tests.lab.apps.shop_changes import customer_note, orders_and_basket_note
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("migration_failed", "proved")


def happen(system: System) -> None:
    shop = system.shop()
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Count orders, and let baskets have a note", orders_and_basket_note(), at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    with system.open_transaction("shop_production", "SELECT count(*) FROM orders_basket"):
        shop.migrate("1.4.0", at=-0.5, DATABASE_URL=system.database("shop_production", lock_timeout="300ms"))
    shop.deploy("1.4.0", at=0, migrate=False)
    shop.serve("1.4.0", since=2, until=115, pages={"/api/orders/": 2, "/api/reports/margin/": 2})
