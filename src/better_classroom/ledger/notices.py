"""The ledger's part about notices: what was told to whom by mail, and what there may be to tell.

It records what it is told; what is news, and for whom, is decided in ``notices``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from better_classroom.ledger.engine import transaction
from better_classroom.ledger.forgetting import NOBODY
from better_classroom.ledger.questions import WAITING
from better_classroom.ledger.tables import answers, assignments, notices, questions, texts


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last about one thing."""

    version: str
    """As which it was told: of a question, the number of its text."""
    at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell one recipient."""

    kind: str
    about: str
    """Key of a question, or a name for what failed."""
    version: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The little that is needed of a question that waits for an expert."""

    key: str
    revision: int
    since: datetime
    """When its latest text was written, or else first seen."""
    experts: frozenset[str]


class Notices:
    """What was told, and to whom; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def told(self, recipient: str) -> dict[tuple[str, str], Told]:
        """All that a recipient was told, by kind and what it is about."""
        query = select(notices).where(notices.c.recipient == recipient)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return {(row.kind, row.about): Told(row.version, row.told_at) for row in rows}

    def tell(self, recipient: str, news: Iterable[News], now: datetime) -> None:
        """Record that all of this was told, in place of what was told of the same things before; all of it or none."""
        rows = [
            {"recipient": recipient, "kind": one.kind, "about": one.about, "version": one.version, "told_at": now}
            for one in dict.fromkeys(news)
        ]
        with self._writing() as connection:
            for row in rows:
                of_this = (notices.c.kind == row["kind"]) & (notices.c.about == row["about"])
                connection.execute(delete(notices).where(notices.c.recipient == recipient, of_this))
            if rows:
                connection.execute(insert(notices), rows)

    def waiting(self) -> tuple[Waiting, ...]:
        """Every question that waits for an expert and was not taken back by its asker, the first asked first."""
        since = func.coalesce(texts.c.updated_at, texts.c.seen_at, type_=texts.c.seen_at.type)
        open_ones = questions.c.status.in_(WAITING) & questions.c.withdrawn_at.is_(None)
        query = (
            select(questions.c.key, questions.c.revision, since.label("since"))
            .join(texts, (texts.c.question == questions.c.key) & (texts.c.n == questions.c.revision))
            .where(open_ones)
            .order_by(questions.c.asked_at, questions.c.key)
        )
        assigned = select(assignments.c.question, assignments.c.expert).join(questions).where(open_ones)
        experts: dict[str, set[str]] = {}
        with self._reading() as connection:
            rows = connection.execute(query).all()
            for row in connection.execute(assigned):
                experts.setdefault(row.question, set()).add(row.expert)
        return tuple(Waiting(row.key, row.revision, row.since, frozenset(experts.get(row.key, ()))) for row in rows)

    def declined(self) -> Mapping[str, int]:
        """Questions that an expert's latest word declined: the number of that answer, by key."""
        last = select(answers.c.question, func.max(answers.c.n).label("n")).group_by(answers.c.question).subquery()
        query = (
            select(answers.c.question, answers.c.n)
            .join(last, (last.c.question == answers.c.question) & (last.c.n == answers.c.n))
            .join(questions, questions.c.key == answers.c.question)
            .where(answers.c.outcome == "decline", questions.c.asker_id != NOBODY)
        )
        with self._reading() as connection:
            return {row.question: row.n for row in connection.execute(query)}

    def withdrawn_after_answer(self) -> Mapping[str, datetime]:
        """Questions that were answered and then taken back by their askers: when that was seen, by key."""
        published = select(answers.c.question).where(answers.c.outcome == "publish")
        query = select(questions.c.key, questions.c.withdrawn_at).where(
            questions.c.withdrawn_at.is_not(None), questions.c.key.in_(published), questions.c.asker_id != NOBODY
        )
        with self._reading() as connection:
            return {row.key: row.withdrawn_at for row in connection.execute(query)}

    def settled(self, recipient: str, expert: str) -> Mapping[str, int]:
        """Questions told to a recipient that somebody else has decided since: the number of their text, by key."""
        told = select(notices.c.about).where(notices.c.recipient == recipient, notices.c.kind == "new")
        query = select(questions.c.key, questions.c.revision).where(
            questions.c.key.in_(told),
            questions.c.status.in_(("answered", "declined")),
            questions.c.key.not_in(select(answers.c.question).where(answers.c.expert == expert)),
        )
        with self._reading() as connection:
            return {row.key: row.revision for row in connection.execute(query)}

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=False, where=self._where)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=True, where=self._where)
