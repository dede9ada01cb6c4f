"""An expert's board in random stories: as the expert's own hands reach it, in Google Sheets' page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from better_classroom import board, texts
from better_classroom.board import AGAIN, SHEET
from machine_stage import EXPERT, Stage
from talking import Wire


class Line(NamedTuple):
    """One row that is about a question."""

    number: int
    """Counts from 0, which is the header's."""
    name: str
    """What stands in its key's cell: the question, and which of its texts."""

    @property
    def question(self) -> str:
        """Key of the question."""
        return question_of(self.name)

    @property
    def version(self) -> int:
        """Which of the question's texts it shows."""
        return int(board.key_of(self.name)[1])


@dataclass(frozen=True)
class Sheet:
    """A board that has rows."""

    expert: Wire
    path: str
    header: Sequence[str]
    cells: Sequence[Sequence[str]]
    """Below the header; all lines of one length."""

    def lines(self, known: Collection[str]) -> list[Line]:
        """Rows of these questions."""
        every = [Line(number, cell) for number, cell in enumerate(self.column("key"), start=1)]
        return [line for line in every if line.question in known]

    def column(self, name: str) -> list[str]:
        """What stands in one of our columns."""
        return [line[self._place(name)] for line in self.cells]

    def fills(self, line: Line, *cells: str, language: str) -> None:
        """Type status, answer and readers into one row."""
        for name, cell in zip(board.THEIRS, cells, strict=True):
            place = f"{chr(ord('A') + self._place(name))}{line.number + 1}"
            text = board.word(cell, language) if cell else ""
            answer = self.expert.ask(
                "PUT", f"{self.path}/values/{place}?valueInputOption=USER_ENTERED", {"values": [[text]]}
            )
            assert answer.status == 200, answer.body

    def loses(self, line: Line) -> None:
        """Delete one row."""
        span = {"dimension": "ROWS", "startIndex": line.number, "endIndex": line.number + 1}
        self._does({"deleteDimension": {"range": {"sheetId": SHEET} | span}})

    def sorts(self, column: int, *, descending: bool) -> None:
        """Sort the whole sheet below its header."""
        width, order = len(self.header), "DESCENDING" if descending else "ASCENDING"
        span = {"startRowIndex": 1, "endRowIndex": len(self.cells) + 1, "startColumnIndex": 0, "endColumnIndex": width}
        spec = {"dimensionIndex": column % width, "sortOrder": order}
        self._does({"sortRange": {"range": {"sheetId": SHEET} | span, "sortSpecs": [spec]}})

    def holds_each_row_once(self) -> None:
        names = self.column("key")
        assert len(names) == len(set(names)), f"a question stands twice on a board: {names}"
        assert names == self.column(AGAIN)

    def _place(self, name: str) -> int:
        """Where a column stands; a board keeps the language that it was made in."""
        headers = (board.header(name, language) for language in texts.LANGUAGES)
        return next(self.header.index(header) for header in headers if header in self.header)

    def _does(self, request: Any) -> None:
        answer = self.expert.ask("POST", f"{self.path}:batchUpdate", {"requests": [request]})
        assert answer.status == 200, answer.body


def question_of(name: str) -> str:
    """Key of the question that a key's cell names."""
    return board.key_of(name)[0]


def sheets(stage: Stage) -> Iterator[Sheet]:
    """The expert's board, where it has rows."""
    expert = stage.person(EXPERT)
    found = spreadsheets(stage, EXPERT)
    assert len(found) <= 1, "an expert has two boards"
    for remote_id in found:
        path = f"/v4/spreadsheets/{remote_id}"
        tabs = expert.ask("GET", f"{path}?fields=sheets.properties").json["sheets"]
        titles = [tab["properties"]["title"] for tab in tabs if tab["properties"].get("sheetId") == SHEET]
        table = expert.ask("GET", f"{path}/values/{quote(titles[0])}").json.get("values", []) if titles else []
        if len(table) > 1:
            header, *lines = table
            yield Sheet(expert, path, header, [[*line, *[""] * (len(header) - len(line))] for line in lines])


def spreadsheets(stage: Stage, person: str) -> list[str]:
    """Ids of all that somebody can open."""
    query = urlencode({"q": "mimeType='application/vnd.google-apps.spreadsheet' and trashed=false"})
    files = stage.person(person).ask("GET", f"/drive/v3/files?{query}").json["files"]
    return [file["id"] for file in files]
