"""Notices: what was told to whom by mail, so that it is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "notices",
        sa.Column("recipient", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("about", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("told_at", sa.String(32), nullable=False),
    )
