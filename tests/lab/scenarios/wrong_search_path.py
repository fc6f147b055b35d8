"""The migrate job ran; with the rollout the servers got a `search_path` for the office's reports, without the schema
that holds the tables."""

from tests.lab.apps.shop_changes import customer_note, order_migration, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("wrong_database", "proved")


def happen(system: System) -> None:
    shop = system.shop()
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Count orders", {**order_page(), **order_migration()}, at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    shop.migrate("1.4.0", at=-0.5)
    system.sql("shop_production", "CREATE SCHEMA office")
    shop.settings["production"]["DATABASE_URL"] = system.database("shop_production", search_path="office")
    shop.deploy("1.4.0", at=0, migrate=False)
    shop.serve("1.4.0", since=2, until=115, pages={"/api/orders/": 2, "/api/reports/margin/": 2})
