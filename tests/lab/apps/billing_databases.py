"""How the billing worker keeps its figures, as a release may change that: files by path, as in a pull request."""

from tests.lab.apps.billing_changes import BILLING, VERSIONS


def read_only_engine(files: dict[str, str]) -> dict[str, str]:
    """The same files, with the job that counts invoices reading from a replica, and saying so to Sentry."""
    jobs = (
        files["billing/jobs.py"].replace("import engine", "import engine, reader").replace(LOGGING, LOGGING_AND_SENTRY)
    )
    asked = "def invoices():\n    with Session(engine)"
    assert asked in jobs
    named = (
        'def invoices():\n    sentry_sdk.set_tag("db.instance", os.environ["READER_NAME"])\n    with Session(reader)'
    )
    return {
        **files,
        "billing/jobs.py": jobs.replace(asked, named),
        "billing/database.py": BILLING["billing/database.py"] + READER,
    }


LOGGING = "import logging\n"
LOGGING_AND_SENTRY = "import logging\nimport os\n\nimport sentry_sdk\n"
READER = 'reader = create_engine(make_url(os.environ["READER_URL"]).set(drivername="postgresql+psycopg2"))\n'


def schema_for_each_tenant() -> dict[str, str]:
    """Every job is done for one tenant after the other, each in a schema of its own; so are the revisions."""
    worker = BILLING["billing/worker.py"].replace("def work(", "def work_for_one(") + WORK_FOR_EACH
    database = BILLING["billing/database.py"].replace("import os\n", "import os\nfrom contextvars import ContextVar\n")
    return {
        "billing/worker.py": worker.replace(
            "import sentry_sdk\n", "import sentry_sdk\n\nfrom billing.database import tenant\n"
        ),
        "billing/database.py": database.replace("make_url\n", "make_url\nfrom sqlalchemy.event import listens_for\n")
        + TENANT,
        "migrations/env.py": TENANT_ENV,
    }


WORK_FOR_EACH = """

def work(name):
    for one in os.environ["TENANTS"].split(","):
        with sentry_sdk.isolation_scope():
            sentry_sdk.set_tag("tenant", one)
            tenant.set(one)
            work_for_one(name)
"""
TENANT = """tenant = ContextVar("tenant")


@listens_for(engine, "begin")
def look_into_its_schema(connection):
    connection.exec_driver_sql(f"SET LOCAL search_path TO {tenant.get()}")
"""
TENANT_ENV = '''\
"""The schemas of some tenants: `alembic -x tenants=NAME,NAME upgrade head`; the first one's if none is named."""

import logging
import os
from logging.config import fileConfig

from alembic import context
from billing.database import engine, tenant
from billing.models import Base

fileConfig(context.config.config_file_name, disable_existing_loggers=False)
first = os.environ["TENANTS"].partition(",")[0]

for name in context.get_x_argument(as_dictionary=True).get("tenants", first).split(","):
    logging.getLogger("alembic.env").info("the schema of the tenant %s", name)
    tenant.set(name)
    with engine.connect() as connection:
        connection.dialect.default_schema_name = name
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()
'''


def ledger() -> dict[str, str]:
    """A ledger that is partitioned by month, and a job that makes an entry in the partition of the open month."""
    jobs = BILLING["billing/jobs.py"].replace("import func, select", "import func, select, text") + ENTRIES_JOB
    return {"billing/jobs.py": jobs, f"{VERSIONS}/{LEDGER}_ledger.py": CREATE_LEDGER}


LEDGER = "5e9f4a11b7c6"
ENTRIES_JOB = """

def entries():
    with Session(engine) as session:
        day = session.scalar(text("SELECT day FROM open_month"))
        session.execute(text(f"INSERT INTO ledger_{day:%Y_%m} (day, amount) VALUES (:day, 1)"), {"day": day})
        session.commit()
"""
CREATE_LEDGER = '''\
"""ledger"""

from alembic import op

revision = "5e9f4a11b7c6"
down_revision = "1a5f0c77d3e2"


def upgrade():
    op.execute("CREATE TABLE open_month (day date NOT NULL)")
    op.execute("CREATE TABLE ledger (day date NOT NULL, amount bigint NOT NULL) PARTITION BY RANGE (day)")


def downgrade():
    op.execute("DROP TABLE ledger")
    op.execute("DROP TABLE open_month")
'''


def figures() -> dict[str, str]:
    """Reports that gather their figures in a temporary table; one of them is audited meanwhile."""
    jobs = BILLING["billing/jobs.py"].replace("import func, select", "import func, select, text") + FIGURES_JOBS
    return {"billing/jobs.py": jobs}


def new_connections() -> dict[str, str]:
    """Connections are kept by the pooler from now on, not by SQLAlchemy (its documentation: "Using PgBouncer")."""
    database = BILLING["billing/database.py"].replace("make_url\n", "make_url\nfrom sqlalchemy.pool import NullPool\n")
    return {
        "billing/database.py": database.replace(
            '"postgresql+psycopg2"))', '"postgresql+psycopg2"), poolclass=NullPool)'
        )
    }


FIGURES_JOBS = """

def figures():
    with engine.connect() as connection:
        _gather(connection)
        _report(connection)


def audited_figures():
    with engine.connect() as connection, engine.connect() as auditor:
        _gather(connection)
        auditor.execute(text("DISCARD TEMP"))
        auditor.commit()
        log.info("the auditor sees %s accounts", auditor.scalar(select(func.count(Account.id))))
        _report(connection)


def _gather(connection):
    connection.execute(text("CREATE TEMPORARY TABLE account_figures AS SELECT id, length(name) AS size FROM accounts"))
    connection.commit()


def _report(connection):
    log.info("the longest name has %s letters", connection.scalar(text("SELECT max(size) FROM account_figures")))
    connection.execute(text("DROP TABLE account_figures"))
    connection.commit()
"""
