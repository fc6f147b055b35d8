"""The migration came to the main branch half an hour after the release was tagged without it."""

from tests.lab.apps.shop_changes import customer_note, order_migration, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("newer_than_the_release", "proved")


def happen(system: System) -> None:
    shop = system.shop()
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Count orders", order_page(), at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    shop.commit("Create the table of orders", order_migration(), at=-1)
    shop.deploy("1.4.0", at=0)
    shop.serve("1.4.0", since=2, until=115, pages={"/api/orders/": 2, "/api/reports/margin/": 2})
