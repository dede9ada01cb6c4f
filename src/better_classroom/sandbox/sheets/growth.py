"""Rows and columns: added, inserted, deleted, and with them the cells, the protected ranges and the filter.

The limits: ten million cells in all sheets together (google-apis.md does not tell; seen in the field with its words),
and 18,278 columns. Unknown: whether rows that ``append`` adds take over formats; here they are bare.
"""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.errors import invalid_argument
from better_classroom.sandbox.sheets import gridranges
from better_classroom.sandbox.sheets.books import Book, Cell, Cells
from better_classroom.sandbox.sheets.ranges import MOST_COLUMNS
from better_classroom.sandbox.sheets.refusals import not_reproduced, too_many_cells
from better_classroom.sandbox.store import Row

MOST_CELLS = 10_000_000
_MOST_INHERITING = 100_000  # rows that may take over formats at once here
_FORMATS = ("userEnteredFormat",)


def grow(book: Book, sheet_id: int, dimension: str, count: int) -> None:
    """Add empty rows or columns at the end; raises 400 where there would be too many cells."""
    sheet = gridranges.find_sheet(book, sheet_id)
    if count <= 0:
        return
    book.put_sheet(_counted(book, sheet, dimension, gridranges.length(sheet, dimension) + count))


def reach(book: Book, sheet_id: int, rows: int, columns: int) -> None:
    """Grow so far that the sheet has at least so many rows and columns."""
    sheet = gridranges.find_sheet(book, sheet_id)
    grow(book, sheet_id, "ROWS", rows - sheet["rowCount"])
    grow(book, sheet_id, "COLUMNS", columns - sheet["columnCount"])


def check_size(book: Book, former: Row | None, rows: int, columns: int) -> None:
    """Raise 400 if a sheet of that size, in the place of ``former``, made the spreadsheet too large."""
    cells = book.cell_count() - (former["rowCount"] * former["columnCount"] if former else 0)
    if columns > MOST_COLUMNS or cells + rows * columns > MOST_CELLS:
        raise too_many_cells()


def _counted(book: Book, sheet: Row, dimension: str, count: int) -> Row:
    changed = sheet | {gridranges.count_key(dimension): count}
    check_size(book, sheet, changed["rowCount"], changed["columnCount"])
    return changed


def insert(book: Book, sheet_id: int, dimension: str, start: int, count: int, *, inherit: bool | None = None) -> None:
    """Insert empty rows or columns before ``start``; ``inherit`` takes formats from before (true) or after (false)."""
    sheet = gridranges.find_sheet(book, sheet_id)
    changed = _counted(book, sheet, dimension, gridranges.length(sheet, dimension) + count)
    if inherit is not None and count > _MOST_INHERITING:
        raise not_reproduced(f"the insertion of more than {_MOST_INHERITING} rows at once")
    book.put_sheet(_moved(changed, dimension, start, count))
    grid = book.grid(sheet)
    rows = dict(grid.rows())
    neighbour = start - 1 if inherit else start
    if dimension == "ROWS":
        shifted = {at + count if at >= start else at: cells for at, cells in rows.items()}
        pattern = {} if inherit is None else {at: _format(cell) for at, cell in rows.get(neighbour, {}).items()}
        if any(pattern.values()):
            shifted |= dict.fromkeys(range(start, start + count), pattern)
    else:
        shifted = {}
        for at, cells in rows.items():
            shifted[at] = {column + count if column >= start else column: cell for column, cell in cells.items()}
            pattern_cell = {} if inherit is None else _format(cells.get(neighbour, {}))
            shifted[at] |= {column: pattern_cell for column in range(start, start + count) if pattern_cell}
    grid.put_all(shifted)


def delete(book: Book, sheet_id: int, dimension: str, start: int, end: int) -> None:
    """Delete rows or columns; raises 400 for all of them, and for ones that are not there."""
    sheet = gridranges.find_sheet(book, sheet_id)
    length = gridranges.length(sheet, dimension)
    name = "rows" if dimension == "ROWS" else "columns"
    if end > length:
        raise invalid_argument(
            f"Cannot delete a {name[:-1]} that doesn't exist. "
            f"Tried to delete {name[:-1]} index {max(start, length)} but there are only {length} {name}."
        )
    if end - start >= length:
        raise invalid_argument(f"You can't delete all the {name} on the sheet.")
    frozen = "frozenRowCount" if dimension == "ROWS" else "frozenColumnCount"
    held = sheet["gridProperties"].get(frozen, 0)
    left = held - max(0, min(end, held) - start)
    if left and left >= length - (end - start):
        raise invalid_argument(f"You can't delete all the non-frozen {name}.")
    changed = sheet | {gridranges.count_key(dimension): length - (end - start)}
    if held:
        changed["gridProperties"] = sheet["gridProperties"] | {frozen: left}
    book.put_sheet(_moved(changed, dimension, start, start - end))
    grid = book.grid(sheet)
    if dimension == "ROWS":
        grid.put_all(_without(dict(grid.rows()), start, end))
    else:
        grid.put_all({at: _without(cells, start, end) for at, cells in grid.rows()})


def _without(held: dict[int, Any], start: int, end: int) -> dict[int, Any]:
    gap = end - start
    return {at - gap if at >= end else at: one for at, one in held.items() if not start <= at < end}


def _moved(sheet: Row, dimension: str, start: int, count: int) -> Row:
    """The sheet's row with all that stands at places moved along."""
    key = "rows" if dimension == "ROWS" else "columns"
    held = {int(at): one for at, one in sheet[key].items()}
    if count < 0:
        held = _without(held, start, start - count)
    else:
        held = {at + count if at >= start else at: one for at, one in held.items()}
    protected = [_along(one, dimension, start, count) for one in sheet["protected"]]
    changed = sheet | {
        key: {str(at): one for at, one in held.items()},
        "protected": [one for one in protected if one],
    }
    if sheet["filter"]:
        moved = gridranges.moved(sheet["filter"]["range"], dimension, start, count)
        changed["filter"] = sheet["filter"] | {"range": moved} if moved else {}
    return changed


def _along(one: Row, dimension: str, start: int, count: int) -> Row | None:
    moved = gridranges.moved(one["range"], dimension, start, count)
    if moved is None:
        return None
    free = [gridranges.moved(spared, dimension, start, count) for spared in one.get("unprotectedRanges", ())]
    kept = {"unprotectedRanges": [spared for spared in free if spared]} if free else {}
    return one | {"range": moved} | kept


def _format(cell: Cell) -> Cell:
    return {name: cell[name] for name in _FORMATS if name in cell}


def rearranged(rows: dict[int, Cells], order: list[int], top: int, left: int, right: int) -> dict[int, Cells]:
    """Rows whose cells between two columns come in another order; drop-downs stay where they are."""
    new = dict(rows)
    for place, source in enumerate(order, start=top):
        here, there = rows.get(place, {}), rows.get(source, {})
        kept = {column: cell for column, cell in here.items() if not left <= column < right}
        for column in range(left, right):
            if column not in here and column not in there:
                continue
            cell = {name: one for name, one in there.get(column, {}).items() if name != "dataValidation"}
            if "dataValidation" in here.get(column, {}):
                cell["dataValidation"] = here[column]["dataValidation"]
            kept[column] = cell
        new[place] = kept
    return new
