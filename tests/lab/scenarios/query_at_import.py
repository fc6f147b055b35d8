"""A list of choices asks for the new table while its module is imported, which `migrate` does before it migrates."""

from tests.lab.apps.shop_changes import customer_note, order_migration, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

# Likely only: the log of the job that died has no word of migrating in it, so no search finds it.
truth = Truth("migration_ran_late", "likely")


def happen(system: System) -> None:
    shop = system.shop()
    code = order_page()
    code["shop/orders/views.py"] += "\n\nNUMBERS = [order.number for order in Order.objects.all()]\n"
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Offer the numbers of orders", {**code, **order_migration()}, at=-90)
    shop.release("1.4.0", at=-30)
    system.ordinary_life()
    system.log(-1, "deploy", "production", "runner-1", "deploying shop 1.4.0 to production")
    for minute in (0, 1, 3, 7):
        shop.migrate("1.4.0", at=minute)
    told = "job shop-migrate failed: BackoffLimitExceeded, job has reached the specified backoff limit"
    system.log(7.2, "deploy", "production", "runner-1", told, "error")
    shop.serve("1.3.9", since=8, until=115, pages={"/api/basket/": 4, "/api/reports/margin/": 4})
