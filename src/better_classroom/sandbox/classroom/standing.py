"""Who may use Classroom at all, and whom a domain lets into its courses (google-apis.md A.9, B.2).

A row of ``users`` may say ``disabled`` (the account is closed) and ``classroom``: ``off``, or ``noApi`` where the
administrator switched data access off; ``createsCourses`` false where they keep that to others. The table ``domains`` (parent ``""``) has, for each that restricts whom its people
invite, the domains it ``trusts``; one that is not there trusts everybody.

Unknown, and taken on the strict side: that the restriction is not for Education Fundamentals alone; that a personal
account counts by the domain of its address; whether an account without Classroom can be added or invited: it cannot.
"""

from __future__ import annotations

from better_classroom.sandbox import people
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.errors import failed_precondition, permission_denied
from better_classroom.sandbox.store import Store


def admit(store: Store, caller: Caller) -> None:
    """Raise 403 if the caller's account has no Classroom, or no API (B.2)."""
    user = store.get("users", "", caller.user_id) or {}
    if user.get("classroom") == "off":
        raise permission_denied("The user is not permitted to access Classroom.", "ClassroomDisabled")
    if user.get("classroom") == "noApi":  # the text of B.1
        raise permission_denied("The user is not permitted to access the Classroom API.", "ClassroomApiDisabled")


def may_create_courses(user: Row) -> bool:
    """Whether somebody has the global permission CREATE_COURSE (A.1)."""
    return bool(user.get("createsCourses", True))


def refuse_disabled(user: Row) -> None:
    """Raise 400 for an account that is closed, or has no Classroom: A.9, "disabled account"."""
    if user.get("disabled") or user.get("classroom") == "off":
        raise failed_precondition()


def refuse_ownerless(store: Store, course: Row) -> None:
    """Raise 400 ``@InactiveCourseOwner`` for a course whose owner's account is gone (A.9, B.2)."""
    if has_no_owner(store, course):
        raise failed_precondition("The owner of the course is inactive.", "InactiveCourseOwner")


def has_no_owner(store: Store, course: Row) -> bool:
    """Whether the account of the course's owner is gone."""
    owner = store.get("users", "", course["ownerId"])
    return owner is None or bool(owner.get("disabled"))


def refuse_untrusted(store: Store, caller: Caller, user: Row) -> None:
    """Raise 403 ``@CannotInviteUserInUntrustedDomain`` if the caller's domain does not let that person in (A.9)."""
    restricted = store.get("domains", "", caller.domain) if caller.domain else None
    if restricted is None:
        return
    domain = people.domain_of(user["email"])
    if domain not in restricted["trusts"] and (domain != caller.domain or user["consumer"]):
        raise permission_denied("The user's domain is not trusted.", "CannotInviteUserInUntrustedDomain")
