"""The methods of ``drive.revisions`` that are reproduced: list and get, with the bytes of former revisions."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import grantees, versions, visibility
from better_classroom.sandbox.drive.refusals import forbidden, not_reproduced, revision_not_found
from better_classroom.sandbox.handler import Body, Content, Handler, Params
from better_classroom.sandbox.paging import page
from better_classroom.sandbox.store import Row, Store

_PAGE = 200
_LARGEST_PAGE = 1000
_DEFAULT = ("kind", "id", "mimeType", "modifiedTime")  # seen in the field, not documented


def list_(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """The revisions of a file that are still kept, oldest first."""
    row = _readable(store, caller, params)
    fields = params.get("fields")
    listed = page(
        params,
        versions.live(store, row["id"]),
        default=_PAGE,
        most=_LARGEST_PAGE,
        key="revisions",
        show=lambda revision: _shown(store, caller, revision, fields),
    )
    return {"kind": "drive#revisionList", "revisions": [], **listed}


def get(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any] | Content:
    """One revision, or with ``alt=media`` its bytes."""
    row = _readable(store, caller, params)
    kept = {one["id"]: one for one in versions.live(store, row["id"])}
    wanted = row["content"]["revision"] if params["revisionId"] == "head" else params["revisionId"]
    if wanted not in kept:
        raise revision_not_found(params["revisionId"])
    revision = kept[wanted]
    if params.get("alt") != "media":
        return _shown(store, caller, revision, params.get("fields"))
    visibility.require_content(store, caller, row)
    return Content(store.blob_path(revision["content"]["blob"]), revision["mimeType"])


def _readable(store: Store, caller: Caller, params: Params) -> Row:
    """The file, if the caller may read its revisions: its writers may (capability ``canReadRevisions``)."""
    row = visibility.find(store, caller, params["fileId"])
    visibility.require_role(store, caller, row, "writer")
    if row["content"] is None:
        if row["mimeType"].startswith("application/vnd.google-apps.") and "folder" not in row["mimeType"]:
            raise not_reproduced("revisions of Docs Editors files")
        raise forbidden("The file does not support revisions.", "revisionsNotSupported")  # unknown reason
    return row


def _shown(store: Store, caller: Caller, revision: Row, fields: str | None) -> dict[str, Any]:
    content = revision["content"]
    whole = {
        "kind": "drive#revision",
        "id": revision["id"],
        "mimeType": revision["mimeType"],
        "modifiedTime": revision["modifiedTime"],
        "keepForever": revision["keepForever"],
        "published": False,
        "lastModifyingUser": grantees.user(store, caller, revision["lastModifier"]),
        "originalFilename": revision["originalFilename"],
        "md5Checksum": content["md5"],
        "size": str(content["size"]),
    }
    return whole if fields is not None else {name: whole[name] for name in _DEFAULT}


HANDLERS: dict[str, Handler] = {"drive.revisions.get": get, "drive.revisions.list": list_}
