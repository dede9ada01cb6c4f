"""What students hand in: reading it, grading it, moving it between states. Nothing here writes an answer (0.1, G.11).

Unknown, and taken on the strict side: submissions of deleted course work cannot be read any more; turning in a question
without an answer, or what is turned in already, is FAILED_PRECONDITION; an answer that was reclaimed stays readable;
attachments cannot be added while it is turned in, unless the work is MODIFIABLE; a teacher may return it in any state;
somebody whose scopes are only about their own work sees only that, and the other way round.
"""

from __future__ import annotations

import sys

from better_classroom.sandbox import paging, people
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom import attachments, handouts, histories, masks, membership
from better_classroom.sandbox.classroom.kinds import COURSE_WORK
from better_classroom.sandbox.classroom.membership import KEEPERS, READERS, TEACHERS, Role, Row
from better_classroom.sandbox.errors import failed_precondition, invalid_argument, not_found, permission_denied
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.store import Store

_PREFIX = "https://www.googleapis.com/auth/classroom."
_OF_STUDENTS = frozenset(
    _PREFIX + name
    for name in ("coursework.students", "coursework.students.readonly", "student-submissions.students.readonly")
)
_OF_ONESELF = frozenset(
    _PREFIX + name for name in ("coursework.me", "coursework.me.readonly", "student-submissions.me.readonly")
)
_GRADES = {"draftGrade", "assignedGrade"}


# --- reading


def _list(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, role = membership.enter(store, caller, params["courseId"], READERS)
    asked = params["courseWorkId"]
    # google-apis.md A.8: "-" is all course work of the course
    works = _published(store, course) if asked == "-" else [_work(store, course, asked)]
    by_id = {work["id"]: work for work in works}
    wanted = _user_id(store, caller, params.get("userId", ""))
    states = set(params.get("states", [])) - {"SUBMISSION_STATE_UNSPECIFIED"}
    late = {"LATE_ONLY": True, "NOT_LATE_ONLY": False}.get(params.get("late", ""))

    def fits(work: Row, row: Row) -> bool:
        return (
            (not states or row["state"] in states)
            and wanted in {"", row["userId"]}
            and _may_read(caller, role, row)
            and late in {None, histories.is_late(row, work, store.now)}
        )

    def rows() -> list[Row]:
        return [row for work in works for row in store.rows("submissions", handouts.place(work)) if fits(work, row)]

    def find(name: str) -> Row | None:
        work_id, _, row_id = name.partition("/")
        work = by_id.get(work_id)
        row = store.get("submissions", handouts.place(work), row_id) if work else None
        return row if work and row and fits(work, row) else None

    def name_of(row: Row) -> str:
        return f"{row['courseWorkId']}/{row['id']}"

    def show(row: Row) -> Row:
        return _shown(store, caller, role, by_id[row["courseWorkId"]], row)

    return paging.page(
        params, rows, default=30, most=100, key="studentSubmissions", show=show, identity=name_of, find=find
    )


def _get(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    _course, role, work, row = _find(store, caller, params)
    return _shown(store, caller, role, work, row)


def shown(store: Store, caller: Caller, work: Row, row: Row) -> Row:
    """A submission as its own student sees it."""
    return _shown(store, caller, Role.STUDENT, work, row)


def _shown(store: Store, caller: Caller, role: Role, work: Row, row: Row) -> Row:
    seen = membership.shown(row)
    seen["alternateLink"] = f"{work['alternateLink'].removesuffix('/details')}/submissions/student/{row['id']}"
    if histories.is_late(row, work, store.now):
        seen["late"] = True
    if row["_project"] == caller.project:
        seen["associatedWithDeveloper"] = True
    if role is not Role.TEACHER:
        seen.pop("draftGrade", None)  # DC s:StudentSubmission: visible to course teachers alone
    if "attachments" in seen.get("assignmentSubmission", {}):
        added = attachments.show_in_submission(store, caller, seen["assignmentSubmission"]["attachments"])
        seen["assignmentSubmission"] = {"attachments": added}
    return seen


# --- what teachers do


def _patch(store: Store, caller: Caller, params: Params, body: Body) -> Row:
    work, row = _own(store, caller, params, by_teacher=True)
    masked = masks.parse(params.get("updateMask"), _GRADES)  # google-apis.md 0.1: nothing else can be written
    grades = {field: _grade(field, body) for field in masked}
    at = store.stamp()
    for field, grade in grades.items():
        row = histories.graded(row, field, grade, work, at=at, actor=caller.user_id)
    return _shown(store, caller, Role.TEACHER, work, _kept(store, work, row))


def _return(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    work, row = _own(store, caller, params, by_teacher=True)
    # google-apis.md A.8: returning does not copy the draft grade
    _kept(store, work, histories.entered(row, "RETURNED", at=store.stamp(), actor=caller.user_id))
    return {}


# --- what students do


def _turn_in(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    work, row = _own(store, caller, params)
    _refuse_others(caller, row)
    if row["state"] == "TURNED_IN":
        raise failed_precondition()
    if work["workType"] != "ASSIGNMENT" and not row[handouts.CONTENT[work["workType"]]]:
        raise failed_precondition()
    _kept(store, work, histories.entered(row, "TURNED_IN", at=store.stamp(), actor=caller.user_id))
    return {}


def _reclaim(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    work, row = _own(store, caller, params)
    _refuse_others(caller, row)
    if row["state"] != "TURNED_IN":  # DC m:…reclaim: only what has been turned in
        raise failed_precondition()
    _kept(store, work, histories.entered(row, "RECLAIMED_BY_STUDENT", at=store.stamp(), actor=caller.user_id))
    return {}


def _modify_attachments(store: Store, caller: Caller, params: Params, body: Body) -> Row:
    work, row = _own(store, caller, params)
    role = Role.STUDENT if row["userId"] == caller.user_id else Role.TEACHER
    if work["workType"] != "ASSIGNMENT":  # google-apis.md A.8: only there; add only
        raise invalid_argument("Attachments can only be added to submissions of assignments.")
    if row["state"] == "TURNED_IN" and work["submissionModificationMode"] != "MODIFIABLE":
        raise failed_precondition()
    present = row["assignmentSubmission"].get("attachments", [])
    added = attachments.accept_for_submission(store, caller, body.get("addAttachments", []), len(present))
    at = store.stamp()
    if row["state"] == "NEW":
        row = histories.entered(row, "CREATED", at=at, actor=caller.user_id)
    row = histories.touched(row, at) | {"assignmentSubmission": {"attachments": [*present, *added]}}
    return _shown(store, caller, role, work, _kept(store, work, row))


# --- steps


def _find(store: Store, caller: Caller, params: Params) -> tuple[Row, Role, Row, Row]:
    course, role = membership.enter(store, caller, params["courseId"], READERS)
    work = _work(store, course, params["courseWorkId"])
    row = store.get("submissions", handouts.place(work), params["id"])
    if row is None:
        raise not_found()
    if not _may_read(caller, role, row):
        raise permission_denied()
    return course, role, work, row


def _own(store: Store, caller: Caller, params: Params, *, by_teacher: bool = False) -> tuple[Row, Row]:
    """The course work and the submission to change; raises what stands in the way.

    An administrator who does not teach the course only reads (A.4), so is refused like a stranger.
    """
    course, role, work, row = _find(store, caller, params)
    if role not in TEACHERS and (by_teacher or row["userId"] != caller.user_id):
        raise permission_denied()
    membership.refuse_other_project(work, caller)
    membership.refuse_if_closed(course)
    return work, row


def _refuse_others(caller: Caller, row: Row) -> None:
    if row["userId"] != caller.user_id:  # google-apis.md A.8: only the owning student
        raise permission_denied()


def _published(store: Store, course: Row) -> list[Row]:
    return [work for work in store.rows(COURSE_WORK.table, course["id"]) if work["state"] == "PUBLISHED"]


def _work(store: Store, course: Row, work_id: str) -> Row:
    work = store.get(COURSE_WORK.table, course["id"], work_id)
    if work is None or work["state"] != "PUBLISHED":
        raise not_found()
    return work


def _may_read(caller: Caller, role: Role, row: Row) -> bool:
    # google-apis.md A.8, G.12: a teacher and an administrator read all, a student their own
    if role in KEEPERS and caller.scopes & _OF_STUDENTS:
        return True
    return row["userId"] == caller.user_id and bool(caller.scopes & _OF_ONESELF)


def _user_id(store: Store, caller: Caller, who: str) -> str:
    if not who:
        return ""
    user = people.user_by(store, who, caller)
    if user is None:
        raise not_found()
    return str(user["id"])


def _grade(field: str, body: Body) -> float | None:
    grade: float | None = body.get(field)
    if grade is None:
        return None
    if not 0 <= grade <= sys.float_info.max:  # DC s:StudentSubmission: non-negative, rounded to two decimals
        raise invalid_argument(f"{field} must not be negative.")
    return round(grade, 2)


def _kept(store: Store, work: Row, row: Row) -> Row:
    store.put("submissions", handouts.place(work), row["id"], row)
    return row


_PLACE = "classroom.courses.courseWork.studentSubmissions"
HANDLERS: dict[str, Handler] = {
    f"{_PLACE}.list": _list,
    f"{_PLACE}.get": _get,
    f"{_PLACE}.patch": _patch,
    f"{_PLACE}.return": _return,
    f"{_PLACE}.turnIn": _turn_in,
    f"{_PLACE}.reclaim": _reclaim,
    f"{_PLACE}.modifyAttachments": _modify_attachments,
}
