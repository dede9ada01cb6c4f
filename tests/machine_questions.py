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
from machine_stage import EXPERT, READS, WRITES
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
        self.unread: dict[str, str] = {}
        """By question: the row in which something was decided that no run has surely read. Two such rows contradict."""

    # What people do

    @precondition(lambda self: self.tried)
    @rule(which=any_number, text=words(lines=True), more=st.booleans(), later=st.booleans())
    def a_participant_asks(self, which: int, text: Any, more: bool, later: bool) -> None:
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
        self._goes_on(later)

    @precondition(lambda self: self.asked)
    @rule(which=any_number, decision=st.sampled_from(DECISIONS), text=words(lines=True), later=st.booleans())
    def an_expert_decides(self, which: int, decision: tuple[str, str], text: Any, later: bool) -> None:
        """On the board, in the columns where they stand by then, beside a question that the ledger knows."""
        for page, table in self._board():
            known = self._known_rows(table)
            if not known:
                return
            number, key = known[which % len(known)]
            status, visibility = decision
            self._fills(page, table, number, status, f"{said(text)} reply{next(NUMBERS)}", visibility)
            self.unread[_question(key)] = key
            self.talked = True
            self._goes_on(later)

    @precondition(lambda self: self.asked)
    @rule(which=any_number, later=st.booleans())
    def an_expert_empties_an_answer(self, which: int, later: bool) -> None:
        """What was read of it stands, since to take back is said otherwise."""
        for page, table in self._board():
            known = self._known_rows(table)
            if not known:
                return
            number, key = known[which % len(known)]
            before = self._answers_to(_question(key))
            self._fills(page, table, number, "", "", "")
            self._goes_on(later)
            assert self._answers_to(_question(key)) == before

    @precondition(lambda self: self.asked)
    @rule(which=any_number, later=st.booleans())
    def an_expert_deletes_a_row(self, which: int, later: bool) -> None:
        """It comes back, with what was read of its answer, as long as its question waits or has one."""
        for page, table in self._board():
            known = self._known_rows(table)
            if not known:
                return
            number, key = known[which % len(known)]
            before = self._answers_to(_question(key))
            span = {"sheetId": SHEET, "dimension": "ROWS", "startIndex": number, "endIndex": number + 1}
            self._does(page, {"deleteDimension": {"range": span}})
            self._goes_on(later)
            assert self._answers_to(_question(key)) == before
            if self.settled and not later:
                self._stands_on_the_board(_question(key))

    @precondition(lambda self: self.asked)
    @rule(column=st.integers(0, 8), descending=st.booleans(), later=st.booleans())
    def an_expert_sorts(self, column: int, descending: bool, later: bool) -> None:
        """The whole sheet; no answer may reach another's question by it."""
        for page, table in self._board():
            order = "DESCENDING" if descending else "ASCENDING"
            everything = {"sheetId": SHEET, "startRowIndex": 1, "endRowIndex": len(table), "startColumnIndex": 0}
            spec = {"dimensionIndex": column % len(table[0]), "sortOrder": order}
            request = {"sortRange": {"range": everything | {"endColumnIndex": len(table[0])}, "sortSpecs": [spec]}}
            self._does(page, request)
            self._goes_on(later)

    @precondition(lambda self: self.settled and self.asked)
    @rule(which=any_number)
    def is_forgotten(self, which: int) -> None:
        """Nothing of them is left anywhere that is ours, and nothing comes back."""
        for person in self._one_who_asked(which):
            self._is_forgotten(person)

    @precondition(lambda self: self.settled and self.asked)
    @rule(
        which=any_number,
        method=st.sampled_from((*WRITES, *READS)),
        when=st.sampled_from(("before", "after")),
        skip=st.integers(0, 3),
    )
    def is_forgotten_at_the_second_attempt(self, which: int, method: str, when: str, skip: int) -> None:
        """The first is killed somewhere, and the same command goes on."""
        for person in self._one_who_asked(which):
            self.control.post("faults", {"method": method, "when": when, "do": "hang", "skip": skip, "times": 1})
            with self.witness.leniently():
                self._runs_until_killed("people", "forget", person, "--yes")
            self._is_forgotten(person)

    def _one_who_asked(self, which: int) -> Iterator[str]:
        """Somebody whose question the ledger knows."""
        asked = [question for question in self._questions() if question.asker]
        known = {self.stage.email(question.asker_id) for question in asked}
        # A course that left the programme is out of our hands: the command says so, with what is left to do.
        known -= {self.stage.email(one.asker_id) for one in asked if one.course not in self.document["courses"]}
        people = sorted(known & set(self.asked.values()))
        if people:
            self.forgot = True
            yield people[which % len(people)]

    def _is_forgotten(self, person: str) -> None:
        marks = {mark for mark, who in self.asked.items() if who == person}
        with self.witness.leniently():
            done = self._types("people", "forget", person, "--yes")
        assert done.code == 0, done.err
        self.asked = {mark: who for mark, who in self.asked.items() if who != person}
        self._pulls_once()
        self._nothing_is_left_of(marks)

    # What holds

    def _goes_on(self, later: bool) -> None:
        """A run comes at once; or later, and perhaps is killed: then there is more to be read by it."""
        if later or not self.settled:
            self.settled = False
        else:
            self._pulls_once()

    def _pulls_once(self) -> None:
        first, second = self._syncs(), self._syncs()
        assert second["new_questions"] == second["edited_questions"] == second["changes"] == 0
        assert second["answers"] == second["board_rows"] == 0
        assert first["unanswered_questions"] == second["unanswered_questions"]
        self.unread.clear()
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

    def _stands_on_the_board(self, key: str) -> None:
        """A question that the ledger holds stands there as it reads by now."""
        (question,) = (one for one in self._questions() if one.key == key)
        here = any(_question(found) == key for _, table in self._board() for _, found in self._known_rows(table))
        assert here or question.withdrawn_at or question.seminar not in self.document["seminars"], f"{key} stayed away"

    def _nothing_is_left_of(self, marks: set[str]) -> None:
        organiser = self.stage.person(ACCOUNT)
        pages = [f"/v4/spreadsheets/{page}?includeGridData=true" for page in self._spreadsheets(ACCOUNT)]
        texts = [str(row) for _, row in rows(self.stage.store)] + [
            str(organiser.ask("GET", page).json) for page in pages
        ]
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

    def _language(self) -> str:
        return str(self.document["languages"][0])

    def _answers_to(self, key: str) -> list[tuple[str, str]]:
        """Outcome and text of what the ledger holds of a question's answers."""
        answers = [answer for question in self._questions() if question.key == key for answer in question.answers]
        return [(answer.outcome, answer.text) for answer in answers]

    def _spreadsheets(self, person: str) -> list[str]:
        query = urlencode({"q": "mimeType='application/vnd.google-apps.spreadsheet' and trashed=false"})
        files = self.stage.person(person).ask("GET", f"/drive/v3/files?{query}").json["files"]
        return [file["id"] for file in files]

    def _board(self) -> Iterator[tuple[str, list[list[str]]]]:
        """The expert's board, if there is one with rows: its id, and its cells, header first, all lines of one length."""
        pages = self._spreadsheets(EXPERT)
        assert len(pages) <= 1, "an expert has two boards"
        for page in pages:
            path = f"/v4/spreadsheets/{page}"
            tabs = self.stage.person(EXPERT).ask("GET", f"{path}?fields=sheets.properties").json["sheets"]
            titles = [tab["properties"]["title"] for tab in tabs if tab["properties"].get("sheetId") == SHEET]
            if not titles:
                continue
            found = self.stage.person(EXPERT).ask("GET", f"{path}/values/{quote(titles[0])}").json
            table = found.get("values", [])
            if len(table) > 1:
                yield page, [[*line, *[""] * (len(table[0]) - len(line))] for line in table]

    def _known_rows(self, table: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
        """Rows of questions that the ledger knows, but where another row of the same is unread: number and key's cell."""
        place = _column(table[0], "key")
        known = {question.key for question in self._questions()}
        found = [
            (number, line[place]) for number, line in enumerate(table) if number and _question(line[place]) in known
        ]
        return [(number, key) for number, key in found if self.unread.get(_question(key), key) == key]

    def _fills(self, page: str, table: Sequence[Sequence[str]], number: int, *cells: str) -> None:
        """Status, answer and readers of one row."""
        for name, cell in zip(("status", "answer", "visibility"), cells, strict=True):
            column = chr(ord("A") + _column(table[0], name))
            path = f"/v4/spreadsheets/{page}/values/{column}{number + 1}?valueInputOption=USER_ENTERED"
            text = board.word(cell, self._language()) if cell else ""
            answer = self.stage.person(EXPERT).ask("PUT", path, {"values": [[text]]})
            assert answer.status == 200, answer.body

    def _does(self, page: str, *requests: Any) -> None:
        """What a hand does in the page."""
        path = f"/v4/spreadsheets/{page}:batchUpdate"
        answer = self.stage.person(EXPERT).ask("POST", path, {"requests": list(requests)})
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
        self.a_participant_asks(which=0, text="Kuidas?", more=False, later=False)


def _question(cell: str) -> str:
    """The question that a key's cell names."""
    return board.key_of(cell)[0]


def _column(header: Sequence[str], name: str) -> int:
    """Where a column stands on a board, which keeps the language that it was made in."""
    return next(header.index(said) for said in (board.header(name, one) for one in texts.LANGUAGES) if said in header)
