"""Which answers participants get to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from better_classroom.course import FORGOTTEN, Answered
from better_classroom.ledger import Ledger
from better_classroom.programme import Programme
from better_classroom.questions.status import Status
from better_classroom.questions.views import find
from better_classroom.reports.questions import Asked, Reply, Told, additions, printable

_SET_ASIDE = {Status.HIDDEN.value, Status.MERGED.value}


def public_answers(ledger: Ledger, programme: Programme) -> tuple[Answered, ...]:
    """Every public answer with the text it answers: in the seminars' order, then in the order of asking.

    Beside an answer stands the question as the expert saw it, so that an edit can put no words beside an answer that
    were never meant for it; a question merged into another is named there, and its own answer is not shown. Where the
    asker added to a question, what was added and its answer follow; where the question was rewritten and answered anew,
    the new pair takes the place of the old. Left out is what its asker took back, and what an organiser set aside. Where
    answers need an organiser's approval, none is public: there is no command yet by which to approve.
    """
    if programme.questions.approval != "none":
        return ()
    answered = [asked for asked in find(ledger, programme, answered=True) if asked.status not in _SET_ASIDE]
    merged = {key for asked in answered for key in asked.merged}
    by_key = {asked.key: asked for asked in find(ledger, programme, keys=sorted(merged))}
    return tuple(
        answer
        for asked in answered
        for answer in _answers(asked, [by_key[key] for key in asked.merged if key in by_key], programme)
    )


def _answers(asked: Asked, merged: Sequence[Asked], programme: Programme) -> Iterator[Answered]:
    """One question's public answers, once for every course that reads them apart from the others.

    Each asker who has not taken the question back is named. Where the first has, the next one's words stand in place
    of theirs: those that an organiser judged to ask the same. What could make the page read otherwise than it is, as
    a character that turns all text behind it around, is left out.
    """
    askers = [one for one in (asked, *merged) if one.withdrawn_at is None]
    if not askers:
        return
    # Who was forgotten is not named, and has left no words; where all were, the answer stands alone.
    askers = [one for one in askers if one.asker != FORGOTTEN] or askers[:1]
    named = tuple(dict.fromkeys((str(one.asker), one.course) for one in askers))
    everywhere = programme.questions.publish_answers == "all_courses"
    courses = [askers[0].course] if everywhere else list(dict.fromkeys(one.course for one in askers))
    for text, reply in _pairs(asked):
        for course in courses:
            yield Answered(
                question=asked.key,
                seminar=asked.seminar,
                course=course,
                asker=str(askers[0].asker),
                question_text=printable(text if askers[0] is asked else _as_merged(askers[0])),
                answer_text=reply.text,
                expert=reply.expert,
                answered_at=reply.at,
                askers=named if len(named) > 1 else (),
            )


def _as_merged(asked: Asked) -> str:
    return next(told.text for told in reversed(asked.texts) if told.version <= asked.merged_version)


def _pairs(asked: Asked) -> list[tuple[str, Reply]]:
    """Texts with their public answers, the latest version alone where it was rewritten.

    Of a forgotten question, the texts that are left are blank, and each is one that was shown.
    """
    texts = {told.version: told for told in asked.texts}
    pairs: list[tuple[str, Reply]] = []
    shown: list[Told] = []
    for reply in asked.replies:
        if reply.outcome != "publish" or reply.visibility != "public":
            continue
        if asked.asker == FORGOTTEN:
            pairs += [("", reply)] if reply.version in texts else []
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


def shown_versions(asked: Asked) -> set[int]:
    """Versions of a question whose public answers are to be read; a later one may have taken an earlier one's place."""
    return {reply.version for _, reply in _pairs(asked)}
