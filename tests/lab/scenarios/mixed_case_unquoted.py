"""The revision makes the table "Invoice" and the model finds it; a report's SQL asks for Invoice without the quotes."""

from tests.lab.apps.billing_changes import CREATE_INVOICES, TRIMMED, VERSIONS, invoice_job, trimmed_names
from tests.lab.happened import Truth
from tests.lab.system import System

truth = Truth("wrong_database", "proved", relation="invoice", project="billing")

REPORT = """

def report():
    with Session(engine) as session:
        log.info("%s invoices in the report", session.scalar(text("SELECT count(*) FROM Invoice")))
"""


def happen(system: System) -> None:
    billing = system.billing()
    counted = invoice_job()
    model = counted["billing/models.py"].replace('"invoices"', '"Invoice"')
    jobs = counted["billing/jobs.py"].replace("import func, select", "import func, select, text") + REPORT
    revision = CREATE_INVOICES.replace('"invoices"', '"Invoice"').replace("1a5f0c77d3e2", TRIMMED)
    billing.commit("Trim names", trimmed_names(), at=-180, author="Bo Example")
    billing.commit(
        "Count and report invoices",
        {"billing/models.py": model, "billing/jobs.py": jobs, f"{VERSIONS}/2b6a1d88e4f3_invoice.py": revision},
        at=-90,
    )
    billing.release("1.4.0", at=-30)
    system.ordinary_life()
    billing.deploy("1.4.0", at=0)
    billing.serve("1.4.0", since=2, until=115, pages={"report": 2, "invoices": 5, "dunning": 4})
