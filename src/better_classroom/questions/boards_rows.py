"""From a board's cells to what its expert decided, and from questions to the rows that a board lacks. No network.

A Google Sheet and an XLSX file pass through here alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from better_classroom import board, texts
from better_classroom.board import AGAIN, NEEDED, OURS, THEIRS, Tab
from better_classroom.errors import Complaint
from better_classroom.ledger.boards import Row
from better_classroom.programme import Programme
from better_classroom.programme.model import Expert
from better_classroom.questions.files import fresh
from better_classroom.questions.sheet import Line, Sheet
from better_classroom.questions.views import spoken
from better_classroom.reports.questions import Asked
from better_classroom.reports.spreadsheet import fitting

CELL_UNITS = 49_000
"""Of UTF-16 that we put into one cell; Sheets takes 50,000."""
MOST_AT_ONCE = 1_000_000
"""Characters added in one call: Google recommends 2 MB (google-apis.md C); what is left follows in the next run."""

_SURE = 3
"""So many of our headers in one row, the key's among them, are no accident."""


@dataclass(frozen=True, slots=True)
class Content:
    """What one reading of a board found."""

    tab: Tab
    columns: tuple[str, ...]
    """Our name of each column, empty for the expert's own; nothing where the header is gone."""
    header: int
    """Place of the header's row; -1 where it is gone."""
    sheet: Sheet
    rows: frozenset[Row]
    """Questions that it shows."""

    @property
    def readable(self) -> bool:
        """Whether every column that is needed was found."""
        return not set(NEEDED) - set(self.columns)


@dataclass(frozen=True, slots=True)
class Lacking:
    """A row that a board should have."""

    name: Row
    cells: Mapping[str, str]
    """By our name of the column."""

    def laid_out(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Its cells in the order of these columns; empty under those of the expert's own."""
        return tuple(self.cells.get(name, "") for name in columns)


# What stands on a board


def understood(tab: Tab, *, expert: Expert, where: str, news: bool = True) -> Content:
    """Read a board; what cannot be taken stands among the sheet's complaints."""
    header = _header(tab.rows)
    columns = board.layout(tab.rows[header]) if header >= 0 else ()
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        complaint = _headless(where, header, missing, expert)
        return Content(tab, columns, header, Sheet(where, (), (), "", (complaint,)), frozenset())
    reader = _Reader(where, columns, expert)
    for place, row in enumerate(tab.rows[header + 1 :], start=header + 2):
        reader.read(place, dict(zip(columns, row, strict=False)))
    complaints, lines = tuple(reader.complaints), tuple(reader.lines)
    sheet = Sheet(where, reader.named, lines, "", complaints, news=news, shown=tuple(reader.shown))
    return Content(tab, columns, header, sheet, frozenset(reader.rows))


def _header(rows: Sequence[Sequence[str]]) -> int:
    """The row that bears most of our headers; an expert may have put others above it."""
    best, found = -1, _SURE - 1
    for place, row in enumerate(rows):
        names = {name for name in board.layout(row) if name}
        if "key" in names and len(names) > found:
            best, found = place, len(names)
    return best


def _headless(where: str, header: int, missing: Sequence[str], expert: Expert) -> Complaint:
    named = ", ".join(f"“{board.header(name, expert.language)}”" for name in missing)
    remedy = "Put these words back above their columns, or undo what took them away; nothing was taken from this board."
    return Complaint(where, max(header, 0) + 1, 1, f"There is no column {named}.", remedy)


class _Reader:
    """Reads one row after another."""

    def __init__(self, where: str, columns: Sequence[str], expert: Expert) -> None:
        self.complaints: list[Complaint] = []
        self.lines: list[Line] = []
        self.shown: list[Line] = []
        self.rows: list[Row] = []
        self.named = tuple(name or f"({place})" for place, name in enumerate(columns, start=1))
        self._sheet = Sheet(where, self.named, (), "")
        self._expert = expert.key

    def read(self, number: int, cells: Mapping[str, str]) -> None:
        """Take a row for what it says, or complain about it."""
        key, version = name = board.key_of(cells.get("key", ""))
        line = Line(number, self._theirs(cells) | {"key": key, "version": version, "expert": self._expert})
        if version and self._slipped(name, cells):
            said = "This row slipped into other columns: they were moved at the instant in which it was added."
            self.complaints.append(
                self._sheet.at(line, "key", said, "Delete this row; its question comes in a new one.")
            )
            return
        if version:
            self.rows.append((key, int(version)))
            self.shown.append(Line(number, {"key": key, "version": version, "question": cells.get("question", "")}))
        written = any(line[column].strip() for column in THEIRS)
        again = cells.get(AGAIN, "").strip()
        if written and again and board.key_of(again) != name:
            said = f"This answer belongs to {again}, and stands beside another question; it was not taken."
            remedy = "Undo the sorting; and sort the whole sheet, never some of its columns alone."
            self.complaints.append(self._sheet.at(line, AGAIN, said, remedy))
        elif written:
            self.lines.append(line)

    def _slipped(self, name: tuple[str, str], cells: Mapping[str, str]) -> bool:
        """Whether the repeated key stands under another header, as it does when columns moved while we wrote."""
        others = (cell for column, cell in cells.items() if column and column not in {"key", AGAIN})
        return any(board.key_of(cell) == name for cell in others)

    def _theirs(self, cells: Mapping[str, str]) -> dict[str, str]:
        return {column: board.meant(column, cells.get(column, "")) for column in THEIRS}


def complete(tab: Tab, content: Content, living: Collection[str], gone: Collection[str]) -> set[int]:
    """Places of the rows that may be copied: not those of questions that are gone.

    In our own sheet what stands under our headers has to belong to a question that is still there: a row whose key is
    broken may hold anybody's words.
    """
    kept = set()
    for place, row in enumerate(tab.rows):
        if any(board.key_of(cell)[0] in gone for cell in row):
            continue
        cells = dict(zip(content.columns, row, strict=False)) if place > content.header >= 0 else {}
        ours = any(cells.get(column, "").strip() for column in (*OURS, AGAIN))
        if not ours or board.key_of(cells.get("key", ""))[0] in living:
            kept.add(place)
    return kept


# What should stand there


def wanted(questions: Iterable[Asked], expert: Expert, programme: Programme) -> list[Mapping[str, str]]:
    """The rows that an expert is to see, in the expert's language; none of a question whose text was forgotten."""
    told = (spoken(asked, programme, expert.language) for asked in questions)
    return [row for row in fresh(told, expert.key, programme, expert.language) if row["question"].strip()]


def lacking(rows: Iterable[Mapping[str, str]], held: Collection[Row], language: str) -> Iterator[Lacking]:
    """Those of the rows that are not held, as many as go in one call; a new version names the row before it."""
    versions: defaultdict[str, list[int]] = defaultdict(list)
    for key, version in held:
        versions[key].append(version)
    room = MOST_AT_ONCE
    for row in rows:
        key, version = row["key"], int(row["version"])
        if version in versions[key]:
            continue
        earlier = max((number for number in versions[key] if number < version), default=0)
        cells = _cells(row, board.row_name(key, earlier) if earlier else "", language)
        room -= sum(map(len, cells.values()))
        if room < 0:
            return
        versions[key].append(version)
        yield Lacking((key, version), cells)


def _cells(row: Mapping[str, str], earlier: str, language: str) -> dict[str, str]:
    name = board.row_name(row["key"], row["version"])
    before = texts.say(language, "board.note.earlier", row=earlier) if earlier else ""
    cells = {column: row[column] for column in (*OURS, "answer")} | {
        "key": name,
        AGAIN: name,
        "note": "; ".join(part for part in (before, row["note"]) if part),
        "status": board.word(row["status"], language),
        "visibility": board.word(row["visibility"], language),
    }
    return {column: fitting(cell, CELL_UNITS) for column, cell in cells.items()}
