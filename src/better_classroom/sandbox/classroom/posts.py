"""Material posts, course work and announcements: one machinery; ``kinds.py`` says where they differ.

Unknown, and taken on the strict side: ``:modifyAssignees`` on announcements needs the creating project like every other
write; a draft that is deleted is gone from every list, and deleting it again is refused like deleting a published post
twice; what was published is shown as DELETED for 30 days ("some time", A.3), then it is gone; a student gets 403 for a post that is not for them, as the discovery document words it.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from better_classroom.sandbox import paging
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom import (
    assignees,
    attachments,
    handouts,
    masks,
    membership,
    ordering,
    publication,
    rules,
    timestamps,
)
from better_classroom.sandbox.classroom.kinds import COURSE_WORK, DEFAULTS, KINDS, MATERIALS, PostKind
from better_classroom.sandbox.classroom.membership import READERS, TEACHERS, Role, Row
from better_classroom.sandbox.errors import failed_precondition, invalid_argument, not_found, permission_denied
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.store import Store

KEPT_DELETED = timedelta(days=30)

# --- what callers may do


def _create(kind: PostKind, store: Store, caller: Caller, params: Params, body: Body) -> Row:
    # google-apis.md A.4, G.12: only a teacher of that course; an administrator is refused like a student
    course, _role = membership.enter(store, caller, params["courseId"], TEACHERS, hidden_from_invited=True)
    membership.refuse_if_closed(course)
    row = _new_fields(kind, store, course, body) | assignees.read(store, course, body)
    if kind is COURSE_WORK:
        row |= rules.choices(row, body)
    share_modes = row.get("workType") == "ASSIGNMENT"
    materials = attachments.accept(store, caller, body.get("materials", []), share_modes=share_modes)
    if materials:
        row["materials"] = materials
    rules.check_new(store, row)
    stamp = store.stamp()
    row |= {"courseId": course["id"], "id": store.new_id(), "creationTime": stamp, "updateTime": stamp}
    row |= {"creatorUserId": caller.user_id, "_project": caller.project}
    if row["state"] == "PUBLISHED":
        row = publication.publish(store, kind, row, teacher_id=caller.user_id, when=stamp)
    else:
        publication.save(store, kind, row)
    return _shown(kind, store, caller, row)


def _get(kind: PostKind, store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, role = membership.enter(store, caller, params["courseId"], READERS, hidden_from_invited=True)
    row = _find(kind, store, course, params["id"])
    if "_gone" in row:
        raise not_found()
    if not may_read(row, caller, role):
        raise permission_denied()
    return _shown(kind, store, caller, row)


def _list(kind: PostKind, store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, role = membership.enter(store, caller, params["courseId"], READERS)
    # google-apis.md A.11, G.2: PUBLISHED alone unless other states are asked for
    asked = set(params.get(kind.states_parameter, [])) - {kind.unspecified_state}
    rows = [
        row
        for row in store.rows(kind.table, course["id"])
        if row["state"] in (asked or {"PUBLISHED"})
        and not _is_forgotten(store, row)
        and may_read(row, caller, role)
        and _matches(row, params)
    ]
    rows = ordering.ordered(rows, params.get("orderBy", ""), kind.orders)
    show = partial(_shown, kind, store, caller)
    return paging.page(params, rows, default=30, most=100, key=kind.list_key, show=show)


def _patch(kind: PostKind, store: Store, caller: Caller, params: Params, body: Body) -> Row:
    course, former = _own(kind, store, caller, params)
    masked = masks.parse(params.get("updateMask"), kind.patchable, ignored=kind.ignored)
    row = dict(former)
    for field in masked:
        value = kind.patchable[field](store, course, body)
        if value is not None:
            row[field] = value
        elif field in kind.needed:
            # google-apis.md A.4: a mask field that does not support empty values and is not set
            raise invalid_argument(f"{field} cannot be cleared.")
        else:
            row.pop(field, None)
    rules.check_patched(store, former, row, masked)
    row["updateTime"] = store.stamp()
    if former["state"] == "DRAFT" and row["state"] == "PUBLISHED":
        row = publication.publish(store, kind, row, teacher_id=caller.user_id, when=row["updateTime"])
    else:
        publication.save(store, kind, row)
    return _shown(kind, store, caller, row)


def _delete(kind: PostKind, store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    _course, former = _own(kind, store, caller, params)
    # google-apis.md A.3, A.6: DELETED "was published, kept a while", listed only if asked for
    row = {name: value for name, value in former.items() if name != "alternateLink"}
    row |= {"state": "DELETED", "updateTime": store.stamp()}
    if former["state"] == "DRAFT":
        row["_gone"] = True
    publication.save(store, kind, row)
    return {}


def _modify_assignees(kind: PostKind, store: Store, caller: Caller, params: Params, body: Body) -> Row:
    course, former = _own(kind, store, caller, params)
    row = {name: value for name, value in former.items() if name != "individualStudentsOptions"}
    row |= assignees.modified(store, course, former, body) | {"updateTime": store.stamp()}
    publication.save(store, kind, row)
    if row["state"] == "PUBLISHED":
        attachments.share(store, course, row, row["creatorUserId"])
        if kind is COURSE_WORK:
            handouts.hand_out(store, row)
    return _shown(kind, store, caller, row)


# --- what they see


def may_read(row: Row, caller: Caller, role: Role) -> bool:
    """Whether a post is there for that reader: students see only what is public and for them (G.12)."""
    if "_gone" in row:
        return False
    return role is not Role.STUDENT or (row["state"] == "PUBLISHED" and assignees.is_for(row, caller.user_id))


def _shown(kind: PostKind, store: Store, caller: Caller, row: Row) -> Row:
    seen = membership.shown(row)
    if "materials" in seen:
        seen["materials"] = attachments.show(store, caller, seen["materials"])
    if kind.marked and row["_project"] == caller.project:
        seen["associatedWithDeveloper"] = True
    return seen


def _matches(row: Row, params: Params) -> bool:
    """The filters of material posts (google-apis.md A.3): part of a link's address, a Drive id; both must fit."""
    materials = row.get("materials", [])
    link, file = params.get("materialLink", ""), params.get("materialDriveId", "")
    if link and not any(link in url for url in attachments.link_urls(materials)):
        return False
    return not file or any(file == drive_id for drive_id, _mode in attachments.drive_files(materials))


# --- steps


def _new_fields(kind: PostKind, store: Store, course: Row, body: Body) -> Row:
    row: Row = {}
    for field, read in {**kind.patchable, **kind.fixed}.items():
        value = read(store, course, body)
        if value is None and field in kind.needed:
            value = DEFAULTS.get(field)
            if value is None:
                raise invalid_argument(f"{field} is required.")
        if value is not None:
            row[field] = value
    return row


def _own(kind: PostKind, store: Store, caller: Caller, params: Params) -> tuple[Row, Row]:
    """The course and the post that the caller wants to change; raises what stands in the way."""
    course, _role = membership.enter(store, caller, params["courseId"], TEACHERS, hidden_from_invited=True)
    row = _find(kind, store, course, params["id"])
    membership.refuse_other_project(row, caller)
    membership.refuse_if_closed(course)
    if row["state"] == "DELETED":
        raise failed_precondition()  # google-apis.md A.3: a second delete; DC: a patch of what is deleted
    return course, row


def _find(kind: PostKind, store: Store, course: Row, post_id: str) -> Row:
    row = store.get(kind.table, course["id"], post_id)
    if row is None or _is_forgotten(store, row):
        raise not_found()
    return row


def _is_forgotten(store: Store, row: Row) -> bool:
    if row["state"] != "DELETED":
        return False
    return timestamps.micros(row["updateTime"]) < timestamps.micros(store.now - KEPT_DELETED)


HANDLERS: dict[str, Handler] = {
    f"classroom.courses.{kind.resource}.{method}": partial(handler, kind)
    for kind in KINDS
    for method, handler in {
        "create": _create,
        "get": _get,
        "list": _list,
        "patch": _patch,
        "delete": _delete,
        "modifyAssignees": _modify_assignees,
    }.items()
    if method != "modifyAssignees" or kind is not MATERIALS  # google-apis.md A.3: materials have no such method
}
