"""The ledger's part about boards: whose is which, and what stands on it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from better_classroom.ledger.engine import transaction
from better_classroom.ledger.tables import board_rows, boards
from better_classroom.ledger.tombstones import chunks


class Boards:
    """Every expert's board; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def mark_for_renewal(self, questions: Collection[str]) -> None:
        """Have the boards that hold one of these questions made anew: a row once written stays in a board's history."""
        with transaction(self._connection, writing=True, where=self._where) as connection:
            for some in chunks(questions):
                holding = select(board_rows.c.expert).where(board_rows.c.question.in_(some))
                connection.execute(update(boards).where(boards.c.expert.in_(holding)).values(renew=True))
