"""The ledger's part about uploads under way: where each goes on, should this run end before it does.

What stands here opens an upload to whoever knows it, so it leaves the ledger for Drive alone: no command shows it, and
no backup holds it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from better_classroom.ledger.engine import transaction
from better_classroom.ledger.tables import uploads

LIFETIME = timedelta(days=7)
"""How long Drive keeps what it was sent of an unfinished upload (google-apis.md D.1)."""


class Uploads:
    """Every upload that was begun and not concluded, by the key of its file; every method is one transaction.

    ``Ledger.settle`` concludes an upload together with the write that it belongs to.
    """

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def session(self, key: str, *, sha256: str, remote_id: str, now: datetime) -> str:
        """Where to go on with the upload of these bytes to this file of Drive's; empty where it has to begin anew."""
        same = (uploads.c.key == key) & (uploads.c.sha256 == sha256) & (uploads.c.remote_id == remote_id)
        query = select(uploads.c.session).where(same, uploads.c.begun_at > now - LIFETIME)
        with transaction(self._connection, writing=False, where=self._where) as connection:
            return connection.execute(query).scalar() or ""

    def begin(self, key: str, *, sha256: str, remote_id: str, session: str, begun_at: datetime) -> None:
        """Record where an upload goes on, in place of any earlier one of the same file; those too old are forgotten."""
        row = {"key": key, "sha256": sha256, "remote_id": remote_id, "session": session, "begun_at": begun_at}
        with transaction(self._connection, writing=True, where=self._where) as connection:
            connection.execute(
                delete(uploads).where((uploads.c.key == key) | (uploads.c.begun_at <= begun_at - LIFETIME))
            )
            connection.execute(insert(uploads).values(row))

    def forget(self, key: str) -> None:
        """Forget where the upload of a file goes on: it has to begin anew."""
        with transaction(self._connection, writing=True, where=self._where) as connection:
            connection.execute(delete(uploads).where(uploads.c.key == key))
