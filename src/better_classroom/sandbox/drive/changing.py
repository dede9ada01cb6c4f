"""Changing files: fields, content, place, trash; and deleting them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import (
    access,
    blobs,
    changelog,
    creation,
    ids,
    kinds,
    metadata,
    versions,
    visibility,
)
from better_classroom.sandbox.drive.blobs import Stored
from better_classroom.sandbox.drive.refusals import (
    bad_request,
    file_not_found,
    forbidden,
    insufficient_permissions,
    invalid,
    not_reproduced,
)
from better_classroom.sandbox.store import Row, Store


def update(
    store: Store,
    caller: Caller,
    params: dict[str, Any],
    body: dict[str, Any],
    *,
    stored: Stored | None = None,
    media_type: str = "",
) -> Row:
    """Change a file and return its row; only what was sent changes (google-apis.md D.2: patch semantics)."""
    row = visibility.find(store, caller, params["fileId"])
    _require_rights(store, caller, row, params, body, with_content=stored is not None)
    metadata.check_change(body)
    mime_type = _new_type(row, body, stored, media_type)
    parents = _moved(store, caller, row, params)
    if stored is None and parents == row["parents"] and not body.keys() - {"kind"}:
        return row
    at = store.stamp()
    changed = metadata.apply(row, body, caller) | {"mimeType": mime_type, "parents": parents}
    if "trashed" in body:
        changed["trashed"] = body["trashed"]
    if stored is not None or not metadata.is_personal(body):
        changed |= _signed(changed, caller, at if "modifiedTime" not in body else changed["modifiedTime"])
    if stored is not None:
        forever = params.get("keepRevisionForever", False)
        changed = versions.add(store, changed, stored, at=at, by=caller.user_id, forever=forever)
    changed["version"] = row["version"] + 1
    store.put("files", "", row["id"], changed)
    changelog.note(store, row["id"])
    return changed


def _signed(row: Row, caller: Caller, at: str) -> dict[str, Any]:
    return {
        "modifiedTime": at,
        "modifiedBy": row["modifiedBy"] | {caller.user_id: at},
        "lastModifier": caller.user_id,
    }


def _require_rights(
    store: Store, caller: Caller, row: Row, params: dict[str, Any], body: dict[str, Any], *, with_content: bool
) -> None:
    visibility.require_change(caller, row, metadata_only=not with_content)
    if row["id"] == ids.root_id(row["owner"]):
        raise insufficient_permissions()
    moves = "addParents" in params or "removeParents" in params
    if with_content or moves or not metadata.is_personal(body):
        visibility.require_role(store, caller, row, "writer")
    if "trashed" in body:  # the document: "only the owner may trash a file"
        visibility.require_role(store, caller, row, "owner")
    if "writersCanShare" in body:
        visibility.require_sharing(store, caller, row)


def _new_type(row: Row, body: dict[str, Any], stored: Stored | None, media_type: str) -> str:
    """google-apis.md D.2: the type can change only with a new revision."""
    held = str(row["mimeType"])
    if stored is None:
        if body.get("mimeType", held) != held:
            raise invalid("mimeType", "The MIME type can only be changed together with the content.")  # unknown reason
        return held
    if kinds.is_google(held) and not kinds.is_editor(held):
        raise bad_request("Files of this type hold no content.")
    # Without a type in the metadata the file keeps its own, unless the upload names one.
    told: str = media_type if media_type not in {"", kinds.UNKNOWN} else held
    new = creation.type_of(body, row["name"], told)
    if kinds.is_editor(held) or kinds.is_google(new):
        raise not_reproduced("the conversion of an upload to one of Google's own types")
    return new


def _moved(store: Store, caller: Caller, row: Row, params: dict[str, Any]) -> list[str]:
    """The parents after ``addParents`` and ``removeParents``; google-apis.md D.2: a file has one."""
    held = list(row["parents"])
    for folder_id in _listed(params, "removeParents"):
        if folder_id == "root":
            folder_id = ids.root_id(caller.user_id)  # noqa: PLW2901 - an alias, resolved
        if folder_id not in held:
            raise file_not_found(folder_id)  # unknown: the strict side
        held.remove(folder_id)
    for folder_id in _listed(params, "addParents"):
        folder = visibility.find_parent(store, caller, folder_id)
        if any(above["id"] == row["id"] for above in access.lineage(store, folder)):
            raise invalid("addParents", "A folder cannot be put into itself.")
        if folder["id"] not in held:
            held.append(folder["id"])
    if len(held) > 1:
        raise forbidden("Increasing the number of parents is not allowed", "cannotAddParent")
    if row["parents"] and not held:
        raise forbidden("A file must stay in a folder.", "cannotRemoveParent")  # unknown: the strict side
    return held


def _listed(params: dict[str, Any], name: str) -> list[str]:
    return [one.strip() for one in params.get(name, "").split(",") if one.strip()]


def delete(store: Store, caller: Caller, row: Row) -> None:
    """Delete a file for good; of a folder, also what the caller owns below it (the document, files.delete)."""
    visibility.require_change(caller, row)
    visibility.require_role(store, caller, row, "owner")
    if row["id"] == ids.root_id(row["owner"]):
        raise insufficient_permissions()
    _remove(store, [row], caller)


def empty_trash(store: Store, caller: Caller) -> None:
    """Delete for good what the caller owns and threw away."""
    tops = [row for row in store.rows("files", "") if row["trashed"] and row["owner"] == caller.user_id]
    _remove(store, tops, caller)


def _remove(store: Store, tops: Iterable[Row], caller: Caller) -> None:
    """Remove these files and all of the caller's below them; others' go to their owner's My Drive."""
    doomed: dict[str, Row] = {row["id"]: row for row in tops}
    children: dict[str, list[Row]] = defaultdict(list)
    if any(row["mimeType"] == kinds.FOLDER for row in doomed.values()):
        for row in store.rows("files", ""):
            for folder_id in row["parents"]:
                children[folder_id].append(row)
    waiting = list(doomed.values())
    seen = set(doomed)
    foreign: list[Row] = []
    while waiting:
        for child in children[waiting.pop()["id"]]:
            if child["id"] in seen:
                continue
            seen.add(child["id"])
            waiting.append(child)
            if child["owner"] == caller.user_id:
                doomed[child["id"]] = child
            else:
                foreign.append(child)
    let_go = [blob for row in doomed.values() for blob in _erase(store, row)]
    blobs.let_go(store, let_go)
    for row in foreign:
        if row["parents"][0] in doomed:
            access.touch(store, row["id"], parents=[ids.root_id(row["owner"])])
    store.stamp()


def _erase(store: Store, row: Row) -> list[str]:
    file_id = row["id"]
    store.remove("files", "", file_id)
    for permission in store.rows("permissions", file_id):
        store.remove("permissions", file_id, permission["id"])
    store.put("tombstones", "", file_id, {"id": file_id})
    changelog.note(store, file_id)
    return versions.remove_all(store, file_id)
