"""From the ledger's questions to what people may see: headings for keys, numbers for persons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from better_classroom.ledger import Answer, Ledger, Question
from better_classroom.programme import Programme, topic_name
from better_classroom.questions.status import Event
from better_classroom.reports.questions import Asked, Reply, Told

PUBLISH, DECLINE, TAKE_BACK = "publish", "decline", "take back"
"""What an expert may decide."""


def find(ledger: Ledger, programme: Programme, **filters: Any) -> tuple[Asked, ...]:
    """Questions for which every filter of ``ledger.questions.find`` holds: in the seminars' order, then by time."""
    return tuple(asked(question, programme) for question in in_order(ledger.questions.find(**filters), programme))


def in_order(questions: Iterable[Question], programme: Programme) -> list[Question]:
    """Questions that come by time, in the seminars' order, and within a seminar by time."""
    order = {seminar: place for place, seminar in enumerate(programme.seminars)}
    return sorted(questions, key=lambda question: order.get(question.seminar, len(order)))  # stable


def get(ledger: Ledger, programme: Programme, key: str) -> Asked | None:
    """One question; None if there is none of that key."""
    question = ledger.questions.get(key)
    return None if question is None else asked(question, programme)


def asked(question: Question, programme: Programme) -> Asked:
    """Show a question without the person who asked it, unless the programme shows names."""
    seminar = programme.seminars.get(question.seminar)
    return Asked(
        key=question.key,
        seminar=question.seminar,
        topic=topic_name(seminar, programme.languages[0]) if seminar else question.seminar,
        course=question.course,
        city=city(question.course, programme),
        phase=question.phase,
        late=question.late,
        asker=question.asker,
        name=name(question, programme),
        asked_at=question.asked_at,
        status=question.status,
        withdrawn_at=question.withdrawn_at,
        experts=question.experts,
        texts=tuple(Told(text.n, text.text, text.updated_at or text.seen_at) for text in question.texts),
        replies=tuple(_reply(question, answer, programme) for answer in standing(question.answers)),
        merged_into=question.merged_into,
        merged_version=question.merged_version,
        merged=question.merged,
        spoken=question.spoken,
    )


def spoken(asked: Asked, programme: Programme, language: str) -> Asked:
    """The same question, its seminar and its city called as they are in that language."""
    seminar = programme.seminars.get(asked.seminar)
    topic = topic_name(seminar, language) if seminar else asked.topic
    return replace(asked, topic=topic, city=city(asked.course, programme, language))


def name(question: Question, programme: Programme) -> str:
    """Name of who asked, where the programme shows it and it is known; empty elsewhere, where a number stands for it."""
    return question.asker_name if programme.questions.askers == "named" else ""


def city(course: str, programme: Programme, language: str = "") -> str:
    """Name of a course's city, else in the programme's first language; the key of a course that has left the programme."""
    spec = programme.courses.get(course)
    return spec.city.say(language or programme.languages[0]) if spec else course


def standing(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """What each expert decided last about each version of a question, by version."""
    latest = {(answer.revision, answer.expert): answer for answer in answers}
    return tuple(sorted(latest.values(), key=lambda answer: (answer.revision, answer.n)))


def decision(question: Question, answers: Sequence[Answer]) -> Event:
    """What has happened to a question, seen from all that stands decided about it now."""
    decided = [
        answer for answer in standing(answers) if answer.outcome != TAKE_BACK and not question.is_rejected(answer)
    ]
    latest = {answer.outcome for answer in decided if answer.revision == question.texts[-1].n}
    if PUBLISH in latest:
        return Event.ANSWERED
    if DECLINE in latest:
        return Event.DECLINED
    return Event.ANSWERED_EARLIER if decided else Event.TAKEN_BACK


def _reply(question: Question, answer: Answer, programme: Programme) -> Reply:
    expert = programme.experts.get(answer.expert)
    return Reply(
        version=answer.revision,
        expert=answer.expert,
        name=expert.name if expert else answer.expert,
        outcome=answer.outcome,
        visibility=answer.visibility,
        text=answer.text,
        at=answer.taken_at,
        sent_back=question.decisions[answer.n].reason if question.is_rejected(answer) else "",
    )
