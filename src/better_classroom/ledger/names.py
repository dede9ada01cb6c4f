"""The ledger's part about askers' names: kept only while the programme says that askers are named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager

from sqlalchemy import Connection, delete, exists, insert, select

from better_classroom.ledger.engine import transaction
from better_classroom.ledger.tables import asker_names, askers, questions


class Names:
    """Who asked, by name; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def lacking(self, *, own: str) -> Mapping[str, frozenset[str]]:
        """Google's ids of those who asked and of whom no name was looked for yet, by course.

        ``own`` is the mark of ids of our making, which lead to nobody at Google.
        """
        looked_for = exists().where(asker_names.c.asker_id == questions.c.asker_id)
        query = (
            select(questions.c.course, questions.c.asker_id)
            .where(~looked_for, ~questions.c.asker_id.contains(own, autoescape=True))
            .distinct()
        )
        found: dict[str, set[str]] = {}
        with self._reading() as connection:
            for row in connection.execute(query):
                found.setdefault(row.course, set()).add(row.asker_id)
        return {course: frozenset(askers) for course, askers in found.items()}

    def known(self, askers_: Collection[str]) -> frozenset[str]:
        """Those of the given ids under which somebody asked."""
        with self._reading() as connection:
            return frozenset(connection.scalars(select(askers.c.asker_id).where(askers.c.asker_id.in_(askers_))))

    def remember(self, names: Mapping[str, str]) -> None:
        """Record names by asker; an empty one says that it was looked for and is not to be had."""
        with self._writing() as connection:
            for asker, name in names.items():
                connection.execute(delete(asker_names).where(asker_names.c.asker_id == asker))
                connection.execute(insert(asker_names).values(asker_id=asker, name=name))

    def forget_all(self) -> None:
        """Keep no name any more."""
        with self._reading() as connection:
            kept = connection.scalar(select(asker_names.c.asker_id).limit(1))
        if kept is not None:
            with self._writing() as connection:
                connection.execute(delete(asker_names))

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=False, where=self._where)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=True, where=self._where)
