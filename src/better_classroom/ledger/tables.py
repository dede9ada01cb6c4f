"""The ledger's tables. A change here needs a revision in ``migrations/versions`` and a new ``schema.HEAD``."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from better_classroom.ledger.columns import Instant, Values

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

identity = Table(
    "identity",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("programme", Text, nullable=False),
    Column("target", Text, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", Text, primary_key=True),
    Column("remote_user_id", Text, nullable=False),
    Column("project", Text, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("sent", Values, nullable=False),
    Column("answered", Values, nullable=False),
    Column("superseded", Text, nullable=False),
)

pendings = Table(
    "pendings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("sent", Values, nullable=False),
    Column("at", Instant, nullable=False),
)

strangers = Table(
    "strangers",
    metadata,
    Column("remote_id", Text, primary_key=True),
)

askers = Table(
    "askers",
    metadata,
    Column("asker_id", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
)

questions = Table(
    "questions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("seminar", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("asker_id", Text, ForeignKey("askers.asker_id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("withdrawn_at", Instant),
    Column("link", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    UniqueConstraint("course", "source", "source_id"),
    Index(None, "seminar", "status"),
)

texts = Table(
    "texts",
    metadata,
    Column("question", Text, ForeignKey("questions.key"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("updated_at", Instant),
)

assignments = Table(
    "assignments",
    metadata,
    Column("question", Text, ForeignKey("questions.key"), primary_key=True),
    Column("expert", Text, primary_key=True),
    Column("assigned_by", Text, nullable=False),
    Column("assigned_at", Instant, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("question", Text, ForeignKey("questions.key"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("expert", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("taken_at", Instant, nullable=False),
)

merges = Table(
    "merges",
    metadata,
    Column("question", Text, ForeignKey("questions.key"), primary_key=True),
    Column("into_question", Text, ForeignKey("questions.key"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("merged_at", Instant, nullable=False),
    Index(None, "into_question"),
)

splits = Table(
    "splits",
    metadata,
    Column("part", Text, ForeignKey("questions.key"), primary_key=True),
    Column("question", Text, ForeignKey("questions.key"), nullable=False),
    Column("since", Integer, nullable=False),
    Column("until", Integer, nullable=False),
    Column("head", Text, nullable=False),
    Column("added", Text, nullable=False),
    Column("split_at", Instant, nullable=False),
    Index(None, "question"),
)

spoken_answers = Table(
    "spoken_answers",
    metadata,
    Column("question", Text, ForeignKey("questions.key"), primary_key=True),
    Column("text", Text, nullable=False),
)

participants = Table(
    "participants",
    metadata,
    Column("course", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("sent_at", Instant),
    Column("joined_at", Instant),
    Column("reason", Text, nullable=False),
    Index(None, "account", "sent_at"),
)

notices = Table(
    "notices",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("about", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("told_at", Instant, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    # What an organiser decided about the answer of that number, where answers need approval.
    Column("question", Text, ForeignKey("questions.key"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("decision", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
)

undelivered = Table(
    "undelivered",
    metadata,
    # Keys of items that were for one participant alone, who had left the course; other words make another key.
    Column("key", Text, primary_key=True),
)

quiet_answers = Table(
    "quiet_answers",
    metadata,
    # Answers read again after the loss of a ledger: they are no news to anybody.
    Column("question", Text, ForeignKey("questions.key"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
)

asker_names = Table(
    "asker_names",
    metadata,
    # Only where the programme says "askers: named".
    Column("asker_id", Text, ForeignKey("askers.asker_id"), primary_key=True),
    Column("name", Text, nullable=False),
)

boards = Table(
    "boards",
    metadata,
    Column("expert", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("shared_with", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("read_at", Instant),
    Column("link", Text, nullable=False),
    Column("renew", Boolean, nullable=False),
)

board_rows = Table(
    "board_rows",
    metadata,
    Column("expert", Text, ForeignKey("boards.expert"), primary_key=True),
    Column("question", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
)

slides = Table(
    "slides",
    metadata,
    Column("remote_id", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("read_at", Instant, nullable=False),
)

refusals = Table(
    "refusals",
    metadata,
    # What Google said to a write that was refused, until it succeeds or is no longer wanted.
    Column("key", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("advice", Text, nullable=False),
)

uploads = Table(
    "uploads",
    metadata,
    Column("key", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("begun_at", Instant, nullable=False),
)

tombstones = Table(
    "tombstones",
    metadata,
    # Keyed hashes of what belonged to a person who is forgotten; nothing in them leads back.
    Column("mark", Text, primary_key=True),
    Column("made_at", Instant, nullable=False),
)
