"""accounts"""

import sqlalchemy as sa
from alembic import op

revision = "1a5f0c77d3e2"
down_revision = None


def upgrade():
    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
    )


def downgrade():
    op.drop_table("accounts")
