"""The ledger's part about answers on their way out: what an organiser decided, what is no news, who could not be told.

It records what it is told and decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from better_classroom.ledger.engine import transaction
from better_classroom.ledger.rows import Decision, Question
from better_classroom.ledger.tables import approvals, questions, quiet_answers, undelivered

APPROVED, REJECTED = "approved", "rejected"


class Approvals:
    """What was decided about answers; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def decide(
        self,
        answers: Iterable[tuple[str, int]],
        *,
        approved: bool,
        now: datetime,
        reason: str = "",
        statuses: Mapping[str, str] | None = None,
    ) -> None:
        """Record what an organiser decided about answers, by their questions' keys and their numbers.

        ``statuses`` holds what the questions become. A later decision about an answer takes an earlier one's place.
        """
        decision = APPROVED if approved else REJECTED
        with self._writing() as connection:
            for question, n in answers:
                this = (approvals.c.question == question) & (approvals.c.n == n)
                connection.execute(delete(approvals).where(this))
                row = {"question": question, "n": n, "decision": decision, "reason": reason, "decided_at": now}
                connection.execute(insert(approvals).values(row))
            for question, status in (statuses or {}).items():
                connection.execute(update(questions).where(questions.c.key == question).values(status=status))

    def undelivered(self) -> frozenset[str]:
        """Keys of the items that could not be made, since the one they are for had left the course."""
        with self._reading() as connection:
            return frozenset(connection.scalars(select(undelivered.c.key)))

    def not_delivered(self, keys: Iterable[str], statuses: Mapping[str, str]) -> None:
        """Record items that could not be made, by their keys; ``statuses`` holds what their questions become."""
        with self._writing() as connection:
            for key in keys:
                connection.execute(delete(undelivered).where(undelivered.c.key == key))
                connection.execute(insert(undelivered).values(key=key))
            for question, status in statuses.items():
                connection.execute(update(questions).where(questions.c.key == question).values(status=status))

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=False, where=self._where)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=True, where=self._where)


def with_approvals(connection: Connection, found: Sequence[Question], keys: Any) -> tuple[Question, ...]:
    """The questions of ``keys``, with what was decided about their answers."""
    decisions: defaultdict[str, dict[int, Decision]] = defaultdict(dict)
    for row in connection.execute(select(approvals).where(approvals.c.question.in_(keys))):
        decided = Decision(row.n, row.decision == APPROVED, row.reason, row.decided_at)
        decisions[row.question][row.n] = decided
    quiet: defaultdict[str, set[int]] = defaultdict(set)
    for row in connection.execute(select(quiet_answers).where(quiet_answers.c.question.in_(keys))):
        quiet[row.question].add(row.n)
    if not decisions and not quiet:
        return tuple(found)
    return tuple(
        replace(one, decisions=dict(decisions.get(one.key, {})), quiet=frozenset(quiet.get(one.key, ())))
        for one in found
    )
