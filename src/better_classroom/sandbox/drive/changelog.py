"""The log of changes that ``drive.changes`` is read from: one entry a change, and of each file who could see it.

Tables: ``changes`` under ``""`` (numbered from 1) and ``audiences`` under ``""`` by the file's id. An entry names those
who lost the file by this change: for them it is a removal, and the last they hear of it.
"""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.store import Row, Store, rfc3339


def note(store: Store, file_id: str) -> None:
    """Note a change of a file, also its deletion; called where its row was put or removed."""
    row = store.get("files", "", file_id)
    former = store.get("audiences", "", file_id) or {"users": [], "groups": [], "apps": [], "last": 0}
    present = _audience(store, row) if row else {"users": [], "groups": []}
    number = last(store) + 1
    lost = {kind: [one for one in former[kind] if one not in present[kind]] for kind in ("users", "groups")}
    entry = {"id": str(number), "fileId": file_id, "time": rfc3339(store.now), "apps": former["apps"], "lost": lost}
    store.put("changes", "", entry["id"], entry)
    store.put("counters", "", "changes", {"last": number})
    apps = row["apps"] if row else former["apps"]
    store.put("audiences", "", file_id, {**present, "apps": apps, "last": number})


def last(store: Store) -> int:
    """The number of the last change; 0 before the first."""
    held = store.get("counters", "", "changes")
    return int(held["last"]) if held else 0


def is_latest(store: Store, entry: Row) -> bool:
    """Whether a file has not changed again since."""
    held = store.get("audiences", "", entry["fileId"])
    return held is not None and held["last"] == int(entry["id"])


def _audience(store: Store, row: Row) -> dict[str, Any]:
    """The people and groups that a file is for, by itself or through a folder above it."""
    users, groups = {row["owner"]}, set()
    current: Row | None = row
    while current is not None:
        for permission in store.rows("permissions", current["id"]):
            if permission["type"] == "user":
                users.add(permission["user"])
            elif permission["type"] == "group":
                groups.add(permission["emailAddress"].lower())
        current = store.get("files", "", current["parents"][0]) if current["parents"] else None
    return {"users": sorted(users), "groups": sorted(groups)}
