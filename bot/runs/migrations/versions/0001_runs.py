"""What ran, who asked and pressed, and who is alive."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What ran, who asked and pressed, and who is alive."""
    op.create_table(
        "diagnose_aliases",
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("issue", sa.String(length=400), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "diagnose_claims",
        sa.Column("issue", sa.String(length=400), nullable=False),
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("issue"),
    )
    op.create_index("ix_diagnose_claims_run", "diagnose_claims", ["run"], unique=False)

    op.create_table(
        "diagnose_presses",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("issue", sa.String(length=400), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_diagnose_presses_run", "diagnose_presses", ["run"], unique=False)

    op.create_table(
        "diagnose_replicas",
        sa.Column("id", sa.String(length=400), nullable=False),
        sa.Column("incarnation", sa.String(length=40), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "diagnose_runs",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("target", sa.String(length=400), nullable=False),
        sa.Column("asker", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.Double(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("thread", sa.String(length=64), nullable=True),
        sa.Column("message", sa.String(length=64), nullable=True),
        sa.Column("posting", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owner", sa.String(length=400), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("failed", sa.Text(), nullable=True),
        sa.Column("steps", sa.Text(), nullable=True),
        sa.Column("recording", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("issue", sa.String(length=400), nullable=True),
        sa.Column("short_id", sa.String(length=400), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("project", sa.String(length=400), nullable=True),
        sa.Column("playbook", sa.String(length=400), nullable=True),
        sa.Column("cause", sa.String(length=400), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("grade", sa.String(length=16), nullable=True),
        sa.Column("shown", sa.Integer(), server_default="1", nullable=False),
        sa.Column("shown_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_diagnose_runs_ended", "diagnose_runs", ["ended_at"], unique=False)
    op.create_index("ix_diagnose_runs_issue", "diagnose_runs", ["issue"], unique=False)
    op.create_index("ix_diagnose_runs_state", "diagnose_runs", ["state", "number"], unique=False)

    op.create_table(
        "diagnose_feedback",
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["diagnose_runs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "person"),
    )
    op.create_table(
        "diagnose_requests",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("delivery", sa.String(length=400), nullable=True),
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("asker", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["diagnose_runs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("delivery"),
    )
    op.create_index("ix_diagnose_requests_run", "diagnose_requests", ["run"], unique=False)
