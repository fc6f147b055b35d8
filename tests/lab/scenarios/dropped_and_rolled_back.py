"""The release dropped the table of baskets; it was slow for another reason, and the old code was deployed again."""

from tests.lab.apps.shop_changes import customer_note, no_basket
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("relation_dropped", "proved", relation="orders_basket")


def happen(system: System) -> None:
    shop = system.shop()
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Keep baskets in the browser", no_basket(), at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    shop.serve("1.3.9", since=-100, until=-3, pages={"/api/basket/": 8}, servers=["web-1"])
    shop.deploy("1.4.0", at=0)
    shop.serve("1.4.0", since=2, until=28, pages={"/api/customers/": 4, "/api/reports/margin/": 2})
    shop.deploy("1.3.9", at=30, migrate=False)
    shop.serve("1.3.9", since=31, until=115, pages={"/api/basket/": 2, "/api/reports/margin/": 2})
