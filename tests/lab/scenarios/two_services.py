"""A change of the shared pipeline lost the migrate step: the shop and billing both went out without migrations."""

from tests.lab.apps.billing_changes import TRIMMED, after, invoice_job, invoice_migration, trimmed_names
from tests.lab.apps.shop_changes import customer_note, order_migration, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("migration_not_applied", "proved")


def happen(system: System) -> None:
    shop, billing = system.shop(), system.billing()
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Count orders", {**order_page(), **order_migration()}, at=-90)
    billing.commit("Trim names", trimmed_names(), at=-170, author="Bo Example")
    billing.commit("Count invoices", {**invoice_job(), **after(TRIMMED, invoice_migration())}, at=-80)
    shop.release("1.4.0", at=-30)
    billing.release("1.4.0", at=-25)
    system.ordinary_life()
    shop.deploy("1.4.0", at=0, migrate=False)
    billing.deploy("1.4.0", at=12, migrate=False)
    shop.serve("1.4.0", since=2, until=115, pages={"/api/orders/": 2, "/api/reports/margin/": 2})
    billing.serve("1.4.0", since=14, until=115, pages={"invoices": 4, "dunning": 4})
