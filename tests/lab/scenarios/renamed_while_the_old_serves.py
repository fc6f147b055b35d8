"""Baskets became carts, table and all; the rollout stuck half-way, and one server still runs the old code."""

from tests.lab.apps.shop_changes import cart_instead_of_basket, customer_note
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("relation_dropped", "proved", relation="orders_basket")


def happen(system: System) -> None:
    shop = system.shop()
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Call baskets carts", cart_instead_of_basket(), at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    shop.serve("1.3.9", since=-100, until=-3, pages={"/api/basket/": 8}, servers=["web-1"])
    shop.deploy("1.4.0", at=0, servers=["web-1"])
    shop.serve("1.4.0", since=1, until=115, pages={"/api/basket/": 2, "/api/reports/margin/": 2}, servers=["web-1"])
    shop.serve("1.3.9", since=1, until=115, pages={"/api/basket/": 2, "/api/reports/margin/": 2}, servers=["web-2"])
