"""The shop's migrate job waited in a queue until long after its rollout; at the same minute billing's own migration
failed."""

from tests.lab.apps.billing_changes import invoice_migration
from tests.lab.apps.shop_changes import customer_note, order_migration, order_page
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("migration_ran_late", "proved")
ASKED = 240


def happen(system: System) -> None:
    shop, billing = system.shop(), system.billing()
    broken = {path: text.replace('"invoices"', '"accounts"') for path, text in invoice_migration().items()}
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    shop.commit("Count orders", {**order_page(), **order_migration()}, at=-90)
    billing.commit("Begin with invoices", broken, at=-80)
    shop.release("1.4.0", at=-30)
    billing.release("1.4.0", at=-25)
    system.ordinary_life(until=235)
    billing.migrate("1.4.0", at=-0.5)
    shop.deploy("1.4.0", at=0, migrate=False)
    shop.serve("1.4.0", since=1, until=30, pages={"/api/orders/": 1, "/api/reports/margin/": 2})
    shop.migrate("1.4.0", at=30.5)
    shop.serve("1.4.0", since=31.5, until=235, pages={"/api/orders/": 4, "/api/reports/margin/": 8})
