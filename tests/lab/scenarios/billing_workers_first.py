"""The new workers ran the new job for nine minutes before `alembic upgrade`; with it the errors stopped."""

from tests.lab.apps.billing_changes import TRIMMED, after, invoice_job, invoice_migration, trimmed_names
from tests.lab.happened import Truth
from tests.lab.system import System

# Alembic logs that a revision begins, never that it is done: from outside it can be no more than likely.
truth = Truth("migration_ran_late", "likely", relation="invoices", project="billing")


def happen(system: System) -> None:
    billing = system.billing()
    billing.commit("Trim names", trimmed_names(), at=-180, author="Bo Example")
    billing.commit("Count invoices", {**invoice_job(), **after(TRIMMED, invoice_migration())}, at=-90)
    billing.release("1.4.0", at=-30)
    system.ordinary_life()
    billing.deploy("1.4.0", at=0, migrate=False)
    billing.serve("1.4.0", since=2, until=11, pages={"invoices": 0.2, "dunning": 2})
    billing.migrate("1.4.0", at=11.2)
    billing.serve("1.4.0", since=12, until=115, pages={"invoices": 4, "accounts": 6, "dunning": 4})
