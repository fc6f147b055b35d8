"""The billing worker went out with its revision of invoices, and without `alembic upgrade`."""

from tests.lab.apps.billing_changes import invoice_job, invoice_migration
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("migration_not_applied", "proved", relation="invoices", project="billing")


def happen(system: System) -> None:
    billing = system.billing()
    billing.commit("Count invoices", {**invoice_job(), **invoice_migration()}, at=-90)
    billing.release("1.4.0", at=-30)
    system.ordinary_life()
    billing.deploy("1.4.0", at=0, migrate=False)
    billing.serve("1.4.0", since=2, until=115, pages={"invoices": 2, "dunning": 2})
