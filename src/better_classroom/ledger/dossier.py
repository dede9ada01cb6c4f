"""The ledger's part about one person: rows as they stand, for the person to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Table, select

from better_classroom.ledger.bulk import chunks
from better_classroom.ledger.engine import transaction
from better_classroom.ledger.tables import (
    answers,
    approvals,
    assignments,
    board_rows,
    boards,
    notices,
    quiet_answers,
    splits,
)

Rows = Sequence[Mapping[str, Any]]


class Dossier:
    """What no other part gives out whole; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def about_questions(self, keys: Collection[str]) -> dict[str, Rows]:
        """Rows about these questions by table, in the order of the tables' keys."""
        columns = {table: table.c.question for table in (assignments, approvals, quiet_answers, splits, board_rows)}
        columns[notices] = notices.c.about
        return {table.name: self._rows(table, column, keys) for table, column in columns.items()}

    def about_expert(self, expert: str) -> dict[str, Rows]:
        """Rows about an expert by table."""
        told = self._rows(notices, notices.c.recipient, [f"expert:{expert}"])
        found = {table.name: self._rows(table, table.c.expert, [expert]) for table in (assignments, answers, boards)}
        return {**found, "notices": told}

    def _rows(self, table: Table, column: Any, values: Collection[str]) -> Rows:
        found: list[Mapping[str, Any]] = []
        with self._reading() as connection:
            for some in chunks(values):
                query = select(table).where(column.in_(some)).order_by(*table.primary_key)
                found += [dict(row) for row in connection.execute(query).mappings()]
        return found

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=False, where=self._where)
