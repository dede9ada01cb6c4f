"""The document's GridRange and DimensionRange: read into areas, held against the grid, moved with it."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.errors import invalid_argument
from better_classroom.sandbox.sheets.books import Book
from better_classroom.sandbox.sheets.ranges import Area, Block, inside
from better_classroom.sandbox.store import Row

GridRange = dict[str, Any]

_AXES = {"ROWS": "Row", "COLUMNS": "Column"}


def find_sheet(book: Book, sheet_id: int) -> Row:
    """The sheet of that id; raises 400 if there is none."""
    sheet = book.sheet(sheet_id)
    if sheet is None:
        raise invalid_argument(f"No grid with id: {sheet_id}")
    return sheet


def block(book: Book, given: GridRange | None) -> Block:
    """The cells that a GridRange covers; raises 400 if it names no sheet, is upside down, or leaves the grid."""
    if given is None:
        raise invalid_argument("A range must be specified.")
    sheet = find_sheet(book, given.get("sheetId", 0))
    area = Area(
        sheet["sheetId"],
        given.get("startRowIndex", 0),
        given.get("startColumnIndex", 0),
        given.get("endRowIndex"),
        given.get("endColumnIndex"),
    )
    for start, end in ((area.top, area.bottom), (area.left, area.right)):
        if start < 0 or (end is not None and end <= start):
            raise invalid_argument("GridRange must have 0 <= start < end.")
    return inside(book, area, whole=True)


def span(book: Book, given: dict[str, Any] | None) -> tuple[Row, str, int, int]:
    """Sheet, ``ROWS`` or ``COLUMNS``, start and end of a DimensionRange; raises 400 if it leaves the grid."""
    given = given or {}
    dimension = given.get("dimension", "DIMENSION_UNSPECIFIED")
    if dimension not in _AXES:
        raise invalid_argument("No dimension specified.")
    sheet = find_sheet(book, given.get("sheetId", 0))
    count = length(sheet, dimension)
    start, end = given.get("startIndex", 0), given.get("endIndex", count)
    if not 0 <= start < end:
        raise invalid_argument("DimensionRange must have 0 <= startIndex < endIndex.")
    return sheet, dimension, start, end


def length(sheet: Row, dimension: str) -> int:
    """How many rows or columns a sheet has."""
    return int(sheet[count_key(dimension)])


def count_key(dimension: str) -> str:
    """``rowCount`` or ``columnCount``."""
    return f"{_AXES[dimension].lower()}Count"


def moved(given: GridRange, dimension: str, start: int, count: int) -> GridRange | None:
    """A range after rows or columns were inserted at ``start``, or for a negative ``count`` deleted; None if all were.

    What is inserted within a range belongs to it, what is inserted before its first cell does not.
    """
    axis = _AXES[dimension]
    first, last = f"start{axis}Index", f"end{axis}Index"
    shifted = dict(given)
    if first in given:
        shifted[first] = _after(given[first], start, count, keeps_place=False)
    if last in given:
        shifted[last] = _after(given[last], start, count, keeps_place=True)
        if shifted[last] <= shifted.get(first, 0):
            return None
    return shifted


def _after(index: int, start: int, count: int, *, keeps_place: bool) -> int:
    if count >= 0:
        return index + count if index > start or (index == start and not keeps_place) else index
    return index if index <= start else max(start, index + count)
