"""Who somebody is in a course, and which doors that opens.

The tables: ``courses`` (parent ``""``), ``aliases`` (parent: the scope the alias is known in), ``teachers`` and
``students`` (parent: the course), ``invitations`` (parent ``""``), ``groups`` (parent ``""``, id: the address).
Keys of a row that begin with ``_`` are ours and never leave the sandbox.

Unknown, and taken on the strict side: who has no part in an existing course gets 403 (A.1 and the discovery document
say PERMISSION_DENIED, none says 404); a domain is that of the course's owner, and a personal account's course has no
administrator.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from better_classroom.sandbox import people
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.errors import failed_precondition, not_found, permission_denied
from better_classroom.sandbox.store import Store

Row = dict[str, Any]


class Role(Enum):
    """What a caller is in a course; of several the one that may do most."""

    TEACHER = "teacher"
    ADMIN = "domain administrator"
    STUDENT = "student"
    INVITED = "invited, not accepted"
    OUTSIDER = "outsider"


READERS = frozenset({Role.TEACHER, Role.ADMIN, Role.STUDENT})
KEEPERS = frozenset({Role.TEACHER, Role.ADMIN})
TEACHERS = frozenset({Role.TEACHER})


def enter(
    store: Store, caller: Caller, ref: str, allowed: frozenset[Role], *, hidden_from_invited: bool = False
) -> tuple[Row, Role]:
    """The course of that id or alias and the caller's role in it.

    Raises 404 if there is no such course, 403 if the role is not among ``allowed``. ``hidden_from_invited``: someone
    invited who has not accepted gets 404 instead (google-apis.md A.9, on get, create, patch and delete of posts).
    """
    course = find_course(store, caller, ref)
    role = role_in(store, caller, course)
    if role is Role.INVITED and hidden_from_invited:
        raise not_found()
    if role not in allowed:
        raise permission_denied()
    return course, role


def find_course(store: Store, caller: Caller, ref: str) -> Row:
    """The course of that id or alias; raises 404. An alias may stand wherever a course id does (A.1)."""
    course_id: str | None = ref
    if ref.startswith(("p:", "d:")):
        alias = store.get("aliases", alias_scope(caller, ref), ref)
        course_id = alias["courseId"] if alias else None
    course = store.get("courses", "", course_id) if course_id else None
    if course is None:
        raise not_found()
    return course


def alias_scope(caller: Caller, alias: str) -> str:
    """Where an alias is known: ``p:`` in the caller's Cloud project, ``d:`` in the caller's domain (A.1)."""
    return f"p:{caller.project}" if alias.startswith("p:") else f"d:{caller.domain}"


def role_in(store: Store, caller: Caller, course: Row) -> Role:
    """The caller's role in a course, as far as the course's state lets it be seen."""
    owns = course["ownerId"] == caller.user_id
    admin = caller.admin and caller.domain == domain_of(store, course)
    if course["courseState"] == "SUSPENDED":  # A.1: only the owner sees it
        return Role.TEACHER if owns else Role.OUTSIDER
    if course["courseState"] in {"PROVISIONED", "DECLINED"} and not owns:  # A.1: owner and domain admins only
        return Role.ADMIN if admin else Role.OUTSIDER
    if store.get("teachers", course["id"], caller.user_id):
        return Role.TEACHER
    if admin:
        return Role.ADMIN
    if store.get("students", course["id"], caller.user_id):
        return Role.STUDENT
    return Role.INVITED if invitation_of(store, course["id"], caller.user_id) else Role.OUTSIDER


def domain_of(store: Store, course: Row) -> str:
    """The domain a course belongs to: its owner's; empty for a personal account."""
    owner = store.get("users", "", course["ownerId"])
    return "" if owner is None or owner["consumer"] else people.domain_of(owner["email"])


def owned_by_consumer(store: Store, course: Row) -> bool:
    """Whether the course belongs to a personal account."""
    owner = store.get("users", "", course["ownerId"])
    return owner is not None and owner["consumer"]


def refuse_if_closed(course: Row) -> None:
    """Raise 400 ``@CourseNotModifiable`` if the course's state forbids every change but that of the state (A.1)."""
    if course["courseState"] not in {"ACTIVE", "PROVISIONED"}:
        raise failed_precondition("The course cannot be modified in its present state.", "CourseNotModifiable")


def refuse_other_project(row: Row, caller: Caller) -> None:
    """Raise 403 unless the caller's Cloud project made that item (google-apis.md 0.3, text from B.2)."""
    if row["_project"] != caller.project:
        raise permission_denied(
            "The Developer Console project is not permitted to make this request.", "ProjectPermissionDenied"
        )


def is_member(store: Store, course_id: str, user_id: str) -> bool:
    """Whether somebody teaches or attends a course."""
    return bool(store.get("teachers", course_id, user_id) or store.get("students", course_id, user_id))


def member_ids(store: Store, course_id: str) -> Iterator[str]:
    """Everybody who teaches or attends a course, by user id, teachers first."""
    for table in ("teachers", "students"):
        for row in store.rows(table, course_id):
            yield row["userId"]


def invitation_of(store: Store, course_id: str, user_id: str) -> Row | None:
    """The open invitation of somebody to a course; there is at most one (A.9)."""
    pointer = store.get("invited", course_id, user_id)
    return store.get("invitations", "", pointer["id"]) if pointer else None


def group_members(store: Store, group_email: str) -> set[str]:
    """The user ids behind a course's group address: ``courseGroupEmail`` or ``teacherGroupEmail``; empty if unknown."""
    group = store.get("groups", "", group_email.lower())
    if group is None:
        return set()
    if group["teachersOnly"]:
        return {row["userId"] for row in store.rows("teachers", group["courseId"])}
    return set(member_ids(store, group["courseId"]))


def shown(row: Row) -> Row:
    """A row as it leaves the sandbox: without what is ours."""
    return {name: value for name, value in row.items() if not name.startswith("_")}
