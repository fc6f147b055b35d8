"""A report fills a temporary table in one transaction and reads it in the next; since the release that goes through
PgBouncer, another client may get the server connection in between."""

from tests.lab.apps.billing_changes import trimmed_names
from tests.lab.apps.billing_databases import figures, new_connections
from tests.lab.happened import Truth
from tests.lab.pooler import pooler
from tests.lab.system import System

truth = Truth("made_at_run_time", "proved", relation="account_figures", project="billing")


def happen(system: System) -> None:
    billing = system.billing()
    billing.commit("Report figures", figures(), at=-2_100)
    billing.release("1.4.0", at=-2_050)
    billing.deploy("1.4.0", at=-2_000, start=False)
    billing.last_good = "1.4.0"
    billing.commit("Trim names", trimmed_names(), at=-180, author="Bo Example")
    billing.commit("Connect by way of PgBouncer", new_connections(), at=-90)
    billing.release("1.5.0", at=-30)
    reports = {"figures": 3, "audited_figures": 10, "dunning": 4}
    billing.serve("1.4.0", since=-115, until=-5, pages=reports, servers=["web-1"])
    system.ordinary_life()
    with pooler(system.postgres) as pooled:
        billing.settings["production"]["DATABASE_URL"] = pooled.url("billing_production")
        billing.deploy("1.5.0", at=0, servers=["web-1"])
        billing.serve("1.5.0", since=2, until=115, pages=reports, servers=["web-1"])
