"""What organisers did with questions: merges and splits; and what was answered in a session itself."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "merges",
        sa.Column("question", sa.Text, sa.ForeignKey("questions.key"), primary_key=True),
        sa.Column("into_question", sa.Text, sa.ForeignKey("questions.key"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("merged_at", sa.String(32), nullable=False),
    )
    op.create_index(op.f("ix_merges_into_question"), "merges", ["into_question"])
    op.create_table(
        "splits",
        sa.Column("part", sa.Text, sa.ForeignKey("questions.key"), primary_key=True),
        sa.Column("question", sa.Text, sa.ForeignKey("questions.key"), nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.Column("added", sa.Text, nullable=False),
        sa.Column("split_at", sa.String(32), nullable=False),
    )
    op.create_index(op.f("ix_splits_question"), "splits", ["question"])
    op.create_table(
        "spoken_answers",
        sa.Column("question", sa.Text, sa.ForeignKey("questions.key"), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )
