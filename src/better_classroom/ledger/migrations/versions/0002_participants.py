"""Participants: whom we invited, when, and who came."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "participants",
        sa.Column("course", sa.Text, primary_key=True),
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("sent_at", sa.String(32)),
        sa.Column("joined_at", sa.String(32)),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index(op.f("ix_participants_account_sent_at"), "participants", ["account", "sent_at"])
