"""``orderBy`` of files.list: keys as the discovery document lists them, each with an optional ``desc``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import kinds
from better_classroom.sandbox.drive.refusals import invalid
from better_classroom.sandbox.store import Row

_NUMBER = re.compile(r"([0-9]+)")
_LONGEST_NUMBER = 4000  # Python refuses to read longer ones
_Key = Callable[[Row, Caller], Any]


def ordered(rows: Iterable[Row], order_by: str, caller: Caller) -> list[Row]:
    """The rows in the order asked for; without one, the last modified first (Google tells no default).

    Raises 400 for a key that is none.
    """
    result = sorted(rows, key=lambda row: (row["modifiedTime"], row["id"]), reverse=True)
    for key, descending in reversed(_keys(order_by)):
        result.sort(key=lambda row, key=key: key(row, caller), reverse=descending)  # type: ignore[misc]
    return result


def _keys(order_by: str) -> list[tuple[_Key, bool]]:
    keys = []
    for part in order_by.split(",") if order_by else []:
        name, *modifier = part.split() or [""]
        if name not in _KEYS or modifier not in ([], ["desc"]):
            raise invalid("orderBy")
        keys.append((_KEYS[name], bool(modifier)))
    return keys


def _natural(row: Row, _: Caller) -> list[tuple[int, int, str]]:
    """Names with their numbers as numbers: 1, 2, 12, 22."""
    return [
        (0, int(part), "") if part[0] in "0123456789" and len(part) < _LONGEST_NUMBER else (1, 0, part)
        for part in _NUMBER.split(row["name"].casefold())
        if part
    ]


def _recency(row: Row, caller: Caller) -> str:
    viewed: str = row["viewedBy"].get(caller.user_id, "")
    return max(str(row["createdTime"]), str(row["modifiedTime"]), viewed)


_KEYS: dict[str, _Key] = {
    "createdTime": lambda row, _: row["createdTime"],
    # Folders first, as Drive's own page shows them; the document says no more than "the folder ID".
    "folder": lambda row, _: row["mimeType"] != kinds.FOLDER,
    "modifiedByMeTime": lambda row, caller: row["modifiedBy"].get(caller.user_id, ""),
    "modifiedTime": lambda row, _: row["modifiedTime"],
    "name": lambda row, _: row["name"].casefold(),
    "name_natural": _natural,
    "quotaBytesUsed": lambda row, _: row["content"]["size"] if row["content"] else 0,
    "recency": _recency,
    "sharedWithMeTime": lambda row, caller: row["sharedWith"].get(caller.user_id, ""),
    "starred": lambda row, caller: caller.user_id in row["starredBy"],
    "viewedByMeTime": lambda row, caller: row["viewedBy"].get(caller.user_id, ""),
}
