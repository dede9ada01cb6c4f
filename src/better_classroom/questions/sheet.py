"""Reading what a spreadsheet program made of an expert's CSV file: any common encoding, delimiter and order."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from better_classroom.errors import Complaint
from better_classroom.reports.questions import COLUMNS
from better_classroom.reports.spreadsheet import plain

_DELIMITERS = (",", ";", "\t")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_KEEP_HEADER = f"Keep the header as it was exported: {', '.join(COLUMNS)}."
_LONGEST = 10_000_000
"""Characters in one cell; Python's csv module stops at 131,072, which an answer and its file's other cells may pass."""


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
        return _unreadable(path, "This is an Excel workbook.", "Save it as “CSV UTF-8 (comma delimited)”.")
    text, notices = _decoded(raw)
    try:
        return _parsed(str(path), text, notices)
    except csv.Error as error:
        return _unreadable(path, f"This is not a CSV file: {error}.", "Save it anew as “CSV UTF-8”.")


def _unreadable(path: Path, message: str, remedy: str) -> Sheet:
    return Sheet(str(path), (), (), ",", (Complaint(str(path), 1, 1, message, remedy),))


def _decoded(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file, by its byte order mark, else as UTF-8, else as Excel of Western Europe writes."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, errors="replace"), ()
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        notice = "is not UTF-8 and was read as Windows-1252: check the accents, or save it as “CSV UTF-8”"
        return raw.decode("cp1252", errors="replace"), (notice,)


def _parsed(file: str, text: str, notices: tuple[str, ...]) -> Sheet:
    delimiter = _delimiter(text)
    records = _records(text, delimiter)
    start, header = next(records, (1, []))
    columns = _columns(header)
    if "key" not in columns:
        missing = Complaint(file, start, 1, "There is no column called “key”.", _KEEP_HEADER)
        return Sheet(file, (), (), delimiter, (missing,), notices)
    lines: list[Line] = []
    complaints: list[Complaint] = []
    for number, record in records:
        if any(cell.strip() for cell in record[len(columns) :]):
            where = len(columns) + 1
            remedy = "Put cells that hold a delimiter or a line break in double quotes."
            complaints.append(Complaint(file, number, where, "This row has more cells than the header.", remedy))
        elif any(cell.strip() for cell in record):
            cells = dict(zip(columns, map(plain, record), strict=False))
            lines.append(Line(number, cells))
    return Sheet(file, columns, tuple(lines), delimiter, tuple(complaints), notices)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line it begins in, without Excel's "sep=" line and without empty lines before the header."""
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begun = False
    while True:
        number = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        begun = begun or (any(record) and not "".join(record).casefold().startswith("sep="))
        if begun:
            yield number, record


def _delimiter(text: str) -> str:
    """The delimiter with which most of our columns are found in the header."""

    def found(delimiter: str) -> int:
        _, header = next(_records(text, delimiter), (1, []))
        return len(set(_columns(header)) & set(COLUMNS))

    return max(_DELIMITERS, key=found)


def _columns(header: list[str]) -> tuple[str, ...]:
    """Names of the columns: ours are known in any case and spacing; of two with one name, the first is meant."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        ours = re.sub(r"[\s_-]+", "_", plain(cell).strip().casefold())
        name = ours if ours in COLUMNS else plain(cell).strip()
        names.append(name if name and name not in names else f"{name} ({place})")
    return tuple(names)
