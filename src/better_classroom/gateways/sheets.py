"""What we do in Google Sheets: set a board up, read it as its expert sees it, and add rows below what stands there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from better_classroom.board import SHEET, Column, Design, Tab
from better_classroom.errors import NotFound
from better_classroom.gateways.calls import Calls

TABS = "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),data(rowData(values(formattedValue))))"
CELL = "userEnteredValue,userEnteredFormat,dataValidation,note,textFormatRuns"
WHOLE = (
    "sheets(properties(sheetId,title,index,gridProperties(rowCount,columnCount,frozenRowCount)),"
    f"protectedRanges(range,description,warningOnly),data(rowData(values(formattedValue,{CELL})),columnMetadata(pixelSize)))"
)
NOWHERE = "1"
"""An id that no spreadsheet has."""

ROWS = 100
"""Rows that a new board begins with, and grows by."""
COLUMNS = 26
GREY = {"red": 0.93, "green": 0.93, "blue": 0.93}
FAINT = {"red": 0.6, "green": 0.6, "blue": 0.6}

# Plain text: a date or a formula that an expert types stays as it was typed.
TEXT = {"numberFormat": {"type": "TEXT", "pattern": "@"}, "wrapStrategy": "WRAP", "verticalAlignment": "TOP"}

Request = dict[str, Any]


class Sheets:
    """The boards that one account owns.

    Every method raises RefusedByGoogle, SignInNeeded and TryLater; one that writes raises OutcomeUnknown where the
    reply was lost. All writes of one method go in one call, which is carried out whole or not at all.
    """

    def __init__(self, service: Callable[[], Any], calls: Calls) -> None:
        self._make = service
        self._calls = calls
        self._made: Any = None
        self._lock = threading.Lock()

    @property
    def _spreadsheets(self) -> Any:
        # Made at first use: most runs ask nothing of Sheets, and its description is long.
        with self._lock:
            if self._made is None:
                self._made = self._make().spreadsheets()
        return self._made

    def reach(self) -> None:
        """Ask for a spreadsheet that does not exist: which is refused otherwise where the API is switched off."""
        request = self._spreadsheets.get(spreadsheetId=NOWHERE, fields="spreadsheetId")
        try:
            self._calls.run(request, item="Google Sheets")
        except NotFound:
            return

    def tabs(self, board_id: str, *, item: str) -> tuple[Tab, ...]:
        """Every sheet of a spreadsheet with all its cells as they are shown, rows that a filter hides too."""
        found = self._calls.run(self._spreadsheets.get(spreadsheetId=board_id, fields=TABS), item=item)
        return tuple(_tab(sheet) for sheet in found.get("sheets", ()))

    def set_up(
        self, board_id: str, design: Design, rows: Sequence[Sequence[str]], *, instead_of: int | None, item: str
    ) -> None:
        """Make our sheet in a spreadsheet, with its first rows; ``instead_of`` is the sheet whose place it takes."""
        count = max(ROWS, len(rows) + ROWS // 2)
        grid = {"rowCount": count, "columnCount": COLUMNS, "frozenRowCount": 1}
        sheet = {"sheetId": SHEET, "title": design.tab, "index": 0, "gridProperties": grid}
        requests = [
            {"addSheet": {"properties": sheet}},
            *_header(design.columns),
            *_formats(design.columns, range(len(design.columns)), 1, count),
            *_guards(design),
        ]
        if rows:
            requests.append(_appended(rows))
        if instead_of is not None:
            requests.append({"deleteSheet": {"sheetId": instead_of}})
        self._update(board_id, requests, item=item)

    def append(
        self, board_id: str, tab: Tab, columns: Sequence[Column | None], rows: Sequence[Sequence[str]], *, item: str
    ) -> None:
        """Add rows below the last that holds anything; ``columns`` are those of the sheet, None for the expert's own."""
        requests = []
        if len(tab.rows) + len(rows) > tab.row_count:
            grown = len(rows) + ROWS
            ours = {place: column for place, column in enumerate(columns) if column}
            requests = [
                {"appendDimension": {"sheetId": SHEET, "dimension": "ROWS", "length": grown}},
                *_formats(list(ours.values()), list(ours), tab.row_count, tab.row_count + grown),
            ]
        self._update(board_id, [*requests, _appended(rows)], item=item)

    def copy(self, board_id: str, to: str, kept: Callable[[Tab], Collection[int]], *, item: str) -> None:
        """Put all that a spreadsheet holds into an empty one, of each sheet only the rows that are to be kept.

        Values, formulas, formats, drop-downs and remarks go along; what the spreadsheet was before does not.
        """
        found = self._calls.run(self._spreadsheets.get(spreadsheetId=board_id, fields=WHOLE), item=item)
        spare = [tab.sheet_id for tab in self.tabs(to, item=item)]
        sheets = found.get("sheets", ())
        requests = [request for sheet in sheets for request in _copied(sheet, kept)]
        requests += [{"deleteSheet": {"sheetId": one}} for one in spare]
        self._update(to, _unnamed(spare) + requests, item=item)

    def _update(self, board_id: str, requests: Sequence[Request], *, item: str) -> None:
        body = {"requests": list(requests)}
        request = self._spreadsheets.batchUpdate(spreadsheetId=board_id, body=body, fields="spreadsheetId")
        self._calls.run(request, item=item)


def _tab(sheet: dict[str, Any]) -> Tab:
    properties = sheet.get("properties", {})
    data = [row for part in sheet.get("data", ()) for row in part.get("rowData", ())]
    rows = [tuple(cell.get("formattedValue", "") for cell in row.get("values", ())) for row in data]
    # Rows that hold a format or a drop-down alone are shown too.
    while rows and not any(rows[-1]):
        rows.pop()
    return Tab(
        sheet_id=properties.get("sheetId", 0),
        title=properties.get("title", ""),
        rows=tuple(rows),
        row_count=properties.get("gridProperties", {}).get("rowCount", len(rows)),
    )


# What a new board is made of


def _header(columns: Sequence[Column]) -> Iterator[Request]:
    bold = {"textFormat": {"bold": True}, "wrapStrategy": "WRAP", "verticalAlignment": "TOP"}
    cells = [
        {"userEnteredValue": {"stringValue": column.header}, "userEnteredFormat": bold | {"backgroundColor": GREY}}
        for column in columns
    ]
    fields = "userEnteredValue,userEnteredFormat"
    start = {"sheetId": SHEET, "rowIndex": 0, "columnIndex": 0}
    yield {"updateCells": {"start": start, "rows": [{"values": cells}], "fields": fields}}
    for place, column in enumerate(columns):
        span = {"sheetId": SHEET, "dimension": "COLUMNS", "startIndex": place, "endIndex": place + 1}
        size = {"pixelSize": column.width}
        yield {"updateDimensionProperties": {"range": span, "properties": size, "fields": "pixelSize"}}


def _formats(columns: Sequence[Column], places: Iterable[int], first: int, end: int) -> Iterator[Request]:
    """How empty rows look, from row ``first`` up to ``end``; nothing in it depends on what stands in them."""
    for column, place in zip(columns, places, strict=True):
        cells = _block(first, end, place, place + 1)
        look = TEXT | {"backgroundColor": GREY, "textFormat": {"foregroundColor": FAINT}} if column.grey else TEXT
        yield {"repeatCell": {"range": cells, "cell": {"userEnteredFormat": look}, "fields": "userEnteredFormat"}}
        if column.choices:
            words = [{"userEnteredValue": choice} for choice in column.choices]
            condition = {"type": "ONE_OF_LIST", "values": words}
            # Not strict: a word in another of our languages is understood as well.
            rule = {"condition": condition, "strict": False, "showCustomUi": True}
            yield {"setDataValidation": {"range": cells, "rule": rule}}


def _guards(design: Design) -> Iterator[Request]:
    """A warning to who is about to change the header or what is ours; it stops nobody (google-apis.md E.1)."""
    blocks: list[dict[str, Any]] = [_block(0, 1, 0, len(design.columns))]
    for place, column in enumerate(design.columns):
        if not column.ours:
            continue
        if blocks[-1].get("endColumnIndex") == place and "endRowIndex" not in blocks[-1]:
            blocks[-1]["endColumnIndex"] = place + 1
        else:
            blocks.append(
                {"sheetId": SHEET, "startRowIndex": 1, "startColumnIndex": place, "endColumnIndex": place + 1}
            )
    for block in blocks:
        guard = {"range": block, "description": design.warning, "warningOnly": True}
        yield {"addProtectedRange": {"protectedRange": guard}}


def _appended(rows: Sequence[Sequence[str]]) -> Request:
    # Strings as they are: nothing is read as a formula, a number or a date (google-apis.md E.1).
    cells = [{"values": [{"userEnteredValue": {"stringValue": cell}} if cell else {} for cell in row]} for row in rows]
    return {"appendCells": {"sheetId": SHEET, "rows": cells, "fields": "userEnteredValue"}}


def _block(top: int, bottom: int, left: int, right: int) -> dict[str, Any]:
    return {
        "sheetId": SHEET,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


# What a copy is made of


def _unnamed(sheets: Sequence[int]) -> list[Request]:
    """Other titles for the sheets of the empty spreadsheet: a copied one may be called as they are."""
    return [
        {"updateSheetProperties": {"properties": {"sheetId": one, "title": f"({one})"}, "fields": "title"}}
        for one in sheets
    ]


def _copied(sheet: dict[str, Any], kept: Callable[[Tab], Collection[int]]) -> Iterator[Request]:
    """One sheet with the rows that are kept; a sheet of the number 0 gets another, as each new spreadsheet has one."""
    given, tab = sheet["properties"], _tab(sheet)
    stays = {*kept(tab), *range(len(tab.rows), tab.row_count)}  # below: formats and drop-downs of rows to come
    sheet_id = given.get("sheetId", 0) or SHEET + 1
    data = sheet.get("data") or [{}]
    rows = [row for place, row in enumerate(data[0].get("rowData", ())) if place in stays]
    yield {"addSheet": {"properties": given | {"sheetId": sheet_id}}}
    start = {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": 0}
    cells = [{"values": [_without_result(cell) for cell in row.get("values", ())]} for row in rows]
    if any(row["values"] for row in cells):
        yield {"updateCells": {"start": start, "rows": cells, "fields": CELL}}
    for place, column in enumerate(data[0].get("columnMetadata", ())):
        span = {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": place, "endIndex": place + 1}
        yield {"updateDimensionProperties": {"range": span, "properties": column, "fields": "pixelSize"}}
    for guard in sheet.get("protectedRanges", ()):
        if guard.get("warningOnly"):
            moved = guard | {"range": guard["range"] | {"sheetId": sheet_id}}
            yield {"addProtectedRange": {"protectedRange": moved}}


def _without_result(cell: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in cell.items() if name != "formattedValue"}
