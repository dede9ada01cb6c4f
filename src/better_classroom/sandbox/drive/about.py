"""The method ``drive.about.get``."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import grantees, terms, visibility
from better_classroom.sandbox.drive.refusals import required
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.store import Row, Store

MAX_UPLOAD_SIZE = 5_497_558_138_880  # the document: mediaUpload.maxSize
_STORAGE = 16_106_127_360  # 15 GB, what a personal account has; the sandbox does not fill up


def get(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """The caller and their storage. google-apis.md D.2: ``fields`` is mandatory."""
    if "fields" not in params:
        raise required("fields", "The 'fields' parameter is required for this method.")
    own = [row for row in store.rows("files", "") if row["owner"] == caller.user_id and row["content"]]
    limit = 0 if visibility.is_service_account(store, caller) else _STORAGE
    used = _size(own)
    return {
        "kind": "drive#about",
        "user": grantees.user(store, caller, caller.user_id),
        "storageQuota": {
            "limit": str(limit),
            "usage": str(used),
            "usageInDrive": str(used),
            "usageInDriveTrash": str(_size([row for row in own if terms.is_trashed(store, row)])),
        },
        "maxUploadSize": str(MAX_UPLOAD_SIZE),
        "appInstalled": False,
        "canCreateDrives": False,
        "importFormats": {},
        "exportFormats": {},
        "maxImportSizes": {},
        "folderColorPalette": [],
    }


def _size(rows: list[Row]) -> int:
    return sum(row["content"]["size"] + row.get("keptBytes", 0) for row in rows)


HANDLERS: dict[str, Handler] = {"drive.about.get": get}
