"""Questions and answers from end to end: asked in the sandbox's Classroom, answered in a file, read in Classroom."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import worlds
from asking import HOSTILE
from better_classroom.ledger import Ledger
from better_classroom.reports.questions import printable
from builders import ACCOUNT, a_programme, written
from worlds import Organiser

ASKERS = ("osaleja.uks@tartu.example", "osaleja.kaks@tartu.example")


class Stage:
    """A published programme of one course, with participants who can ask in it."""

    def __init__(self, folder: Path, control: Any, google: Callable[[str, str, str], Any], url: str) -> None:
        self.control = control
        self._google = google
        people = [{"email": email, "name": email.partition("@")[0]} for email in (ACCOUNT, *ASKERS)]
        control.post("seed", {"users": people})
        control.post("clock", {"now": "2020-06-05T08:00:00Z"})
        path = written(folder, a_programme(courses=("tartu",)))
        self.organiser = Organiser(path, url, folder / "ledger.db")
        assert self.organiser.applies().code == 0
        self._services = {
            email: google("classroom", "v1", worlds.token(control, email)) for email in (ACCOUNT, *ASKERS)
        }
        for asker in ASKERS:
            worlds.join(self._services[asker], self._services[ACCOUNT], "p:tartu")
        self.answers = folder / "questions" / "lauri-sock.csv"
        with Ledger.open(str(folder / "ledger.db"), programme="better-test", target=url) as ledger:
            self.ids = {key: entry.remote_id for key, entry in ledger.entries().items()}

    def ask(self, text: str, *, asker: str = ASKERS[0], slot: str = "before") -> None:
        box = self.ids[f"tartu/seminar-1/{slot}"]
        where = {"courseId": self.ids["tartu/course"], "courseWorkId": box}
        self.control.post("submissions", {**where, "userId": asker, "answer": text})

    def take_back(self, *, asker: str = ASKERS[0]) -> None:
        self._changes("reclaim", asker, by=asker)

    def hand_in_again(self, *, asker: str = ASKERS[0]) -> None:
        self._changes("turnIn", asker, by=asker)

    def give_back(self, *, asker: str = ASKERS[0]) -> None:
        """The organiser returns what a participant has handed in."""
        self._changes("return_", asker, by=ACCOUNT)

    def _changes(self, what: str, asker: str, *, by: str) -> None:
        service = self._services[by]
        if by == asker:  # a participant's own permission
            scopes = ["https://www.googleapis.com/auth/classroom.coursework.me"]
            given = self.control.post("tokens", {"user": by, "scopes": scopes, "project": worlds.PROJECT})
            service = self._google("classroom", "v1", given["access_token"])
        work = service.courses().courseWork().studentSubmissions()
        where = {"courseId": self.ids["tartu/course"], "courseWorkId": self.ids["tartu/seminar-1/before"]}
        (found,) = work.list(**where, userId="me" if by == asker else asker).execute()["studentSubmissions"]
        getattr(work, what)(**where, id=found["id"], body={}).execute()

    def leaves(self, asker: str) -> None:
        students = self._services[asker].courses().students()
        students.delete(courseId=self.ids["tartu/course"], userId="me").execute()

    def sync(self) -> Any:
        return self.organiser.types("sync", "--json").data

    def listed(self, *filters: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.organiser.types("questions", "list", "--json", *filters).data
        return found

    def rows(self) -> list[dict[str, str]]:
        self.organiser.types("questions", "export")
        with self.answers.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def answer(self, **cells: str) -> worlds.Said:
        """The expert writes these cells into every row, and the organiser imports the file."""
        rows = [{**row, **cells} for row in self.rows()]
        with self.answers.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return self.organiser.types("answers", "import", str(self.answers))

    def published(self) -> str:
        """The "Questions and answers" post, as a participant reads it; empty while there is none to read."""
        materials = self._services[ASKERS[1]].courses().courseWorkMaterials()
        found = materials.list(courseId=self.ids["tartu/course"]).execute().get("courseWorkMaterial", [])
        answers = self.ids["tartu/seminar-1/answers"]
        return "".join(post["description"] for post in found if post["id"] == answers)


@pytest.fixture
def stage(tmp_path: Path, control: Any, google: Callable[[str, str, str], Any], sandbox_url: str) -> Stage:
    return Stage(tmp_path, control, google, sandbox_url)


YES = {"status": "publish", "answer": "Andmed, mida igaüks tohib kasutada.", "visibility": "public"}


def test_a_question_edited_twice_with_a_sync_after_each_is_one_question_with_three_texts(stage: Stage) -> None:
    for text in ("Mis?", "Mis on?", "Mis on avaandmed?"):
        stage.ask(text)
        stage.sync()
    (question,) = stage.listed()
    assert [text["text"] for text in question["texts"]] == ["Mis?", "Mis on?", "Mis on avaandmed?"]


def test_a_question_reaches_its_expert_s_file_and_the_answer_every_participant(stage: Stage) -> None:
    stage.ask("Mis on avaandmed?")
    assert stage.sync()["new_questions"] == 1
    (row,) = stage.rows()
    assert (row["question"], row["city"], row["phase"], row["status"]) == ("Mis on avaandmed?", "Tartu", "before", "")
    assert stage.answer(**YES).code == 0
    assert stage.organiser.applies().code == 0
    published = stage.published()
    assert "Mis on avaandmed?" in published
    assert "Andmed, mida igaüks tohib kasutada." in published
    assert ASKERS[0].partition("@")[0] not in published
    assert stage.organiser.plans()["changes"] == []
    assert stage.listed()[0]["status"] == "answered"


def test_a_second_sync_finds_nothing_new(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    before = stage.listed()
    assert (stage.sync()["new_questions"], stage.listed()) == (0, before)


def test_a_question_taken_back_is_marked_and_its_answer_no_longer_shown(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.ask("Kas?", asker=ASKERS[1])
    stage.sync()
    stage.rows()
    keys = {question["texts"][0]["text"]: question["key"] for question in stage.listed()}
    path = stage.answers.with_name("vastused.csv")
    lines = [f"{keys['Mis?']},publish,Esimene,public", f"{keys['Kas?']},publish,Teine,public"]
    path.write_text("\n".join(["key,status,answer,visibility", *lines]), encoding="utf-8")
    assert stage.organiser.types("answers", "import", str(path)).code == 0
    stage.sync()
    assert "Esimene" in stage.published()
    stage.take_back()
    assert stage.sync()["withdrawn_questions"] == 1
    assert [question["withdrawn_at"] is not None for question in stage.listed()] == [True, False]
    assert "Esimene" not in stage.published()
    assert "Teine" in stage.published()


def test_a_question_handed_in_again_is_the_same_one_and_its_answer_is_shown_again(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    stage.answer(**YES)
    stage.sync()
    stage.take_back()
    stage.sync()
    assert YES["answer"] not in stage.published()
    stage.hand_in_again()
    done = stage.sync()
    assert (done["new_questions"], done["edited_questions"]) == (0, 0)
    assert [question["withdrawn_at"] for question in stage.listed()] == [None]
    assert YES["answer"] in stage.published()


def test_a_submission_that_the_organiser_returned_is_neither_withdrawn_nor_edited(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    before = stage.listed()
    stage.give_back()
    done = stage.sync()
    assert (done["new_questions"], done["edited_questions"], done["withdrawn_questions"]) == (0, 0, 0)
    assert stage.listed() == before
    stage.answer(**YES)
    stage.sync()
    assert YES["answer"] in stage.published()


def test_the_question_of_one_who_left_the_course_is_kept_and_answered_for_the_others(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    before = stage.listed()
    stage.leaves(ASKERS[0])
    assert stage.sync()["withdrawn_questions"] == 0
    assert stage.listed() == before
    stage.answer(**YES)
    stage.sync()
    assert YES["answer"] in stage.published()


def test_a_corrected_answer_is_corrected_in_classroom(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    for text in ("Esimene.", "Teine."):
        stage.answer(**YES | {"answer": text})
        stage.sync()
    assert "Teine." in stage.published()
    assert "Esimene." not in stage.published()


def test_doubtful_rows_are_complained_about_with_their_place_and_the_exit_code_of_invalid_files(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    said = stage.answer(**YES | {"visibility": ""})
    assert said.code == 3
    assert f"{stage.answers}:2:14: Who may read this answer?" in said.err
    assert "0 public" in said.out


def test_the_list_can_be_narrowed_and_a_key_that_names_nothing_is_refused(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    for narrowed in (("--seminar", "seminar-1"), ("--expert", "lauri-sock"), ("--status", "assigned")):
        assert len(stage.listed(*narrowed)) == 1
    assert stage.listed("--phase", "after") == stage.listed("--status", "answered") == []
    refused = stage.organiser.types("questions", "list", "--course", "narva")
    assert (refused.code, "It has tartu." in refused.err) == (2, True)


def test_a_question_is_shown_with_all_its_texts(stage: Stage) -> None:
    stage.ask("Mis?\x1b[2J")
    stage.sync()
    (key,) = (question["key"] for question in stage.listed())
    shown = stage.organiser.types("questions", "show", key)
    assert "Text 1\n    Mis?[2J\n" in shown.out
    assert stage.organiser.types("questions", "show", key, "--json").data == stage.listed()[0]
    assert stage.organiser.types("questions", "show", "no-such-key").code == 2


def test_without_a_question_there_is_no_file_and_the_list_says_so(stage: Stage) -> None:
    assert stage.organiser.types("questions", "list").out == "No questions.\n"
    assert stage.organiser.types("questions", "export").out == ""
    assert not stage.answers.exists()


def keys(stage: Stage) -> dict[str, str]:
    return {question["texts"][-1]["text"]: question["key"] for question in stage.listed()}


def test_merged_questions_get_one_answer_that_names_both_askers_and_splitting_undoes_it(stage: Stage) -> None:
    stage.ask("Mis on avaandmed?")
    stage.ask("mis on avaandmed", asker=ASKERS[1])
    stage.sync()
    (pair,) = stage.organiser.types("questions", "similar", "--json").data
    assert stage.organiser.types("questions", "merge", pair["second"], "--into", pair["first"]).code == 0
    stage.answer(**YES)
    stage.sync()
    published = stage.published()
    assert published.count("Andmed, mida igaüks tohib kasutada.") == 1
    assert len(re.findall(r"Osaleja \d{4}, ", published)) == 2
    stage.sync()
    assert {question["status"] for question in stage.listed()} == {"answered", "merged"}
    stage.organiser.types("questions", "split", pair["second"])
    assert stage.sync()["new_questions"] == 0
    assert len(re.findall(r"Osaleja \d{4}, ", stage.published())) == 1


def test_a_hidden_question_is_not_published_and_stays_hidden_when_its_asker_edits_it(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    stage.answer(**YES)
    stage.sync()
    hidden = stage.organiser.types("questions", "hide", keys(stage)["Mis?"])
    assert (hidden.code, hidden.out) == (0, f"{keys(stage)['Mis?']}  hidden\n")
    stage.ask("Mis siis?")
    stage.sync()
    assert [question["status"] for question in stage.listed()] == ["hidden"]
    assert "Andmed" not in stage.published()
    assert (
        stage.organiser.types("questions", "unhide", keys(stage)["Mis siis?"], "--json").data[0]["status"]
        == "follow-up"
    )


def test_a_text_that_grew_is_split_and_every_later_sync_keeps_it_so(stage: Stage) -> None:
    for text in ("Mis?", "Mis?\n\nKas?"):
        stage.ask(text)
        stage.sync()
    (key,) = keys(stage).values()
    assert len(stage.organiser.types("questions", "split", key, "--json").data) == 2
    for _ in range(2):
        assert stage.sync()["new_questions"] == 0
        assert set(keys(stage)) == {"Mis?", "Kas?"}
    assert {row["question"] for row in stage.rows()} == {"Mis?", "Kas?"}


def test_what_cannot_be_moved_is_refused_with_what_to_do(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    (key,) = keys(stage).values()
    refused = stage.organiser.types("questions", "unhide", key)
    assert (refused.code, "questions list --status hidden" in refused.err) == (2, True)
    refused = stage.organiser.types("questions", "assign", key, "--to", "nobody")
    assert (refused.code, "lauri-sock" in refused.err) == (2, True)
    assert stage.organiser.types("questions", "assign", key, "--to", "lauri-sock").code == 0


def test_the_age_of_a_question_is_told_by_the_clock_of_the_target(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    assert stage.listed("--older-than", "1d") == []
    stage.control.post("clock", {"now": "2020-06-07T09:00:00Z"})
    assert len(stage.listed("--older-than", "2d")) == 1
    assert stage.organiser.types("questions", "list", "--older-than", "soon").code == 2


def test_a_time_that_is_years_from_the_session_says_so(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "vestlus.csv"
    path.write_text("Message,Time\nMis?,06/16/2010 11:45\n", encoding="utf-8")
    said = stage.organiser.types("questions", "import", str(path), "--seminar", "seminar-1")
    assert (said.code, stage.listed()) == (3, [])
    assert f"{path}:2:2: 16 June 2010 is years away from the session, which was on 16 June 2020" in said.err


def test_questions_of_the_session_reach_the_expert_and_the_participants(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "vestlus.csv"
    path.write_text("Sender;Message;Time\nOsaleja Kolm;Kes maksab?;hiljem\nOsaleja Kolm;Mis?;\n", encoding="utf-16")
    said = stage.organiser.types("questions", "import", str(path), "--seminar", "seminar-1")
    assert (said.code, f"{path}:2:3: “hiljem” is no time." in said.err) == (3, True)
    assert said.out == "1 new question, 0 already known; left out: nothing.\n"
    assert [question["phase"] for question in stage.listed()] == ["during"]
    stage.answer(**YES)
    stage.sync()
    assert "Mis?" in stage.published()
    assert "Osaleja Kolm" not in stage.published()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_was_asked_is_kept_whole_travels_to_the_expert_and_back_and_settles(stage: Stage, text: str) -> None:
    stage.ask(text)
    stage.sync()
    (question,) = stage.listed()
    assert [told["text"] for told in question["texts"]] == [text]
    (row,) = stage.rows()
    assert not row["question"].startswith("=")
    assert not any(mark in row["question"] for mark in "\x07\x1b")
    assert not any(mark in stage.organiser.types("questions", "show", question["key"]).out for mark in "\x07\x1b")
    stage.answer(**YES)
    stage.sync()
    assert printable(text)[:6] in stage.published()
    assert not any(mark in stage.published() for mark in "\x07\x1b\u202e")
    assert stage.organiser.plans()["changes"] == []
    assert stage.sync()["changes"] == 0
