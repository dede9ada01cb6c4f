"""The contents a file has had: one row of the table ``revisions`` each, the last of them its head.

google-apis.md D.2: new content keeps the id and adds a revision; the head is never purged, others normally after 30
days or 100 revisions, and up to 200 may be kept forever.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from better_classroom.sandbox.drive import blobs
from better_classroom.sandbox.drive.blobs import Stored
from better_classroom.sandbox.drive.refusals import forbidden
from better_classroom.sandbox.store import Row, Store

_KEPT_FOR = timedelta(days=30)
_KEPT = 100
_KEPT_FOREVER = 200


def add(store: Store, row: Row, stored: Stored, *, at: str, by: str, forever: bool) -> Row:
    """The file's row with new content, whose revision is put beside it; the former head begins to age.

    Raises 403 if as many as may be kept forever already are.
    """
    file_id = row["id"]
    if forever and sum(one["keepForever"] for one in store.rows("revisions", file_id)) >= _KEPT_FOREVER:
        raise forbidden("The limit of revisions kept forever has been reached.", "revisionLimitExceeded")  # unknown
    if row["content"]:
        former = store.get("revisions", file_id, row["content"]["revision"])
        if former is not None:
            store.put("revisions", file_id, former["id"], former | {"supersededTime": at})
    revision = {
        "id": "0B" + secrets.token_urlsafe(30),
        "mimeType": row["mimeType"],
        "modifiedTime": at,
        "keepForever": forever,
        "lastModifier": by,
        "originalFilename": row.get("originalFilename", row["name"]),
        "supersededTime": "",
        "content": stored,
    }
    store.put("revisions", file_id, revision["id"], revision)
    _purge(store, file_id)
    return row | {"content": stored | {"revision": revision["id"]}, "keptBytes": _kept_bytes(store, file_id)}


def live(store: Store, file_id: str) -> list[Row]:
    """The revisions that are still there, oldest first."""
    held = store.rows("revisions", file_id)
    passing = [row for row in held if row["supersededTime"] and not row["keepForever"]]
    oldest = store.now - _KEPT_FOR
    gone = {row["id"] for row in passing if datetime.fromisoformat(row["supersededTime"]) < oldest}
    gone |= {row["id"] for row in passing[: max(0, len(passing) - (_KEPT - 1))]}
    return [row for row in held if row["id"] not in gone]


def _purge(store: Store, file_id: str) -> None:
    kept = {row["id"] for row in live(store, file_id)}
    gone = [row for row in store.rows("revisions", file_id) if row["id"] not in kept]
    for row in gone:
        store.remove("revisions", file_id, row["id"])
    blobs.let_go(store, [row["content"]["blob"] for row in gone])


def _kept_bytes(store: Store, file_id: str) -> int:
    return sum(
        row["content"]["size"]
        for row in store.rows("revisions", file_id)
        if row["keepForever"] and row["supersededTime"]
    )


def remove_all(store: Store, file_id: str) -> list[str]:
    """Forget every revision of a file; returns the blobs to let go of."""
    held = store.rows("revisions", file_id)
    for row in held:
        store.remove("revisions", file_id, row["id"])
    return [row["content"]["blob"] for row in held]
