"""Invitations: asking somebody to join a course, and their yes.

Unknown, and taken on the strict side: only the owner and the administrator may invite a new owner; the invited person
reads and accepts an invitation but does not delete it; nobody is invited into a course that may not be modified;
accepting ownership leaves the former owner a teacher.
"""

from __future__ import annotations

from better_classroom.sandbox import paging, people
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom import daily, membership, rosters, standing
from better_classroom.sandbox.classroom.membership import KEEPERS, Role, Row
from better_classroom.sandbox.errors import (
    already_exists,
    failed_precondition,
    invalid_argument,
    not_found,
    permission_denied,
)
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.store import Store

_TABLE_OF = {"STUDENT": "students", "TEACHER": "teachers", "OWNER": "teachers"}
_RANKS = {"STUDENT": 1, "TEACHER": 2, "OWNER": 3}


def _create(store: Store, caller: Caller, _params: Params, body: Body) -> Row:
    if not body.get("courseId"):
        raise invalid_argument("courseId is required.")
    course, role = membership.enter(store, caller, body["courseId"], KEEPERS)
    invited_as = body.get("role", "COURSE_ROLE_UNSPECIFIED")
    if invited_as not in _RANKS or not body.get("userId"):
        raise invalid_argument("userId and role are required.")
    if invited_as == "OWNER" and role is not Role.ADMIN and course["ownerId"] != caller.user_id:
        raise permission_denied()
    user = people.user_by(store, body["userId"], caller)
    if user is None:
        raise not_found()
    standing.refuse_untrusted(store, caller, user)
    membership.refuse_if_closed(course)
    standing.refuse_disabled(user)
    if membership.invitation_of(store, course["id"], user["id"]):
        raise already_exists()
    present = _rank(store, course, user["id"])
    if present >= _RANKS[invited_as]:  # google-apis.md A.9: this or a higher role
        raise failed_precondition()
    if invited_as == "OWNER" and present < _RANKS["TEACHER"]:
        raise failed_precondition(  # google-apis.md B.2, the live text
            "Only a co-teacher can be invited as owner of the course", "IneligibleOwner"
        )
    if invited_as == "OWNER":
        refuse_second_heir(store, course)
    daily.count_invitation(store, {"id": caller.user_id, "consumer": caller.consumer})
    store.stamp()
    row = {"id": store.new_id(), "userId": user["id"], "courseId": course["id"], "role": invited_as}
    store.put("invitations", "", row["id"], row)
    store.put("invited", course["id"], user["id"], {"id": row["id"]})
    return row


def refuse_second_heir(store: Store, course: Row) -> None:
    """Raise 400 ``@PendingInvitationExists`` while somebody is invited to own the course (google-apis.md B.2)."""
    if any(one["courseId"] == course["id"] and one["role"] == "OWNER" for one in store.rows("invitations", "")):
        raise failed_precondition("An ownership invitation is pending.", "PendingInvitationExists")


def _get(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    row = _find(store, params)
    if row["userId"] != caller.user_id and not _keeps(store, caller, row):
        raise permission_denied()
    return row


def _list(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    who, where = params.get("userId", ""), params.get("courseId", "")
    if not who and not where:
        raise invalid_argument("At least one of userId and courseId must be given.")  # google-apis.md A.9
    course = membership.find_course(store, caller, where) if where else None
    user = people.user_by(store, who, caller) if who else None
    if who and user is None:
        raise not_found()
    rows = [
        row
        for row in store.rows("invitations", "")
        if (course is None or row["courseId"] == course["id"])
        and (user is None or row["userId"] == user["id"])
        and (row["userId"] == caller.user_id or _keeps(store, caller, row))
    ]
    return paging.page(params, rows, default=500, most=500, key="invitations")


def _delete(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    row = _find(store, params)
    if not _keeps(store, caller, row):
        raise permission_denied()
    store.stamp()
    rosters.forget_invitation(store, row["courseId"], row["userId"])
    return {}


def _accept(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    row = _find(store, params)
    if row["userId"] != caller.user_id:  # google-apis.md A.9: the invited user only
        raise permission_denied()
    course = store.get("courses", "", row["courseId"])
    assert course is not None
    membership.refuse_if_closed(course)
    standing.refuse_ownerless(store, course)
    stamp = store.stamp()
    if _rank(store, course, caller.user_id) < min(_RANKS[row["role"]], _RANKS["TEACHER"]):
        rosters.join_today(store, course, caller.user_id, _TABLE_OF[row["role"]])
    if row["role"] == "OWNER":
        store.put("courses", "", course["id"], course | {"ownerId": caller.user_id, "updateTime": stamp})
    rosters.forget_invitation(store, row["courseId"], caller.user_id)
    return {}


def _find(store: Store, params: Params) -> Row:
    row = store.get("invitations", "", params["id"])
    if row is None:
        raise not_found()
    return row


def _keeps(store: Store, caller: Caller, row: Row) -> bool:
    course = store.get("courses", "", row["courseId"])
    return course is not None and membership.role_in(store, caller, course) in KEEPERS


def _rank(store: Store, course: Row, user_id: str) -> int:
    """The role somebody has in a course already, as a rank: none, student, teacher, owner."""
    if course["ownerId"] == user_id:
        return _RANKS["OWNER"]
    if store.get("teachers", course["id"], user_id):
        return _RANKS["TEACHER"]
    return _RANKS["STUDENT"] if store.get("students", course["id"], user_id) else 0


HANDLERS: dict[str, Handler] = {
    "classroom.invitations.create": _create,
    "classroom.invitations.get": _get,
    "classroom.invitations.list": _list,
    "classroom.invitations.delete": _delete,
    "classroom.invitations.accept": _accept,
}
