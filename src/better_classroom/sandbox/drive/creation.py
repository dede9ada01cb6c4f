"""Making files: from metadata alone, from an upload, or as a copy."""

from __future__ import annotations

import re
from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import access, blobs, changelog, ids, kinds, metadata, versions, visibility
from better_classroom.sandbox.drive.blobs import Stored
from better_classroom.sandbox.drive.refusals import (
    bad_request,
    forbidden,
    id_in_use,
    insufficient_permissions,
    invalid,
    not_reproduced,
    required,
)
from better_classroom.sandbox.drive.rows import new_row
from better_classroom.sandbox.sheets import books
from better_classroom.sandbox.store import Row, Store

_MIME_TYPE = re.compile(r"[\w.+!#$&^-]{1,127}/[\w.+!#$&^-]{1,127}(\s*;.*)?", re.ASCII)


def create(
    store: Store,
    caller: Caller,
    params: dict[str, Any],
    body: dict[str, Any],
    *,
    stored: Stored | None = None,
    media_type: str = "",
) -> Row:
    """Make a file and return its row. ``stored`` is what was uploaded, ``media_type`` what the upload called it."""
    metadata.check_new(body)
    mime_type = type_of(body, body.get("name", ""), media_type)
    _refuse_content(mime_type, stored)
    parent = visibility.find_parent(store, caller, (body.get("parents") or ["root"])[0])
    file_id = _claim(store, caller, body.get("id"), mime_type)
    _require_storage(store, caller, mime_type)
    shortcut = _shortcut(store, caller, body, mime_type)
    row = new_row(file_id, body.get("name", "Untitled"), mime_type, caller.user_id, store.stamp())
    row |= {"parents": [parent["id"]], "apps": [caller.project], "shortcut": shortcut}
    row = metadata.apply(row, body, caller)
    if not kinds.is_google(mime_type):
        row["originalFilename"] = body.get("originalFilename", row["name"])
    return add(store, caller, row, stored, forever=params.get("keepRevisionForever", False))


def add(store: Store, caller: Caller, row: Row, stored: Stored | None, *, forever: bool = False) -> Row:
    """Put a new file's row, its owner's permission and its first revision."""
    row |= {"viewedBy": {caller.user_id: row["createdTime"]}, "modifiedBy": {caller.user_id: row["modifiedTime"]}}
    if not kinds.is_google(row["mimeType"]):
        content = stored or blobs.nothing(store)
        row = versions.add(store, row, content, at=row["modifiedTime"], by=caller.user_id, forever=forever)
    store.put("files", "", row["id"], row)
    owner = {"type": "user", "role": "owner", "user": caller.user_id, "emailAddress": caller.email}
    kept = owner | {"id": ids.permission_id(caller.email), "at": row["createdTime"]}
    store.put("permissions", row["id"], kept["id"], kept)
    changelog.note(store, row["id"])
    return row


def copy(store: Store, caller: Caller, params: dict[str, Any], body: dict[str, Any], source: Row) -> Row:
    """Copy a file that the caller sees; the copy is the caller's own, shared with nobody."""
    if source["mimeType"] == kinds.FOLDER:
        raise forbidden("This file cannot be copied by the user.", "cannotCopyFile")  # unknown reason
    visibility.require_content(store, caller, source)
    metadata.check_new(body)
    if "shortcutDetails" in body:
        raise invalid("shortcutDetails")
    mime_type = body.get("mimeType", source["mimeType"])
    if mime_type != source["mimeType"]:
        raise not_reproduced("a copy of another type")
    parent = _parent_of_copy(store, caller, body, source)
    file_id = _claim(store, caller, body.get("id"), mime_type)
    _require_storage(store, caller, mime_type)
    row = source | new_row(file_id, f"Copy of {source['name']}", mime_type, caller.user_id, store.stamp())
    row |= {name: source[name] for name in ("properties", "appProperties", "shortcut")}
    row |= {"parents": [parent["id"]], "apps": [caller.project]}
    row.pop("keptBytes", None)
    row = metadata.apply(row, body, caller)
    stored = blobs.duplicate(store, source["content"]) if source["content"] else None
    copied = add(store, caller, row, stored, forever=params.get("keepRevisionForever", False))
    books.duplicate(store, source, copied)
    return copied


def _parent_of_copy(store: Store, caller: Caller, body: dict[str, Any], source: Row) -> Row:
    """The document: without parents, a copy "inherits any discoverable parent of the source file"."""
    if body.get("parents"):
        return visibility.find_parent(store, caller, body["parents"][0])
    for folder_id in source["parents"]:
        folder = store.get("files", "", folder_id)
        seen = folder if folder and visibility.app_sees(caller, folder) else None
        if seen and access.at_least(visibility.role(store, caller, seen), "writer"):
            return seen
    return visibility.find_parent(store, caller, "root")


def type_of(body: dict[str, Any], name: str, media_type: str) -> str:
    """The file's type: as the metadata say, as the upload says, or as the name tells."""
    told = body.get("mimeType") or media_type
    if told and not _MIME_TYPE.fullmatch(told):
        raise bad_request("Invalid MIME type provided for the uploaded content.")
    if not body.get("mimeType") and told in {"", kinds.UNKNOWN}:
        return kinds.guess(name)
    return str(told)


def _refuse_content(mime_type: str, stored: Stored | None) -> None:
    if not kinds.is_google(mime_type):
        return
    if stored is not None:
        # google-apis.md D.2: setting a native MIME type converts on upload
        raise not_reproduced("the conversion of an upload to one of Google's own types")
    if not kinds.is_editor(mime_type) and not mime_type.startswith(kinds.TAKES_GENERATED_ID):
        raise bad_request(f"Files of type {mime_type} cannot be created.")


def _claim(store: Store, caller: Caller, wanted: str | None, mime_type: str) -> str:
    """The id of the new file. google-apis.md D.2: 409 if it is in use; only generated ones, not for Google's types."""
    kind = "shortcuts" if mime_type == kinds.SHORTCUT else "files"
    if wanted is None:
        return ids.new_file_id(caller.user_id, kind=kind)
    # A deleted file's id stays used: the strict side, Google does not tell.
    if store.get("files", "", wanted) or store.get("tombstones", "", wanted):
        raise id_in_use()
    if kinds.is_google(mime_type) and not mime_type.startswith(kinds.TAKES_GENERATED_ID):
        raise bad_request("Generated IDs are not supported for Docs Editors formats.")
    if not ids.generated_for(wanted, caller.user_id, kind=kind):
        raise invalid("file.id", "The provided file ID is not usable.")  # unknown: 400 rather than 404
    return wanted


def _require_storage(store: Store, caller: Caller, mime_type: str) -> None:
    """A service account acting for itself has no storage to hold a file (the sheet's D.2, seen by many)."""
    if mime_type in {kinds.FOLDER, kinds.SHORTCUT} or not visibility.is_service_account(store, caller):
        return
    raise forbidden(
        "Service Accounts do not have storage quota. Leverage shared drives, or use OAuth delegation instead.",
        "storageQuotaExceeded",
    )


def _shortcut(store: Store, caller: Caller, body: dict[str, Any], mime_type: str) -> dict[str, str]:
    details = body.get("shortcutDetails", {})
    if mime_type != kinds.SHORTCUT:
        if details:
            raise invalid("shortcutDetails")
        return {}
    if not details.get("targetId"):
        raise required("shortcutDetails.targetId", "A shortcut must have a target.")
    target = visibility.find(store, caller, details["targetId"])
    if target["mimeType"] == kinds.SHORTCUT:
        raise insufficient_permissions("A shortcut cannot point to another shortcut.")
    return {"targetId": target["id"], "targetMimeType": target["mimeType"]}
