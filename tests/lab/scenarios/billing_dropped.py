"""Nothing seemed to use the table of invoices any more, so the release drops it; a job still adds up the turnover in
SQL of its own."""

from tests.lab.apps.billing_changes import (
    INVOICES,
    TRIMMED,
    after,
    invoice_job,
    invoice_migration,
    no_invoices,
    trimmed_names,
    turnover_job,
)
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("relation_dropped", "proved", relation="invoices", project="billing")


def happen(system: System) -> None:
    billing = system.billing()
    billing.commit("Count invoices", {**turnover_job(invoice_job()), **invoice_migration()}, at=-2_100)
    billing.release("1.4.0", at=-2_050)
    billing.deploy("1.4.0", at=-2_000, start=False)
    billing.last_good = "1.4.0"
    billing.commit("Trim names", after(INVOICES, trimmed_names()), at=-180, author="Bo Example")
    billing.commit("Drop the table of invoices", {**turnover_job({}), **after(TRIMMED, no_invoices())}, at=-90)
    billing.release("1.5.0", at=-30)
    billing.serve("1.4.0", since=-115, until=-5, pages={"turnover": 5, "dunning": 4})
    system.ordinary_life()
    billing.deploy("1.5.0", at=0)
    billing.serve("1.5.0", since=2, until=115, pages={"turnover": 2, "accounts": 6, "dunning": 4})
