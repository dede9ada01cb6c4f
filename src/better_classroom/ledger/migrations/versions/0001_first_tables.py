"""The first tables: what we made, what was asked, what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    _create_items()
    _create_questions()
    _create_answers()


def _create_items() -> None:
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("programme", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "accounts",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("remote_user_id", sa.Text, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
    )
    op.create_table(
        "entries",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("remote_id", sa.Text, nullable=False),
        sa.Column("sent", sa.Text, nullable=False),
        sa.Column("answered", sa.Text, nullable=False),
        sa.Column("superseded", sa.Text, nullable=False),
    )
    op.create_table(
        "pendings",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("remote_id", sa.Text, nullable=False),
        sa.Column("sent", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table("strangers", sa.Column("remote_id", sa.Text, primary_key=True))


def _create_questions() -> None:
    op.create_table(
        "askers",
        sa.Column("asker_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
    )
    op.create_table(
        "questions",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("seminar", sa.Text, nullable=False),
        sa.Column("slot", sa.Text, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("asker_id", sa.Text, sa.ForeignKey("askers.asker_id"), nullable=False),
        sa.Column("asked_at", sa.String(32), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("withdrawn_at", sa.String(32)),
        sa.Column("link", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.UniqueConstraint("course", "source", "source_id"),
    )
    op.create_index(op.f("ix_questions_seminar_status"), "questions", ["seminar", "status"])
    op.create_table(
        "texts",
        sa.Column("question", sa.Text, sa.ForeignKey("questions.key"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("seen_at", sa.String(32), nullable=False),
        sa.Column("updated_at", sa.String(32)),
    )


def _create_answers() -> None:
    op.create_table(
        "assignments",
        sa.Column("question", sa.Text, sa.ForeignKey("questions.key"), primary_key=True),
        sa.Column("expert", sa.Text, primary_key=True),
        sa.Column("assigned_by", sa.Text, nullable=False),
        sa.Column("assigned_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "answers",
        sa.Column("question", sa.Text, sa.ForeignKey("questions.key"), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("expert", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("taken_at", sa.String(32), nullable=False),
    )
