"""Students and teachers of a course: direct adding, joining by code, leaving.

Unknown, and taken on the strict side: a wrong or missing enrollment code is 403; a code does not open a course that is
not ACTIVE; joining uses up an open invitation; somebody unknown is 404; members are counted over both rosters.
"""

from __future__ import annotations

from functools import partial

from better_classroom.sandbox import paging, people
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom import daily, handouts, membership, profiles, standing
from better_classroom.sandbox.classroom.membership import READERS, Role, Row
from better_classroom.sandbox.errors import (
    already_exists,
    failed_precondition,
    invalid_argument,
    not_found,
    permission_denied,
)
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.store import Store

MOST_TEACHERS = 50  # google-apis.md A.1, class limits
MOST_MEMBERS = 1_000
MOST_MEMBERS_OF_PERSONAL = 250


def join(store: Store, course: Row, user_id: str, table: str) -> Row:
    """Add somebody to ``students`` or ``teachers``, within the limits; a student who becomes a teacher moves over.

    Uses up an open invitation and gives a student a submission for each published course work.
    """
    if table == "teachers" and len(store.rows("teachers", course["id"])) >= MOST_TEACHERS:
        raise failed_precondition("The course has too many teachers.", "CourseTeacherLimitReached")
    personal = membership.owned_by_consumer(store, course)
    most = MOST_MEMBERS_OF_PERSONAL if personal else MOST_MEMBERS
    present = sum(1 for _member in membership.member_ids(store, course["id"]))
    if present >= most and not membership.is_member(store, course["id"], user_id):
        raise failed_precondition("The course has too many members.", "CourseMemberLimitReached")
    store.remove("students", course["id"], user_id)
    row = {"courseId": course["id"], "userId": user_id}
    store.put(table, course["id"], user_id, row)
    forget_invitation(store, course["id"], user_id)
    if table == "students":
        handouts.welcome(store, course["id"], user_id)
    return row


def join_today(store: Store, course: Row, user_id: str, table: str) -> Row:
    """As ``join``, for somebody who comes by a call: within what their account may join (A.1, class limits)."""
    user = store.get("users", "", user_id)
    assert user is not None
    if not membership.is_member(store, course["id"], user_id):
        daily.count_joining(store, user)
    return join(store, course, user_id, table)


def forget_invitation(store: Store, course_id: str, user_id: str) -> None:
    """Remove the open invitation of somebody to a course, if there is one."""
    invitation = membership.invitation_of(store, course_id, user_id)
    if invitation:
        store.remove("invitations", "", invitation["id"])
        store.remove("invited", course_id, user_id)


def _create(table: str, store: Store, caller: Caller, params: Params, body: Body) -> Row:
    course = membership.find_course(store, caller, params["courseId"])
    who = body.get("userId", "")
    user = people.user_by(store, who, caller)
    if not _administers(store, caller, course):
        _refuse_self(table, caller, course, user, params.get("enrollmentCode", ""))
    elif not who:
        raise invalid_argument("userId is required.")
    elif user is None:
        raise not_found()
    elif user["consumer"] or people.domain_of(user["email"]) != caller.domain:
        # google-apis.md A.9: administrators add users of their own domain
        raise permission_denied("The user cannot be added directly.", "CannotDirectAddUser")
    assert user is not None
    membership.refuse_if_closed(course)
    standing.refuse_disabled(user)
    standing.refuse_ownerless(store, course)
    if membership.is_member(store, course["id"], user["id"]):
        raise already_exists()  # google-apis.md A.9: student or teacher already
    store.stamp()
    return _shown(store, caller, join_today(store, course, user["id"], table))


def _administers(store: Store, caller: Caller, course: Row) -> bool:
    return caller.admin and caller.domain == membership.domain_of(store, course)


def _refuse_self(table: str, caller: Caller, course: Row, user: Row | None, code: str) -> None:
    """Raise 403 unless somebody joins as student by the course's code (A.9: teachers may not add, nor anyone else)."""
    fits = table == "students" and user is not None and user["id"] == caller.user_id
    if not fits or code != course["enrollmentCode"] or course["courseState"] not in {"ACTIVE", "ARCHIVED"}:
        raise permission_denied()


def _get(table: str, store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, _role = membership.enter(store, caller, params["courseId"], READERS)
    return _shown(store, caller, _find(table, store, caller, course, params["userId"]))


def _list(table: str, store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, _role = membership.enter(store, caller, params["courseId"], READERS)
    rows = store.rows(table, course["id"])
    # google-apis.md A.11: 30 a page unless asked otherwise
    return paging.page(params, rows, default=30, most=100, key=table, show=partial(_shown, store, caller))


def _delete(table: str, store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, role = membership.enter(store, caller, params["courseId"], READERS)
    user = people.user_by(store, params["userId"], caller)
    if role is Role.STUDENT and (user is None or user["id"] != caller.user_id):
        raise permission_denied()  # google-apis.md A.9: a student only leaves
    row = _find(table, store, caller, course, params["userId"])
    membership.refuse_if_closed(course)
    if row["userId"] == course["ownerId"]:
        raise failed_precondition("The owner of the course cannot be removed.", "CannotRemoveCourseOwner")
    if table == "teachers" and standing.has_no_owner(store, course):
        raise failed_precondition("The course has no owner.", "CannotRemoveTeacherWithNoCourseOwner")
    store.stamp()
    store.remove(table, course["id"], row["userId"])
    return {}


def _find(table: str, store: Store, caller: Caller, course: Row, who: str) -> Row:
    user = people.user_by(store, who, caller)
    row = store.get(table, course["id"], user["id"]) if user else None
    if row is None:
        raise not_found()
    return row


def _shown(store: Store, caller: Caller, row: Row) -> Row:
    user = store.get("users", "", row["userId"])
    assert user is not None
    return membership.shown(row) | {"profile": profiles.profile(caller, user)}


HANDLERS: dict[str, Handler] = {
    f"classroom.courses.{table}.{method}": partial(handler, table)
    for table in ("students", "teachers")
    for method, handler in {"create": _create, "get": _get, "list": _list, "delete": _delete}.items()
}
