"""``orderBy`` of the lists of posts (google-apis.md A.11).

Unknown: where course work without a due date stands; here it comes after all that has one, whichever the direction is.
"""

from __future__ import annotations

import sys
from collections.abc import Collection

from better_classroom.sandbox.classroom import timestamps
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.errors import invalid_argument

_DIRECTIONS = {"asc": 1, "desc": -1}


def ordered(rows: list[Row], order_by: str, fields: Collection[str]) -> list[Row]:
    """The posts in that order, by default ``updateTime desc``; raises 400 for another field or direction."""
    keys = [_key(part.split(), fields) for part in (order_by or "updateTime desc").split(",")]
    latest_first = sorted(rows, key=lambda row: -int(row["id"]))  # what is left undecided: newest first
    return sorted(latest_first, key=lambda row: [_rank(row, field, sign) for field, sign in keys])


def _key(words: list[str], fields: Collection[str]) -> tuple[str, int]:
    field, direction = (*words, "asc")[:2] if words else ("", "")
    if field not in fields or direction not in _DIRECTIONS or len(words) > 2:  # noqa: PLR2004 - field and direction
        raise invalid_argument("Invalid orderBy.")
    return field, _DIRECTIONS[direction]


def _rank(row: Row, field: str, sign: int) -> int:
    if field == "updateTime":
        return sign * timestamps.micros(row["updateTime"])
    due = timestamps.due_micros(row)
    return sys.maxsize if due is None else sign * due
