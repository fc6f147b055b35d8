"""Staging was migrated with its deploy and works; production's pipeline skipped the migrate job."""

from tests.lab.apps.shop_changes import customer_note, order_migration, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("one_environment_only", "proved")


def happen(system: System) -> None:
    shop = system.shop("staging", "production")
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Count orders", {**order_page(), **order_migration()}, at=-90)
    shop.release("1.4.0", at=-60)
    system.ordinary_life()
    pages = {"/api/orders/": 4, "/api/reports/margin/": 4}
    shop.deploy("1.4.0", at=-40, environment="staging")
    shop.serve("1.4.0", since=-38, until=115, pages=pages, environment="staging", servers=["staging-1"])
    shop.deploy("1.4.0", at=0, migrate=False)
    shop.serve("1.4.0", since=2, until=115, pages={"/api/orders/": 2, "/api/reports/margin/": 2})
