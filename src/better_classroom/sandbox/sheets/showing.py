"""Cells as replies show them: values by render option, or everything that the document's CellData says of them."""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.sheets import patterns
from better_classroom.sandbox.sheets.books import Book, Cell
from better_classroom.sandbox.sheets.computing import Fault, Reckoner, Result
from better_classroom.sandbox.sheets.typed import is_plain_text
from better_classroom.sandbox.store import Row

_WRITTEN = ("userEnteredFormat", "dataValidation", "note", "textFormatRuns")
DEFAULT_FORMAT: dict[str, Any] = {
    "backgroundColor": {"red": 1, "green": 1, "blue": 1},
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
    },
    "backgroundColorStyle": {"rgbColor": {"red": 1, "green": 1, "blue": 1}},
}


class Shower:
    """Shows the cells of a spreadsheet; ``render`` and ``dates`` are the options of the request."""

    def __init__(self, book: Book, render: str = "FORMATTED_VALUE", dates: str = "SERIAL_NUMBER") -> None:
        self._book = book
        self._render = render
        self._dates = dates
        self._reckoner = Reckoner(book)

    def value(self, sheet: Row, row: int, column: int, cell: Cell) -> Any:
        """What ``values`` shows of a cell; None for an empty one."""
        if self._render == "FORMULA":
            formula = cell.get("userEnteredValue", {}).get("formulaValue")
            if formula is not None:
                return formula
        value = self._reckoner.value(sheet, row, column, cell)
        if value is None:
            return None
        formatted = self._render == "FORMATTED_VALUE" or isinstance(value, Fault)
        if formatted or (self._dates == "FORMATTED_STRING" and patterns.is_date(_number_format(cell))):
            return self._formatted(value, cell)
        return value

    def _formatted(self, value: Result, cell: Cell) -> str:
        if isinstance(value, Fault):
            return value.shown
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, str):
            return value
        assert value is not None, "an empty cell is not formatted"
        if is_plain_text(cell):
            return patterns.plain(value)
        return patterns.shown(value, _number_format(cell), self._book.locale)

    def whole(self, sheet: Row, row: int, column: int, cell: Cell) -> dict[str, Any]:
        """The cell as CellData."""
        shown: dict[str, Any] = {}
        value = self._reckoner.value(sheet, row, column, cell)
        if value is not None:
            shown["userEnteredValue"] = cell["userEnteredValue"]
            shown["effectiveValue"] = _extended(value)
            shown["formattedValue"] = self._formatted(value, cell)
        shown |= {name: cell[name] for name in _WRITTEN if name in cell}
        if "userEnteredFormat" in cell:
            shown["effectiveFormat"] = _merged(DEFAULT_FORMAT, cell["userEnteredFormat"])
        return shown


def _number_format(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = cell.get("userEnteredFormat", {}).get("numberFormat", {})
    return found


def _extended(value: Result) -> dict[str, Any]:
    if isinstance(value, Fault):
        return {"errorValue": {"type": value.kind} | ({"message": value.message} if value.message else {})}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"stringValue": value} if isinstance(value, str) else {"numberValue": value}


def _merged(default: dict[str, Any], entered: dict[str, Any]) -> dict[str, Any]:
    merged = dict(default)
    for name, value in entered.items():
        former = merged.get(name)
        merged[name] = _merged(former, value) if isinstance(former, dict) and isinstance(value, dict) else value
    return merged
