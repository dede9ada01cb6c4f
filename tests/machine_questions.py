"""What participants and experts do in random stories: they ask, write more, answer, take back, and want to be forgotten."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from better_classroom import board, texts
from better_classroom.board import AGAIN, SHEET
from better_classroom.ledger import Ledger, Question
from builders import ACCOUNT
from machine_programmes import NUMBERS, PROGRAMME, Document, any_number, words
from machine_stage import EXPERT
from machine_story import PERMITS, Story, said
from machine_world import is_ours, rows

DECISIONS = (
    ("publish", "public"),
    ("publish", "public"),
    ("publish", "private"),
    ("decline", "private"),
    ("take back", ""),
)


OPEN = "2020-06-10T09:00:00Z"
CONVERSATION: Document = {
    "version": 1,
    "programme": PROGRAMME,
    "title": "Conversation",
    "time_zone": "Europe/Tallinn",
    "account": ACCOUNT,
    "languages": ["et", "sv"],
    "courses": {"tartu": {"language": "et", "alias": "p:tartu"}, "gavle": {"language": "sv", "id": "604567890124"}},
    "experts": {"lauri-sock": {"name": "Lauri Sock", "partner": "P4 Tartu", "email": EXPERT}},
    "seminars": {
        "data": {
            "title": "Andmed",
            "starts": "2020-06-16 11:30",
            "ends": "2020-06-16 13:00",
            "experts": ["lauri-sock"],
            "questions": {
                "before": {"opens": "14 days before", "closes": "at start"},
                "after": {"opens": "at end", "closes": "14 days after"},
            },
        }
    },
}
"""A programme in which much can be asked at ``OPEN``."""


class Talk(Story):
    """A story in which people talk as well."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, str] = {}
        """By a mark that stands in the text and nowhere else: who asked."""

    # What people do

    @precondition(lambda self: self.settled)
    @rule(which=any_number, text=words(lines=True), more=st.booleans())
    def a_participant_asks(self, which: int, text: Any, more: bool) -> None:
        """Into a box that is public; a second text of the same person takes the place of the first, or adds to it."""
        public = [place for place, row in rows(self.stage.store) if row["state"] == "PUBLISHED" and is_ours(row)]
        boxes = [place for place in public if place[0] == "courseWork"]
        if not boxes:
            return
        _, there, box = boxes[which % len(boxes)]
        person = f"osaleja.{which % 3}@tartu.example"
        self._joins(person, there)
        mark = f"ask{next(NUMBERS):05}"
        earlier = self._text_of(person, there, box) if more else ""
        answer = "\n".join(filter(None, (earlier, f"{said(text)} {mark}")))
        self.stage.control.post(
            "submissions", {"courseId": there, "courseWorkId": box, "userId": person, "answer": answer}
        )
        self.asked[mark] = person
        self._pulls_once()

    @precondition(lambda self: self.settled and self.asked)
    @rule(which=any_number, decision=st.sampled_from(DECISIONS), text=words(lines=True))
    def an_expert_decides(self, which: int, decision: tuple[str, str], text: Any) -> None:
        """On the board, in the columns where they stand by then, beside a question that the ledger knows."""
        for page, table in self._board():
            header, *every = table
            place = _column(header, "key")
            known = {question.key for question in self._questions()}
            lines = [number for number, line in enumerate(every) if board.key_of(line[place])[0] in known]
            column = {name: _column(header, name) for name in ("status", "answer", "visibility")}
            if not lines:
                return
            number = lines[which % len(lines)]
            status, visibility = decision
            cells = {"status": status, "answer": f"{said(text)} reply{next(NUMBERS)}", "visibility": visibility}
            for name, cell in cells.items():
                self._types_into(page, number + 1, column[name], board.word(cell, self._language()) if cell else "")
            self.talked = True
            self._pulls_once()

    @precondition(lambda self: self.settled and self.asked)
    @rule(column=st.integers(0, 8), descending=st.booleans())
    def an_expert_sorts(self, column: int, descending: bool) -> None:
        """The whole sheet; no answer may reach another's question by it."""
        for page, table in self._board():
            order = "DESCENDING" if descending else "ASCENDING"
            everything = {"sheetId": SHEET, "startRowIndex": 1, "endRowIndex": len(table), "startColumnIndex": 0}
            spec = {"dimensionIndex": column % len(table[0]), "sortOrder": order}
            request = {"sortRange": {"range": everything | {"endColumnIndex": len(table[0])}, "sortSpecs": [spec]}}
            answer = self.stage.person(EXPERT).ask(
                "POST", f"/v4/spreadsheets/{page}:batchUpdate", {"requests": [request]}
            )
            assert answer.status == 200, answer.body
            self._pulls_once()

    @precondition(lambda self: self.settled and self.asked)
    @rule(which=any_number)
    def is_forgotten(self, which: int) -> None:
        """Nothing of them is left anywhere that is ours, and nothing comes back."""
        asked = [question for question in self._questions() if question.asker]
        known = {self.stage.email(question.asker_id) for question in asked}
        people = sorted(known & set(self.asked.values()))
        if not people or self._leaves_answers():
            return
        person = people[which % len(people)]
        marks = {mark for mark, who in self.asked.items() if who == person}
        with self.witness.leniently():
            done = self._types("people", "forget", person, "--yes")
        assert done.code == 0, done.err
        self.asked = {mark: who for mark, who in self.asked.items() if who != person}
        self.forgot = True
        self._pulls_once()
        self._nothing_is_left_of(marks)

    # What holds

    def _pulls_once(self) -> None:
        first, second = self._syncs(), self._syncs()
        assert second["new_questions"] == second["edited_questions"] == second["changes"] == 0
        assert second["answers"] == second["board_rows"] == 0
        assert first["unanswered_questions"] == second["unanswered_questions"]
        self._a_board_holds_each_question_once()
        self._everything_holds()

    def _syncs(self) -> dict[str, Any]:
        self._expect()
        with self.witness.leniently():
            done = self._types("sync", "--json", *PERMITS)
        assert done.code == 0, done.err
        found: dict[str, Any] = done.data
        return found

    def _a_board_holds_each_question_once(self) -> None:
        for _, (header, *lines) in self._board():
            key, again = _column(header, "key"), _column(header, AGAIN)
            keys = [line[key] for line in lines]
            assert len(keys) == len(set(keys)), f"a question stands twice on a board: {keys}"
            assert keys == [line[again] for line in lines]

    def _nothing_is_left_of(self, marks: set[str]) -> None:
        texts = [str(row) for _, row in rows(self.stage.store)] + [str(table) for _, table in self._board()]
        ledger = self.organiser.ledger
        texts += [path.read_bytes().decode("latin-1") for path in ledger.parent.glob(f"{ledger.name}*")]
        left = {mark for mark in marks if any(mark in text for text in texts)}
        assert not left, f"{left} of somebody who was forgotten"

    # How it is done

    def _joins(self, person: str, there: str) -> None:
        code = (self.stage.store.get("courses", "", there) or {})["enrollmentCode"]
        path = f"/v1/courses/{there}/students?enrollmentCode={code}"
        assert self.stage.person(person).ask("POST", path, {"userId": "me"}).status in {200, 409}

    def _text_of(self, person: str, there: str, box: str) -> str:
        path = f"/v1/courses/{there}/courseWork/{box}/studentSubmissions?userId={quote(person)}"
        owner = self.stage.email((self.stage.store.get("courses", "", there) or {})["ownerId"])
        found = self.stage.person(owner).ask("GET", path).json.get("studentSubmissions", [{}])
        return str(found[0].get("shortAnswerSubmission", {}).get("answer", ""))

    def _questions(self) -> tuple[Question, ...]:
        """What the ledger knows."""
        with Ledger.open(str(self.organiser.ledger), programme=PROGRAMME, target=self.organiser.target) as ledger:
            return ledger.questions.find()

    def _leaves_answers(self) -> bool:
        """Whether the programme leaves posts as they are that may hold what somebody asked: the command says so."""
        with Ledger.open(str(self.organiser.ledger), programme=PROGRAMME, target=self.organiser.target) as ledger:
            places = [key.split("/") for key in ledger.entries() if "/answers" in key or "/private." in key]
        without = {key for key, seminar in self.document["seminars"].items() if "questions" not in seminar}
        return any(course not in self.document["courses"] or seminar in without for course, seminar, _ in places)

    def _language(self) -> str:
        return str(self.document["languages"][0])

    def _board(self) -> Iterator[tuple[str, list[list[str]]]]:
        """The expert's board, if there is one with rows: its id, and its cells, header first, all lines of one length."""
        query = urlencode({"q": "mimeType='application/vnd.google-apps.spreadsheet' and trashed=false"})
        files = self.stage.person(EXPERT).ask("GET", f"/drive/v3/files?{query}").json["files"]
        assert len(files) <= 1, "an expert has two boards"
        for file in files:
            path = f"/v4/spreadsheets/{file['id']}"
            tabs = self.stage.person(EXPERT).ask("GET", f"{path}?fields=sheets.properties").json["sheets"]
            titles = [tab["properties"]["title"] for tab in tabs if tab["properties"].get("sheetId") == SHEET]
            if not titles:
                continue
            found = self.stage.person(EXPERT).ask("GET", f"{path}/values/{quote(titles[0])}").json
            table = found.get("values", [])
            if len(table) > 1:
                yield file["id"], [[*line, *[""] * (len(table[0]) - len(line))] for line in table]

    def _types_into(self, page: str, line: int, column: int, text: str) -> None:
        place = f"{chr(ord('A') + column)}{line + 1}"
        path = f"/v4/spreadsheets/{page}/values/{place}?valueInputOption=USER_ENTERED"
        answer = self.stage.person(EXPERT).ask("PUT", path, {"values": [[text]]})
        assert answer.status == 200, answer.body


class Conversation(Talk):
    """A story that begins with a question on a board, and in which most of what happens is talk."""

    @initialize()
    def begins(self) -> None:
        """What any other story would come to at last."""
        assert self._write(copy.deepcopy(CONVERSATION))
        self.applies()
        self.stage.control.post("clock", {"now": OPEN})
        self.witness.remember()
        self.a_participant_asks(which=0, text="Kuidas?", more=False)


def _column(header: Sequence[str], name: str) -> int:
    """Where a column stands on a board, which keeps the language that it was made in."""
    return next(header.index(said) for said in (board.header(name, one) for one in texts.LANGUAGES) if said in header)
