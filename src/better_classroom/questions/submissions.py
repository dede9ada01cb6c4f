"""The source of questions that every programme has: what participants wrote into the question boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from better_classroom.course import Kind, Submission
from better_classroom.memory import Entry
from better_classroom.questions.found import Found

SOURCE = "submissions"

Boxes = Mapping[str, tuple[str, str]]
"""Seminar and slot of each question box of a course, by Google's id of the box."""


def boxes_of(entries: Iterable[Entry], course: str) -> Boxes:
    """The course's question boxes, also those that are being replaced: what was asked there still counts."""
    found: dict[str, tuple[str, str]] = {}
    for entry in entries:
        if entry.kind is Kind.BOX and entry.course == course:
            _, seminar, slot = entry.key.split("/")
            found.update({box: (seminar, slot) for box in (entry.remote_id, entry.superseded) if box})
    return found


def found(submissions: Iterable[Submission], boxes: Boxes) -> Iterator[Found]:
    """What was asked in our boxes; work that somebody set by hand is none of ours and passes unseen."""
    for submission in submissions:
        box = boxes.get(submission.box_id)
        if box is not None:
            yield Found(
                # google-apis.md A.8: a submission's id is Google's own; it is promised to be unique within its box only
                source_id=f"{submission.box_id}/{submission.remote_id}",
                seminar=box[0],
                slot=box[1],
                asker_id=submission.asker_id,
                text=submission.text,
                withdrawn=submission.withdrawn,
                at=submission.at,
                link=submission.link,
            )
