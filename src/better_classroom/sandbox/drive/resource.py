"""A file as Drive shows it to one caller: the resource ``File`` of the discovery document."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import access, grantees, ids, kinds, terms, visibility
from better_classroom.sandbox.store import Row, Store

Resource = dict[str, Any]


def shown(store: Store, caller: Caller, row: Row, fields: str | None) -> Resource:
    """The file as a reply shows it; whole if ``fields`` will choose from it, the default set without ``fields``."""
    if fields is None:
        return _identity(row)
    return whole(store, caller, row)


def _identity(row: Row) -> Resource:
    """google-apis.md D.2: without ``fields``, a small default set; ``resourceKey`` too, which only old links have."""
    return {"kind": "drive#file", "id": row["id"], "name": row["name"], "mimeType": row["mimeType"]}


def whole(store: Store, caller: Caller, row: Row) -> Resource:
    """Everything that this caller may see of a file."""
    role = visibility.role(store, caller, row)
    held = access.grants(store, row)
    return {
        **_identity(row),
        **_present(row, ("description", "folderColorRgb")),
        **_place(store, caller, row),
        **_times(row, caller),
        **_properties(row, caller),
        **_links(row),
        **_bytes(row),
        **_people(store, caller, row, held),
        "version": str(row["version"]),
        "starred": caller.user_id in row["starredBy"],
        "writersCanShare": row["writersCanShare"],
        "copyRequiresWriterPermission": row["copyRequiresWriterPermission"],
        "viewersCanCopyContent": not row["copyRequiresWriterPermission"],
        "isAppAuthorized": caller.project in row["apps"],
        "capabilities": capabilities(row, role),
    }


def _place(store: Store, caller: Caller, row: Row) -> Resource:
    shown: Resource = {
        "spaces": ["drive"],
        "trashed": terms.is_trashed(store, row),
        "explicitlyTrashed": row["trashed"],
    }
    parents = [one for one in row["parents"] if _sees_folder(store, caller, one)]
    if parents:
        shown["parents"] = parents
    if row["shortcut"]:
        shown["shortcutDetails"] = row["shortcut"]
    return shown


def _sees_folder(store: Store, caller: Caller, folder_id: str) -> bool:
    return folder_id == ids.root_id(caller.user_id) or access.role_of(store, folder_id, caller.user_id) is not None


def _times(row: Row, caller: Caller) -> Resource:
    me = caller.user_id
    shown = {
        "createdTime": row["createdTime"],
        "modifiedTime": row["modifiedTime"],
        "modifiedByMe": me in row["modifiedBy"],
        "viewedByMe": me in row["viewedBy"],
    }
    for name, kept in (
        ("modifiedByMeTime", "modifiedBy"),
        ("viewedByMeTime", "viewedBy"),
        ("sharedWithMeTime", "sharedWith"),
    ):
        if me in row[kept]:
            shown[name] = row[kept][me]
    return shown


def _properties(row: Row, caller: Caller) -> Resource:
    """google-apis.md D.2: appProperties are private to the app, here the caller's Cloud project."""
    own = row["appProperties"].get(caller.project)
    shown = {"properties": row["properties"], "appProperties": own}
    return {name: value for name, value in shown.items() if value}


def _links(row: Row) -> Resource:
    file_id, mime_type = row["id"], row["mimeType"]
    picture = kinds.thumbnail_link(file_id, mime_type)
    shown = {
        "webViewLink": kinds.view_link(file_id, mime_type),
        "iconLink": f"https://drive-thirdparty.googleusercontent.com/16/type/{mime_type}",
        "hasThumbnail": picture is not None,
        "thumbnailVersion": "1" if picture else "0",
    }
    if picture:
        shown["thumbnailLink"] = picture
    return shown


def _bytes(row: Row) -> Resource:
    """google-apis.md D.2: checksums and ``headRevisionId`` only where there are bytes; 64-bit numbers as strings."""
    content = row["content"]
    if content is None:
        return {"quotaBytesUsed": "0"} | ({"size": "0"} if kinds.is_editor(row["mimeType"]) else {})
    size = str(content["size"])
    full = row.get("fullFileExtension", "")
    return {
        "size": size,
        "quotaBytesUsed": str(content["size"] + row.get("keptBytes", 0)),
        "headRevisionId": content["revision"],
        "md5Checksum": content["md5"],
        "sha1Checksum": content["sha1"],
        "sha256Checksum": content["sha256"],
        "originalFilename": row.get("originalFilename", row["name"]),
        "fullFileExtension": full,
        "fileExtension": full.rpartition(".")[2],
        "webContentLink": kinds.content_link(row["id"]),
    }


def _people(store: Store, caller: Caller, row: Row, held: list[access.Grant]) -> Resource:
    shown: Resource = {
        "owners": [grantees.user(store, caller, row["owner"])],
        "lastModifyingUser": grantees.user(store, caller, row["lastModifier"]),
        "ownedByMe": row["owner"] == caller.user_id,
        "shared": len(held) > 1,
    }
    # The document: only "if the requesting user can share the file".
    if access.can_share(store, row["id"], caller.user_id):
        shown["permissions"] = [grantees.permission(store, grant) for grant in held]
        shown["permissionIds"] = [grant.permission["id"] for grant in held]
    return shown


def capabilities(row: Row, role: str | None) -> dict[str, bool]:
    """What a person of that role may do, in Drive's words. Fields of shared drives are left out, as Drive does."""
    owner, writer = role == "owner", access.at_least(role, "writer")
    folder = row["mimeType"] == kinds.FOLDER
    content = writer or not row["copyRequiresWriterPermission"]
    return {
        "canAcceptOwnership": False,
        "canAddChildren": folder and writer,
        "canAddMyDriveParent": False,
        "canChangeCopyRequiresWriterPermission": writer,
        "canChangeViewersCanCopyContent": writer,
        "canComment": access.at_least(role, "commenter"),
        "canCopy": not folder and content,
        "canDelete": owner,
        "canDownload": not folder and content,
        "canEdit": writer,
        "canListChildren": folder,
        "canModifyContent": writer,
        "canMoveItemWithinDrive": writer,
        "canReadRevisions": not folder and writer,
        "canRemoveChildren": folder and writer,
        "canRemoveMyDriveParent": owner,
        "canRename": writer,
        "canShare": owner or (writer and row["writersCanShare"]),
        "canTrash": owner,
        "canUntrash": owner,
    }


def _present(row: Row, names: tuple[str, ...]) -> Resource:
    return {name: row[name] for name in names if name in row}
