"""People and permissions as Drive shows them: the resources ``User`` and ``Permission``."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import ids
from better_classroom.sandbox.drive.access import Grant
from better_classroom.sandbox.store import Row, Store

Resource = dict[str, Any]

_DEFAULT = ("kind", "id", "type", "role")  # what a reply without `fields` shows; seen in the field, not documented


def user(store: Store, caller: Caller, user_id: str) -> Resource:
    """A person as Drive shows one: with an address, which Drive's own resources do not hide behind a scope."""
    row = store.get("users", "", user_id)
    shown = {"kind": "drive#user", "displayName": row["name"] if row else "", "me": user_id == caller.user_id}
    if row:
        shown |= {"permissionId": ids.permission_id(row["email"]), "emailAddress": row["email"]}
    return shown


def permission(store: Store, grant: Grant) -> Resource:
    """A permission that holds on a file, everything of it."""
    row = grant.permission
    shown: Resource = {"kind": "drive#permission", "id": row["id"], "type": row["type"], "role": grant.role}
    name = _display_name(store, row)
    if name:
        shown["displayName"] = name
    for field in ("emailAddress", "domain", "expirationTime", "view"):
        if field in row:
            shown[field] = row[field]
    if row["type"] in {"domain", "anyone"}:
        shown["allowFileDiscovery"] = row.get("allowFileDiscovery", False)
    if row["type"] in {"user", "group"}:
        shown["deleted"] = False
    if row["type"] == "user":
        shown["pendingOwner"] = False
    shown["permissionDetails"] = [{"permissionType": "file", "role": grant.role, "inherited": grant.inherited}]
    return shown


def permission_shown(store: Store, grant: Grant, fields: str | None) -> Resource:
    """As ``permission``; the default set if the request has no ``fields``."""
    everything = permission(store, grant)
    return everything if fields is not None else {name: everything[name] for name in _DEFAULT}


def _display_name(store: Store, row: Row) -> str:
    if row["type"] == "user":
        found = store.get("users", "", row["user"])
        return str(found["name"]) if found else ""
    if row["type"] == "group":
        group = store.get("groups", "", row["emailAddress"].lower())
        course = store.get("courses", "", group["courseId"]) if group else None
        return str(course["name"]) if course else row["emailAddress"]
    return str(row.get("domain", ""))
