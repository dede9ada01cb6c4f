"""The way back: approvals, experts' boards, comments on slides, names, refusals, uploads under way, and what is forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_answers()
    _create_boards()
    _create_files()
    op.create_table(
        "tombstones",
        sa.Column("mark", sa.Text, primary_key=True),
        sa.Column("made_at", sa.String(32), nullable=False),
    )


def _create_answers() -> None:
    op.create_table(
        "approvals",
        sa.Column("question", sa.Text, sa.ForeignKey("questions.key"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_at", sa.String(32), nullable=False),
    )
    op.create_table("undelivered", sa.Column("key", sa.Text, primary_key=True))
    op.create_table(
        "quiet_answers",
        sa.Column("question", sa.Text, sa.ForeignKey("questions.key"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "asker_names",
        sa.Column("asker_id", sa.Text, sa.ForeignKey("askers.asker_id"), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
    )


def _create_boards() -> None:
    op.create_table(
        "boards",
        sa.Column("expert", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("remote_id", sa.Text, nullable=False),
        sa.Column("begun_at", sa.String(32), nullable=False),
        sa.Column("shared_with", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("read_at", sa.String(32)),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("renew", sa.Boolean, nullable=False),
    )
    op.create_table(
        "board_rows",
        sa.Column("expert", sa.Text, sa.ForeignKey("boards.expert"), primary_key=True),
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    )


def _create_files() -> None:
    op.create_table(
        "slides",
        sa.Column("remote_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("read_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "refusals",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("advice", sa.Text, nullable=False),
    )
    op.create_table(
        "uploads",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("remote_id", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("begun_at", sa.String(32), nullable=False),
    )
