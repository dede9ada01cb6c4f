"""A published seminar, participants who ask, and an expert at the board with Google's own Sheets client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import breaking_off
from better_classroom import board
from better_classroom.ledger import Ledger
from builders import ACCOUNT, a_programme, a_seminar, written
from talking import Control
from worlds import PROJECT, Organiser, Said, join, listed

Google = Callable[[str, str, str], Any]

EXPERT, SECOND = "lauri.sock@tartu.example", "henrik.mazzanti@genova.example"
PEOPLE = tuple(f"osaleja.{number}@tartu.example" for number in range(1, 4))
SHEET_SCOPES = ("drive", "spreadsheets")
LAURI = {"name": "Lauri Sock", "partner": "P4 Tartu", "email": EXPERT}
HENRIK = {"name": "Henrik Mazzanti", "partner": "P1 Genova", "email": SECOND, "language": "it"}
OPEN = "2020-06-10T09:00:00Z"
WAITS = {**breaking_off.WAITS, "BETTER_CLASSROOM_DEADLINE": "1"}


def a_small_seminar(*experts: str) -> dict[str, Any]:
    """A seminar with its question boxes, and little else to be published in each test."""
    seminar = a_seminar(1, experts=list(experts))
    return {name: part for name, part in seminar.items() if name not in {"materials", "reminders"}}


def a_board_programme(*experts: str, **changes: Any) -> dict[str, Any]:
    """One course, one seminar with one expert, unless ``changes`` say otherwise."""
    programme = a_programme(courses=("tartu",)) | {"experts": {"lauri-sock": dict(LAURI)}}
    programme["seminars"] = {"seminar-1": a_small_seminar(*(experts or ["lauri-sock"]))}
    del programme["welcome"]
    return programme | changes


def two_experts(**changes: Any) -> dict[str, Any]:
    """One seminar with two experts, one of whom reads Italian."""
    experts = {"lauri-sock": dict(LAURI), "henrik-mazzanti": dict(HENRIK)}
    return a_board_programme(*experts, experts=experts, **changes)


@dataclass
class Place:
    """Where everybody works."""

    control: Control
    google: Google
    folder: Path
    target: str
    name: str = "one"
    services: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def organiser(self) -> Organiser:
        home = self.folder / self.name
        return Organiser(home / "programme.yaml", self.target, home / "ledger.db")

    def by(self, who: str, api: str) -> Any:
        """Google's client, signed in as that person."""
        if (who, api) not in self.services:
            access = f"{who}'s"
            self._sign_in(who)
            self.services[who, api] = self.google(api, {"classroom": "v1", "drive": "v3", "sheets": "v4"}[api], access)
        return self.services[who, api]

    def _sign_in(self, who: str) -> None:
        """One token for all worlds: Google's client is slow to build, and keeps the token it was built with."""
        scopes = [
            f"https://www.googleapis.com/auth/{scope}"
            for scope in (
                "classroom.courses",
                "classroom.rosters",
                "classroom.coursework.students",
                "classroom.coursework.me",
                "classroom.announcements",
                "classroom.courseworkmaterials",
                *SHEET_SCOPES,
            )
        ]
        given = {"user": who, "scopes": scopes, "project": PROJECT, "access_token": f"{who}'s"}
        self.control.post("tokens", given)

    # The world

    def begin(self, programme: Mapping[str, Any] | None = None, name: str = "one") -> None:
        """An empty sandbox with the seminar published and its box open."""
        self.name = name
        self.control.post("reset")
        users = [{"email": ACCOUNT, "name": "Organiser"}, {"email": EXPERT, "name": "Lauri Sock"}]
        users += [{"email": SECOND, "name": "Henrik Mazzanti"}]
        users += [{"email": person, "name": f"Osaleja {number}"} for number, person in enumerate(PEOPLE, 1)]
        self.control.post("seed", {"users": users})
        for who, _ in self.services:
            self._sign_in(who)
        written(self.organiser.programme.parent, dict(programme or a_board_programme()))
        self.sync()
        self.control.post("clock", {"now": OPEN})
        for person in PEOPLE:
            join(self.by(person, "classroom"), self.by(ACCOUNT, "classroom"), "p:tartu")

    def declare(self, programme: Mapping[str, Any]) -> None:
        """Change the programme."""
        written(self.organiser.programme.parent, dict(programme))

    def sync(self, *arguments: str) -> Said:
        return self.organiser.types("sync", *arguments)

    def syncs(self, code: int = 0) -> Any:
        """Run, and see it end so; the numbers."""
        said = self.sync("--json")
        assert said.code == code, said.err
        return said.data

    def asks(self, *texts: str) -> None:
        """One participant after another writes into the box of before, the first text the first participant's."""
        courses = self.by(ACCOUNT, "classroom").courses()
        course = courses.get(id="p:tartu").execute()["id"]
        box = listed(courses.courseWork().list, "courseWork", courseId=course)[0]["id"]
        for person, text in zip(PEOPLE, texts, strict=False):
            if text:
                asked = {"courseId": course, "courseWorkId": box, "userId": person, "answer": text}
                self.control.post("submissions", asked)

    def ledger(self) -> Ledger:
        return Ledger.open(str(self.organiser.ledger), programme="better-test", target=self.target)

    def boards(self) -> list[dict[str, Any]]:
        """Every board in the organiser's Drive, trash apart."""
        fields = "nextPageToken,files(id,name,mimeType,appProperties,webViewLink,permissions(id,role,emailAddress))"
        found = listed(self.by(ACCOUNT, "drive").files().list, "files", fields=fields, q="trashed=false")
        return [file for file in found if file.get("appProperties", {}).get("bc_board")]

    def board_id(self, expert: str = "lauri-sock") -> str:
        """The one board of an expert."""
        (found,) = (file["id"] for file in self.boards() if file["appProperties"]["bc_board"] == expert)
        return str(found)

    def at(self, who: str = EXPERT, expert: str = "lauri-sock") -> Desk:
        """Somebody at an expert's board."""
        return Desk(self.by(who, "sheets").spreadsheets(), self.board_id(expert))

    def published(self) -> str:
        """Everything that a participant reads in the posts of the course."""
        courses = self.by(PEOPLE[0], "classroom").courses()
        course = courses.get(id="p:tartu").execute()["id"]
        posts = listed(courses.courseWorkMaterials().list, "courseWorkMaterial", courseId=course)
        return "\n\n".join(post.get("description", "") for post in posts)

    def answers(self) -> list[tuple[str, str, str, str]]:
        """Expert, outcome, visibility and text of every recorded answer, by question."""
        with self.ledger() as ledger:
            return [
                (answer.expert, answer.outcome, answer.visibility, answer.text)
                for question in ledger.questions.find()
                for answer in question.answers
            ]


@dataclass
class Desk:
    """A person's hands on one spreadsheet."""

    books: Any
    id: str

    def rows(self) -> list[list[str]]:
        """All that is seen in our sheet, its header first."""
        fields = "sheets(properties(sheetId),data(rowData(values(formattedValue))))"
        found = self.books.get(spreadsheetId=self.id, fields=fields).execute()["sheets"]
        data = next(sheet for sheet in found if sheet["properties"]["sheetId"] == board.SHEET)["data"][0]
        rows = [[cell.get("formattedValue", "") for cell in row.get("values", [])] for row in data.get("rowData", [])]
        return [row for place, row in enumerate(rows) if any(cell for later in rows[place:] for cell in later)]

    def named(self) -> list[dict[str, str]]:
        """The rows by our name of each column; columns of the expert's own by their header."""
        header, *rows = self.rows()
        names = [name or cell for name, cell in zip(board.layout(header), header, strict=True)]
        return [dict(zip(names, [*row, *[""] * len(names)], strict=False)) for row in rows]

    def place(self, text: str) -> int:
        """The row, counted from 0, in which a cell holds that text."""
        return next(place for place, row in enumerate(self.rows()) if text in row)

    def column(self, name: str) -> int:
        return list(board.layout(self.rows()[0])).index(name)

    def writes(self, row: int, *, how: str = "USER_ENTERED", **cells: str) -> None:
        """Type into cells of one row, by our names of the columns."""
        columns = list(board.layout(self.rows()[0]))
        self._type({(row, columns.index(name)): value for name, value in cells.items()}, how)

    def types(self, row: int, column: int, value: str, *, how: str = "USER_ENTERED") -> None:
        """Type into one cell, as a person does."""
        self._type({(row, column): value}, how)

    def _type(self, cells: Mapping[tuple[int, int], str], how: str) -> None:
        title = self.title()
        data = [
            {"range": f"'{title}'!{chr(65 + column)}{row + 1}", "values": [[value]]}
            for (row, column), value in cells.items()
        ]
        body = {"valueInputOption": how, "data": data}
        self.books.values().batchUpdate(spreadsheetId=self.id, body=body).execute()

    def answers(self, question: str, text: str, *, status: str = "publish", visibility: str = "public") -> None:
        """Answer the question with that text in the row that shows it."""
        self.writes(self.place(question), status=status, answer=text, visibility=visibility)

    def pastes(self, question: str, cell: Mapping[str, Any], fields: str = "userEnteredValue") -> None:
        """Put a cell, with more than text, into the answer of that question, to be published for everybody."""
        row = self.place(question)
        at = {"sheetId": board.SHEET, "rowIndex": row, "columnIndex": self.column("answer")}
        self.does({"updateCells": {"start": at, "rows": [{"values": [cell]}], "fields": fields}})
        self.writes(row, status="publish", visibility="public")

    def title(self) -> str:
        sheets = self.books.get(spreadsheetId=self.id, fields="sheets(properties)").execute()["sheets"]
        title: str = next(
            sheet["properties"]["title"] for sheet in sheets if sheet["properties"]["sheetId"] == board.SHEET
        )
        return title

    def does(self, *requests: Mapping[str, Any]) -> Any:
        """Carry out what a hand does in the page: insert, delete, sort, filter."""
        return self.books.batchUpdate(spreadsheetId=self.id, body={"requests": list(requests)}).execute()

    def sorts(self, first: str, last: str, *, by: str, down: bool = False) -> None:
        """Sort the columns from one to another, header apart."""
        block = {"sheetId": board.SHEET, "startRowIndex": 1}
        block |= {"startColumnIndex": self.column(first), "endColumnIndex": self.column(last) + 1}
        order = {"dimensionIndex": self.column(by), "sortOrder": "DESCENDING" if down else "ASCENDING"}
        self.does({"sortRange": {"range": block, "sortSpecs": [order]}})

    def inserts(self, dimension: str, at: int, count: int = 1) -> None:
        self.does({"insertDimension": {"range": _span(dimension, at, count)}})

    def deletes(self, dimension: str, at: int, count: int = 1) -> None:
        self.does({"deleteDimension": {"range": _span(dimension, at, count)}})


def _span(dimension: str, at: int, count: int) -> dict[str, Any]:
    return {"sheetId": board.SHEET, "dimension": dimension, "startIndex": at, "endIndex": at + count}
