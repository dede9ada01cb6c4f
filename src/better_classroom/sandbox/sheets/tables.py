"""Finds the table that ``append`` adds to: the block of filled cells around what a range holds.

google-apis.md E.1: "finds the last table within range". A table ends where a row and a column are empty; cells that
touch at a corner belong together. Cells that hold a format or a drop-down alone do not count.
"""

from __future__ import annotations

from better_classroom.sandbox.sheets.books import Cells, Grid
from better_classroom.sandbox.sheets.ranges import Block


def last(grid: Grid, block: Block) -> Block | None:
    """The last table that the block touches, whole, also where it reaches beyond the block; None if there is none."""
    filled = {at: _filled(cells) for at, cells in grid.rows()}
    for row in sorted((at for at in filled if block.top <= at < block.bottom), reverse=True):
        columns = [column for column in filled[row] if block.left <= column < block.right]
        if columns:
            return _around(filled, Block(block.sheet_id, row, max(columns), row + 1, max(columns) + 1))
    return None


def _filled(cells: Cells) -> list[int]:
    return [column for column, cell in cells.items() if "userEnteredValue" in cell]


def _around(filled: dict[int, list[int]], start: Block) -> Block:
    top, left, bottom, right = start.top, start.left, start.bottom, start.right
    grown = True
    while grown:
        grown = False
        while _meets(filled, top - 1, left - 1, right + 1):
            top, grown = top - 1, True
        while _meets(filled, bottom, left - 1, right + 1):
            bottom, grown = bottom + 1, True
        columns = {column for row in range(top - 1, bottom + 1) for column in filled.get(row, ())}
        while left - 1 in columns:
            left, grown = left - 1, True
        while right in columns:
            right, grown = right + 1, True
    return Block(start.sheet_id, top, left, bottom, right)


def _meets(filled: dict[int, list[int]], row: int, left: int, right: int) -> bool:
    return any(left <= column < right for column in filled.get(row, ()))
