"""What a permission may be: its fields held against each other, its grantee found."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from better_classroom.sandbox.drive import access, instants
from better_classroom.sandbox.drive.refusals import bad_request, forbidden, invalid, invalid_sharing, required
from better_classroom.sandbox.people import user_by
from better_classroom.sandbox.store import Row, Store

Body = dict[str, Any]

_TYPES = ("user", "group", "domain", "anyone")
_SHARED_DRIVE_ROLES = ("organizer", "fileOrganizer")
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.IGNORECASE)
_FARTHEST = timedelta(days=366)  # the document: not "more than a year in the future"
_CREATABLE = {"kind", "type", "role", "emailAddress", "domain", "allowFileDiscovery", "expirationTime", "view"}
_CHANGEABLE = {"kind", "role", "expirationTime"}


def wanted(store: Store, body: Body) -> Body:
    """The permission that a body asks for, as a row without id; raises 400 or 403 for one that cannot be."""
    _only(body, _CREATABLE)
    kind = body.get("type")
    if not kind:
        raise required("permission.type", "The permission type field is required.")
    if kind not in _TYPES:
        raise invalid("permission.type")
    permission = {"type": kind, "role": _role(body), **_grantee(store, kind, body)}
    if "allowFileDiscovery" in body:
        if kind not in {"domain", "anyone"}:
            raise invalid("permission.allowFileDiscovery")
        permission["allowFileDiscovery"] = body["allowFileDiscovery"]
    return permission | expiry(store, kind, body)


def change(store: Store, row: Row, body: Body, *, remove_expiry: bool) -> Body:
    """The permission after ``permissions.update``: another role, another end."""
    _only(body, _CHANGEABLE)
    changed = row | ({"role": _role(body)} if "role" in body else {}) | expiry(store, row["type"], body)
    if remove_expiry:
        changed.pop("expirationTime", None)
    return changed


def _only(body: Body, fields: set[str]) -> None:
    if body.get("view"):
        bad = "views of a permission"
        raise bad_request(f"This sandbox does not reproduce {bad}.")
    if body.keys() - fields:
        raise forbidden("The resource body includes fields which are not directly writable.", "fieldNotWritable")


def _role(body: Body) -> str:
    role = body.get("role")
    if not role:
        raise required("permission.role", "The permission role field is required.")
    if role in _SHARED_DRIVE_ROLES:  # the document: roles of shared drives; the reason is unknown
        raise forbidden("The specified role is only valid for items in shared drives.", "cannotShareTeamDriveItem")
    if role not in access.ROLES:
        raise invalid("permission.role")
    return str(role)


def _grantee(store: Store, kind: str, body: Body) -> Body:
    address = body.get("emailAddress", "").strip()
    if kind in {"user", "group"}:
        if not address:
            raise required("permission.emailAddress", "The emailAddress field is required.")
        return _person(store, address) if kind == "user" else _group(store, address)
    if address:
        raise invalid("permission.emailAddress")
    if kind == "domain":
        if not _DOMAIN.fullmatch(body.get("domain", "")):
            raise invalid_sharing("The specified domain is invalid or not applicable for the given permission type.")
        return {"domain": body["domain"].lower()}
    return {}


def _person(store: Store, address: str) -> Body:
    user = user_by(store, address) if "@" in address else None
    if user is None:
        # Google could invite someone without an account by mail. The strict side: no account, no permission.
        raise invalid_sharing(f"There is no Google account associated with {address}.")
    return {"user": user["id"], "emailAddress": user["email"]}


def _group(store: Store, address: str) -> Body:
    # google-apis.md H.13: for personal accounts unknown; here a course's group can always be shared with
    known = access.group_address(store, address)
    if known is None:
        raise invalid_sharing(f"There is no group {address}.")
    return {"emailAddress": known}


def expiry(store: Store, kind: str, body: Body) -> Body:
    """The end of a permission; the document: for users and groups only, in the future, within a year."""
    if "expirationTime" not in body:
        return {}
    until = instants.read(body["expirationTime"])
    if kind not in {"user", "group"} or until is None or not store.now < until <= store.now + _FARTHEST:
        raise forbidden("The expiration time is not valid for this permission.", "expirationDateInvalid")  # unknown
    return {"expirationTime": instants.write(until)}
