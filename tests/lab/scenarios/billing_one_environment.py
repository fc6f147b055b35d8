"""Staging was upgraded and counts invoices; production got the release an hour later without `alembic upgrade`."""

from tests.lab.apps.billing_changes import TRIMMED, after, invoice_job, invoice_migration, trimmed_names
from tests.lab.happened import Truth
from tests.lab.system import System

# Likely only: two revisions came, and "Target database is not up to date" does not say which one is waiting.
truth = Truth("one_environment_only", "likely", relation="invoices", project="billing")


def happen(system: System) -> None:
    billing = system.billing("staging", "production")
    billing.commit("Trim names", trimmed_names(), at=-180, author="Bo Example")
    billing.commit("Count invoices", {**invoice_job(), **after(TRIMMED, invoice_migration())}, at=-110)
    billing.release("1.4.0", at=-70)
    system.ordinary_life()
    billing.deploy("1.4.0", at=-60, environment="staging", servers=["staging-1"])
    billing.serve("1.4.0", -58, 115, {"invoices": 6, "dunning": 12}, environment="staging", servers=["staging-1"])
    billing.deploy("1.4.0", at=0, migrate=False)
    billing.serve("1.4.0", since=2, until=115, pages={"invoices": 2, "accounts": 6, "dunning": 4})
