"""`alembic upgrade` died of a mistyped column in the revision before the table's own, and the workers were started."""

from tests.lab.apps.billing_changes import TRIM_NAMES, TRIMMED, VERSIONS, after, invoice_job, invoice_migration
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("migration_failed", "proved", relation="invoices", project="billing")


def happen(system: System) -> None:
    billing = system.billing()
    mistyped = {f"{VERSIONS}/1f3c9a52b7d0_trimmed_names.py": TRIM_NAMES.replace("trim(name)", "trim(full_name)")}
    billing.commit("Trim names", mistyped, at=-180, author="Bo Example")
    billing.commit("Count invoices", {**invoice_job(), **after(TRIMMED, invoice_migration())}, at=-90)
    billing.release("1.4.0", at=-30)
    system.ordinary_life()
    billing.migrate("1.4.0", at=-0.5)
    billing.deploy("1.4.0", at=0, migrate=False)
    billing.serve("1.4.0", since=2, until=115, pages={"invoices": 2, "accounts": 6, "dunning": 4})
