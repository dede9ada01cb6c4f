"""People as Classroom shows them, and ``userProfiles.get``.

Unknown, and taken on the strict side: besides oneself and one's domain's administrator, only people who share a course
that both may see get a profile (A.9 says "people one shares a class with (not spelt out)"); the global permissions are
shown to oneself and to the administrator. Nobody here has a photo but the one for people without, and no domain
verifies teachers.
"""

from __future__ import annotations

from better_classroom.sandbox import people
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom import membership, standing
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.errors import permission_denied
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.store import Store

_EMAILS = "https://www.googleapis.com/auth/classroom.profile.emails"
_PHOTOS = "https://www.googleapis.com/auth/classroom.profile.photos"
_NO_PHOTO = "//lh3.googleusercontent.com/a/default-user"


def profile(caller: Caller, user: Row) -> Row:
    """What the caller sees of somebody: id, name, and the address if the scope and the kind of account allow it."""
    given, _, family = user["name"].rpartition(" ")
    name = {"givenName": given or family, "fullName": user["name"]}
    if given:
        name["familyName"] = family
    seen: Row = {"id": user["id"], "name": name}
    # google-apis.md A.9, G.17: only with the scope; for personal accounts the feature is not available at all
    if _EMAILS in caller.scopes and not user["consumer"] and not caller.consumer:
        seen["emailAddress"] = user["email"]
    if _PHOTOS in caller.scopes:  # A.9
        seen["photoUrl"] = _NO_PHOTO
    if standing.may_create_courses(user) and (caller.user_id == user["id"] or _administers(caller, user)):
        seen["permissions"] = [{"permission": "CREATE_COURSE"}]
    return seen


def _get(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    user = people.user_by(store, params["userId"], caller)
    # google-apis.md A.9: a missing profile is 403, not 404
    if user is None or not _may_see(store, caller, user):
        raise permission_denied()
    return profile(caller, user)


def _may_see(store: Store, caller: Caller, user: Row) -> bool:
    if caller.user_id == user["id"] or _administers(caller, user):
        return True
    for course in store.rows("courses", ""):
        if membership.is_member(store, course["id"], user["id"]) and (
            membership.role_in(store, caller, course) in membership.READERS
        ):
            return True
    return False


def _administers(caller: Caller, user: Row) -> bool:
    return caller.admin and not user["consumer"] and people.domain_of(user["email"]) == caller.domain


HANDLERS: dict[str, Handler] = {"classroom.userProfiles.get": _get}
