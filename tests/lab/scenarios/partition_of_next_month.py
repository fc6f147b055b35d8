"""Entries go straight into the partition of the open month; the office opened the next month, and the cron job that
makes its partition had not run."""

from datetime import datetime, timedelta

from tests.lab.apps.billing_changes import after, trimmed_names
from tests.lab.apps.billing_databases import LEDGER, ledger
from tests.lab.happened import Truth
from tests.lab.system import System

# Its parent and its name tell what it is; somebody may have made it and dropped it again.
truth = Truth("made_at_run_time", "likely", relation="ledger", project="billing")


def happen(system: System) -> None:
    billing = system.billing()
    this = system.clock.zero.replace(day=1)
    following = (this + timedelta(days=32)).replace(day=1)
    billing.commit("Keep a ledger", ledger(), at=-2_100)
    billing.release("1.4.0", at=-2_050)
    billing.deploy("1.4.0", at=-2_000, start=False)
    billing.last_good = "1.4.0"
    system.sql(
        "billing_production",
        f"CREATE TABLE ledger_{month(this)} PARTITION OF ledger FOR VALUES FROM ('{this:%F}') TO ('{following:%F}')",
    )
    system.sql("billing_production", "INSERT INTO open_month VALUES (%s)", this)
    billing.commit("Trim names", after(LEDGER, trimmed_names()), at=-180, author="Bo Example")
    billing.release("1.5.0", at=-60)
    system.ordinary_life()
    billing.serve("1.4.0", since=-110, until=-35, pages={"entries": 5, "accounts": 10})
    billing.deploy("1.5.0", at=-30)
    billing.serve("1.5.0", since=-28, until=-1, pages={"entries": 5, "accounts": 10})
    system.sql("billing_production", "UPDATE open_month SET day = %s", following)
    billing.serve("1.5.0", since=1, until=115, pages={"entries": 2, "accounts": 6, "dunning": 4})


def month(day: datetime) -> str:
    """As the partitions are named."""
    return f"{day:%Y_%m}"
