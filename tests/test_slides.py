"""Comments on slides, pulled as questions: participants comment in the sandbox's Drive, over Google's own client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from better_classroom.questions import is_recognised, namesakes
from builders import ACCOUNT, a_programme, a_seminar, written
from slides_world import ABROAD, FIRST, ON, SECOND, TWIN, Slides, begun
from talking import Control
from worlds import join, token

LISTED = "drive.comments.list"
ROSTER = "classroom.courses.students.list"

HOSTILE = [
    "x" * 100_000,
    "👩🏽‍💻 Kas 🇪🇪 andmed?",
    "האם הנתונים פתוחים?\u200f",
    "\u202egnp.exe\u202c?",
    "=HYPERLINK(1)",
    "<script>alert(1)</script> &amp; <b>",
    "\x1b[2Jkas?\x07",
    "üks\r\nkaks\n\n\tkolm",
]


@pytest.fixture
def slides(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Slides:
    return begun(tmp_path, control, google, sandbox_url)


class TestText:
    def test_a_comment_is_a_question_to_the_expert_whose_slides_it_is_on(self, slides: Slides) -> None:
        slides.comment("Kust need arvud on?")
        assert slides.sync()["new_questions"] == 1
        (question,) = slides.questions()
        where = (question.course, question.seminar, question.slot, question.source)
        assert where == ("tartu", "seminar-1", "slides", "slides")
        assert (question.experts, question.status, question.phase) == (("lauri-sock",), "assigned", "before")
        assert question.key.startswith("tartu-seminar-1-slides-")
        assert question.late is False

    def test_the_passage_stands_before_it_marked_as_a_quotation(self, slides: Slides) -> None:
        slides.comment("Miks?", quoted="Avaandmed\non <b>tasuta</b>")
        slides.sync()
        assert slides.texts() == ["> Avaandmed\n> on <b>tasuta</b>\n\nMiks?"]

    def test_a_passage_that_comes_as_html_is_read_as_text(self, slides: Slides) -> None:
        quote = {"mimeType": "text/html", "value": "R&amp;D &#39;2020&#39; &lt;b&gt;"}
        body = {"content": "Miks?", "quotedFileContent": quote}
        slides.drive(FIRST).comments().create(fileId=slides.file(), body=body, fields="id").execute()
        slides.sync()
        assert slides.texts() == ["> R&D '2020' <b>\n\nMiks?"]

    @pytest.mark.parametrize("text", HOSTILE)
    def test_every_text_is_kept_as_it_was_written_and_only_once(self, slides: Slides, text: str) -> None:
        slides.comment(text)
        assert (slides.sync()["new_questions"], slides.texts()) == (1, [text])
        slides.comment("Veel üks")
        slides.sync()
        assert slides.texts() == [text, "Veel üks"]

    def test_what_its_author_adds_in_the_thread_is_an_addition(self, slides: Slides) -> None:
        comment = slides.comment("Kust need arvud on?")
        slides.sync()
        slides.reply(comment, "Ja mis aastast?", by=FIRST)
        assert slides.sync()["edited_questions"] == 1
        (question,) = slides.questions()
        assert [text.text for text in question.texts] == [
            "Kust need arvud on?",
            "Kust need arvud on?\n\nJa mis aastast?",
        ]
        slides.organiser.types("questions", "split", question.key)
        assert slides.texts() == ["Kust need arvud on?", "Ja mis aastast?"]
        slides.reply(comment, "Palun!", by=FIRST)
        slides.sync()
        assert slides.texts() == ["Kust need arvud on?", "Ja mis aastast?\n\nPalun!"]

    def test_a_reply_of_somebody_else_is_a_question_of_its_own(self, slides: Slides) -> None:
        comment = slides.comment("Kust need arvud on?", quoted="42")
        slides.reply(comment, "Ja mis aastast?", by=SECOND)
        slides.sync()
        first, second = slides.questions()
        assert (first.texts[0].text, second.texts[0].text) == ("> 42\n\nKust need arvud on?", "> 42\n\nJa mis aastast?")
        assert first.asker != second.asker
        assert second.source_id.rpartition("/")[0] == first.source_id

    def test_what_the_account_writes_is_never_a_question(self, slides: Slides) -> None:
        own = slides.drive().comments().create(fileId=slides.file(), body={"content": "Palun küsige!"}, fields="id")
        comment = own.execute()
        slides.reply(comment, "Palun kirjutage siia.", by=ACCOUNT)
        slides.reply(comment, "Kust need arvud on?", by=FIRST)
        slides.sync()
        assert slides.texts() == ["Kust need arvud on?"]

    def test_an_edited_comment_is_the_same_question_with_another_text(self, slides: Slides) -> None:
        comment = slides.comment("Kust?")
        slides.sync()
        slides.edit(comment, "Kust need arvud on?")
        slides.sync()
        (question,) = slides.questions()
        assert [text.text for text in question.texts] == ["Kust?", "Kust need arvud on?"]

    @pytest.mark.parametrize(
        ("now", "phase"),
        [
            ("2020-06-16T08:29:00Z", "before"),
            ("2020-06-16T09:00:00Z", "during"),
            ("2020-06-16T10:30:00Z", "after"),
            ("2020-09-01T10:30:00Z", "after"),
        ],
    )
    def test_its_phase_is_that_of_its_time_and_it_is_never_late(self, slides: Slides, now: str, phase: str) -> None:
        slides.control.post("clock", {"now": now})
        slides.comment("Kust?")
        slides.sync()
        (question,) = slides.questions()
        assert (question.phase, question.late) == (phase, False)
        assert abs(question.asked_at - datetime.fromisoformat(now)).total_seconds() < 1

    def test_the_time_of_a_question_is_not_that_of_an_answer_to_it(self, slides: Slides) -> None:
        comment = slides.comment("Kust?")
        slides.control.post("clock", {"now": "2020-06-20T08:00:00Z"})
        slides.reply(comment, "Statistikaametist.", by=ACCOUNT)
        slides.sync()
        (question,) = slides.questions()
        assert question.asked_at.date() == datetime(2020, 6, 5, tzinfo=UTC).date()
        assert question.phase == "before"

    def test_of_several_seminars_with_one_file_the_first_is_asked(
        self, tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str
    ) -> None:
        second = a_seminar(2)
        second["materials"]["presentation"]["attachments"] = [{"file": "slides/1.pdf"}]
        slides = begun(tmp_path, control, google, sandbox_url, courses=("tartu",))
        programme = a_programme(courses=("tartu",), **ON) | {"seminars": {"seminar-1": a_seminar(1), "two": second}}
        written(slides.folder, programme)
        slides.publish()
        slides.comment("Kust?")
        slides.sync()
        assert [question.seminar for question in slides.questions()] == ["seminar-1"]


class TestTakenBack:
    def test_a_deleted_comment_is_withdrawn_and_its_text_kept(self, slides: Slides) -> None:
        comment = slides.comment("Kust?")
        slides.reply(comment, "Ja mis aastast?", by=SECOND)
        slides.sync()
        slides.delete(comment)
        assert slides.sync()["withdrawn_questions"] == 2  # who replied has lost the thread, too
        assert slides.texts() == ["Kust?", "Ja mis aastast?"]
        assert all(question.withdrawn_at for question in slides.questions())

    def test_a_comment_deleted_before_anybody_saw_it_is_no_question(self, slides: Slides) -> None:
        slides.delete(slides.comment("Kust?"))
        slides.sync()
        assert slides.questions() == ()

    def test_a_deleted_reply_is_withdrawn_alone(self, slides: Slides) -> None:
        comment = slides.comment("Kust?")
        reply = slides.reply(comment, "Ja mis aastast?", by=SECOND)
        slides.sync()
        slides.delete_reply(comment, reply, by=SECOND)
        slides.sync()
        assert [bool(question.withdrawn_at) for question in slides.questions()] == [False, True]

    def test_who_resolves_an_unanswered_comment_has_seen_to_it_by_hand(self, slides: Slides) -> None:
        comment = slides.comment("Kust?")
        slides.sync()
        slides.reply(comment, by=FIRST, action="resolve")
        assert slides.sync()["withdrawn_questions"] == 1
        slides.reply(comment, by=FIRST, action="reopen")
        slides.sync()
        assert [question.withdrawn_at for question in slides.questions()] == [None]

    def test_a_comment_that_is_resolved_after_our_answer_stands(self, slides: Slides) -> None:
        comment = slides.comment("Kust?")
        slides.sync()
        slides.reply(comment, "Statistikaametist.", by=ACCOUNT)
        slides.reply(comment, by=FIRST, action="resolve")
        assert slides.sync()["withdrawn_questions"] == 0
        assert [question.withdrawn_at for question in slides.questions()] == [None]


class TestAsker:
    def test_who_alone_has_a_name_in_the_course_is_known_by_it(self, slides: Slides) -> None:
        slides.comment("Kust?")
        slides.comment("Where from?", by=ABROAD, course="birmingham")
        slides.sync()
        ids = {entry["userId"] for entry in self.members(slides, "tartu") + self.members(slides, "birmingham")}
        askers = {question.asker_id for question in slides.questions()}
        assert askers <= ids
        assert all(map(is_recognised, askers))

    def test_it_is_the_same_person_who_asks_in_a_box(self, slides: Slides) -> None:
        slides.comment("Kust?")
        with slides.ledger() as ledger:
            entries = ledger.entries()
        box = {
            "courseId": entries["tartu/course"].remote_id,
            "courseWorkId": entries["tartu/seminar-1/before"].remote_id,
        }
        slides.control.post("submissions", {**box, "userId": FIRST, "answer": "Millal?"})
        slides.sync()
        assert len({question.asker for question in slides.questions()}) == 1

    def test_where_two_have_the_name_nobody_is_taken_for_either(
        self, slides: Slides, google: Callable[[str, str, str], Any]
    ) -> None:
        organiser = google("classroom", "v1", token(slides.control, ACCOUNT))
        join(google("classroom", "v1", token(slides.control, TWIN)), organiser, "p:tartu")
        for text, person in (("Üks?", FIRST), ("Kaks?", TWIN), ("Kolm?", SECOND)):
            slides.comment(text, by=person)
        slides.sync()
        by_text = {question.texts[0].text: question for question in slides.questions()}
        assert [is_recognised(by_text[text].asker_id) for text in ("Üks?", "Kaks?", "Kolm?")] == [False, False, True]
        assert by_text["Üks?"].asker == by_text["Kaks?"].asker
        assert "saleja" not in by_text["Üks?"].asker_id

    def test_a_participant_of_the_accounts_own_name_is_not_taken_for_it(
        self, slides: Slides, google: Callable[[str, str, str], Any]
    ) -> None:
        namesake = "organiser.too@tartu.example"
        slides.control.seed(users=[{"email": namesake, "name": "Organiser"}])
        organiser = google("classroom", "v1", token(slides.control, ACCOUNT))
        join(google("classroom", "v1", token(slides.control, namesake)), organiser, "p:tartu")
        comment = slides.comment("Kust?", by=namesake)
        slides.reply(comment, "Statistikaametist.", by=ACCOUNT)
        slides.sync()
        assert slides.texts() == ["Kust?"]

    def test_one_name_spelt_in_two_ways_is_one_name(self) -> None:
        composed, apart = "Résztvevő  Öt", "Re\u0301sztvevo\u030b o\u0308t"
        assert namesakes.same_person(apart, namesakes.only_ones([("5", composed, "")])) == "5"
        assert namesakes.same_person(apart, namesakes.only_ones([("5", composed, ""), ("6", apart, "")])) == ""
        assert namesakes.same_person("", namesakes.only_ones([("5", "", "")])) == ""

    def test_whoever_shows_no_name_is_nobody_else(self) -> None:
        askers = {namesakes.by_name("", course="tartu", alone=thread, key=b"k") for thread in ("a/1", "a/2")}
        assert len(askers) == 2
        assert not any(map(namesakes.is_recognised, askers))

    def test_no_name_stands_in_the_ledger(self, slides: Slides) -> None:
        slides.comment("Kust?")
        slides.sync()
        content = b"".join(path.read_bytes() for path in slides.organiser.ledger.parent.glob("ledger.db*"))
        assert b"Kust?" in content
        assert b"Osaleja" not in content

    @staticmethod
    def members(slides: Slides, course: str) -> list[Any]:
        students = slides.google("classroom", "v1", token(slides.control, ACCOUNT)).courses().students()
        found: list[Any] = students.list(courseId=f"p:{course}").execute()["students"]
        return found


class TestAsking:
    """What a pull asks Google for."""

    def test_slides_whose_version_did_not_move_are_not_asked_for(self, slides: Slides) -> None:
        slides.comment("Kust?")
        slides.sync()
        slides.control.delete("calls")
        slides.sync()
        assert (slides.calls(LISTED), slides.calls(ROSTER)) == (0, 0)
        assert slides.calls("drive.files.list") == 1

    def test_of_many_slides_only_those_that_moved_are_read(self, slides: Slides) -> None:
        slides.sync()
        slides.comment("Where from?", by=ABROAD, course="birmingham")
        slides.control.delete("calls")
        assert slides.sync()["new_questions"] == 1
        assert (slides.calls(LISTED), slides.calls(ROSTER)) == (1, 1)

    def test_the_people_of_a_course_are_listed_only_for_somebody_new(self, slides: Slides) -> None:
        comment = slides.comment("Kust?")
        slides.sync()
        slides.reply(comment, "Ja mis aastast?", by=FIRST)
        slides.control.delete("calls")
        slides.sync()
        assert (slides.calls(LISTED), slides.calls(ROSTER)) == (1, 0)

    def test_nothing_is_asked_where_the_programme_does_not_ask_for_comments(self, slides: Slides) -> None:
        slides.comment("Kust?")
        programme = slides.organiser.programme
        programme.write_text(
            programme.read_text(encoding="utf-8").replace("slide_comments: true", "slide_comments: false")
        )
        slides.control.delete("calls")
        slides.organiser.types("sync")
        assert (slides.calls(LISTED), slides.questions()) == (0, ())

    def test_every_page_of_comments_is_read(self, slides: Slides) -> None:
        for number in range(205):
            slides.comment(f"Küsimus {number}?")
        slides.control.delete("calls")
        assert slides.sync()["new_questions"] == 205
        assert slides.calls(LISTED) == 3 + 1  # and one of the other course, which was never read

    def test_pulling_twice_is_pulling_once(self, slides: Slides) -> None:
        comment = slides.comment("Kust?", quoted="42")
        slides.reply(comment, "Ja mis aastast?", by=SECOND)
        slides.reply(comment, "Nii?", by=FIRST)
        slides.sync()
        before = slides.questions()
        slides.drive().files().update(fileId=slides.file(), body={"description": "moved"}).execute()
        slides.control.delete("calls")
        said = slides.sync()
        assert slides.calls(LISTED) == 1
        assert (said["new_questions"], said["edited_questions"], slides.questions()) == (0, 0, before)

    def test_the_ledger_is_made_anew_with_the_same_questions(self, slides: Slides) -> None:
        comment = slides.comment("Kust?", quoted="42")
        slides.reply(comment, "Ja mis aastast?", by=SECOND)
        slides.sync()
        before = [(question.key, question.asker_id) for question in slides.questions()]
        said = slides.organiser.types("ledger", "rebuild", "--set-aside")
        assert said.code == 0, said.err
        assert [(question.key, question.asker_id) for question in slides.questions()] == before


class TestBrokenOff:
    def test_slides_that_cannot_be_read_do_not_hold_up_the_rest(self, slides: Slides) -> None:
        slides.comment("Kust?")
        slides.comment("Where from?", by=ABROAD, course="birmingham")
        slides.control.post("faults", {"method": LISTED, "when": "before", "do": 403, "times": 1})
        said = slides.organiser.types("sync", "--json")
        assert said.code == 5
        assert (said.data["new_questions"], said.data["failures"]) == (1, 1)
        assert "comments on slides/1.pdf in" in said.err
        assert slides.sync()["new_questions"] == 1
        assert len(slides.questions()) == 2

    def test_a_course_whose_people_cannot_be_listed_is_read_again(self, slides: Slides) -> None:
        slides.comment("Kust?")
        slides.control.post("faults", {"method": ROSTER, "when": "before", "do": 403, "times": 1})
        assert slides.organiser.types("sync", "--json").data["new_questions"] == 0
        assert slides.sync()["new_questions"] == 1
        (question,) = slides.questions()
        assert is_recognised(question.asker_id)

    def test_a_drive_that_cannot_be_listed_is_said(self, slides: Slides, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BETTER_CLASSROOM_DEADLINE", "0")
        slides.comment("Kust?")
        slides.control.post("faults", {"method": "drive.files.list", "when": "before", "do": 403, "times": 1})
        said = slides.organiser.types("sync", "--json")
        assert (said.data["new_questions"], said.data["failures"], said.data["changes"]) == (0, 1, 0)
        assert slides.sync()["new_questions"] == 1

    def test_a_version_that_moves_during_the_read_is_read_again(self, slides: Slides) -> None:
        slides.comment("Kust?")
        slides.sync()
        with slides.ledger() as ledger:
            read = ledger.slides.versions()[slides.file()]
        slides.comment("Veel?")
        slides.sync()
        with slides.ledger() as ledger:
            again = ledger.slides.versions()[slides.file()]
        assert int(again) > int(read)
        assert slides.texts() == ["Kust?", "Veel?"]
