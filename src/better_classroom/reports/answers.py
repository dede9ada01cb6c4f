"""Answers for the organiser who is to approve them: what was asked, what is answered, and who will read it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from better_classroom.reports.questions import moment, printable


@dataclass(frozen=True, slots=True)
class Review:
    """One answer, as it stands before whoever decides about it."""

    question: str
    """Key of the question."""
    n: int
    """Number of the answer; a correction has another."""
    seminar: str
    asker: str
    """How the asker is called, with their city."""
    question_text: str
    expert: str
    """Name of the expert."""
    outcome: str
    visibility: str
    answer_text: str
    readers: str
    """Who reads it, once it goes out."""
    state: str
    """``waiting``, ``approved``, ``sent back``, or ``not needed`` where the programme asks for no approval."""
    reason: str
    """Why it was sent back."""
    at: datetime
    """When it was taken."""


def text(reviews: Sequence[Review], zone: tzinfo) -> str:
    """The answers for people, one below the other, each whole: nobody approves a beginning."""
    return "\n".join(line for review in reviews for line in _lines(review, zone))


def _lines(review: Review, zone: tzinfo) -> Iterator[str]:
    yield f"{review.question}  {review.state}{': ' + printable(review.reason) if review.reason else ''}"
    yield f"  {printable(review.seminar)}"
    yield f"  {printable(review.asker)} asked:"
    yield from _indented(review.question_text)
    if review.outcome == "decline":
        said = "declines, and says why:" if review.answer_text.strip() else "declines, without saying why."
    else:
        said = "answers:"
    yield f"  {review.expert}, {moment(review.at, zone)}, {said}"
    yield from _indented(review.answer_text)
    yield f"  Read by: {printable(review.readers)}."
    yield ""


def _indented(words: str) -> Iterator[str]:
    return (f"      {line}" for line in printable(words).splitlines())


def data(review: Review) -> dict[str, Any]:
    """An answer for programs."""
    return {
        "question": review.question,
        "n": review.n,
        "seminar": review.seminar,
        "asker": review.asker,
        "question_text": review.question_text,
        "expert": review.expert,
        "outcome": review.outcome,
        "visibility": review.visibility,
        "answer_text": review.answer_text,
        "readers": review.readers,
        "state": review.state,
        "reason": review.reason or None,
        "at": review.at.isoformat(),
    }
