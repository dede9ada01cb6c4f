"""A course's participants: a CSV file with the columns name and email, as a spreadsheet exports it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pydantic_core import PydanticCustomError

from better_classroom.errors import Complaint
from better_classroom.programme import values
from better_classroom.programme.model import Participant
from better_classroom.programme.reading import Unreadable, contents, decoded
from better_classroom.programme.words import listed, shown

COLUMNS = ("name", "email")
MOST = 1000
"""Members of a class (google-apis.md A.1)."""


class Table:
    """The participants of one file, and what was wrong with it."""

    def __init__(self, path: Path, shown_as: str) -> None:
        self.participants: list[Participant] = []
        self.mistakes: list[Complaint] = []
        self.warnings: list[Complaint] = []
        self._file = shown_as
        self._seen: dict[str, int] = {}
        try:
            self._read(decoded(contents(path)))
        except Unreadable as trouble:
            remedy = "its first line is `name,email`" if trouble.message == "the file is empty" else trouble.remedy
            self._complain(trouble.line, trouble.column, trouble.message, remedy)

    def _complain(self, line: int, column: int, message: str, remedy: str) -> None:
        self.mistakes.append(Complaint(self._file, line, column, message, remedy))

    def _read(self, text: str) -> None:
        lines = text.split("\n")
        delimiter = max(",;\t", key=lines[0].count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        begins = 1
        columns: dict[str, int] | None = None
        try:
            for row in rows:
                first, begins = begins, rows.line_num + 1
                if any(cell.strip() for cell in row):
                    if columns is None:
                        columns = self._header(first, row)
                        if columns is None:
                            return
                    else:
                        self._row(first, row, columns, lines[first - 1], delimiter)
        except csv.Error as error:
            self._complain(begins, 1, f"this is not a line of a CSV file: {error}", "check its quotation marks")
        if len(self.participants) > MOST:
            self.warnings.append(
                Complaint(self._file, 1, 1, f"{len(self.participants)} participants; a class takes {MOST}", "")
            )

    def _header(self, line: int, row: list[str]) -> dict[str, int] | None:
        names = [cell.strip().casefold() for cell in row]
        missing = [f"`{column}`" for column in COLUMNS if column not in names]
        if missing:
            remedy = "let the first line be `name,email`"
            self._complain(line, 1, f"the first line names no column {listed(missing, 'and no')}", remedy)
            return None
        twice = [column for column in COLUMNS if names.count(column) > 1]
        if twice:
            self._complain(line, 1, f"there are two columns `{twice[0]}`", "keep one of them")
            return None
        if others := [shown(name) for name in names if name and name not in COLUMNS]:
            self.warnings.append(Complaint(self._file, line, 1, f"not used: the columns {listed(others)}", ""))
        return {column: names.index(column) for column in COLUMNS}

    def _row(self, line: int, row: list[str], columns: dict[str, int], raw: str, delimiter: str) -> None:
        starts = list(_columns(raw, delimiter))
        cells = {}
        for column, number in columns.items():
            cell = row[number].strip() if number < len(row) else ""
            start = starts[number] if number < len(starts) else 1
            try:
                cells[column] = values.email(cell) if column == "email" and cell else values.line(cell) if cell else ""
            except PydanticCustomError as error:
                context = error.context or {}
                self._complain(line, start, str(context.get("message")), str(context.get("remedy")))
                return
            if not cell:
                self._complain(line, start, f"this line has no {column}", "fill it in, or remove the line")
                return
        email = cells["email"].casefold()
        if email in self._seen:
            start = starts[columns["email"]] if columns["email"] < len(starts) else 1
            message = f"{shown(cells['email'])} stands here a second time; the first is in line {self._seen[email]}"
            self._complain(line, start, message, "keep one of them")
            return
        self._seen[email] = line
        self.participants.append(Participant(cells["name"], cells["email"]))


def _columns(line: str, delimiter: str) -> Iterator[int]:
    """Where each cell of a line begins, counted from 1."""
    quoted = False
    yield 1
    for number, character in enumerate(line, start=2):
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            yield number
