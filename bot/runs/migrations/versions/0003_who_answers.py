"""Which other run answers for an issue that was asked for twice, and which waiting runs a person is waiting for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Which other run answers for an issue that was asked for twice, and which waiting runs a person is waiting for."""
    op.add_column("diagnose_runs", sa.Column("answered_by", sa.String(length=40), nullable=True))
    op.add_column("diagnose_runs", sa.Column("hurried", sa.Boolean(), nullable=True))
