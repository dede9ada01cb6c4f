"""Reading what a spreadsheet program made of an expert's CSV file: any common encoding, delimiter and order."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from better_classroom.errors import Complaint
from better_classroom.questions.csvfile import DELIMITERS, decoded, records
from better_classroom.reports.rows import COLUMNS
from better_classroom.reports.spreadsheet import plain

_KEEP_HEADER = f"Keep the header as it was exported: {', '.join(COLUMNS)}."


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: its cells by column, as they were meant before they were made neutral."""

    number: int
    """Of the line it begins in, counted from 1."""
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as read: ``columns`` in the file's order, those of ours under our names, any others as they are called."""

    file: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    delimiter: str
    complaints: tuple[Complaint, ...] = ()
    notices: tuple[str, ...] = ()
    news: bool = True
    """Whether the answers in it may be news; not where a ledger that was lost may have known them."""
    shown: tuple[Line, ...] = ()
    """Rows that show a text of a question, whether anything was written into them or not."""

    def at(self, line: Line, column: str, message: str, remedy: str = "") -> Complaint:
        """Complain about one cell; a complaint's column is the number of the cell in its row."""
        number = self.columns.index(column) + 1 if column in self.columns else 1
        return Complaint(self.file, line.number, number, message, remedy)


def read(path: Path) -> Sheet:
    """Read a file; what is wrong with it stands in ``complaints``, and what can be read is read."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        return _unreadable(path, f"The file cannot be read: {reason}.", "Check its name and who may read it.")
    if raw.startswith(b"PK\x03\x04"):
        return _unreadable(
            path,
            "This is an Excel workbook.",
            "Take it with “board import”; or save it as “CSV UTF-8 (comma delimited)”.",
        )
    text, notices = decoded(raw)
    try:
        return _parsed(str(path), text, notices)
    except csv.Error as error:
        return _unreadable(path, f"This is not a CSV file: {error}.", "Save it anew as “CSV UTF-8”.")


def _unreadable(path: Path, message: str, remedy: str) -> Sheet:
    return Sheet(str(path), (), (), ",", (Complaint(str(path), 1, 1, message, remedy),))


def _parsed(file: str, text: str, notices: tuple[str, ...]) -> Sheet:
    delimiter = _delimiter(text)
    found = records(text, delimiter)
    start, header = next(found, (1, []))
    columns = _columns(header)
    if "key" not in columns:
        missing = Complaint(file, start, 1, "There is no column called “key”.", _KEEP_HEADER)
        return Sheet(file, (), (), delimiter, (missing,), notices)
    lines: list[Line] = []
    complaints: list[Complaint] = []
    for number, record in found:
        if any(cell.strip() for cell in record[len(columns) :]):
            where = len(columns) + 1
            remedy = "Put cells that hold a delimiter or a line break in double quotes."
            complaints.append(Complaint(file, number, where, "This row has more cells than the header.", remedy))
        elif any(cell.strip() for cell in record):
            cells = dict(zip(columns, map(plain, record), strict=False))
            lines.append(Line(number, cells))
    return Sheet(file, columns, tuple(lines), delimiter, tuple(complaints), notices, shown=tuple(lines))


def _delimiter(text: str) -> str:
    """The delimiter with which most of our columns are found in the header."""

    def found(delimiter: str) -> int:
        _, header = next(records(text, delimiter), (1, []))
        return len(set(_columns(header)) & set(COLUMNS))

    return max(DELIMITERS, key=found)


def _columns(header: list[str]) -> tuple[str, ...]:
    """Names of the columns: ours are known in any case and spacing; of two with one name, the first is meant."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        ours = re.sub(r"[\s_-]+", "_", plain(cell).strip().casefold())
        name = ours if ours in COLUMNS else plain(cell).strip()
        names.append(name if name and name not in names else f"{name} ({place})")
    return tuple(names)
