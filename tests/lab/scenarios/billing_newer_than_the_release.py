"""The release was tagged with the job of invoices; the revision for it came to main twenty minutes later."""

from tests.lab.apps.billing_changes import TRIMMED, after, invoice_job, invoice_migration, trimmed_names
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("newer_than_the_release", "proved", relation="invoices", project="billing")


def happen(system: System) -> None:
    billing = system.billing()
    billing.commit("Trim names", trimmed_names(), at=-180, author="Bo Example")
    billing.commit("Count invoices", invoice_job(), at=-90)
    billing.release("1.4.0", at=-30)
    billing.commit("Make the table of invoices", after(TRIMMED, invoice_migration()), at=-10)
    system.ordinary_life()
    billing.deploy("1.4.0", at=0)
    billing.serve("1.4.0", since=2, until=115, pages={"invoices": 2, "accounts": 6, "dunning": 4})
