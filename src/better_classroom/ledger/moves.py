"""The ledger's part about what organisers do with questions; it records what it is told and decides nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from better_classroom.ledger.engine import transaction
from better_classroom.ledger.rows import Cut, Question
from better_classroom.ledger.tables import assignments, merges, questions, splits, spoken_answers, texts

BY_ORGANISER = "organiser"
"""Assigned by hand: no pull takes it back."""


class Moves:
    """Assign, hide, merge, split; every method is one transaction."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def assign(self, statuses: Mapping[str, str], experts: Collection[str], *, now: datetime) -> None:
        """Put questions to these experts alone; ``statuses`` holds what each becomes, by its key."""
        by_hand = {"assigned_by": BY_ORGANISER, "assigned_at": now}
        with self._writing() as connection:
            for key, status in statuses.items():
                connection.execute(delete(assignments).where(assignments.c.question == key))
                rows = [{"question": key, "expert": expert, **by_hand} for expert in experts]
                connection.execute(insert(assignments), rows)
                _become(connection, key, status)

    def become(self, statuses: Mapping[str, str]) -> None:
        """Give questions other statuses, by their keys; one that was merged stands by itself again."""
        with self._writing() as connection:
            for key, status in statuses.items():
                connection.execute(delete(merges).where(merges.c.question == key))
                _become(connection, key, status)

    def merge(self, questions_: Sequence[Question], into: str, *, status: str, now: datetime) -> None:
        """Let one question stand for these and for all that they stood for."""
        keys = [question.key for question in questions_]
        rows = [
            {"question": question.key, "into_question": into, "version": question.texts[-1].n, "merged_at": now}
            for question in questions_
        ]
        with self._writing() as connection:
            connection.execute(update(merges).where(merges.c.into_question.in_(keys)).values(into_question=into))
            connection.execute(insert(merges), rows)
            for key in keys:
                _become(connection, key, status)

    def split(self, cut: Cut, part: Mapping[str, Any], *, written: datetime | None, left: Mapping[str, Any]) -> None:
        """Make an addition a question of its own, put to the same experts.

        ``part`` holds every column of ``questions``; ``written`` is when the addition was, by the source's clock;
        ``left`` holds the columns that change in the question that keeps the beginning.
        """
        row = {name: getattr(cut, name) for name in Cut.__slots__ if name != "part_id"}
        text = {"question": cut.part, "n": 1, "text": cut.added, "seen_at": cut.split_at, "updated_at": written}
        held = select(assignments).where(assignments.c.question == cut.question)
        with self._writing() as connection:
            connection.execute(insert(questions).values(**part))
            connection.execute(insert(texts).values(**text))
            connection.execute(insert(splits).values(**row))
            experts = [{**found, "question": cut.part} for found in connection.execute(held).mappings()]
            if experts:
                connection.execute(insert(assignments), experts)
            connection.execute(update(questions).where(questions.c.key == cut.question).values(**left))

    def cuts(self, *, source: str, course: str) -> Mapping[str, tuple[Cut, ...]]:
        """Every split in what a source showed of a course, by the id there of what was split; the latest cut first."""
        part, whole = questions.alias("part"), questions.alias("whole")
        query = (
            select(whole.c.source_id, part.c.source_id.label("part_id"), splits)
            .join_from(splits, part, splits.c.part == part.c.key)
            .join(whole, splits.c.question == whole.c.key)
            .where(whole.c.source == source, whole.c.course == course)
            .order_by(splits.c.split_at, splits.c.since.desc())
        )
        found: defaultdict[str, tuple[Cut, ...]] = defaultdict(tuple)
        with transaction(self._connection, writing=False, where=self._where) as connection:
            for source_id, *cut in connection.execute(query):
                part_id, key, question, since, until, head, added, at = cut
                found[source_id] += (Cut(question, key, part_id, since, until, head, added, at),)
        return found

    def spoken(self, texts_: Mapping[str, str]) -> None:
        """Keep what was answered in the session itself, by the question's key; a later wording takes an earlier's place."""
        if not texts_:
            return
        with self._writing() as connection:
            connection.execute(delete(spoken_answers).where(spoken_answers.c.question.in_(texts_)))
            connection.execute(
                insert(spoken_answers), [{"question": key, "text": text} for key, text in texts_.items()]
            )

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=True, where=self._where)


def _become(connection: Connection, key: str, status: str) -> None:
    connection.execute(update(questions).where(questions.c.key == key).values(status=status))


def with_moves(connection: Connection, found: Sequence[Question], keys: Any) -> tuple[Question, ...]:
    """The questions of ``keys``, with what organisers made of them, and without the texts that a split divided."""
    into: dict[str, tuple[str, int]] = {}
    stands_for: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    touching = merges.c.question.in_(keys) | merges.c.into_question.in_(keys)
    for row in connection.execute(select(merges).where(touching).order_by(merges.c.merged_at, merges.c.question)):
        into[row.question] = (row.into_question, row.version)
        stands_for[row.into_question] += (row.question,)
    divided: defaultdict[str, set[int]] = defaultdict(set)
    for row in connection.execute(select(splits).where(splits.c.question.in_(keys))):
        divided[row.question].update(range(row.since, row.until + 1))
    said = {row.question: row.text for row in connection.execute(select(spoken_answers))} if found else {}
    return tuple(
        replace(
            question,
            texts=tuple(text for text in question.texts if text.n not in divided[question.key]),
            merged_into=into.get(question.key, ("", 0))[0],
            merged_version=into.get(question.key, ("", 0))[1],
            merged=stands_for[question.key],
            spoken=said.get(question.key, ""),
        )
        for question in found
    )
