"""Somebody who cleaned up at a psql prompt dropped a table that is in use, forty minutes after an innocent release."""

from tests.lab.apps.shop_changes import customer_note
from tests.lab.happened import Truth
from tests.lab.system import System

# Likely only: the database server logs for several services, and its line does not say that this one is ours.
truth = Truth("relation_dropped", "likely", relation="orders_basket")


def happen(system: System) -> None:
    shop = system.shop()
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    shop.deploy("1.4.0", at=0)
    shop.serve("1.4.0", since=2, until=39, pages={"/api/basket/": 2, "/api/reports/margin/": 2})
    system.by_hand(40, "production", "shop_production", "DROP TABLE orders_basket")
    shop.serve("1.4.0", since=41, until=115, pages={"/api/basket/": 2, "/api/reports/margin/": 2})
