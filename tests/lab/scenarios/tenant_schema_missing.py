"""Every tenant has a schema of its own; the list of those that the pipeline upgrades has lost one of three."""

from tests.lab.apps.billing_changes import TRIMMED, after, invoice_job, invoice_migration, trimmed_names
from tests.lab.apps.billing_databases import schema_for_each_tenant
from tests.lab.happened import Truth
from tests.lab.service import Service
from tests.lab.system import System

# The tag names the tenant, the log which ones were upgraded; that this one was not can only be read from silence.
truth = Truth("one_environment_only", "likely", relation="invoices", project="billing")


def happen(system: System) -> None:
    billing = system.billing()
    billing.settings["production"]["TENANTS"] = "north,south,west"
    billing.commit("Give each tenant a schema", schema_for_each_tenant(), at=-2_100)
    billing.release("1.4.0", at=-2_050)
    billing.deploy("1.4.0", at=-2_000, migrate=False, start=False)
    billing.last_good = "1.4.0"
    for tenant in ("north", "south", "west"):
        system.sql("billing_production", f"CREATE SCHEMA {tenant}")
    upgrade(billing, "1.4.0", "north,south,west", at=-2_000.5)
    billing.commit("Trim names", trimmed_names(), at=-180, author="Bo Example")
    counted = {**invoice_job(), **after(TRIMMED, invoice_migration())}
    billing.commit("Count invoices", counted, at=-90)
    billing.release("1.5.0", at=-30)
    system.ordinary_life()
    upgrade(billing, "1.5.0", "north,south", at=-0.5)
    billing.deploy("1.5.0", at=0, migrate=False)
    billing.serve("1.5.0", since=2, until=115, pages={"invoices": 2, "accounts": 6, "dunning": 4})


def upgrade(billing: Service, version: str, tenants: str, at: float) -> None:
    """What the pipeline does."""
    billing.migrate(version, at, "production", "-x", f"tenants={tenants}", "upgrade", "head")
