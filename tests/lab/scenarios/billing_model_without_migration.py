"""The model of invoices came with its job and without a revision; another revision came with the same release."""

from tests.lab.apps.billing_changes import invoice_job, trimmed_names
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("migration_missing", "proved", relation="invoices", project="billing")


def happen(system: System) -> None:
    billing = system.billing()
    billing.commit("Trim names", trimmed_names(), at=-180, author="Bo Example")
    billing.commit("Count invoices", invoice_job(), at=-90)
    billing.release("1.4.0", at=-30)
    system.ordinary_life()
    billing.deploy("1.4.0", at=0)
    billing.serve("1.4.0", since=2, until=115, pages={"invoices": 2, "accounts": 6, "dunning": 4})
