"""One card for one cause: what incidents left to be compared, and which were taken apart."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One card for one cause: what incidents left to be compared, and which were taken apart."""
    op.create_table(
        "diagnose_apart",
        sa.Column("one", sa.String(length=400), nullable=False),
        sa.Column("other", sa.String(length=400), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("one", "other"),
    )
    op.create_table(
        "diagnose_incidents",
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("rose", sa.Double(), nullable=True),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["diagnose_runs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run"),
    )
    op.create_index("ix_diagnose_incidents_rose", "diagnose_incidents", ["channel", "rose"], unique=False)
