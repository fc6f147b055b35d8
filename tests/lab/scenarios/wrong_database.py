"""The migrate job ran; the servers were started with the address of last week's copy of the database."""

from tests.lab.apps.shop_changes import customer_note, order_migration, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("wrong_database", "likely")  # a replica that nobody knows of, held behind, looks the same


def happen(system: System) -> None:
    shop = system.shop()
    right, copy = shop.settings["production"]["DATABASE_URL"], system.database("shop_copy")
    shop.migrate("1.3.9", -3_000, "restore", DATABASE_URL=copy)
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Count orders", {**order_page(), **order_migration()}, at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    shop.migrate("1.4.0", at=-0.5, DATABASE_URL=right)
    shop.settings["production"]["DATABASE_URL"] = copy
    shop.deploy("1.4.0", at=0, migrate=False)
    shop.serve("1.4.0", since=2, until=115, pages={"/api/orders/": 2, "/api/basket/": 8, "/api/reports/margin/": 2})
