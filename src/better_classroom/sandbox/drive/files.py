"""The methods of ``drive.files``, apart from uploads."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import changing, creation, ids, kinds, query, terms, visibility
from better_classroom.sandbox.drive.ordering import ordered
from better_classroom.sandbox.drive.refusals import forbidden, invalid, not_reproduced, required
from better_classroom.sandbox.drive.resource import shown
from better_classroom.sandbox.handler import Body, Content, Handler, Params
from better_classroom.sandbox.paging import page
from better_classroom.sandbox.people import domain_of
from better_classroom.sandbox.store import Row, Store

_PAGE = 100  # google-apis.md D.2
_LARGEST_PAGE = 1000


def create(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """A file without an upload: a folder, a document of Google's, or a file of no bytes."""
    return shown(store, caller, creation.create(store, caller, params, body), params.get("fields"))


def get(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any] | Content:
    """Metadata, or with ``alt=media`` the bytes."""
    row = visibility.find(store, caller, params["fileId"])
    if params.get("alt") != "media":
        return shown(store, caller, row, params.get("fields"))
    if row["content"] is None:
        raise forbidden(
            "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
            "fileNotDownloadable",
        )
    visibility.require_content(store, caller, row)
    return Content(store.blob_path(row["content"]["blob"]), row["mimeType"])


def list_(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """The files that a query finds. Trashed ones too, unless the query says otherwise (google-apis.md D.2)."""
    _refuse_elsewhere(params)
    matches = query.parse(params.get("q", ""))
    in_domain = "domain" in (params.get("corpora"), params.get("corpus"))
    order, fields = params.get("orderBy", ""), params.get("fields")
    ordered([], order, caller)  # a bad one is refused on every page

    def belongs(row: Row) -> bool:
        return (
            visibility.app_sees(caller, row)
            and matches(terms.Subject(store, caller, row))
            and (_in_domain(store, caller, row) if in_domain else _is_users(store, caller, row))
        )

    def find(file_id: str) -> Row | None:
        row = store.get("files", "", file_id)
        return row if row and belongs(row) else None

    listed = page(
        params,
        lambda: ordered([row for row in store.rows("files", "") if belongs(row)], order, caller),
        default=_PAGE,
        most=_LARGEST_PAGE,
        key="files",
        show=lambda row: shown(store, caller, row, fields),
        find=find,
    )
    return {"kind": "drive#fileList", "incompleteSearch": False, "files": [], **listed}


def _refuse_elsewhere(params: Params) -> None:
    """Refuse to look where the sandbox has nothing: shared drives, the app's own folder."""
    corpora = params.get("corpora", "user")
    drive_id = params.get("driveId") or params.get("teamDriveId")
    if corpora not in {"user", "domain", "drive", "allDrives"}:
        raise invalid("corpora")
    if corpora == "drive" and not drive_id:
        raise required("driveId", "The driveId parameter must be specified if and only if corpora is set to drive.")
    if drive_id or corpora == "allDrives":
        raise not_reproduced("shared drives")  # google-apis.md D.4
    for space in params.get("spaces", "drive").split(","):
        if space.strip() in {"appDataFolder", "photos"}:
            raise not_reproduced(f"the space {space.strip()}")
        if space.strip() != "drive":
            raise invalid("spaces")


def _is_users(store: Store, caller: Caller, row: Row) -> bool:
    """Files "owned by or shared to the user"; a link alone shares nothing until the user has opened it."""
    if row["owner"] == caller.user_id or terms.shared_with_me(terms.Subject(store, caller, row)):
        return True
    return caller.user_id in row["viewedBy"] and visibility.role(store, caller, row) is not None


def _in_domain(store: Store, caller: Caller, row: Row) -> bool:
    """Files that everyone in the user's domain can find."""
    return any(
        permission["type"] == "domain"
        and permission.get("allowFileDiscovery", False)
        and permission["domain"] == domain_of(caller.email)
        for permission in store.rows("permissions", row["id"])
    )


def update(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """Change what was sent, and nothing else."""
    return shown(store, caller, changing.update(store, caller, params, body), params.get("fields"))


def copy(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """A file of one's own with the same content."""
    source = visibility.find(store, caller, params["fileId"])
    return shown(store, caller, creation.copy(store, caller, params, body, source), params.get("fields"))


def delete(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """Delete for good, past the trash."""
    changing.delete(store, caller, visibility.find(store, caller, params["fileId"]))
    return {}


def empty_trash(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """Delete for good what is in the caller's trash."""
    if params.get("driveId"):
        raise not_reproduced("shared drives")
    changing.empty_trash(store, caller)
    return {}


def generate_ids(_store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """Ids to create or copy files under, so that a repeated create can do no harm (google-apis.md D.2)."""
    space, kind = params.get("space", "drive"), params.get("type", "files")
    if space == "appDataFolder":
        raise not_reproduced("the space appDataFolder")
    if space != "drive":
        raise invalid("space")
    if kind not in {"files", "shortcuts"}:
        raise invalid("type")
    generated = [ids.new_file_id(caller.user_id, kind=kind) for _ in range(params.get("count", 10))]
    return {"kind": "drive#generatedIds", "space": space, "ids": generated}


def export(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """Only documents of Google's are exported, and of those the sandbox keeps no content."""
    row = visibility.find(store, caller, params["fileId"])
    if not kinds.is_editor(row["mimeType"]):
        raise forbidden("Export only supports Docs Editors files.", "fileNotExportable")
    raise not_reproduced("the content of Docs Editors files")


HANDLERS: dict[str, Handler] = {
    "drive.files.copy": copy,
    "drive.files.create": create,
    "drive.files.delete": delete,
    "drive.files.emptyTrash": empty_trash,
    "drive.files.export": export,
    "drive.files.generateIds": generate_ids,
    "drive.files.get": get,
    "drive.files.list": list_,
    "drive.files.update": update,
}
