"""The ledger's part about forgetting: all that goes, in one transaction, and what is brought over into another ledger.

It does what it is told and decides nothing; what goes and what stays is decided in ``questions.forgetting``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from better_classroom.answered import FORGOTTEN
from better_classroom.ledger.bulk import chunks
from better_classroom.ledger.engine import scrub, transaction
from better_classroom.ledger.tables import (
    answers,
    approvals,
    asker_names,
    askers,
    assignments,
    entries,
    merges,
    notices,
    participants,
    pendings,
    questions,
    quiet_answers,
    splits,
    spoken_answers,
    texts,
    tombstones,
)
from better_classroom.ledger.tombstones import set_marks

NOBODY = "forgotten"
"""In place of Google's id: the one asker who stands for everybody who was forgotten."""

_OF_A_QUESTION = (texts, assignments, approvals, quiet_answers, answers, spoken_answers, merges)
_OF_AN_ANSWER = (texts, assignments, answers, approvals, quiet_answers)
"""What a question keeps that was answered; merges and splits of it are told by other people's questions, or lost."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What becomes of a question that was answered: the answer stays."""

    mark: str
    """In place of the id at its source."""
    status: str
    versions: frozenset[int]
    """Numbers of the texts that leave a blank behind; the others leave nothing."""


@dataclass(frozen=True, slots=True)
class Heir:
    """A question that stands from now on for those that were merged into one that goes."""

    key: str
    status: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """Everything that goes with one person, or with several."""

    marks: frozenset[str]
    now: datetime
    deleted: frozenset[str] = frozenset()
    """Keys of questions of which nothing stays."""
    kept: Mapping[str, Kept] = field(default_factory=dict)
    """By key, the questions whose answers stay."""
    heirs: tuple[Heir, ...] = ()
    asker_ids: frozenset[str] = frozenset()
    participants: frozenset[tuple[str, str]] = frozenset()
    """Course and address."""
    unwritten: frozenset[str] = frozenset()
    """Keys of items whose text the ledger is not to remember: no plan is going to write another one."""


class Forgetting:
    """What is done once somebody is to be forgotten; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def keys_of(self, asker_ids: Collection[str]) -> set[str]:
        """Keys of all questions of these askers."""
        found: set[str] = set()
        with self._reading() as connection:
            for some in chunks(asker_ids):
                found |= set(connection.scalars(select(questions.c.key).where(questions.c.asker_id.in_(some))))
        return found

    def names(self) -> dict[str, str]:
        """Names of askers, where they are shown, by Google's id."""
        with self._reading() as connection:
            return {row.asker_id: row.name for row in connection.execute(select(asker_names))}

    def forget(self, removal: Removal) -> None:
        """Set the marks, then let everything go; all of it or nothing."""
        gone = {*removal.deleted, *removal.kept}
        with transaction(self._connection, writing=True, where=self._where) as connection:
            set_marks(connection, removal.marks, removal.now)
            for heir in removal.heirs:
                _inherit(connection, heir)
            for some in chunks(gone):
                connection.execute(delete(splits).where(splits.c.part.in_(some) | splits.c.question.in_(some)))
                connection.execute(delete(notices).where(notices.c.about.in_(some)))
            for some in chunks(removal.deleted):
                for table in _OF_A_QUESTION:
                    connection.execute(delete(table).where(table.c.question.in_(some)))
                connection.execute(delete(questions).where(questions.c.key.in_(some)))
            if removal.kept:
                _give_to_nobody(connection)
            for key, kept in removal.kept.items():
                _blank(connection, key, kept)
            _let_go(connection, removal)
            for key in removal.unwritten:
                _unwrite(connection, key)

    def scrub(self) -> None:
        """Leave nothing of what was deleted in the ledger's files."""
        scrub(self._connection, where=self._where)

    def kept(self) -> dict[str, list[dict[str, Any]]]:
        """Marks, and the questions that have only their answers left, as rows by table."""
        of_nobody = select(questions.c.key).where(questions.c.asker_id == NOBODY)
        with self._reading() as connection:
            rows = {"tombstones": _rows(connection, select(tombstones))}
            rows["questions"] = _rows(connection, select(questions).where(questions.c.asker_id == NOBODY))
            for table in _OF_AN_ANSWER:
                rows[table.name] = _rows(connection, select(table).where(table.c.question.in_(of_nobody)))
        return rows

    def bring_over(self, rows: Mapping[str, list[dict[str, Any]]]) -> None:
        """Add what another ledger's ``kept`` gave, or part of it: marks, and the questions that this one does not hold."""
        with transaction(self._connection, writing=True, where=self._where) as connection:
            made = {row["mark"]: row["made_at"] for row in rows["tombstones"]}
            made |= {
                row.mark: max(row.made_at, made.get(row.mark, row.made_at))
                for row in connection.execute(select(tombstones))
            }
            connection.execute(delete(tombstones))
            _insert(connection, tombstones, [{"mark": mark, "made_at": at} for mark, at in made.items()])
            held = set(connection.scalars(select(questions.c.key)))
            if rows.get("questions"):
                _give_to_nobody(connection)
            _insert(connection, questions, [row for row in rows.get("questions", ()) if row["key"] not in held])
            for table in _OF_AN_ANSWER:
                _insert(connection, table, [row for row in rows.get(table.name, ()) if row["question"] not in held])

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=False, where=self._where)


def _rows(connection: Connection, query: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _inherit(connection: Connection, heir: Heir) -> None:
    connection.execute(delete(merges).where(merges.c.question == heir.key))
    connection.execute(update(merges).where(merges.c.question.in_(heir.others)).values(into_question=heir.key))
    connection.execute(update(questions).where(questions.c.key == heir.key).values(status=heir.status))


def _give_to_nobody(connection: Connection) -> None:
    """See that the one asker is there who stands for all."""
    if connection.execute(select(askers).where(askers.c.asker_id == NOBODY)).first() is None:
        connection.execute(insert(askers).values(asker_id=NOBODY, number=FORGOTTEN))


def _blank(connection: Connection, key: str, kept: Kept) -> None:
    """Take from a question what its asker brought."""
    of_this = texts.c.question == key
    nobodys = {"asker_id": NOBODY, "source_id": kept.mark, "link": "", "digest": "", "status": kept.status}
    connection.execute(update(questions).where(questions.c.key == key).values(**nobodys))
    connection.execute(delete(texts).where(of_this, texts.c.n.not_in(kept.versions)))
    connection.execute(update(texts).where(of_this).values(text="", updated_at=None))


def _let_go(connection: Connection, removal: Removal) -> None:
    """Delete the person: as an asker, as a name, as a participant."""
    for some in chunks(removal.asker_ids):
        asking = select(questions.c.asker_id).where(questions.c.asker_id.in_(some))
        for table in (asker_names, askers):
            # Who asked anew after having been forgotten goes on asking, also in a backup that is put back.
            connection.execute(delete(table).where(table.c.asker_id.in_(some), table.c.asker_id.not_in(asking)))
    for course, address in removal.participants:
        connection.execute(
            delete(participants).where(participants.c.course == course, participants.c.address == address)
        )


def _unwrite(connection: Connection, key: str) -> None:
    """Forget the text of an item, and nothing else of it."""
    for table, columns in ((entries, ("sent", "answered")), (pendings, ("sent",))):
        row = connection.execute(select(table).where(table.c.key == key)).mappings().first()
        if row is not None:
            blank = {column: {**row[column], "text": ""} for column in columns if "text" in row[column]}
            if blank:
                connection.execute(update(table).where(table.c.key == key).values(**blank))
