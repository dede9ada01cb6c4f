"""The requests of ``spreadsheets.batchUpdate`` that add, remove and measure rows and columns."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.errors import invalid_argument
from better_classroom.sandbox.sheets import gridranges, growth, masks, protection
from better_classroom.sandbox.sheets.books import Book
from better_classroom.sandbox.sheets.ranges import Block
from better_classroom.sandbox.sheets.refusals import beyond_grid, not_reproduced
from better_classroom.sandbox.store import Row

Request = dict[str, Any]

_WRITABLE = ("pixelSize", "hiddenByUser")
_MOST_MEASURED = 100_000


def append(book: Book, _caller: Caller, request: Request) -> Request:
    """The request appendDimension."""
    dimension = request.get("dimension", "")
    if dimension not in {"ROWS", "COLUMNS"}:
        raise invalid_argument("No dimension specified.")
    if request.get("tableId"):
        raise not_reproduced("tables")
    if request.get("length", 0) <= 0:
        raise invalid_argument("The length must be positive.")
    growth.grow(book, request.get("sheetId", 0), dimension, request["length"])
    return {}


def insert(book: Book, caller: Caller, request: Request) -> Request:
    """The request insertDimension."""
    given = request.get("range", {})
    if "startIndex" not in given or "endIndex" not in given:
        raise invalid_argument("Both the start and the end index must be bounded.")  # the document
    sheet, dimension, start, end = gridranges.span(book, given)
    length = gridranges.length(sheet, dimension)
    if start > length:
        raise invalid_argument(f"range.startIndex[{start}] is too large for sheet, max is {length}")
    inherit = request.get("inheritFromBefore", False)
    if inherit and start == 0:
        raise invalid_argument("inheritFromBefore cannot be true if inserting at the first index.")  # the document
    protection.require(book, caller, _slab(sheet, dimension, min(start, length - 1), min(start, length - 1) + 1))
    growth.insert(book, sheet["sheetId"], dimension, start, end - start, inherit=inherit)
    return {}


def delete(book: Book, caller: Caller, request: Request) -> Request:
    """The request deleteDimension."""
    sheet, dimension, start, end = gridranges.span(book, request.get("range"))
    length = gridranges.length(sheet, dimension)
    if start < length:
        protection.require(book, caller, _slab(sheet, dimension, start, min(end, length)))
    growth.delete(book, sheet["sheetId"], dimension, start, end)
    return {}


def update_properties(book: Book, _caller: Caller, request: Request) -> Request:
    """The request updateDimensionProperties: how wide, how high, hidden or not."""
    if request.get("dataSourceSheetRange"):
        raise not_reproduced("data source sheets")
    mask = masks.parse(request.get("fields", ""), "DimensionProperties")
    if mask.keys() & {"hiddenByFilter", "dataSourceColumnReference"}:
        raise invalid_argument("Field is read-only.")
    if "developerMetadata" in mask or request.get("properties", {}).get("developerMetadata"):
        raise not_reproduced("developer metadata")
    given = {name: one for name, one in request.get("properties", {}).items() if name in _WRITABLE}
    if given.get("pixelSize", 1) < 0:
        raise invalid_argument("pixelSize must not be negative.")
    sheet, dimension, start, end = gridranges.span(book, request.get("range"))
    length = gridranges.length(sheet, dimension)
    if end > length:
        raise beyond_grid(f"{dimension.lower()} {start}:{end}", sheet["rowCount"], sheet["columnCount"])
    if end - start > _MOST_MEASURED:
        raise not_reproduced(f"the sizes of more than {_MOST_MEASURED} rows at once")
    key = "rows" if dimension == "ROWS" else "columns"
    held = dict(sheet[key])
    for index in range(start, end):
        held[str(index)] = masks.applied(mask, given, held.get(str(index), {}), writable=_WRITABLE)
    book.put_sheet(sheet | {key: held})
    return {}


def _slab(sheet: Row, dimension: str, start: int, end: int) -> Block:
    """All cells of these rows or columns."""
    if dimension == "ROWS":
        return Block(sheet["sheetId"], start, 0, end, sheet["columnCount"])
    return Block(sheet["sheetId"], 0, start, sheet["rowCount"], end)
