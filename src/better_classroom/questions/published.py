"""Which answers participants get to read."""

from __future__ import annotations

from better_classroom.course import Answered
from better_classroom.ledger import Ledger
from better_classroom.programme import Programme
from better_classroom.questions.status import Status
from better_classroom.questions.views import find
from better_classroom.reports.questions import Asked, Reply, Told, additions

_SET_ASIDE = {Status.HIDDEN.value, Status.MERGED.value}


def public_answers(ledger: Ledger, programme: Programme) -> tuple[Answered, ...]:
    """Every public answer with the text it answers: in the seminars' order, then in the order of asking.

    Beside an answer stands the question as the expert saw it, so that an edit can put no words beside an answer that
    were never meant for it. Where the asker added to a question, what was added and its answer follow; where the
    question was rewritten and answered anew, the new pair takes the place of the old. Left out is what its asker took
    back, and what an organiser set aside. Where answers need an organiser's approval, none is public: there is no
    command yet by which to approve.
    """
    if programme.questions.approval != "none":
        return ()
    return tuple(
        Answered(
            question=asked.key,
            seminar=asked.seminar,
            course=asked.course,
            asker=str(asked.asker),
            question_text=text,
            answer_text=reply.text,
            expert=reply.expert,
            answered_at=reply.at,
        )
        for asked in find(ledger, programme, answered=True)
        if asked.withdrawn_at is None and asked.status not in _SET_ASIDE
        for text, reply in _pairs(asked)
    )


def _pairs(asked: Asked) -> list[tuple[str, Reply]]:
    """Texts with their public answers, the latest version alone where it was rewritten."""
    texts = {told.version: told for told in asked.texts}
    pairs: list[tuple[str, Reply]] = []
    shown: list[Told] = []
    for reply in asked.replies:
        if reply.outcome != "publish" or reply.visibility != "public":
            continue
        told = texts[reply.version]
        if told in shown:  # a second expert's answer, which stands beside the first
            pairs.append((pairs[-1][0], reply))
            continue
        shown.append(told)
        parts = additions(shown)
        if parts[-1].version != told.version:  # nothing but spaces was added: the answer is a correction
            pairs[-1] = (pairs[-1][0], reply)
            continue
        if len(parts) == 1:
            pairs, shown = [], [told]
        pairs.append((parts[-1].text, reply))
    return pairs
