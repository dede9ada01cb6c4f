"""Courses: their fields, their state machine, who may do what to them.

Unknown, and taken on the strict side: any course must be ARCHIVED before it is deleted (reports conflict for
PROVISIONED ones); a refused deletion is a plain FAILED_PRECONDITION; a URL in a name is what has ``://`` or begins with
``www.``; ARCHIVED leads back to ACTIVE alone; a personal account's course cannot be patched to ACTIVE either (seen,
nowhere stated); only an administrator can patch ``ownerId``; students do not see the enrollment code; ``update``
without a state leaves it, and ignores ``ownerId``. Not there: ``teacherFolder``, ``courseMaterialSets``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from better_classroom.sandbox import paging, people
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom import (
    aliases,
    course_rows,
    daily,
    fields,
    invitations,
    masks,
    membership,
    standing,
)
from better_classroom.sandbox.classroom.fields import Reader
from better_classroom.sandbox.classroom.membership import KEEPERS, READERS, Role, Row
from better_classroom.sandbox.errors import (
    ApiError,
    failed_precondition,
    invalid_argument,
    not_found,
    permission_denied,
)
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.store import Store

_NO_LIMIT = 1_000_000  # google-apis.md A.1 states none; this is only an end to it

TEXTS: Mapping[str, Reader] = {  # google-apis.md A.1
    "name": fields.text("name", 750),
    "section": fields.text("section", 2_800),
    "descriptionHeading": fields.text("descriptionHeading", 3_600),
    "description": fields.text("description", 30_000),
    "room": fields.text("room", 650),
    "subject": fields.text("subject", _NO_LIMIT),
    "levels": fields.text("levels", 999),
}
_MASK = frozenset(TEXTS) | {"courseState", "ownerId"}
_IGNORED = frozenset({"learningStandardSettings"})  # A.1: named in the mask, not in the schema
_FILTERS = {"studentId": "students", "teacherId": "teachers"}
_STATE = fields.one_of("courseState", "COURSE_STATE_UNSPECIFIED")
_LEADS_TO = {  # google-apis.md A.1, G.6
    "PROVISIONED": {"ACTIVE", "DECLINED"},
    "DECLINED": {"PROVISIONED"},
    "ACTIVE": {"ARCHIVED"},
    "ARCHIVED": {"ACTIVE"},
    "SUSPENDED": set(),
}
_URL = re.compile(r"://|\bwww\.", re.IGNORECASE)


def _create(store: Store, caller: Caller, _params: Params, body: Body) -> Row:
    owner = _owner(store, caller, body)
    alias = body.get("id", "")
    if alias:  # google-apis.md A.1, G.7: the alias stands in Course.id, the answer has the assigned id
        aliases.check(store, caller, alias)
    given = {name: value for name, read in TEXTS.items() if (value := read(store, {}, body)) is not None}
    _check_name(given)
    state = _STATE(store, {}, body) or "PROVISIONED"
    if state not in {"PROVISIONED", "ACTIVE"} or (state == "ACTIVE" and owner["consumer"]):
        raise _state_denied()  # google-apis.md A.1: personal accounts cannot create as ACTIVE
    daily.count_course(store, owner)
    row = course_rows.new(store, store.new_id(), owner, given, state)
    if alias:
        aliases.give(store, caller, alias, row["id"])
    return _shown(_with_calendar_later(store, row), Role.TEACHER if owner["id"] == caller.user_id else Role.ADMIN)


def _get(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, role = membership.enter(store, caller, params["id"], READERS)
    return _shown(course, role)


def _list(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    if params.get("studentId") and params.get("teacherId"):
        raise invalid_argument("Only one of studentId and teacherId may be set.", "ListCoursesStudentAndTeacherFilter")
    wanted = {table: _user_id(store, caller, params[name]) for name, table in _FILTERS.items() if params.get(name)}
    states = set(params.get("courseStates", [])) - {"COURSE_STATE_UNSPECIFIED"}
    rows: list[Row] = []
    for course in store.rows("courses", ""):
        fits = not states or course["courseState"] in states
        fits = fits and all(store.get(table, course["id"], user_id) for table, user_id in wanted.items())
        if fits and membership.role_in(store, caller, course) in READERS:
            rows.append(course)
    rows.sort(key=lambda course: course["creationTime"], reverse=True)  # google-apis.md A.1: newest first

    def show(course: Row) -> Row:
        return _shown(course, membership.role_in(store, caller, course))

    return paging.page(params, rows, default=30, most=100, key="courses", show=show)


def _patch(store: Store, caller: Caller, params: Params, body: Body) -> Row:
    course, role = membership.enter(store, caller, params["id"], KEEPERS)
    masked = masks.parse(params.get("updateMask"), _MASK, ignored=_IGNORED)
    state = course["courseState"]
    if "courseState" in masked:
        state = _STATE(store, course, body)
        if state is None:
            raise invalid_argument("courseState cannot be cleared.")
    row = dict(course)
    _change_state(store, row, state)
    for field in masked:
        if field in TEXTS:
            _set(row, field, TEXTS[field](store, course, body))
    _check_name(row)
    if "ownerId" in masked:
        _change_owner(store, caller, row, body)
    return _kept(store, course, row, role)


def _update(store: Store, caller: Caller, params: Params, body: Body) -> Row:
    course, role = membership.enter(store, caller, params["id"], KEEPERS)
    row = dict(course)
    _change_state(store, row, _STATE(store, course, body) or course["courseState"])
    for field, read in TEXTS.items():
        if field != "levels" or "levels" in body:  # google-apis.md A.1: levels is not cleared by omission
            _set(row, field, read(store, course, body))
    _check_name(row)
    return _kept(store, course, row, role)


def _delete(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, role = membership.enter(store, caller, params["id"], KEEPERS)
    if course["ownerId"] != caller.user_id and role is not Role.ADMIN:
        raise permission_denied()  # google-apis.md A.1: only the owner, or an administrator
    if course["courseState"] != "ARCHIVED":
        raise failed_precondition()  # google-apis.md A.1, G.6
    store.stamp()
    course_rows.remove(store, course)
    return {}


# --- steps


def _owner(store: Store, caller: Caller, body: Body) -> Row:
    who = body.get("ownerId", "")
    if not who:
        raise invalid_argument("ownerId is required.")
    owner = people.user_by(store, who, caller)
    if owner is None:
        raise not_found()  # DC m:courses.create: the primary teacher is not a valid user
    others = owner["id"] != caller.user_id
    if (others and not caller.admin) or (not others and not standing.may_create_courses(owner)):
        raise permission_denied()  # google-apis.md A.1: for others only their domain's administrator
    in_domain = not owner["consumer"] and people.domain_of(owner["email"]) == caller.domain
    if owner.get("disabled") or (others and not in_domain):
        raise failed_precondition("The user cannot own the course.", "UserCannotOwnCourse")  # A.1, B.2
    return owner


def _user_id(store: Store, caller: Caller, who: str) -> str:
    user = people.user_by(store, who, caller)
    if user is None:
        raise not_found()  # DC m:courses.list: users of the query that do not exist
    return str(user["id"])


def _change_state(store: Store, row: Row, state: str) -> None:
    """Put the course into that state; without a change of state, refuse a course that may not be modified (B.2)."""
    if state == row["courseState"]:
        membership.refuse_if_closed(row)
        return
    if state not in _LEADS_TO[row["courseState"]]:
        raise _state_denied()  # google-apis.md A.1: seen for PROVISIONED to ARCHIVED
    if state == "ACTIVE" and row["courseState"] == "PROVISIONED" and membership.owned_by_consumer(store, row):
        raise _state_denied()  # google-apis.md A.1: reported as refused by patch too
    row["courseState"] = state


def _change_owner(store: Store, caller: Caller, row: Row, body: Body) -> None:
    if not caller.admin or caller.domain != membership.domain_of(store, row):
        raise permission_denied()  # DC s:Course ownerId: administrators can; in other contexts it is read-only
    owner = people.user_by(store, body.get("ownerId", ""), caller)
    if owner is not None and owner["id"] == row["ownerId"]:  # google-apis.md B.2: seen
        raise failed_precondition("The user is the owner of the course already.", "UserAlreadyOwner")
    if owner is None or not store.get("teachers", row["id"], owner["id"]):
        raise failed_precondition("Only a co-teacher can become the owner of the course.", "IneligibleOwner")
    if owner.get("disabled"):
        raise failed_precondition("The user cannot own the course.", "UserCannotOwnCourse")
    invitations.refuse_second_heir(store, row)
    row["ownerId"] = owner["id"]


def _check_name(row: Row) -> None:
    name = row.get("name", "")
    if not name:
        raise invalid_argument("A course needs a name.")
    if _URL.search(name):
        raise failed_precondition("The course's name cannot contain a URL.", "CourseTitleCannotContainUrl")


def _set(row: Row, field: str, value: Any) -> None:
    if value is None:
        row.pop(field, None)
    else:
        row[field] = value


def _kept(store: Store, course: Row, row: Row, role: Role) -> Row:
    row["updateTime"] = store.stamp()
    store.put("courses", "", course["id"], row)
    return _shown(_with_calendar_later(store, row), role)


def _with_calendar_later(store: Store, row: Row) -> Row:
    """The row as it is now; its calendar is there from the next look on (A.1: filled after the first ACTIVE)."""
    if row["courseState"] == "ACTIVE" and "calendarId" not in row:
        store.put("courses", "", row["id"], row | {"calendarId": course_rows.calendar_id(row["id"])})
    return row


def _shown(course: Row, role: Role) -> Row:
    seen = membership.shown(course)
    if role is Role.STUDENT:
        seen.pop("enrollmentCode", None)
    return seen


def _state_denied() -> ApiError:
    return permission_denied("The course state is not allowed for this user.", "CourseStateDenied")


HANDLERS: dict[str, Handler] = {
    "classroom.courses.create": _create,
    "classroom.courses.get": _get,
    "classroom.courses.list": _list,
    "classroom.courses.patch": _patch,
    "classroom.courses.update": _update,
    "classroom.courses.delete": _delete,
}
