"""Who may do what to a file: its own permissions and those of the folders above it.

Rows: ``files`` under ``""`` and ``permissions`` under the file's id. A permission row is what Google shows, with
``user`` (their numeric id) for a person's and ``at`` (when it was given).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from better_classroom.sandbox.drive import changelog, ids, kinds
from better_classroom.sandbox.people import domain_of
from better_classroom.sandbox.store import Row, Store

# From least to most; fileOrganizer and organizer exist only on shared drives, which the sandbox has none of.
ROLES = ("reader", "commenter", "writer", "owner")
_RANK = {role: rank for rank, role in enumerate(ROLES)}


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission that holds on a file; ``inherited`` if it comes from a folder above, as ``role``."""

    permission: Row
    role: str
    inherited: bool


def grants(store: Store, row: Row) -> list[Grant]:
    """Every permission that holds on a file, one per grantee: the strongest, and its own before an inherited one."""
    best: dict[str, Grant] = {}
    for level, folder in enumerate(lineage(store, row)):
        for permission in store.rows("permissions", folder["id"]):
            if _expired(store, permission):
                continue
            # The owner of a folder does not own what others put into it, but may edit it.
            role = "writer" if level and permission["role"] == "owner" else permission["role"]
            former = best.get(permission["id"])
            if former is None or _RANK[role] > _RANK[former.role]:
                best[permission["id"]] = Grant(permission, role, inherited=level > 0)
    return list(best.values())


def lineage(store: Store, row: Row) -> Iterator[Row]:
    """A file, its folder, the folder's folder and so on; My Drive folders are not rows and end it."""
    current: Row | None = row
    while current is not None:
        yield current
        current = store.get("files", "", current["parents"][0]) if current["parents"] else None


def role_of(store: Store, file_id: str, user_id: str) -> str | None:
    """The strongest role of a user on a file: owner, writer, commenter, reader, or None. Links count for everyone."""
    row = store.get("files", "", file_id)
    if row is None:
        return None
    if row["owner"] == user_id:
        return "owner"
    roles = [grant.role for grant in grants(store, row) if covers(store, grant.permission, user_id)]
    return max(roles, key=_RANK.__getitem__, default=None)


def at_least(role: str | None, wanted: str) -> bool:
    """Whether a role carries the rights of ``wanted``."""
    return role is not None and _RANK[role] >= _RANK[wanted]


def covers(store: Store, permission: Row, user_id: str) -> bool:
    """Whether a permission is for this user: by name, by group, by domain, or for anyone."""
    kind = permission["type"]
    if kind == "user":
        return bool(permission["user"] == user_id)
    if kind == "group":
        return user_id in members(store, permission["emailAddress"])
    if kind == "domain":
        user = store.get("users", "", user_id)
        return bool(user and not user["consumer"] and domain_of(user["email"]) == permission["domain"])
    return True


def members(store: Store, group_email: str) -> set[str]:
    """The user ids behind a group's address: Classroom's course groups are the only groups there are."""
    # Classroom asks Drive about attachments, Drive asks Classroom about groups: one of the two has to ask late.
    from better_classroom.sandbox.classroom.membership import group_members  # noqa: PLC0415

    return group_members(store, group_email)


def group_address(store: Store, address: str) -> str | None:
    """A group's address in Google's own spelling; None if there is no such group."""
    group = store.get("groups", "", address.lower())
    course = store.get("courses", "", group["courseId"]) if group else None
    if course is None:
        return None
    spellings = (course.get("courseGroupEmail", ""), course.get("teacherGroupEmail", ""))
    return next((one for one in spellings if one.lower() == address.lower()), address)


def can_share(store: Store, file_id: str, user_id: str) -> bool:
    """Whether a user may change who sees a file: its owner, and its writers unless the owner forbade it."""
    row = store.get("files", "", file_id)
    role = role_of(store, file_id, user_id)
    return row is not None and (role == "owner" or (role == "writer" and bool(row["writersCanShare"])))


def grant_group(store: Store, file_id: str, group_email: str, role: str) -> None:
    """Let a group use a file, as Classroom does for a post's attachments; a stronger role stays. Sends no mail."""
    address = group_address(store, group_email) or group_email
    _grant(store, file_id, {"type": "group", "role": role, "emailAddress": address})


def grant_user(store: Store, file_id: str, user_id: str, role: str) -> None:
    """Let one person use a file, likewise."""
    user = store.get("users", "", user_id)
    if user is not None:
        _grant(store, file_id, {"type": "user", "role": role, "user": user_id, "emailAddress": user["email"]})


def _grant(store: Store, file_id: str, permission: dict[str, Any]) -> None:
    row = store.get("files", "", file_id)
    present = store.get("permissions", file_id, _identity(permission))
    if row is not None and (present is None or not at_least(present["role"], permission["role"])):
        put_permission(store, row, permission)


def put_permission(store: Store, row: Row, permission: dict[str, Any]) -> Row:
    """Store a permission under the grantee's lasting id, count it as a change of the file, and return it."""
    identity, at = _identity(permission), store.stamp()
    kept = permission | {"id": identity, "at": at}
    store.put("permissions", row["id"], identity, kept)
    shared = {permission["user"]: at} if permission["type"] == "user" and permission["role"] != "owner" else {}
    touch(store, row["id"], sharedWith=row["sharedWith"] | shared)
    return kept


def touch(store: Store, file_id: str, **changes: Any) -> None:
    """Change a file's row, and count it: ``version`` grows on every change, even invisible ones (google-apis.md D.2)."""
    row = store.get("files", "", file_id)
    if row is not None:
        store.put("files", "", file_id, row | changes | {"version": row["version"] + 1})
        changelog.note(store, file_id)


def describe(store: Store, file_id: str) -> dict[str, str] | None:
    """What Classroom shows of an attached file: title, alternateLink, thumbnailUrl where there is one; None if gone."""
    row = store.get("files", "", file_id)
    if row is None:
        return None
    shown = {"title": row["name"], "alternateLink": kinds.view_link(file_id, row["mimeType"])}
    picture = kinds.thumbnail_link(file_id, row["mimeType"])
    return shown | {"thumbnailUrl": picture} if picture else shown


def _identity(permission: dict[str, Any]) -> str:
    if permission["type"] == "domain":
        return ids.domain_permission_id(permission["domain"])
    if permission["type"] == "anyone":
        return ids.ANYONE_CAN_FIND if permission.get("allowFileDiscovery") else ids.ANYONE
    return ids.permission_id(permission["emailAddress"])


def _expired(store: Store, permission: Row) -> bool:
    until = permission.get("expirationTime")
    return until is not None and datetime.fromisoformat(until) <= store.now
