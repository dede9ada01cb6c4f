"""Whom a post is for: everybody, or students named one by one (google-apis.md A.7).

Unknown, and taken on the strict side: a student is named by user id alone; naming nobody at creation is refused like
removing everybody later; how long the list may be is not stated, so it has no limit.
"""

from __future__ import annotations

from collections.abc import Iterable

from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.errors import failed_precondition, invalid_argument
from better_classroom.sandbox.handler import Body
from better_classroom.sandbox.store import Store

_UNSPECIFIED = "ASSIGNEE_MODE_UNSPECIFIED"


def read(store: Store, course: Row, body: Body) -> Row:
    """The assignee fields of a new post."""
    options = body.get("individualStudentsOptions")
    if body.get("assigneeMode", _UNSPECIFIED) != "INDIVIDUAL_STUDENTS":
        _refuse_options(options)
        return {"assigneeMode": "ALL_STUDENTS"}
    return _individuals(store, course, (options or {}).get("studentIds", []))


def modified(store: Store, course: Row, post: Row, body: Body) -> Row:
    """The assignee fields of a post after ``:modifyAssignees`` with that body."""
    options = body.get("modifyIndividualStudentsOptions")
    mode = body.get("assigneeMode", _UNSPECIFIED)
    if mode == _UNSPECIFIED:
        raise invalid_argument("assigneeMode is required.")
    if mode == "ALL_STUDENTS":
        _refuse_options(options)
        return {"assigneeMode": "ALL_STUDENTS"}
    options = options or {}
    removed = set(options.get("removeStudentIds", []))
    present = post.get("individualStudentsOptions", {}).get("studentIds", [])
    kept = [student for student in present if student not in removed]
    return _individuals(store, course, kept, [who for who in options.get("addStudentIds", []) if who not in removed])


def ids(store: Store, post: Row) -> list[str]:
    """The students whom a post is for, by user id, as the course stands now."""
    students = [row["userId"] for row in store.rows("students", post["courseId"])]
    return [student for student in students if is_for(post, student)]


def is_for(post: Row, student_id: str) -> bool:
    """Whether a post is for that student of its course."""
    if post["assigneeMode"] == "ALL_STUDENTS":
        return True
    return student_id in post["individualStudentsOptions"]["studentIds"]


def _individuals(store: Store, course: Row, present: Iterable[str], added: Iterable[str] | None = None) -> Row:
    for student in present if added is None else added:
        if not store.get("students", course["id"], student):
            # google-apis.md A.7: ids of non-members give an error
            raise invalid_argument("studentIds must be those of students of the course.")
    students = list(dict.fromkeys([*present, *(added or [])]))
    if not students:
        raise failed_precondition("At least one student must be assigned.", "EmptyAssignees")
    return {"assigneeMode": "INDIVIDUAL_STUDENTS", "individualStudentsOptions": {"studentIds": students}}


def _refuse_options(options: Row | None) -> None:
    if options is not None:
        raise invalid_argument("Individual students can only be given with INDIVIDUAL_STUDENTS.")
