"""Aliases: other names for a course, known in a Cloud project (``p:``) or a domain (``d:``).

Unknown, and taken on the strict side: an alias is not freed when its course is deleted; which characters may stand in
an alias is not stated, so all may; a course's teachers and administrators make and remove aliases, whatever its state.
"""

from __future__ import annotations

from better_classroom.sandbox import paging
from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.classroom import membership
from better_classroom.sandbox.classroom.membership import KEEPERS, READERS, Row, alias_scope
from better_classroom.sandbox.errors import (
    already_exists,
    failed_precondition,
    invalid_argument,
    not_found,
    permission_denied,
)
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.store import Store

LONGEST = 256  # google-apis.md A.1


def check(store: Store, caller: Caller, alias: str) -> None:
    """Raise unless the caller may give that alias to a course: 400 shape or domain, 403 role, 409 taken."""
    _check_scope(caller, alias)
    if store.get("aliases", alias_scope(caller, alias), alias):
        raise already_exists()  # google-apis.md A.1: 409 on courses.create and on aliases.create alike


def give(store: Store, caller: Caller, alias: str, course_id: str) -> Row:
    """Record a checked alias for a course."""
    row = {"alias": alias, "courseId": course_id}
    store.put("aliases", alias_scope(caller, alias), alias, row)
    return row


def _check_scope(caller: Caller, alias: str) -> None:
    if not alias.startswith(("p:", "d:")) or not len("p:") < len(alias) <= LONGEST:
        raise invalid_argument()  # google-apis.md A.1: [seen] for an id without a prefix, with this text
    if alias.startswith("d:"):
        if not caller.domain:  # google-apis.md A.1: a user outside any domain
            raise failed_precondition()
        if not caller.admin:  # google-apis.md A.1: creatable only by domain administrators
            raise permission_denied()


def _create(store: Store, caller: Caller, params: Params, body: Body) -> Row:
    course, _role = membership.enter(store, caller, params["courseId"], KEEPERS)
    alias = body.get("alias", "")
    check(store, caller, alias)
    store.stamp()
    return _shown(give(store, caller, alias, course["id"]))


def _list(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, _role = membership.enter(store, caller, params["courseId"], READERS)
    scopes = [f"p:{caller.project}", f"d:{caller.domain}"]
    rows = [row for scope in scopes for row in store.rows("aliases", scope) if row["courseId"] == course["id"]]
    return paging.page(params, rows, default=30, most=100, key="aliases", show=_shown)


def _delete(store: Store, caller: Caller, params: Params, _body: Body) -> Row:
    course, _role = membership.enter(store, caller, params["courseId"], KEEPERS)
    alias = params["alias"]
    _check_scope(caller, alias)
    row = store.get("aliases", alias_scope(caller, alias), alias)
    if row is None or row["courseId"] != course["id"]:
        raise not_found()
    store.stamp()
    store.remove("aliases", alias_scope(caller, alias), alias)
    return {}


def _shown(row: Row) -> Row:
    return {"alias": row["alias"]}


HANDLERS: dict[str, Handler] = {
    "classroom.courses.aliases.create": _create,
    "classroom.courses.aliases.list": _list,
    "classroom.courses.aliases.delete": _delete,
}
