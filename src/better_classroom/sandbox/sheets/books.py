"""What a spreadsheet holds: its sheets in their order, and each sheet's grid of cells.

Tables: ``spreadsheets`` under ``""`` (locale, time zone, order of the sheets), ``sheets`` under the spreadsheet's id,
and ``cells`` under the name of a sheet's grid: one row of the table for each row that ever held something. A cell is
what the document's CellData lets people write: ``userEnteredValue``, ``userEnteredFormat``, ``dataValidation``,
``note``, ``textFormatRuns``. Indices begin with 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from better_classroom.sandbox.store import Row, Store

Cell = dict[str, Any]
Cells = dict[int, Cell]

_FEW = 50  # rows, that are fetched one by one rather than looked for among all
ROWS, COLUMNS = 1000, 26  # of a new sheet; also where a program asks for none at all (seen: googlesheets4#70)
_DEFAULTS = {"locale": "en_US", "timeZone": "Etc/GMT", "autoRecalc": "ON_CHANGE"}


def new_sheet(sheet_id: int, title: str, grid: str) -> Row:
    """The row of an empty sheet, as large as new ones are."""
    return {
        "sheetId": sheet_id,
        "title": title,
        "grid": grid,
        "rowCount": ROWS,
        "columnCount": COLUMNS,
        "properties": {},
        "gridProperties": {},
        "rows": {},
        "columns": {},
        "protected": [],
        "filter": {},
    }


class Book:
    """One spreadsheet, for the time of one call; what is put through it is in the store at once.

    A spreadsheet that Drive made has no rows yet: until the first write it is one empty sheet, ``Sheet1``, of id 0.
    """

    def __init__(self, store: Store, file: Row) -> None:
        self.store = store
        self.file = file
        self.id: str = file["id"]
        self._row = store.get("spreadsheets", "", self.id)
        self._sheets: dict[int, Row] = {}
        self._grids: dict[str, Grid] = {}
        for sheet in store.rows("sheets", self.id):
            if self._row and sheet["sheetId"] in self._row["order"]:
                self._sheets[sheet["sheetId"]] = sheet
        if self._row is None:
            self._sheets[0] = new_sheet(0, "Sheet1", f"{self.id}/0")

    @property
    def properties(self) -> dict[str, str]:
        """Locale, time zone and when it recalculates."""
        row = self._row or _DEFAULTS
        return {name: row[name] for name in _DEFAULTS}

    @property
    def locale(self) -> str:
        """The locale by which typed text is read and values are shown."""
        return self.properties["locale"]

    def sheets(self) -> list[Row]:
        """The sheets, from left to right."""
        order = self._row["order"] if self._row else list(self._sheets)
        return [self._sheets[sheet_id] for sheet_id in order]

    def sheet(self, sheet_id: int) -> Row | None:
        """The sheet of that id."""
        return self._sheets.get(sheet_id)

    def titled(self, title: str) -> Row | None:
        """The sheet of that title."""
        return next((sheet for sheet in self._sheets.values() if sheet["title"] == title), None)

    def grid(self, sheet: Row) -> Grid:
        """The cells of a sheet."""
        name = sheet["grid"]
        return self._grids.setdefault(name, Grid(self.store, name))

    def put(self, **changes: Any) -> None:
        """Change the spreadsheet's own row: locale, timeZone, autoRecalc, order."""
        if self._row is None:
            self._row = {"id": self.id, "order": list(self._sheets), **_DEFAULTS}
            for sheet in self._sheets.values():
                self.store.put("sheets", self.id, str(sheet["sheetId"]), sheet)
        self._row = self._row | changes
        self.store.put("spreadsheets", "", self.id, self._row)

    def put_sheet(self, sheet: Row, index: int | None = None) -> None:
        """Put a sheet in the place of the one of its id, or add it: at ``index``, or behind the others."""
        sheet_id = sheet["sheetId"]
        known = [one["sheetId"] for one in self.sheets()]
        self.put(order=_placed(known, sheet_id, index))
        self._sheets[sheet_id] = sheet
        self.store.put("sheets", self.id, str(sheet_id), sheet)

    def begin(self, sheets: list[Row], properties: dict[str, str]) -> None:
        """What ``create`` asked for, in the place of the one empty sheet."""
        self._sheets = {sheet["sheetId"]: sheet for sheet in sheets}
        self.put(order=list(self._sheets), **properties)
        for sheet in sheets:
            self.store.put("sheets", self.id, str(sheet["sheetId"]), sheet)

    def remove_sheet(self, sheet_id: int) -> None:
        """Remove a sheet; its cells are left where nothing finds them."""
        self.put(order=[one["sheetId"] for one in self.sheets() if one["sheetId"] != sheet_id])
        del self._sheets[sheet_id]
        self.store.remove("sheets", self.id, str(sheet_id))

    def cell_count(self) -> int:
        """Cells of all sheets, filled or not: what the limit of ten million counts."""
        return sum(sheet["rowCount"] * sheet["columnCount"] for sheet in self._sheets.values())


def _placed(order: list[int], sheet_id: int, index: int | None) -> list[int]:
    """The document: places are counted "before the move"."""
    if sheet_id in order:
        if index is None:
            return order
        former = order.index(sheet_id)
        kept = [one for one in order if one != sheet_id]
        kept.insert(index - 1 if index > former else index, sheet_id)
        return kept
    placed = list(order)
    placed.insert(len(order) if index is None else index, sheet_id)
    return placed


class Grid:
    """The cells of one sheet. Cells handed out are the store's own: to change one, put a new one."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name

    def row(self, index: int) -> Cells:
        """The cells of a row by column."""
        held = self._store.get("cells", self._name, str(index))
        return {int(column): cell for column, cell in held["cells"].items()} if held else {}

    def cell(self, row: int, column: int) -> Cell:
        """One cell; an empty one is ``{}``."""
        held = self._store.get("cells", self._name, str(row))
        cell: Cell = held["cells"].get(str(column), {}) if held else {}
        return cell

    def rows(self, top: int = 0, bottom: int | None = None) -> Iterator[tuple[int, Cells]]:
        """Every row from ``top`` up to ``bottom`` that holds something, in order."""
        if bottom is not None and bottom - top <= _FEW:
            for index in range(top, bottom):
                cells = self.row(index)
                if cells:
                    yield index, cells
            return
        for held in sorted(self._store.rows("cells", self._name), key=lambda one: one["at"]):
            if held["cells"] and held["at"] >= top and (bottom is None or held["at"] < bottom):
                yield held["at"], {int(column): cell for column, cell in held["cells"].items()}

    def put(self, index: int, cells: Cells) -> None:
        """A row's cells; empty ones are left out."""
        kept = {str(column): cell for column, cell in cells.items() if cell}
        if kept or self._store.get("cells", self._name, str(index)):
            self._store.put("cells", self._name, str(index), {"at": index, "cells": kept})

    def put_all(self, rows: dict[int, Cells]) -> None:
        """These rows and no others."""
        for index, _ in list(self.rows()):
            if index not in rows:
                self.put(index, {})
        for index, cells in rows.items():
            if self.row(index) != cells:
                self.put(index, cells)


def duplicate(store: Store, source: Row, copy: Row) -> None:
    """Give a copied file the sheets and cells of its source."""
    original = Book(store, source)
    if store.get("spreadsheets", "", source["id"]) is None:
        return
    sheets = []
    for sheet in original.sheets():
        copied = sheet | {"grid": f"{copy['id']}/{sheet['sheetId']}"}
        Grid(store, copied["grid"]).put_all(dict(original.grid(sheet).rows()))
        sheets.append(copied)
    Book(store, copy).begin(sheets, original.properties)
