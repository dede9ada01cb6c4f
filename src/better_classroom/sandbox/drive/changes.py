"""The methods of ``drive.changes`` that are reproduced: getStartPageToken and list (google-apis.md D.6).

Oldest first; a file that changed many times is told once, at its last change. Tokens do not expire and are not bound to
a query. Unknown: whether a change of a folder's permissions is one of the files in it, too; here it is the folder's
alone.
"""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import access, changelog, terms, visibility
from better_classroom.sandbox.drive.refusals import invalid, not_reproduced
from better_classroom.sandbox.drive.resource import shown
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.store import Row, Store

_PAGE = 100  # google-apis.md D.6
_LARGEST_PAGE = 1000


def get_start_page_token(store: Store, _caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """The token from which future changes are listed."""
    _refuse_elsewhere(params)
    return {"kind": "drive#startPageToken", "startPageToken": str(changelog.last(store) + 1)}


def list_(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """The changes from a token on; at their end ``newStartPageToken``, before it ``nextPageToken``."""
    _refuse_elsewhere(params)
    for space in params.get("spaces", "drive").split(","):
        if space.strip() == "appDataFolder":
            raise not_reproduced("the space appDataFolder")
        if space.strip() not in {"drive", "photos"}:
            raise invalid("spaces")
    last = changelog.last(store)
    number = _number(params["pageToken"], last)
    size = min(params.get("pageSize", _PAGE), _LARGEST_PAGE)
    changes: list[dict[str, Any]] = []
    while number <= last and len(changes) < size:
        entry = store.get("changes", "", str(number))
        change = _change(store, caller, params, entry) if entry else None
        if change:
            changes.append(change)
        number += 1
    token = "nextPageToken" if number <= last else "newStartPageToken"
    return {"kind": "drive#changeList", "changes": changes, token: str(number)}


def _refuse_elsewhere(params: Params) -> None:
    if params.get("driveId") or params.get("teamDriveId"):
        raise not_reproduced("shared drives")


def _number(token: str, last: int) -> int:
    plain = token.isascii() and token.isdecimal() and len(token) <= len(str(last + 1))
    if not plain or not 1 <= int(token) <= last + 1:
        raise invalid("pageToken")
    return int(token)


def _change(store: Store, caller: Caller, params: Params, entry: Row) -> dict[str, Any] | None:
    """A change as this caller is told of it; None if it is not for these eyes, or told later."""
    row = store.get("files", "", entry["fileId"])
    change = {
        "kind": "drive#change",
        "type": "file",
        "changeType": "file",
        "time": entry["time"],
        "removed": False,
        "fileId": entry["fileId"],
    }
    if row is not None and _is_users(store, caller, row):
        if not changelog.is_latest(store, entry) or (params.get("restrictToMyDrive") and not _in_my_drive(caller, row)):
            return None
        return change | {"file": shown(store, caller, row, params.get("fields"))}
    lost = _lost(store, caller, entry) and visibility.app_sees(caller, row or {"apps": entry["apps"]})
    return change | {"removed": True} if lost and params.get("includeRemoved", True) else None


def _is_users(store: Store, caller: Caller, row: Row) -> bool:
    """Whether it is among the caller's files: owned by them, shared with them, or opened by a link."""
    if not visibility.app_sees(caller, row) or visibility.role(store, caller, row) is None:
        return False
    mine = row["owner"] == caller.user_id or caller.user_id in row["viewedBy"]
    return mine or terms.shared_with_me(terms.Subject(store, caller, row))


def _in_my_drive(caller: Caller, row: Row) -> bool:
    return bool(row["owner"] == caller.user_id)


def _lost(store: Store, caller: Caller, entry: Row) -> bool:
    """Whether this change took the file from the caller."""
    lost = entry["lost"]
    if caller.user_id in lost["users"]:
        return True
    return any(caller.user_id in access.members(store, group) for group in lost["groups"])


HANDLERS: dict[str, Handler] = {
    "drive.changes.getStartPageToken": get_start_page_token,
    "drive.changes.list": list_,
}
