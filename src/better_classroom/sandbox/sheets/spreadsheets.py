"""Making and showing whole spreadsheets: ``spreadsheets.create`` and ``get``."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import creation, kinds
from better_classroom.sandbox.errors import ApiError, invalid_argument, permission_denied
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.sheets import growth, locales, masks, opening, protection, ranges, sheetrows, writing
from better_classroom.sandbox.sheets.books import Book
from better_classroom.sandbox.sheets.gridranges import find_sheet
from better_classroom.sandbox.sheets.ranges import Block
from better_classroom.sandbox.sheets.refusals import not_reproduced
from better_classroom.sandbox.sheets.showing import DEFAULT_FORMAT, Shower
from better_classroom.sandbox.store import Row, Store

_ROW_HEIGHT, _COLUMN_WIDTH = 21, 100  # pixels, as Sheets makes them
_SETTINGS = ("locale", "timeZone", "autoRecalc")
_ASKS_FOR_DATA = re.compile(r"\*|\bdata\b|(?:^|[,(])\s*sheets\s*(?:$|[,)])")
_OFFSET = re.compile(r"GMT[+-]\d\d:\d\d")
# What `create` could be asked for and would have to act on. Not reproduced rather than ignored.
_NOT_REPRODUCED = ("dataSources", "developerMetadata", "namedRanges", "comments")
_SHEET_TAKES = frozenset({"properties", "data", "protectedRanges"})
_MOST_SHOWN = 200_000  # rows and columns, filled or not


def create(store: Store, caller: Caller, _params: Params, body: Body) -> dict[str, Any]:
    """A new spreadsheet in the caller's My Drive (google-apis.md E.1: no folder, no id of one's own choice)."""
    missing = [name for name in _NOT_REPRODUCED if body.get(name)]
    if missing:
        raise not_reproduced(f"the field {missing[0]} of a new spreadsheet")
    given = body.get("properties", {})
    settings = check_settings({name: given[name] for name in _SETTINGS if given.get(name)})
    book = Book(store, _file(store, caller, given.get("title") or "Untitled spreadsheet"))
    wanted = body.get("sheets", [])
    if wanted:
        _begin(book, caller, wanted, settings)
    else:
        book.put(**settings)
    return shown(book, caller)


def _file(store: Store, caller: Caller, title: str) -> Row:
    try:
        return creation.create(store, caller, {}, {"name": title, "mimeType": opening.SPREADSHEET})
    except ApiError as error:  # Drive's reason (no storage) is not told by Sheets
        raise permission_denied() from error


def _begin(book: Book, caller: Caller, wanted: list[dict[str, Any]], settings: dict[str, str]) -> None:
    sheets: list[Row] = []
    for one in wanted:
        missing = sorted(name for name in one.keys() - _SHEET_TAKES if one[name])
        if missing:
            raise not_reproduced(f"the field {missing[0]} of a new sheet")
        sheets.append(sheetrows.made(book, one.get("properties", {}), taken=sheets))
    book.begin(sheets, settings)
    growth.check_size(book, sheets[0], sheets[0]["rowCount"], sheets[0]["columnCount"])
    mask = masks.parse("*", "CellData")
    for sheet, one in zip(sheets, wanted, strict=True):
        for data in one.get("data", []):
            write_rows(book, sheet, data, mask)
        for protected in one.get("protectedRanges", []):
            held = protected.get("range", {})
            if held.get("sheetId", sheet["sheetId"]) != sheet["sheetId"]:
                raise invalid_argument("A protected range must be on its own sheet.")
            ranged = protected | {"range": held | {"sheetId": sheet["sheetId"]}}
            protection.add(book, caller, {"protectedRange": ranged})


def write_rows(book: Book, sheet: Row, data: dict[str, Any], mask: masks.Mask) -> None:
    """Write the cells of a GridData; raises 400 where they leave the grid."""
    if data.get("rowMetadata") or data.get("columnMetadata"):
        raise not_reproduced("the sizes of rows and columns in a new spreadsheet")
    top, left = data.get("startRow", 0), data.get("startColumn", 0)
    if top < 0 or left < 0:
        raise invalid_argument("startRow and startColumn must not be negative.")
    grid = book.grid(sheet)
    for row, one in enumerate(data.get("rowData", []), start=top):
        given = one.get("values", [])
        if given:
            area = ranges.Area(sheet["sheetId"], row, left, row + 1, left + len(given))
            ranges.inside(book, area, whole=True)
        cells = grid.row(row)
        for column, cell in enumerate(given, start=left):
            cells[column] = writing.with_fields(cells.get(column, {}), mask, cell)
        grid.put(row, cells)


def check_settings(settings: dict[str, str]) -> dict[str, str]:
    """Locale and time zone, if there are such."""
    if not locales.known(settings.get("locale", "en_US")):
        raise invalid_argument(f"Unsupported locale: {settings['locale']}")
    zone = settings.get("timeZone", "Etc/GMT")
    if zone not in available_timezones() and not _OFFSET.fullmatch(zone):
        raise invalid_argument(f"Invalid time zone: {zone}")
    if settings.get("autoRecalc") == "RECALCULATION_INTERVAL_UNSPECIFIED":
        raise invalid_argument("The recalculation interval must be specified.")
    return settings


def get(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """A spreadsheet; its cells only with ``includeGridData``, or where ``fields`` asks for them (the document)."""
    book = opening.to_read(store, caller, params["spreadsheetId"])
    fields = params.get("fields")
    data = _ASKS_FOR_DATA.search(fields) is not None if fields else params.get("includeGridData", False)
    return shown(book, caller, asked=params.get("ranges", []), data=data)


def shown(book: Book, caller: Caller, *, asked: list[str] | None = None, data: bool = False) -> dict[str, Any]:
    """The document's Spreadsheet; with ``asked``, of its sheets only those that a range names."""
    blocks = [ranges.inside(book, ranges.parse(book, one)) for one in asked or []]
    if not blocks:
        blocks = [Block(one["sheetId"], 0, 0, one["rowCount"], one["columnCount"]) for one in book.sheets()]
    if data and sum((one.bottom - one.top) + (one.right - one.left) for one in blocks) > _MOST_SHOWN:
        raise not_reproduced("so much grid data in one reply")
    wanted = {one.sheet_id for one in blocks}
    shower = Shower(book)
    sheets = []
    for index, sheet in enumerate(book.sheets()):
        if sheet["sheetId"] not in wanted:
            continue
        entry: dict[str, Any] = {"properties": sheetrows.shown(sheet, index)}
        if data:
            entry["data"] = [_grid_data(book, one, shower) for one in blocks if one.sheet_id == sheet["sheetId"]]
        if sheet["protected"]:
            entry["protectedRanges"] = [protection.shown(book, caller, one) for one in sheet["protected"]]
        if sheet["filter"]:
            entry["basicFilter"] = sheet["filter"]
        sheets.append(entry)
    return {
        "spreadsheetId": book.id,
        "properties": {"title": book.file["name"], **book.properties, "defaultFormat": DEFAULT_FORMAT},
        "sheets": sheets,
        "spreadsheetUrl": kinds.view_link(book.id, opening.SPREADSHEET).partition("?")[0],
    }


def _grid_data(book: Book, block: Block, shower: Shower) -> dict[str, Any]:
    sheet = find_sheet(book, block.sheet_id)
    rows: list[dict[str, Any]] = []
    for row, cells in book.grid(sheet).rows(block.top, block.bottom):
        inside = {column: cell for column, cell in cells.items() if block.left <= column < block.right}
        if inside:
            rows += [{} for _ in range(row - block.top - len(rows))]
            columns = range(block.left, max(inside) + 1)
            rows.append({"values": [shower.whole(sheet, row, column, inside.get(column, {})) for column in columns]})
    shown: dict[str, Any] = {"rowData": rows} if rows else {}
    if block.top:
        shown["startRow"] = block.top
    if block.left:
        shown["startColumn"] = block.left
    return shown | {
        "rowMetadata": _sizes(sheet["rows"], _ROW_HEIGHT, block.top, block.bottom),
        "columnMetadata": _sizes(sheet["columns"], _COLUMN_WIDTH, block.left, block.right),
    }


def _sizes(held: dict[str, Any], usual: int, start: int, end: int) -> list[dict[str, Any]]:
    return [{"pixelSize": usual} | held.get(str(at), {}) for at in range(start, end)]


HANDLERS: dict[str, Handler] = {
    "sheets.spreadsheets.create": create,
    "sheets.spreadsheets.get": get,
}
