"""The requests of ``spreadsheets.batchUpdate`` that change cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.errors import invalid_argument
from better_classroom.sandbox.sheets import gridranges, growth, masks, protection, ranges, tables, writing
from better_classroom.sandbox.sheets.books import Book, Cell
from better_classroom.sandbox.sheets.computing import Fault, Reckoner, Result
from better_classroom.sandbox.sheets.ranges import Area, Block
from better_classroom.sandbox.sheets.refusals import not_reproduced
from better_classroom.sandbox.store import Row

Request = dict[str, Any]

_MOST_AT_ONCE = 500_000  # cells that one request may touch here
_ASCENDING, _DESCENDING = "ASCENDING", "DESCENDING"


def update_cells(book: Book, caller: Caller, request: Request) -> Request:
    """The request updateCells: rows of cells from a start on, or into a range whose other cells are cleared."""
    mask = masks.parse(request.get("fields", ""), "CellData")
    rows = [one.get("values", []) for one in request.get("rows", [])]
    if ("range" in request) == ("start" in request):
        raise invalid_argument("Exactly one of 'range' and 'start' must be set.")
    if "range" in request:
        block = gridranges.block(book, request["range"])
        _require_inside(block, rows)
    else:
        found = _from_start(book, request["start"], rows)
        if found is None:
            return {}
        block = found
    covers = "range" in request

    def changed(row: int, column: int, cell: Cell) -> Cell:
        across, down = column - block.left, row - block.top
        given = down < len(rows) and across < len(rows[down])
        if given or covers:
            return writing.with_fields(cell, mask, rows[down][across] if given else {})
        return cell

    _each(book, caller, block, changed)
    return {}


def _from_start(book: Book, start: dict[str, Any], rows: list[list[Cell]]) -> Block | None:
    top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
    sheet = gridranges.find_sheet(book, start.get("sheetId", 0))
    if top < 0 or left < 0:
        raise invalid_argument("A coordinate must not be negative.")
    width = max(map(len, rows), default=0)
    if not width:
        return None
    return ranges.inside(book, Area(sheet["sheetId"], top, left, top + len(rows), left + width), whole=True)


def _require_inside(block: Block, rows: list[list[Cell]]) -> None:
    if len(rows) > block.bottom - block.top:
        last = block.bottom - 1
        raise invalid_argument(f"Attempting to write row: {last + 1}, beyond the last requested row of: {last}")
    if max(map(len, rows), default=0) > block.right - block.left:
        last = block.right - 1
        raise invalid_argument(f"Attempting to write column: {last + 1}, beyond the last requested column of: {last}")


def append_cells(book: Book, caller: Caller, request: Request) -> Request:
    """The request appendCells: rows below the last one that holds data."""
    if request.get("tableId"):
        raise not_reproduced("tables")
    mask = masks.parse(request.get("fields", ""), "CellData")
    sheet = gridranges.find_sheet(book, request.get("sheetId", 0))
    rows = [one.get("values", []) for one in request.get("rows", [])]
    width = max(map(len, rows), default=0)
    whole = Block(sheet["sheetId"], 0, 0, sheet["rowCount"], sheet["columnCount"])
    table = tables.last(book.grid(sheet), whole)
    top = table.bottom if table else 0
    if not width:
        return {}
    growth.reach(book, sheet["sheetId"], top + len(rows), width)

    def changed(row: int, column: int, cell: Cell) -> Cell:
        return writing.with_fields(cell, mask, rows[row - top][column]) if column < len(rows[row - top]) else cell

    _each(book, caller, Block(sheet["sheetId"], top, 0, top + len(rows), width), changed)
    return {}


def repeat_cell(book: Book, caller: Caller, request: Request) -> Request:
    """The request repeatCell: the same fields into every cell of a range."""
    mask = masks.parse(request.get("fields", ""), "CellData")
    cell = request.get("cell", {})
    if cell.get("userEnteredValue", {}).get("formulaValue"):
        raise not_reproduced("a formula repeated over a range")  # its references would have to move along
    writing.with_fields({}, mask, cell)
    _each(
        book,
        caller,
        gridranges.block(book, request.get("range")),
        lambda _r, _c, at: writing.with_fields(at, mask, cell),
    )
    return {}


def set_data_validation(book: Book, caller: Caller, request: Request) -> Request:
    """The request setDataValidation; without a rule it takes the one that was there away."""
    rule = request.get("rule")
    if rule is not None:
        writing.check_rule(rule)

    def changed(_row: int, _column: int, cell: Cell) -> Cell:
        kept = {name: one for name, one in cell.items() if name != "dataValidation"}
        return kept | {"dataValidation": rule} if rule is not None else kept

    _each(book, caller, gridranges.block(book, request.get("range")), changed)
    return {}


def _each(book: Book, caller: Caller, block: Block, change: Callable[[int, int, Cell], Cell]) -> None:
    if (block.bottom - block.top) * (block.right - block.left) > _MOST_AT_ONCE:
        raise not_reproduced(f"a request that touches more than {_MOST_AT_ONCE} cells")
    protection.require(book, caller, block)
    grid = book.grid(gridranges.find_sheet(book, block.sheet_id))
    for row in range(block.top, block.bottom):
        cells = grid.row(row)
        changed = {column: change(row, column, cells.get(column, {})) for column in range(block.left, block.right)}
        grid.put(row, cells | changed)


def sort_range(book: Book, caller: Caller, request: Request) -> Request:
    """The request sortRange: cells move in whole rows of the range; other columns and drop-downs stay."""
    block = gridranges.block(book, request.get("range"))
    specs = request.get("sortSpecs", [])
    if not specs:
        raise invalid_argument("At least one sort spec must be given.")
    for spec in specs:
        if spec.keys() - {"dimensionIndex", "sortOrder"}:
            raise not_reproduced("sorting by colour or by a data source")
        if not block.left <= spec.get("dimensionIndex", 0) < block.right:
            raise invalid_argument("A sort spec's dimensionIndex must lie within the range.")
        if spec.get("sortOrder", _ASCENDING) not in {_ASCENDING, _DESCENDING}:
            raise invalid_argument("A sort spec's order must be specified.")
    protection.require(book, caller, block)
    sheet = gridranges.find_sheet(book, block.sheet_id)
    grid = book.grid(sheet)
    rows = dict(grid.rows())
    filled = [row for row in rows if block.top <= row < block.bottom]
    last = max(filled, default=block.top - 1)
    if last - block.top > _MOST_AT_ONCE:
        raise not_reproduced(f"the sorting of more than {_MOST_AT_ONCE} rows")
    order = list(range(block.top, last + 1))
    reckoner = Reckoner(book)
    for spec in reversed(specs):
        order = _sorted(order, spec, lambda row, column: reckoner.value(sheet, row, column, grid.cell(row, column)))
    grid.put_all(growth.rearranged(rows, order, block.top, block.left, block.right))
    return {}


def _sorted(order: list[int], spec: Request, value: Callable[[int, int], Result]) -> list[int]:
    """Sorted by one column; empty cells come last whichever way, as in Sheets."""
    column = spec.get("dimensionIndex", 0)
    held = {row: value(row, column) for row in order}
    filled = [row for row in order if held[row] is not None]
    filled.sort(key=lambda row: _rank(held[row]), reverse=spec.get("sortOrder") == _DESCENDING)
    return filled + [row for row in order if held[row] is None]


def _rank(value: Result) -> tuple[int, Any]:
    if isinstance(value, Fault):
        return 3, value.kind
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, value)


def set_basic_filter(book: Book, _caller: Caller, request: Request) -> Request:
    """The request setBasicFilter: hides rows from people's eyes; programs read them all the same."""
    given = request.get("filter", {})
    if given.get("sortSpecs") or given.get("tableId"):
        raise not_reproduced("a filter that sorts, or belongs to a table")
    block = gridranges.block(book, given.get("range", {}))
    book.put_sheet(_held(book, block) | {"filter": given | {"range": given.get("range", {"sheetId": 0})}})
    return {}


def clear_basic_filter(book: Book, _caller: Caller, request: Request) -> Request:
    """The request clearBasicFilter."""
    sheet = gridranges.find_sheet(book, request.get("sheetId", 0))
    book.put_sheet(sheet | {"filter": {}})
    return {}


def _held(book: Book, block: Block) -> Row:
    return gridranges.find_sheet(book, block.sheet_id)
