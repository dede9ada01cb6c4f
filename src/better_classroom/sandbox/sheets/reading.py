"""Reads blocks of cells as the document's ValueRange."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from better_classroom.sandbox.sheets import ranges
from better_classroom.sandbox.sheets.books import Book
from better_classroom.sandbox.sheets.ranges import Block
from better_classroom.sandbox.sheets.refusals import not_reproduced
from better_classroom.sandbox.sheets.showing import Shower

_MOST_LINES = 500_000


@dataclass(frozen=True, slots=True)
class Window:
    """What a write asked for, and the part of it that its values covered."""

    asked: Block
    written: Block


def value_range(book: Book, window: Window, shower: Shower, *, by_columns: bool) -> dict[str, Any]:
    """The values of a block. google-apis.md E.1: trailing empty rows and cells are left out, so rows differ in length.

    The document: the range is the one asked for, and a larger one than was written is shown whole.
    """
    block = window.asked if window.written.within(window.asked) and not _is_cell(window.asked) else window.written
    sheet = book.sheet(block.sheet_id)
    assert sheet is not None, "the block is on it"
    found: dict[tuple[int, int], Any] = {}
    for row, cells in book.grid(sheet).rows(block.top, block.bottom):
        for column, cell in cells.items():
            if block.left <= column < block.right:
                value = shower.value(sheet, row, column, cell)
                if value is not None:
                    down, across = row - block.top, column - block.left
                    found[(across, down) if by_columns else (down, across)] = value
    shown: dict[str, Any] = {
        "range": ranges.name(sheet["title"], block),
        "majorDimension": "COLUMNS" if by_columns else "ROWS",
    }
    if found:
        shown["values"] = _listed(found)
    return shown


def _listed(found: dict[tuple[int, int], Any]) -> list[list[Any]]:
    if max(found)[0] > _MOST_LINES:
        raise not_reproduced(f"a reply of more than {_MOST_LINES} rows")
    lines: list[list[Any]] = [[] for _ in range(max(line for line, _ in found) + 1)]
    for line, place in sorted(found):
        values = lines[line]
        values += [""] * (place - len(values))
        values.append(found[line, place])
    return lines


def _is_cell(block: Block) -> bool:
    return block.bottom - block.top == 1 and block.right - block.left == 1
