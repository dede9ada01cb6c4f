"""The ledger's part about what was forgotten: marks by which it is known again, and from which nothing leads back."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from better_classroom.joining import address_key
from better_classroom.ledger.bulk import chunks
from better_classroom.ledger.engine import transaction
from better_classroom.ledger.tables import tombstones


class Marks:
    """Keyed hashes of what belonged to a person. Without ``key`` nobody can tell whose they are, or try names on them."""

    def __init__(self, programme: str, key: bytes) -> None:
        self.key = key
        # A keyed state is copied for each mark: a pull may need a hundred thousand, and keying costs twice the rest.
        self._keyed = hmac.new(key, f"{programme}\0".encode(), "sha256")

    def question(self, course: str, source: str, source_id: str) -> str:
        """Of a question, by where it was asked."""
        return self._of("question", course, source, source_id)

    def named(self, question: str) -> str:
        """Of a question, by its key: experts' files name it so."""
        return self._of("key", question)

    def person(self, asker_id: str) -> str:
        """Of a person, by Google's number, or by what stands for a name."""
        return self._of("person", asker_id)

    def address(self, address: str) -> str:
        """Of a participant, by their address."""
        return self._of("address", address_key(address))

    def number(self, number: int) -> str:
        """Of a pseudonym: nobody else is called by it later."""
        return self._of("number", str(number))

    @property
    def own(self) -> str:
        """Of the key itself: tells whether marks were made with this one."""
        return self._of("the key of these marks")

    def _of(self, *parts: str) -> str:
        keyed = self._keyed.copy()
        keyed.update("\0".join(parts).encode())
        return keyed.hexdigest()


class Tombstones:
    """All marks; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def exist(self) -> bool:
        """Whether anybody was ever forgotten."""
        with self._reading() as connection:
            return connection.execute(select(tombstones.c.mark).limit(1)).first() is not None

    def found(self, marks: Collection[str]) -> dict[str, datetime]:
        """Those of the marks that were made, and when."""
        found: dict[str, datetime] = {}
        with self._reading() as connection:
            for some in chunks(marks):
                rows = connection.execute(select(tombstones).where(tombstones.c.mark.in_(some)))
                found.update((row.mark, row.made_at) for row in rows)
        return found

    def set(self, marks: Collection[str], now: datetime) -> None:
        """Set marks; one that was set before now counts from this instant."""
        with transaction(self._connection, writing=True, where=self._where) as connection:
            set_marks(connection, marks, now)

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=False, where=self._where)


def set_marks(connection: Connection, marks: Collection[str], now: datetime) -> None:
    """Set marks within a transaction."""
    for some in chunks(marks):
        connection.execute(delete(tombstones).where(tombstones.c.mark.in_(some)))
        connection.execute(insert(tombstones), [{"mark": mark, "made_at": now} for mark in some])
