"""Every answer with what an organiser has to know to approve it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from better_classroom import texts
from better_classroom.ledger import Answer, Ledger, Question
from better_classroom.programme import Programme, topic_name
from better_classroom.questions.approving import waiting
from better_classroom.questions.published import is_reachable
from better_classroom.questions.status import SET_ASIDE
from better_classroom.questions.views import TAKE_BACK, city, in_order, name, standing
from better_classroom.reports.answers import Review


def reviews(ledger: Ledger, programme: Programme, *, every: bool) -> list[Review]:
    """The answers that wait for approval, or ``every`` one that its expert has not taken back."""
    needed = programme.questions.approval == "organiser"
    if not needed and not every:
        return []
    questions = [one for one in ledger.questions.find(answered=True) if one.status not in SET_ASIDE]
    merged = {key for one in questions for key in one.merged}
    others = {one.key: one for one in ledger.questions.find(keys=merged)}
    found: list[Review] = []
    for question in in_order(questions, programme):
        askers = [question, *(others[key] for key in question.merged if key in others)]
        chosen = [one for one in standing(question.answers) if one.outcome != TAKE_BACK] if every else waiting(question)
        found += _of(question, askers, chosen, programme)
    return found


def _of(
    question: Question, askers: Sequence[Question], answers: Sequence[Answer], programme: Programme
) -> Iterator[Review]:
    seminar = programme.seminars.get(question.seminar)
    texts_of = {text.n: text.text for text in question.texts}
    for answer in answers:
        decided = question.decisions.get(answer.n)
        expert = programme.experts.get(answer.expert)
        yield Review(
            question=question.key,
            n=answer.n,
            seminar=topic_name(seminar, programme.languages[0]) if seminar else question.seminar,
            asker=_called(question, programme),
            question_text=texts_of.get(answer.revision, ""),
            expert=expert.name if expert else answer.expert,
            outcome=answer.outcome,
            visibility=answer.visibility,
            answer_text=answer.text,
            readers=_readers(answer, askers, programme),
            state=_state(question, answer, needed=programme.questions.approval == "organiser"),
            reason=decided.reason if decided else "",
            at=answer.taken_at,
        )


def _state(question: Question, answer: Answer, *, needed: bool) -> str:
    if question.is_rejected(answer):
        return "sent back"
    if answer.n in question.decisions:
        return "approved"
    return "waiting" if needed else "not needed"


def _called(question: Question, programme: Programme) -> str:
    where = city(question.course, programme)
    return texts.asker("en", question.asker, name=name(question, programme), city=where)


def _readers(answer: Answer, askers: Sequence[Question], programme: Programme) -> str:
    """Who reads an answer once it goes out."""
    there = [one for one in askers if one.withdrawn_at is None]
    if not there:
        return "nobody, since the question was taken back"
    if answer.visibility == "public":
        if programme.questions.publish_answers == "all_courses":
            return "everyone, in all courses"
        cities = dict.fromkeys(city(one.course, programme) for one in there)
        return f"everyone in {texts.names('en', list(cities))}"
    reached = dict.fromkeys(_called(one, programme) for one in there if is_reachable(one))
    return f"{texts.names('en', list(reached))} alone" if reached else "nobody, since its asker cannot be reached alone"
