"""The methods of ``sheets.spreadsheets.values`` (google-apis.md E.1)."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.errors import ApiError, invalid_argument
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.sheets import growth, opening, protection, ranges, tables, writing
from better_classroom.sandbox.sheets.books import Book
from better_classroom.sandbox.sheets.ranges import Area, Block
from better_classroom.sandbox.sheets.reading import Window, value_range
from better_classroom.sandbox.sheets.refusals import at
from better_classroom.sandbox.sheets.showing import Shower
from better_classroom.sandbox.store import Store


def get(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """The values of one range; trailing empty rows and cells are left out."""
    book = opening.to_read(store, caller, params["spreadsheetId"])
    return _read(book, params["range"], params)


def batch_get(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """The values of several ranges, in the order in which they were asked for."""
    book = opening.to_read(store, caller, params["spreadsheetId"])
    asked = params.get("ranges", [])
    if not asked:
        raise invalid_argument("Must specify at least one range.")  # the document: "one or more"; unknown: the words
    return {"spreadsheetId": book.id, "valueRanges": [_read(book, one, params) for one in asked]}


def _read(book: Book, text: str, params: Params) -> dict[str, Any]:
    block = ranges.inside(book, ranges.parse(book, text))
    shower = Shower(
        book,
        params.get("valueRenderOption", "FORMATTED_VALUE"),
        params.get("dateTimeRenderOption", "SERIAL_NUMBER"),
    )
    return value_range(book, Window(block, block), shower, by_columns=params.get("majorDimension") == "COLUMNS")


def update(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """Write values into one range."""
    book = opening.to_write(store, caller, params["spreadsheetId"])
    as_typed = _as_typed(params)
    area = ranges.parse(book, params["range"])
    _require_same_range(book, area, params["range"], body)
    answer = _answer(book, *_write(book, caller, area, body, as_typed=as_typed), params, body)
    opening.count_change(book, caller)
    return answer


def batch_update(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """Write values into several ranges: all, or none if one of them is wrong."""
    book = opening.to_write(store, caller, params["spreadsheetId"])
    as_typed = _as_typed(body)
    answers = []
    for position, data in enumerate(body.get("data", [])):
        try:
            area = ranges.parse(book, data.get("range", ""))
            answers.append((*_write(book, caller, area, data, as_typed=as_typed), data))
        except ApiError as error:
            raise at(f"data[{position}]", error) from error
    if answers:
        opening.count_change(book, caller)
    replies = [_answer(book, window, changed, body, data) for window, changed, data in answers]
    totals: dict[str, int] = {
        "totalUpdatedRows": sum(one.get("updatedRows", 0) for one in replies),
        "totalUpdatedColumns": sum(one.get("updatedColumns", 0) for one in replies),
        "totalUpdatedCells": sum(one.get("updatedCells", 0) for one in replies),
        "totalUpdatedSheets": len({window.written.sheet_id for window, changed, _ in answers if changed}),
    }
    shown = {name: count for name, count in totals.items() if count}
    return {"spreadsheetId": book.id} | shown | ({"responses": replies} if replies else {})


def append(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """Write values below the last table of a range; a sheet that is too small grows."""
    book = opening.to_write(store, caller, params["spreadsheetId"])
    as_typed = _as_typed(params)
    area = ranges.parse(book, params["range"])
    _require_same_range(book, area, params["range"], body)
    block = ranges.inside(book, area)
    sheet = book.sheet(block.sheet_id)
    assert sheet is not None, "the range is on it"
    table = tables.last(book.grid(sheet), block)
    top, left = (table.bottom, table.left) if table else (block.top, block.left)
    rows = _rows(body)
    width = max(map(len, rows), default=0)
    if not width:
        return {"spreadsheetId": book.id, "updates": {"spreadsheetId": book.id}}
    if params.get("insertDataOption") == "INSERT_ROWS" and top < sheet["rowCount"]:
        protection.require(book, caller, Block(sheet["sheetId"], top, 0, top + 1, sheet["columnCount"]))
        growth.insert(book, sheet["sheetId"], "ROWS", top, len(rows))
    growth.reach(book, sheet["sheetId"], top + len(rows), left + width)
    written = _write(book, caller, Area(sheet["sheetId"], top, left), body, as_typed=as_typed, room=True)
    updates = _answer(book, *written, params, body)
    opening.count_change(book, caller)
    found = {"tableRange": ranges.name(sheet["title"], table)} if table else {}
    return {"spreadsheetId": book.id, **found, "updates": updates}


def clear(store: Store, caller: Caller, params: Params, _body: Body) -> dict[str, Any]:
    """Empty one range; formats and drop-downs stay."""
    book = opening.to_write(store, caller, params["spreadsheetId"])
    cleared = _clear(book, caller, params["range"])
    opening.count_change(book, caller)
    return {"spreadsheetId": book.id, "clearedRange": cleared}


def batch_clear(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """Empty several ranges."""
    book = opening.to_write(store, caller, params["spreadsheetId"])
    asked = body.get("ranges", [])
    if not asked:
        raise invalid_argument("Must specify at least one range.")
    cleared = [_clear(book, caller, one) for one in asked]
    opening.count_change(book, caller)
    return {"spreadsheetId": book.id, "clearedRanges": cleared}


def _clear(book: Book, caller: Caller, text: str) -> str:
    block = ranges.inside(book, ranges.parse(book, text))
    protection.require(book, caller, block)
    sheet = book.sheet(block.sheet_id)
    assert sheet is not None, "the range is on it"
    grid = book.grid(sheet)
    for row, cells in list(grid.rows(block.top, block.bottom)):
        inside = {column: cell for column, cell in cells.items() if block.left <= column < block.right}
        grid.put(row, cells | {column: writing.emptied(cell) for column, cell in inside.items()})
    return ranges.name(sheet["title"], block)


def _as_typed(given: dict[str, Any]) -> bool:
    """Whether values are read as if typed. google-apis.md E.1: ``valueInputOption`` is required."""
    option = given.get("valueInputOption", "INPUT_VALUE_OPTION_UNSPECIFIED")
    if option == "INPUT_VALUE_OPTION_UNSPECIFIED":
        raise invalid_argument("'valueInputOption' is required but not specified")
    return bool(option == "USER_ENTERED")


def _require_same_range(book: Book, area: Area, text: str, body: Body) -> None:
    told = body.get("range")
    if told and ranges.parse(book, told) != area:
        raise invalid_argument(f"Requested range[{text}] does not match value's range[{told}]")


def _rows(body: Body) -> list[list[Any]]:
    given: list[list[Any]] = body.get("values", [])
    if body.get("majorDimension") != "COLUMNS":
        return given
    height = max(map(len, given), default=0)
    return [[column[at] if at < len(column) else None for column in given] for at in range(height)]


def _write(
    book: Book, caller: Caller, area: Area, body: Body, *, as_typed: bool, room: bool = False
) -> tuple[Window, set[tuple[int, int]]]:
    """Write; returns what was asked for and covered, and which cells changed. ``room`` says that the grid has grown."""
    asked = ranges.inside(book, area, whole=True)
    rows = _rows(body)
    height, width = len(rows), max(map(len, rows), default=0)
    if not height or not width:
        return Window(asked, asked), set()
    if not room:
        _require_room(book, area, rows)
    target = Block(area.sheet_id, area.top, area.left, area.top + height, area.left + width)
    protection.require(book, caller, target)
    sheet = book.sheet(area.sheet_id)
    assert sheet is not None, "the range is on it"
    grid = book.grid(sheet)
    changed: set[tuple[int, int]] = set()
    for row, values in enumerate(rows, start=area.top):
        cells = grid.row(row)
        for column, value in enumerate(values, start=area.left):
            if value is not None:  # google-apis.md E.1: null cells are skipped, "" clears
                former = cells.get(column, {})
                cells[column] = writing.with_value(former, value, as_typed=as_typed, locale=book.locale)
                changed.add((row, column))
        grid.put(row, cells)
    return Window(target if room else asked, target), changed


def _require_room(book: Book, area: Area, rows: list[list[Any]]) -> None:
    """Raise 400 for values outside the range; a single cell is where they begin, and then the grid is the limit."""
    sheet = book.sheet(area.sheet_id)
    assert sheet is not None, "the range is on it"
    end_row, end_column = (None, None) if area.is_cell else (area.bottom, area.right)
    shown = ranges.name(sheet["title"], ranges.inside(book, area))
    if end_row is not None and area.top + len(rows) > end_row:
        raise invalid_argument(f"Requested writing within range [{shown}], but tried writing to row [{end_row + 1}]")
    width = max(map(len, rows))
    if end_column is not None and area.left + width > end_column:
        over = ranges.column_name(end_column)
        raise invalid_argument(f"Requested writing within range [{shown}], but tried writing to column [{over}]")
    ranges.inside(book, Area(area.sheet_id, area.top, area.left, area.top + len(rows), area.left + width), whole=True)


def _answer(
    book: Book, window: Window, changed: set[tuple[int, int]], options: dict[str, Any], body: Body
) -> dict[str, Any]:
    """The document's UpdateValuesResponse; counts of nothing are left out."""
    sheet = book.sheet(window.written.sheet_id)
    assert sheet is not None, "it was written to"
    answer: dict[str, Any] = {
        "spreadsheetId": book.id,
        "updatedRange": ranges.name(sheet["title"], window.written),
    }
    if changed:
        answer["updatedRows"] = len({row for row, _ in changed})
        answer["updatedColumns"] = len({column for _, column in changed})
        answer["updatedCells"] = len(changed)
    if options.get("includeValuesInResponse"):
        shower = Shower(
            book,
            options.get("responseValueRenderOption", "FORMATTED_VALUE"),
            options.get("responseDateTimeRenderOption", "SERIAL_NUMBER"),
        )
        by_columns = body.get("majorDimension") == "COLUMNS"
        answer["updatedData"] = value_range(book, window, shower, by_columns=by_columns)
    return answer


HANDLERS: dict[str, Handler] = {
    "sheets.spreadsheets.values.append": append,
    "sheets.spreadsheets.values.batchClear": batch_clear,
    "sheets.spreadsheets.values.batchGet": batch_get,
    "sheets.spreadsheets.values.batchUpdate": batch_update,
    "sheets.spreadsheets.values.clear": clear,
    "sheets.spreadsheets.values.get": get,
    "sheets.spreadsheets.values.update": update,
}
