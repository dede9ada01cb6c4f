"""The ledger's part about questions: what was asked, who is to answer, what was answered.

It records what it is told and decides nothing; which status follows which is in ``questions.status``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from better_classroom.ledger.approvals import with_approvals
from better_classroom.ledger.bulk import chunks, insert_all, rows_of
from better_classroom.ledger.columns import Instant
from better_classroom.ledger.engine import transaction
from better_classroom.ledger.moves import Moves, with_moves
from better_classroom.ledger.rows import Answer, Known, Question, Text
from better_classroom.ledger.tables import answers, asker_names, askers, assignments, questions, quiet_answers, texts

BY_SEMINAR = "seminar"
"""Assigned because the expert leads the seminar; an organiser's own choice is never taken back by a pull."""

WAITING = ("new", "assigned", "follow-up")
"""Statuses of a question that an expert has yet to look at."""

_Made = TypeVar("_Made")

_KNOWN = """
SELECT source_id, key, revision, digest, late, status, withdrawn_at FROM questions
WHERE course = {place} AND source = {place} AND source_id IN ({places})
"""
_TAKEN = "SELECT key FROM questions WHERE key IN ({places})"


@dataclass(slots=True)
class Batch:
    """What one batch of a pull has found; recorded whole or not at all."""

    # Rows as the database takes them: every column in the table's order, instants ``spelt``. A pull may bring a hundred
    # thousand, and a dictionary for each would cost as much as the database's own work.
    askers: list[tuple[Any, ...]] = field(default_factory=list)
    questions: list[tuple[Any, ...]] = field(default_factory=list)
    texts: list[tuple[Any, ...]] = field(default_factory=list)
    assignments: list[tuple[Any, ...]] = field(default_factory=list)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By key of a question met before: ``revision``, ``digest``, ``late``, ``status`` and ``withdrawn_at``."""


class Questions:
    """Everything asked and answered; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where
        self.moves = Moves(connection, where=where)
        """What organisers do with questions."""

    # Pull

    def known(self, *, source: str, course: str, source_ids: Sequence[str]) -> dict[str, Known]:
        """Those of the given questions that an earlier pull has met, by their id at the source."""
        with self._reading() as connection:
            return {
                source_id: Known(key, revision, digest, bool(late), status, withdrawn_at and Instant.read(withdrawn_at))
                for source_id, key, revision, digest, late, status, withdrawn_at in rows_of(
                    connection, _KNOWN, (course, source), source_ids
                )
            }

    def taken_keys(self, keys: Collection[str]) -> set[str]:
        """Those of the given keys that some question has."""
        with self._reading() as connection:
            return {row[0] for some in chunks(keys) for row in rows_of(connection, _TAKEN, (), some)}

    def numbers(self) -> dict[str, int]:
        """The pseudonym number of every asker, by Google's id of the asker."""
        with self._reading() as connection:
            return {row[0]: row[1] for row in connection.execute(select(askers.c.asker_id, askers.c.number))}

    def asker_ids(self, numbers: Collection[str]) -> dict[str, str]:
        """The source's id of those askers who have these pseudonym numbers, by number."""
        found: dict[str, str] = {}
        with self._reading() as connection:
            for some in chunks(numbers):
                query = select(askers.c.number, askers.c.asker_id).where(
                    askers.c.number.in_([int(number) for number in some])
                )
                found.update((str(row.number), row.asker_id) for row in connection.execute(query))
        return found

    def record(self, batch: Batch) -> None:
        """Record one batch of a pull, and use it up; no transaction is opened for an empty one."""
        steps = (
            (askers, batch.askers),
            (questions, batch.questions),
            (texts, batch.texts),
            (assignments, batch.assignments),
        )
        if not batch.changes and not any(rows for _, rows in steps):
            return
        with self._writing() as connection:
            for table, rows in steps:
                if rows:
                    insert_all(connection, table, rows)
            if batch.changes:
                change = update(questions).where(questions.c.key == bindparam("of"))
                connection.execute(change, [{"of": key, **values} for key, values in batch.changes.items()])

    def route(self, seminar: str, experts: Collection[str], *, moves: Mapping[str, str], now: datetime) -> None:
        """Give every open question of a seminar to its experts, and take it from those who no longer lead it.

        ``moves`` holds a key for every status that still waits for an expert, and the status that follows once the
        question has one. A question that an organiser has assigned keeps its experts.
        """
        open_here = (questions.c.seminar == seminar) & questions.c.status.in_(moves.keys())
        assigned = exists().where(assignments.c.question == questions.c.key)
        by_hand = assigned.where(assignments.c.assigned_by != BY_SEMINAR)
        columns = ["question", "expert", "assigned_by", "assigned_at"]
        with self._writing() as connection:
            for expert in sorted(experts):
                row = (questions.c.key, literal(expert), literal(BY_SEMINAR), literal(now, Instant))
                lacking = open_here & ~assigned.where(assignments.c.expert == expert) & ~by_hand
                connection.execute(insert(assignments).from_select(columns, select(*row).where(lacking)))
            gone = (assignments.c.assigned_by == BY_SEMINAR) & assignments.c.expert.not_in(experts)
            of_these = exists().where(questions.c.key == assignments.c.question, open_here)
            connection.execute(delete(assignments).where(gone, of_these))
            for before, after in moves.items():
                if before != after:
                    moved = open_here & (questions.c.status == before) & assigned
                    connection.execute(update(questions).where(moved).values(status=after))

    def asked(self) -> dict[str, int]:
        """How many questions hang on each question box, by the box's key."""
        box = (questions.c.course, questions.c.seminar, questions.c.slot)
        with self._reading() as connection:
            rows = connection.execute(select(*box, func.count()).group_by(*box)).all()
        return {f"{course}/{seminar}/{slot}": count for course, seminar, slot, count in rows}

    def counts(self) -> dict[tuple[str, str], int]:
        """How many questions there are, by course and status; those taken back by their askers as ``withdrawn``."""
        kind = case((questions.c.withdrawn_at.is_not(None), "withdrawn"), else_=questions.c.status).label("kind")
        query = select(questions.c.course, kind, func.count()).group_by(questions.c.course, kind)
        with self._reading() as connection:
            return {(course, found): count for course, found, count in connection.execute(query)}

    def unanswered(self) -> int:
        """How many questions wait for an expert; those taken back by their askers do not."""
        return sum(count for (_, found), count in self.counts().items() if found in WAITING)

    def recount(self, key: str, latest: int, number: int, *, earlier: Mapping[int, str], at: datetime) -> None:
        """Give a question's latest text another number; before it come these, of which ``at`` is all that is known."""
        row = {"question": key, "seen_at": at, "updated_at": None}
        with self._writing() as connection:
            moved = update(texts).where(texts.c.question == key, texts.c.n == latest)
            connection.execute(moved.values(n=number))
            connection.execute(update(questions).where(questions.c.key == key).values(revision=number))
            if earlier:
                connection.execute(insert(texts), [{**row, "n": n, "text": text} for n, text in earlier.items()])

    # Answers

    def answer(self, key: str, answer: Answer, *, status: str, quiet: bool = False) -> None:
        """Record what an expert decided, and the status that follows; ``answer.n`` is set here.

        ``quiet``: it was decided before, and a ledger that was lost knew of it, so it is no news to anybody.
        """
        with self._writing() as connection:
            last = connection.scalar(select(func.max(answers.c.n)).where(answers.c.question == key))
            row = {name: getattr(answer, name) for name in Answer.__slots__} | {"question": key, "n": (last or 0) + 1}
            connection.execute(insert(answers).values(row))
            if quiet:
                connection.execute(insert(quiet_answers).values(question=key, n=row["n"]))
            connection.execute(update(questions).where(questions.c.key == key).values(status=status))

    # Looking

    def get(self, key: str) -> Question | None:
        """One question with all its texts and answers; None if there is none of that key."""
        return next(iter(self._found(questions.c.key == key)), None)

    def find(
        self,
        *,
        keys: Collection[str] | None = None,
        seminar: str = "",
        course: str = "",
        source: str = "",
        expert: str = "",
        status: str = "",
        phase: str = "",
        answered: bool = False,
        asked_by: datetime | None = None,
    ) -> tuple[Question, ...]:
        """Questions with all their texts and answers, the first asked first; every filter given must hold.

        ``answered`` leaves those for which an expert has decided something, ``asked_by`` those asked then or earlier.
        """
        wanted: ColumnElement[bool] = true()
        columns = {"seminar": seminar, "course": course, "source": source, "status": status, "phase": phase}
        for name, value in columns.items():
            if value:
                wanted &= questions.c[name] == value
        if expert:
            wanted &= exists().where(assignments.c.question == questions.c.key, assignments.c.expert == expert)
        if answered:
            wanted &= exists().where(answers.c.question == questions.c.key)
        if asked_by is not None:
            wanted &= questions.c.asked_at <= asked_by
        if keys is None:
            return self._found(wanted)
        found = (one for some in chunks(keys) for one in self._found(wanted & questions.c.key.in_(some)))
        return tuple(sorted(found, key=lambda one: (one.asked_at, one.key)))

    def _found(self, wanted: ColumnElement[bool]) -> tuple[Question, ...]:
        query = (
            select(
                questions,
                askers.c.number.label("asker"),
                func.coalesce(asker_names.c.name, "").label("asker_name"),
            )
            .join_from(questions, askers)
            .outerjoin(asker_names, asker_names.c.asker_id == questions.c.asker_id)
            .where(wanted)
            .order_by(questions.c.asked_at, questions.c.key)
        )
        keys = select(questions.c.key).where(wanted)
        with self._reading() as connection:
            rows = connection.execute(query).mappings().all()
            texts_of = _grouped(connection, texts, keys, lambda row: Text(row.n, row.text, row.seen_at, row.updated_at))
            answers_of = _grouped(connection, answers, keys, _answer)
            experts_of = _grouped(connection, assignments, keys, lambda row: str(row.expert))
            names = set(Question.__slots__)
            found = [
                replace(
                    Question(**{name: value for name, value in row.items() if name in names}),
                    experts=experts_of[row["key"]],
                    texts=texts_of[row["key"]],
                    answers=answers_of[row["key"]],
                )
                for row in rows
            ]
            return with_moves(connection, with_approvals(connection, found, keys), keys)

    # How it is kept

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=False, where=self._where)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=True, where=self._where)


def _answer(row: Row[Any]) -> Answer:
    return Answer(row.n, row.revision, row.expert, row.outcome, row.visibility, row.text, row.taken_at)


def _grouped(
    connection: Connection, table: Table, keys: Any, make: Callable[[Row[Any]], _Made]
) -> Mapping[str, tuple[_Made, ...]]:
    """What a table holds for the questions of ``keys``, in the order of its primary key."""
    query = select(table).where(table.c.question.in_(keys)).order_by(*table.primary_key)
    groups: defaultdict[str, tuple[_Made, ...]] = defaultdict(tuple)
    collected: defaultdict[str, list[_Made]] = defaultdict(list)
    for row in connection.execute(query):
        collected[row.question].append(make(row))
    groups.update((key, tuple(made)) for key, made in collected.items())
    return groups
