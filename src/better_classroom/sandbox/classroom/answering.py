"""The participant in Classroom's own page: answering a question and turning it in, which no method can do (0.1, G.11).

Unknown, and taken on the strict side: an empty answer is refused; how long an answer may be is not stated, so it has no
limit; after a return an answer can be changed only where the work is MODIFIABLE, and the state stays.
"""

from __future__ import annotations

from better_classroom.sandbox import people
from better_classroom.sandbox.callers import caller_of
from better_classroom.sandbox.classroom import assignees, handouts, histories, membership, submissions
from better_classroom.sandbox.classroom.kinds import COURSE_WORK
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.errors import failed_precondition, invalid_argument, not_found, permission_denied
from better_classroom.sandbox.store import Store

_BEFORE = {"NEW", "CREATED", "RECLAIMED_BY_STUDENT"}


def submit(store: Store, course_id: str, course_work_id: str, who: str, answer: str) -> Row:
    """What happens when a participant writes that answer and turns it in; returns the submission as they see it.

    ``who`` is a user id or an address. Once turned in, a further answer replaces the former if the course work is
    MODIFIABLE (A.8: the history then says STUDENT_EDITED_AFTER_TURN_IN). Raises 404 for an unknown course, course
    work or person and for what is not public, 403 for who is no student of the course or not asked, 400 for an answer
    that may not be changed any more, a course that is closed, and an empty or impossible answer.
    """
    course = store.get("courses", "", course_id)
    user = people.user_by(store, who)
    if course is None or user is None:
        raise not_found()
    work = _open_work(store, course, course_work_id, user["id"])
    content = _content(work, answer)
    row = handouts.of(store, work, user["id"])
    if row is None:
        raise not_found()
    if row["state"] in _BEFORE or row["_turnedIn"] is None:  # a teacher may return what was never turned in
        row = _first(store, row, user["id"])
    elif work["submissionModificationMode"] == "MODIFIABLE":
        row = histories.edited(row, at=store.stamp(), actor=user["id"])
    else:
        raise failed_precondition("The answer was turned in and cannot be changed any more.")
    row |= content
    store.put("submissions", handouts.place(work), row["id"], row)
    return submissions.shown(store, caller_of(user, frozenset(), work["_project"]), work, row)


def _open_work(store: Store, course: Row, work_id: str, user_id: str) -> Row:
    """The course work, if that person can answer it now."""
    if not store.get("students", course["id"], user_id):
        raise permission_denied()
    work = store.get(COURSE_WORK.table, course["id"], work_id)
    if work is None or work["state"] != "PUBLISHED":
        raise not_found()
    if not assignees.is_for(work, user_id):
        raise permission_denied()
    if course["courseState"] != "ACTIVE":
        membership.refuse_if_closed(course)
        raise permission_denied()  # PROVISIONED: google-apis.md A.1, its students cannot see it yet
    return work


def _content(work: Row, answer: str) -> Row:
    if work["workType"] == "ASSIGNMENT":
        raise invalid_argument("An assignment takes attachments, not an answer.")
    if not answer.strip():
        raise invalid_argument("The answer is empty.")
    choices = work.get("multipleChoiceQuestion", {}).get("choices")
    if choices is not None and answer not in choices:
        raise invalid_argument("The answer is none of the choices.")
    return {handouts.CONTENT[work["workType"]]: {"answer": answer}}


def _first(store: Store, row: Row, user_id: str) -> Row:
    if row["state"] == "NEW":
        row = histories.entered(row, "CREATED", at=store.stamp(), actor=user_id)
    return histories.entered(row, "TURNED_IN", at=store.stamp(), actor=user_id)
