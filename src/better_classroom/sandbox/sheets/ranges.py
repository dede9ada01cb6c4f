"""A1 notation: ``Sheet1!A1:B2``, ``'My sheet'!A:C``, ``A2:C``, a sheet's title alone; and R1C1 with absolute numbers.

The titles rule: a name that could be a cell is one (seen: dataiku-contrib#215, a sheet named CO2), unless quoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from better_classroom.sandbox.sheets.books import Book
from better_classroom.sandbox.sheets.refusals import beyond_grid, unreadable_range
from better_classroom.sandbox.store import Row

MOST_COLUMNS = 18_278  # the column ZZZ

_PART = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,7})?")
_R1C1 = re.compile(r"R([1-9][0-9]{0,7})C([1-9][0-9]{0,5})(?::R([1-9][0-9]{0,7})C([1-9][0-9]{0,5}))?")
_QUOTED = re.compile(r"'((?:[^']|'')+)'(?:!(.*))?", re.DOTALL)
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


@dataclass(frozen=True, slots=True)
class Area:
    """A block of cells on a sheet; ``bottom`` and ``right`` are the first ones outside, None where it has no end."""

    sheet_id: int
    top: int = 0
    left: int = 0
    bottom: int | None = None
    right: int | None = None

    @property
    def is_cell(self) -> bool:
        """Whether it is a single cell."""
        return self.bottom == self.top + 1 and self.right == self.left + 1


@dataclass(frozen=True, slots=True)
class Block:
    """As Area, with ends: what lies inside a sheet's grid."""

    sheet_id: int
    top: int
    left: int
    bottom: int
    right: int

    def meets(self, other: Block) -> bool:
        """Whether the two have a cell in common."""
        return (
            self.sheet_id == other.sheet_id
            and self.top < other.bottom
            and other.top < self.bottom
            and self.left < other.right
            and other.left < self.right
        )

    def within(self, other: Block) -> bool:
        """Whether all of it lies in the other."""
        return (
            self.sheet_id == other.sheet_id
            and other.top <= self.top
            and self.bottom <= other.bottom
            and other.left <= self.left
            and self.right <= other.right
        )


def parse(book: Book, text: str) -> Area:
    """The area that a range in A1 or R1C1 notation names; without a sheet, on the first one that is not hidden."""
    quoted = _QUOTED.fullmatch(text)
    if quoted:
        title, cells = quoted[1].replace("''", "'"), quoted[2]
    elif "!" in text:
        title, _, cells = text.rpartition("!")
    else:
        area = _cells(text, _first(book)["sheetId"])
        if area:
            return area
        title, cells = text, None
    sheet = book.titled(title)
    area = _cells(cells, sheet["sheetId"]) if sheet and cells is not None else None
    if sheet is None or (cells is not None and area is None):
        raise unreadable_range(text)
    return area or Area(sheet["sheetId"])


def _first(book: Book) -> Row:
    sheets = book.sheets()
    return next((sheet for sheet in sheets if not sheet["properties"].get("hidden")), sheets[0])


def _cells(text: str, sheet_id: int) -> Area | None:
    numbered = _R1C1.fullmatch(text)
    if numbered:
        corners = [int(one) - 1 if one else None for one in numbered.groups()]
        return _between(sheet_id, (corners[0], corners[1]), (corners[2], corners[3]), single=numbered[3] is None)
    first, colon, second = text.partition(":")
    start = _corner(first)
    end = _corner(second) if colon else start
    if start is None or end is None or (not colon and None in start):
        return None
    if end != start and _shape(start) != _shape(end) and (_shape(start), _shape(end)) != ((True, True), (False, True)):
        return None  # A2:C is documented; A:C5 and A2:5 are not
    return _between(sheet_id, start, end, single=False)


def _corner(text: str) -> tuple[int | None, int | None] | None:
    """Row and column that one side of the colon names."""
    found = _PART.fullmatch(text)
    if not found or not text.strip("$"):
        return None
    column = column_index(found[1]) if found[1] else None
    return (int(found[2]) - 1 if found[2] else None), column


def _shape(corner: tuple[int | None, int | None]) -> tuple[bool, bool]:
    return corner[0] is not None, corner[1] is not None


def _between(
    sheet_id: int, start: tuple[int | None, int | None], end: tuple[int | None, int | None], *, single: bool
) -> Area:
    if single:
        end = start
    rows = sorted(one for one in (start[0], end[0]) if one is not None)
    columns = sorted(one for one in (start[1], end[1]) if one is not None)
    return Area(
        sheet_id,
        top=rows[0] if rows else 0,
        left=columns[0] if columns else 0,
        bottom=rows[-1] + 1 if rows and end[0] is not None else None,
        right=columns[-1] + 1 if columns else None,
    )


def inside(book: Book, area: Area, *, whole: bool = False) -> Block:
    """The part of an area that lies in the sheet's grid; raises 400 if it begins, or for ``whole`` ends, outside."""
    sheet = book.sheet(area.sheet_id)
    assert sheet is not None, "an area is made from a sheet"
    rows, columns = sheet["rowCount"], sheet["columnCount"]
    ends_outside = (area.bottom or 0) > rows or (area.right or 0) > columns
    if area.top >= rows or area.left >= columns or (whole and ends_outside):
        raise beyond_grid(name(sheet["title"], area), rows, columns)
    bottom = rows if area.bottom is None else min(area.bottom, rows)
    right = columns if area.right is None else min(area.right, columns)
    return Block(area.sheet_id, area.top, area.left, bottom, right)


def name(title: str, area: Area | Block) -> str:
    """A range as Sheets writes it, with its sheet."""
    return f"{quoted_title(title)}!{_span(area)}"


def _span(area: Area | Block) -> str:
    rows = str(area.top + 1)
    if area.right is None:
        return f"{rows}:{area.bottom}" if area.bottom is not None else f"{column_name(area.left)}{rows}"
    start, end = f"{column_name(area.left)}{rows}", column_name(area.right - 1)
    if area.bottom is None:
        return f"{start}:{end}" if area.top else f"{column_name(area.left)}:{end}"
    last = f"{end}{area.bottom}"
    return start if start == last else f"{start}:{last}"


def quoted_title(title: str) -> str:
    """A sheet's title as it stands before the ``!``."""
    if _NEEDS_NO_QUOTES.fullmatch(title) and not _LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def column_index(letters: str) -> int:
    """``A`` is 0, ``AA`` is 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def column_name(index: int) -> str:
    """0 is ``A``, 26 is ``AA``."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
