"""Submissions come into being: one per course work and student it is for (google-apis.md A.8).

The table ``submissions`` has the parent ``<course>/<course work>``.

Unknown, and taken on the strict side: they are made at publication, not for drafts; a student who joins later gets
them then; who is no longer assigned loses an untouched one; who leaves the course leaves theirs behind; an untouched
submission has neither creation nor update time.
"""

from __future__ import annotations

from better_classroom.sandbox.classroom import assignees
from better_classroom.sandbox.classroom.kinds import COURSE_WORK
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.store import Store

CONTENT = {
    "ASSIGNMENT": "assignmentSubmission",
    "SHORT_ANSWER_QUESTION": "shortAnswerSubmission",
    "MULTIPLE_CHOICE_QUESTION": "multipleChoiceSubmission",
}
"""Where a submission's content stands, by the course work's type."""


def place(work: Row) -> str:
    """The parent under which the submissions of a course work are kept."""
    return f"{work['courseId']}/{work['id']}"


def hand_out(store: Store, work: Row) -> None:
    """Make the submissions that a published course work lacks, and drop untouched ones of students it is not for."""
    present = {row["userId"]: row for row in store.rows("submissions", place(work))}
    wanted = dict.fromkeys(assignees.ids(store, work))
    for student in wanted:
        if student not in present:
            _put(store, work, student)
    for student, row in present.items():
        if student not in wanted and row["state"] == "NEW":
            store.remove("submissions", place(work), row["id"])


def welcome(store: Store, course_id: str, student_id: str) -> None:
    """Give somebody who just joined a submission for each published course work."""
    for work in store.rows(COURSE_WORK.table, course_id):
        if work["state"] == "PUBLISHED" and assignees.is_for(work, student_id) and not of(store, work, student_id):
            _put(store, work, student_id)


def of(store: Store, work: Row, student_id: str) -> Row | None:
    """The submission of a student for a course work."""
    return next((row for row in store.rows("submissions", place(work)) if row["userId"] == student_id), None)


def _put(store: Store, work: Row, student_id: str) -> None:
    row = {
        "id": store.new_id(),
        "courseId": work["courseId"],
        "courseWorkId": work["id"],
        "userId": student_id,
        "state": "NEW",
        "courseWorkType": work["workType"],
        CONTENT[work["workType"]]: {},
        "_project": work["_project"],
        "_turnedIn": None,
    }
    store.put("submissions", place(work), row["id"], row)
