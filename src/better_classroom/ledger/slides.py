"""The ledger's part about slides: as of which version the comments on each were read."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from better_classroom.ledger.engine import transaction
from better_classroom.ledger.tables import slides


class Slides:
    """Every file whose comments were read; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def versions(self) -> dict[str, str]:
        """Drive's version of each file, taken before its comments were read last; by Drive's id."""
        with self._reading() as connection:
            return {row.remote_id: row.version for row in connection.execute(select(slides))}

    def read(self, remote_id: str, *, version: str, now: datetime) -> None:
        """Record that all comments on a file are recorded that it had at that version."""
        with self._writing() as connection:
            connection.execute(delete(slides).where(slides.c.remote_id == remote_id))
            connection.execute(insert(slides).values(remote_id=remote_id, version=version, read_at=now))

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=False, where=self._where)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=True, where=self._where)
