"""What participants and experts do in random stories: they ask, write more, answer, take back, and want to be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from better_classroom.course import Kind
from better_classroom.errors import PartlyApplied
from better_classroom.ledger import Ledger, Question
from builders import ACCOUNT
from machine_board import Line, Sheet, question_of, sheets, spreadsheets
from machine_heard import Decision, Heard
from machine_programmes import NUMBERS, PROGRAMME, any_number, words
from machine_story import PERMITS, Story, said
from machine_world import is_ours, rows

DECISIONS = (
    ("publish", "public"),
    ("publish", "public"),
    ("publish", "private"),
    ("decline", "private"),
    ("take back", ""),
)


WHEN = ("before", "after")
CALLS = (
    "classroom.courses.courseWork.studentSubmissions.list",
    "classroom.courses.topics.list",
    "classroom.courses.courseWorkMaterials.patch",
    *(f"classroom.courses.announcements.{verb}" for verb in ("create", "patch", "delete")),
    *(f"drive.files.{verb}" for verb in ("list", "create", "delete")),
    *(f"drive.permissions.{verb}" for verb in ("create", "delete")),
    "sheets.spreadsheets.get",
    "sheets.spreadsheets.batchUpdate",
)
"""What a run asks of Google because people have talked."""

PARTLY = PartlyApplied.exit_code


class Talk(Story):
    """A story in which people talk as well."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = Heard()

    # What people do

    @precondition(lambda self: self.tried)
    @rule(which=any_number, text=words(lines=True), more=st.booleans(), later=st.booleans())
    def a_participant_asks(self, which: int, text: Any, more: bool, later: bool) -> None:
        """Into a box that is public; a second text of the same person takes the place of the first, or adds to it."""
        public = [place for place, row in rows(self.stage.store) if row["state"] == "PUBLISHED" and is_ours(row)]
        boxes = [place for place in public if place[0] == "courseWork"]
        if not boxes:
            return
        place = boxes[which % len(boxes)]
        _, there, box = place
        person = f"osaleja.{which % 3}@tartu.example"
        self._joins(person, there)
        mark = f"ask{next(NUMBERS):05}"
        earlier = self._text_of(person, there, box) if more else ""
        answer = "\n".join(filter(None, (earlier, f"{said(text)} {mark}")))
        self.stage.control.post(
            "submissions", {"courseId": there, "courseWorkId": box, "userId": person, "answer": answer}
        )
        self.heard.asks(person, place, mark)
        self._goes_on(later)

    @precondition(lambda self: self.heard.asked)
    @rule(which=any_number, decision=st.sampled_from(DECISIONS), text=words(lines=True), later=st.booleans())
    def an_expert_decides(self, which: int, decision: tuple[str, str], text: Any, later: bool) -> None:
        """On the board, in the columns where they stand by then, beside a question that the ledger knows."""
        for sheet, line in self._any_row(which):
            (status, visibility), reply = decision, f"reply{next(NUMBERS)}"
            sheet.fills(line, status, f"{said(text)} {reply}", visibility, language=self._language())
            (asker,) = (one.asker_id for one in self._questions() if one.key == line.question)
            self.heard.decides(Decision(line, status, visibility, reply, asker))
            self.talked = True
            self._goes_on(later)

    @precondition(lambda self: self.heard.asked)
    @rule(which=any_number, later=st.booleans())
    def an_expert_empties_an_answer(self, which: int, later: bool) -> None:
        """What was read of it stands, since to take back is said otherwise."""
        for sheet, line in self._any_row(which):
            before = self._answers_to(line.question)
            sheet.fills(line, "", "", "", language=self._language())
            self.heard.unread.pop(line.name, None)
            self._goes_on(later)
            assert self._answers_to(line.question) == before

    @precondition(lambda self: self.heard.asked)
    @rule(which=any_number, later=st.booleans())
    def an_expert_deletes_a_row(self, which: int, later: bool) -> None:
        """It comes back, with what was read of its answer, as long as its question waits or has one."""
        for sheet, line in self._any_row(which):
            before = self._answers_to(line.question)
            sheet.loses(line)
            self.heard.unread.pop(line.name, None)
            self._goes_on(later)
            assert self._answers_to(line.question) == before
            if self.settled and not later:
                self._stands_on_the_board(line.question)

    @precondition(lambda self: self.heard.asked)
    @rule(column=st.integers(0, 8), descending=st.booleans(), later=st.booleans())
    def an_expert_sorts(self, column: int, descending: bool, later: bool) -> None:
        """The whole sheet; no answer may reach another's question by it."""
        for sheet in sheets(self.stage):
            sheet.sorts(column, descending=descending)
            self._goes_on(later)

    @precondition(lambda self: self.settled and self.heard.asked)
    @rule(which=any_number)
    def is_forgotten(self, which: int) -> None:
        """Nothing of them is left anywhere that is ours, and nothing comes back."""
        for person in self._one_who_asked(which):
            self._is_forgotten(person)

    @precondition(lambda self: self.settled and self.heard.asked)
    @rule(which=any_number, method=st.sampled_from(CALLS), when=st.sampled_from(WHEN), skip=st.integers(0, 2))
    def is_forgotten_at_the_second_attempt(self, which: int, method: str, when: str, skip: int) -> None:
        """The first is killed somewhere, and the same command goes on."""
        for person in self._one_who_asked(which):
            self.control.post("faults", {"method": method, "when": when, "do": "hang", "skip": skip, "times": 1})
            with self.witness.leniently():
                self._runs_until_killed("people", "forget", person, "--yes")
            self._is_forgotten(person)

    @precondition(lambda self: self.tried)
    @rule()
    def pulls(self) -> None:
        """An undisturbed run, which takes all that was said since the last one."""
        self._pulls_once()

    def _one_who_asked(self, which: int) -> Iterator[str]:
        """Somebody whose question the ledger knows."""
        asked = [question for question in self._questions() if question.asker]
        known = {self.stage.email(question.asker_id) for question in asked}
        people = sorted(known & set(self.heard.asked.values()) - self._who_stands_in_what_is_let_go())
        if people and not self._leaves_answers():
            self.forgot = True
            yield people[which % len(people)]

    def _who_stands_in_what_is_let_go(self) -> set[str]:
        """Whose words are in posts that a lost ledger knew, and no other one does: the programme may have left them."""
        with self._ledger() as ledger:
            known = {entry.remote_id for entry in ledger.entries().values()}
        posts = [str(row) for place, row in rows(self.store) if place in self.let_go and place[2] not in known]
        return {who for mark, who in self.heard.asked.items() if any(mark in post for post in posts)}

    def _is_forgotten(self, person: str) -> None:
        marks = self.heard.forgets(person)
        if not self._forgets(person):
            # A ledger that was lost does not know whose the words are that it finds on a board or in a post.
            assert not self.heard.is_known(self.organiser.ledger), "something of a person still stands"
            self._pulls_once()
            assert self._forgets(person)
        self._nothing_is_left_of(marks)
        self._pulls_once()
        self._nothing_is_left_of(marks)

    def _forgets(self, person: str) -> bool:
        """Whether all is done by one command; else it tells what is left."""
        with self.witness.leniently():
            done = self._types("people", "forget", person, "--yes")
        assert done.code == 0 or (done.code == PARTLY and "may still stand" in done.err), done.err
        return done.code == 0

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
        for sheet in sheets(self.stage):
            sheet.holds_each_row_once()
        self._what_was_said_holds()
        self._everything_holds()

    def _syncs(self) -> dict[str, Any]:
        self._expect()
        with self.witness.leniently():
            done = self._asks_whose("sync", "--json", *PERMITS)
        if "was put to nobody" in done.err:
            # What an expert wrote whom no seminar names any more is reported as long as it stands there.
            assert any(not seminar.get("experts") for seminar in self.document["seminars"].values()), done.err
            self.heard.unread.clear()
        elif "There is no question" in done.err:
            # So is an answer to what was asked in a box that had left the programme before the ledger was lost.
            assert self.ledgers > 1, done.err
            assert self.witness.by_hand or not any(map(self._may_be_asked, self._unknown())), done.err
        else:
            assert done.code == 0, done.err
        found: dict[str, Any] = done.data
        return found

    def _unknown(self) -> set[str]:
        """Questions that a board shows and the ledger does not know."""
        shown = {question_of(name) for sheet in sheets(self.stage) for name in sheet.column("key")}
        return shown - {question.key for question in self._questions()}

    def _may_be_asked(self, key: str) -> bool:
        """Whether the programme has the box in which a question was asked."""
        boxes = [
            f"{course}-{name}-{slot}-"
            for course in self.document["courses"]
            for name, seminar in self.document["seminars"].items()
            for slot in seminar.get("questions") or ()
        ]
        return key.startswith(tuple(boxes))

    def _what_was_said_holds(self) -> None:
        questions = self._questions()
        with self._ledger() as ledger:
            entries = [one for one in ledger.entries().values() if one.kind is Kind.BOX]
        ours = {one.remote_id for one in entries if one.course in self.document["courses"]}
        there = list(rows(self.store))
        self.heard.holds(questions, self.organiser.ledger, ours & {place[2] for place, _ in there})
        posts = [row for place, row in there if is_ours(row) and place not in self.witness.by_hand]
        self.heard.is_read_by_whom_it_is_for(posts)

    def _stands_on_the_board(self, key: str) -> None:
        """A question that is still its expert's stands there as it reads by now."""
        (question,) = (one for one in self._questions() if one.key == key)
        names = [(line.question, line.version) for sheet in sheets(self.stage) for line in sheet.lines({key})]
        here = (key, question.texts[-1].n) in names
        is_theirs = question.experts and question.seminar in self.document["seminars"]
        assert here or question.withdrawn_at or not is_theirs, f"{key} stayed away"

    def _nothing_is_left_of(self, marks: set[str]) -> None:
        organiser = self.stage.person(ACCOUNT)
        boards = [f"/v4/spreadsheets/{one}?includeGridData=true" for one in spreadsheets(self.stage, ACCOUNT)]
        texts = [str(row) for _, row in rows(self.store)] + [str(organiser.ask("GET", path).json) for path in boards]
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

    def _ledger(self) -> Ledger:
        return Ledger.open(str(self.organiser.ledger), programme=PROGRAMME, target=self.organiser.target)

    def _questions(self) -> tuple[Question, ...]:
        """What the ledger knows."""
        with self._ledger() as ledger:
            return ledger.questions.find()

    def _answers_to(self, key: str) -> list[tuple[str, str]]:
        """Outcome and text of what the ledger holds of a question's answers."""
        answers = [answer for question in self._questions() if question.key == key for answer in question.answers]
        return [(answer.outcome, answer.text) for answer in answers]

    def _leaves_answers(self) -> bool:
        """Whether the programme leaves posts as they are that may hold what somebody asked: the command says so."""
        with self._ledger() as ledger:
            places = [key.split("/") for key in ledger.entries() if "/answers" in key or "/private." in key]
        without = {key for key, seminar in self.document["seminars"].items() if "questions" not in seminar}
        return any(course not in self.document["courses"] or seminar in without for course, seminar, _ in places)

    def _language(self) -> str:
        return str(self.document["languages"][0])

    def _any_row(self, which: int) -> Iterator[tuple[Sheet, Line]]:
        """A row of a question that the ledger knows, if there is one."""
        known = {question.key for question in self._questions()}
        for sheet in sheets(self.stage):
            if lines := sheet.lines(known):
                yield sheet, lines[which % len(lines)]
