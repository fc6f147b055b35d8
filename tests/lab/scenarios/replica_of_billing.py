"""The new job reads through a new read-only engine, whose address names the archive's database; the replica is ten
seconds behind, as on any day."""

from tests.lab.apps.billing_changes import TRIMMED, after, invoice_job, invoice_migration, trimmed_names
from tests.lab.apps.billing_databases import read_only_engine
from tests.lab.happened import Truth
from tests.lab.heartbeat import Heartbeat
from tests.lab.replica import replica
from tests.lab.system import System

# Undecided: Alembic logs only that a revision begins, so nobody knows from outside that the table was made.
truth = Truth(None, "undecided", relation="invoices", project="billing")


def happen(system: System) -> None:
    billing = system.billing()
    system.database("billing_archive")
    system.sql("billing_archive", "CREATE TABLE accounts (id bigint PRIMARY KEY, name varchar(80) NOT NULL)")
    with replica(system.postgres) as standby:
        monitor = Heartbeat(system, standby, "billing_production", "billing-replica-2")
        billing.commit("Trim names", trimmed_names(), at=-180, author="Bo Example")
        counted = {**read_only_engine(invoice_job()), **after(TRIMMED, invoice_migration())}
        billing.commit("Count invoices on the replica", counted, at=-90)
        billing.release("1.4.0", at=-30)
        system.ordinary_life()
        reader = {"READER_URL": standby.url("billing_archive"), "READER_NAME": "billing-replica-2"}
        billing.settings["production"] |= reader
        billing.deploy("1.4.0", at=0)
        monitor.measure(range(-30, 120, 10), behind=10)
        billing.serve("1.4.0", since=2, until=115, pages={"invoices": 2, "accounts": 6, "dunning": 4})
