"""Nobody ran `alembic upgrade` for billing; in that very minute the migrate job of the shop failed on a lock."""

from tests.lab.apps.billing_changes import TRIMMED, after, invoice_job, invoice_migration, trimmed_names
from tests.lab.apps.shop_changes import customer_note
from tests.lab.happened import Truth
from tests.lab.system import System

# Likely only: two revisions came, and "Target database is not up to date" does not say which one is waiting.
truth = Truth("migration_not_applied", "likely", relation="invoices", project="billing")


def happen(system: System) -> None:
    shop, billing = system.shop(), system.billing()
    shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
    billing.commit("Trim names", trimmed_names(), at=-170, author="Bo Example")
    billing.commit("Count invoices", {**invoice_job(), **after(TRIMMED, invoice_migration())}, at=-90)
    shop.release("1.4.0", at=-40)
    billing.release("1.4.0", at=-30)
    system.ordinary_life()
    with system.open_transaction("shop_production", "SELECT count(*) FROM customers_customer"):
        shop.migrate("1.4.0", at=-0.5, DATABASE_URL=system.database("shop_production", lock_timeout="300ms"))
    billing.deploy("1.4.0", at=0, migrate=False)
    billing.serve("1.4.0", since=2, until=115, pages={"invoices": 2, "accounts": 6, "dunning": 4})
