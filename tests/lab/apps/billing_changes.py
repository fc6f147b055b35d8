"""What a release of the billing worker may bring: files by path, as a pull request changes them."""

from tests.lab.frameworks import tree

BILLING = tree("billing")
VERSIONS = "migrations/versions"

INVOICE_MODEL = """

class Invoice(Base):
    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    total: Mapped[int] = mapped_column(BigInteger)
"""
INVOICE_JOB = """

def invoices():
    with Session(engine) as session:
        log.info("%s invoices are open", session.scalar(select(func.count(Invoice.id))))
"""
CREATE_INVOICES = '''\
"""invoices"""

import sqlalchemy as sa
from alembic import op

revision = "2b6a1d88e4f3"
down_revision = "1a5f0c77d3e2"


def upgrade():
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("total", sa.BigInteger, nullable=False),
    )


def downgrade():
    op.drop_table("invoices")
'''
FIRST, TRIMMED, INVOICES = "1a5f0c77d3e2", "1f3c9a52b7d0", "2b6a1d88e4f3"
TRIM_NAMES = '''\
"""trimmed names"""

from alembic import op

revision = "1f3c9a52b7d0"
down_revision = "1a5f0c77d3e2"


def upgrade():
    op.execute("UPDATE accounts SET name = trim(name)")


def downgrade():
    pass
'''
DROP_INVOICES = '''\
"""drop invoices"""

import sqlalchemy as sa
from alembic import op

revision = "4d8e3f00a6b5"
down_revision = "1a5f0c77d3e2"


def upgrade():
    op.drop_table("invoices")


def downgrade():
    op.create_table(
        "invoices",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("total", sa.BigInteger, nullable=False),
    )
'''
TURNOVER_JOB = """

def turnover():
    with Session(engine) as session:
        log.info("the turnover is %s", session.scalar(text("SELECT sum(total) FROM invoices")))
"""


def invoice_job() -> dict[str, str]:
    """The model `Invoice`, and a job that counts invoices."""
    jobs = BILLING["billing/jobs.py"].replace("import Account", "import Account, Invoice")
    return {
        "billing/models.py": BILLING["billing/models.py"] + INVOICE_MODEL,
        "billing/jobs.py": jobs + INVOICE_JOB,
    }


def invoice_migration() -> dict[str, str]:
    """The migration that creates the table of invoices."""
    return {f"{VERSIONS}/2b6a1d88e4f3_invoices.py": CREATE_INVOICES}


def trimmed_names() -> dict[str, str]:
    """An innocent change with a revision of its own, before any other: names lose the blanks around them."""
    return {f"{VERSIONS}/{TRIMMED}_trimmed_names.py": TRIM_NAMES}


def after(revision: str, files: dict[str, str]) -> dict[str, str]:
    """The same files, with their revision after that one instead of the first one."""
    return {
        path: text.replace(f'down_revision = "{FIRST}"', f'down_revision = "{revision}"')
        for path, text in files.items()
    }


def turnover_job(files: dict[str, str]) -> dict[str, str]:
    """The same files, with a job besides that adds up the invoices in SQL of its own."""
    jobs = files.get("billing/jobs.py", BILLING["billing/jobs.py"]).replace(
        "import func, select", "import func, select, text"
    )
    return {**files, "billing/jobs.py": jobs + TURNOVER_JOB}


def no_invoices() -> dict[str, str]:
    """The model `Invoice` goes, with its table."""
    return {
        "billing/models.py": BILLING["billing/models.py"],
        f"{VERSIONS}/4d8e3f00a6b5_drop_invoices.py": DROP_INVOICES,
    }
