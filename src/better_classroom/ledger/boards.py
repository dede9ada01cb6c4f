"""The ledger's part about experts' boards: where each is, with whom it is shared, and which rows it holds.

It records what it is told; what is to be made, read and written is decided in ``questions``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select, update

from better_classroom.ledger.bulk import chunks
from better_classroom.ledger.engine import transaction
from better_classroom.ledger.tables import assignments, board_rows, boards, questions

Row = tuple[str, int]
"""A question's key, and which of its texts."""


@dataclass(frozen=True, slots=True)
class Board:
    """What we know of one expert's board."""

    expert: str
    account: str
    """In whose Drive it is."""
    remote_id: str
    """Empty from before it is asked for until its id is known."""
    begun_at: datetime
    """When it was asked for, by this machine's clock."""
    shared_with: str = ""
    """The address that may open it, as the programme writes it; empty until it is shared."""
    version: str = ""
    """Drive's version before the last complete reading; empty to have it read whatever Drive says."""
    read_at: datetime | None = None
    """When all that stands on it was known last; None for one that was found and never read."""
    link: str = ""
    renew: bool = False
    """It holds what was to be forgotten, and has to be made anew."""


class Boards:
    """Every board we have made or found; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def all(self) -> dict[str, Board]:
        """All of them, by expert."""
        with self._reading() as connection:
            rows = connection.execute(select(boards).order_by(boards.c.expert)).mappings().all()
        return {row["expert"]: Board(**row) for row in rows}

    def get(self, expert: str) -> Board | None:
        """The board of one expert; None where there never was one."""
        with self._reading() as connection:
            row = connection.execute(select(boards).where(boards.c.expert == expert)).mappings().one_or_none()
        return Board(**row) if row else None

    def rows(self) -> Mapping[str, frozenset[Row]]:
        """What stands on each board, as far as we know, by expert."""
        found: defaultdict[str, set[Row]] = defaultdict(set)
        with self._reading() as connection:
            for row in connection.execute(select(board_rows)):
                found[row.expert].add((row.question, row.version))
        return {expert: frozenset(rows) for expert, rows in found.items()}

    def behind(self, experts: Collection[str], *, set_aside: Collection[str]) -> set[str]:
        """Those of the experts who have a question whose latest text, as far as we know, is not on their board.

        A question that its asker took back, or whose status is one of ``set_aside``, is shown to no expert.
        """
        there = exists().where(
            board_rows.c.expert == assignments.c.expert,
            board_rows.c.question == questions.c.key,
            board_rows.c.version == questions.c.revision,
        )
        shown = questions.c.withdrawn_at.is_(None) & questions.c.status.not_in(set_aside)
        query = select(assignments.c.expert).join(questions).where(shown, ~there).distinct()
        with self._reading() as connection:
            return set(connection.scalars(query)) & set(experts)

    def put(self, board: Board) -> None:
        """Record a board that is about to be made, or that was found, in place of all we knew of the expert's."""
        values = {column.name: getattr(board, column.name) for column in boards.c}
        with self._writing() as connection:
            connection.execute(delete(board_rows).where(board_rows.c.expert == board.expert))
            connection.execute(delete(boards).where(boards.c.expert == board.expert))
            connection.execute(insert(boards).values(values))

    def change(self, expert: str, **values: Any) -> None:
        """Record other values of a board; its rows stay."""
        with self._writing() as connection:
            connection.execute(update(boards).where(boards.c.expert == expert).values(**values))

    def was_read(self, expert: str, rows: Iterable[Row], *, version: str, at: datetime, **values: Any) -> None:
        """Record what a complete reading found; ``version`` is Drive's from before it, empty to read again."""
        kept = [{"expert": expert, "question": key, "version": number} for key, number in dict.fromkeys(rows)]
        with self._writing() as connection:
            connection.execute(delete(board_rows).where(board_rows.c.expert == expert))
            change = update(boards).where(boards.c.expert == expert)
            connection.execute(change.values(version=version, read_at=at, **values))
            if kept:
                connection.execute(insert(board_rows), kept)

    def appended(self, expert: str, rows: Iterable[Row]) -> None:
        """Record rows that were added."""
        kept = [{"expert": expert, "question": key, "version": number} for key, number in rows]
        known = board_rows.c.expert == expert
        with self._writing() as connection:
            for row in kept:
                mine = known & (board_rows.c.question == row["question"]) & (board_rows.c.version == row["version"])
                connection.execute(delete(board_rows).where(mine))
            if kept:
                connection.execute(insert(board_rows), kept)

    def mark_for_renewal(self, question_keys: Collection[str]) -> None:
        """Have every board that holds one of these questions made anew."""
        with self._writing() as connection:
            for some in chunks(question_keys):
                experts = select(board_rows.c.expert).where(board_rows.c.question.in_(some))
                connection.execute(update(boards).where(boards.c.expert.in_(experts)).values(renew=True))

    def read_again(self, experts: Collection[str]) -> None:
        """Have these experts' boards read whether or not they moved: what could not be taken from them may be now."""
        with self._writing() as connection:
            connection.execute(update(boards).where(boards.c.expert.in_(experts)).values(version=""))

    def doubt(self) -> None:
        """Take every board for one that was found and never read: the ledger may be older than what stands on it."""
        with self._writing() as connection:
            connection.execute(update(boards).values(version="", read_at=None))

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=False, where=self._where)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=True, where=self._where)
