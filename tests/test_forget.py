"""One person is forgotten: nothing of them is left anywhere, and the answer is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import worlds
from better_classroom.ledger.forgetting import NOBODY
from better_classroom.questions.pseudonyms import Numbering
from builders import ACCOUNT
from talking import Control
from town import ANSWER, ASKED, FIRST, GONE, PEOPLE, SECOND, THIRD, Town, answered, nothing_is_left


@pytest.fixture
def town(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Town:
    return Town(tmp_path, control, google, sandbox_url)


def all_that_is_kept(town: Town) -> tuple[object, ...]:
    """Items, questions, and whose marks there are."""
    with town.ledger() as ledger:
        marks = {row["mark"] for row in ledger.forgetting.kept()["tombstones"]}
        return ledger.entries(), ledger.questions.find(), marks


class TestForgetting:
    def test_nothing_of_the_person_is_left_and_the_answer_is(self, town: Town) -> None:
        key = answered(town)
        pseudonym = town.pseudonym()
        town.types("questions", "export")
        said = town.forget()
        assert (said.code, said.err) == (0, "")
        nothing_is_left(town, pseudonym)
        for course, words in GONE.items():
            assert words in town.read(course)
            assert ANSWER in town.read(course)
        (kept,) = [one for one in town.listed() if one["key"] == key]
        assert (kept["status"], kept["asker"], kept["texts"][0]["text"]) == ("answered", 0, "")
        assert kept["answers"][0]["text"] == ANSWER
        assert town.organiser.plans()["changes"] == []

    def test_numbers_are_told_before_and_what_is_left_to_others_after(self, town: Town) -> None:
        answered(town)
        said = town.forget()
        assert (
            f"This forgets one person (Participant {town.said and said.out.split('Participant ')[1][:4]})" in said.out
        )
        assert "1 unanswered question is deleted" in said.out
        assert "1 answered question is left without text and asker; the answer stays" in said.out
        assert "in Tartu: they take it back there. http" in said.out
        assert "their line in the participants' file of tartu" in said.out
        assert FIRST not in said.out + said.err
        assert "Osaleja" not in said.out + said.err

    @pytest.mark.parametrize("name", ["address", "google", "pseudonym", "participant", "name", "Name"])
    def test_a_person_is_known_by_any_of_their_names(self, town: Town, name: str) -> None:
        answered(town)
        pseudonym = town.pseudonym()
        names = {
            "address": f" {FIRST.upper()} ",
            "google": PEOPLE[FIRST][0],
            "pseudonym": str(pseudonym),
            "participant": f"Participant {pseudonym}, Tartu",
            "name": PEOPLE[FIRST][1],
            "Name": "  osaleja  ÜKS ",
        }
        assert town.forget(names[name]).code == 0
        nothing_is_left(town, pseudonym)
        # The same words, once more: all that is known of them is that they are forgotten.
        again = town.forget(names[name])
        assert (again.code, "forgotten already" in again.out) == (0, True)

    def test_forgetting_twice_changes_nothing(self, town: Town) -> None:
        answered(town)
        town.forget()
        before = all_that_is_kept(town)
        town.control.delete("calls")
        said = town.forget()
        assert (said.code, worlds.writes(town.control)) == (0, [])
        assert all_that_is_kept(town) == before

    def test_nobody_is_forgotten_without_being_asked(self, town: Town) -> None:
        answered(town)
        said = town.types("people", "forget", FIRST)
        assert said.code == 2
        assert "--yes" in said.err
        assert ASKED in town.read()

    def test_unknown_people_and_names_that_two_have_are_refused_without_being_repeated(self, town: Town) -> None:
        answered(town)
        said = town.forget("puudub@nowhere.example")
        assert (said.code, "puudub" in said.err) == (2, False)
        with (town.folder / "tartu.csv").open("a", encoding="utf-8") as file:
            file.write("Osaleja Üks,teine.uks@tartu.example\n")
        said = town.forget("Osaleja Üks")
        assert said.code == 2
        assert "2 people" in said.err
        assert ASKED in town.read()

    def test_an_expert_is_not_forgotten_but_told_what_to_edit(self, town: Town) -> None:
        for name in ("lauri-sock", "Lauri Sock", "lauri.sock@tartu.example"):
            said = town.forget(name)
            assert said.code == 2
            assert "programme.yaml" in said.err

    def test_what_else_is_due_waits_for_apply(self, town: Town) -> None:
        answered(town)
        town.programme["seminars"]["seminar-1"]["title"]["en"] = "Newly named"
        town.rewrite()
        town.forget()
        left = {change["key"].rpartition("/")[2].partition(".")[0] for change in town.organiser.plans()["changes"]}
        assert left == {"topic", "news"}  # what calls the seminar by its name

    def test_a_post_that_a_hand_changed_is_written_all_the_same(self, town: Town) -> None:
        answered(town)
        materials = town.services[ACCOUNT].courses().courseWorkMaterials()
        where = {"courseId": town.ids["birmingham/course"], "id": town.ids["birmingham/seminar-1/answers"]}
        text = materials.get(**where).execute()["description"] + "\nFrom the organiser."
        materials.patch(**where, updateMask="description", body={"description": text}).execute()
        assert town.forget().code == 0
        assert ASKED not in town.read("birmingham")
        assert ANSWER in town.read("birmingham")

    def test_a_post_with_answers_that_the_ledger_does_not_know_is_left_and_told(self, town: Town) -> None:
        answered(town)
        for ending in ("", "-wal", "-shm"):
            (town.folder / f"ledger.db{ending}").unlink(missing_ok=True)
        town.types("ledger", "rebuild")
        said = town.forget()
        assert said.code == 7
        assert "apply --restore tartu/seminar-1/answers" in said.err
        assert ANSWER in town.read()
        assert town.types("apply", "--yes", "--restore", "tartu/seminar-1/answers").code == 0
        assert ASKED not in town.read("tartu")

    def test_a_course_that_has_left_the_programme_is_told_and_the_ledger_rid_of_its_text(self, town: Town) -> None:
        answered(town)
        del town.programme["courses"]["birmingham"]
        town.rewrite()
        said = town.forget()
        assert said.code == 7
        assert said.err.count("birmingham/seminar-1/answers: this post is no longer in the programme") == 1
        assert town.in_the_files(ASKED) == []
        assert ASKED not in town.read("tartu")

    def test_a_seminar_whose_questions_have_left_the_programme_is_told_too(self, town: Town) -> None:
        answered(town)
        del town.programme["seminars"]["seminar-1"]["questions"]
        town.rewrite()
        said = town.forget()
        assert said.code == 7
        assert said.err.count("tartu/seminar-1/answers: this post is no longer in the programme") == 1
        assert town.in_the_files(ASKED) == []

    def test_an_answer_that_names_the_person_is_told(self, town: Town) -> None:
        town.ask(ASKED)
        town.sync()
        key = town.key_of(ASKED)
        town.answer(key, "Tänan küsimast Osaleja Üks!")
        town.sync()
        said = town.forget()
        assert f"  {key}\n" in said.out

    def test_a_private_answer_stays_with_nobody(self, town: Town) -> None:
        town.ask(ASKED)
        town.sync()
        town.answer(town.key_of(ASKED), visibility="private")
        town.sync()
        town.forget()
        (kept,) = town.listed()
        assert (kept["asker"], kept["answers"][0]["visibility"]) == (0, "private")
        assert ANSWER not in town.read("tartu")

    def test_json_tells_the_same(self, town: Town) -> None:
        answered(town)
        data = town.forget(FIRST, "--json").data
        assert (data["questions_deleted"], data["answers_kept"], data["changes"]) == (1, 1, 2)


class TestComingBack:
    """Google keeps what was handed in; nothing of it comes back."""

    def test_no_pull_takes_it_again_nor_an_edit_of_it(self, town: Town) -> None:
        answered(town)
        pseudonym = town.pseudonym()
        town.forget()
        assert town.sync()["new_questions"] == 0
        town.ask(ASKED + " Ja veel midagi?")
        assert town.sync()["new_questions"] == 0
        nothing_is_left(town, pseudonym)

    def test_what_was_handed_in_before_and_not_yet_pulled_is_not_taken_either(self, town: Town) -> None:
        town.ask(ASKED)
        assert town.forget().code == 0
        assert town.sync()["new_questions"] == 0
        town.clock("2020-06-16T12:00:00Z")
        town.ask(ASKED + " Palun!")
        assert town.sync()["new_questions"] == 0

    def test_who_asks_anew_is_somebody_new(self, town: Town) -> None:
        town.ask(ASKED)
        town.sync()
        before = town.pseudonym()
        town.forget()
        town.clock("2020-06-16T11:05:00Z")
        town.ask("Kas ma tohin uuesti küsida?", slot="after")
        assert town.sync()["new_questions"] == 1
        assert town.pseudonym() != before
        assert town.forget().code == 0
        assert town.listed() == []

    def test_nobody_is_called_by_a_forgotten_number(self, town: Town) -> None:
        town.ask(ASKED)
        town.sync()
        number = town.pseudonym()
        town.forget()
        key = (town.folder / "ledger.db.key").read_text(encoding="utf-8").strip().encode()
        with town.ledger() as ledger:
            numbering = Numbering(ledger, "better-test", key)
            assert numbering.missing([PEOPLE[FIRST][0]]) != {PEOPLE[FIRST][0]: number}

    def test_a_lost_key_is_refused_and_forgetting_anew_accepts_the_new_one(self, town: Town) -> None:
        town.ask(ASKED)
        town.ask("Kas?", THIRD)
        town.sync()
        town.forget()
        (town.folder / "ledger.db.key").unlink()
        said = town.types("sync")
        assert said.code == 2
        assert "earlier key" in said.err
        assert town.forget(THIRD).code == 0
        assert town.types("sync").code == 0

    def test_they_are_not_invited_again_and_shown_as_left_out(self, town: Town) -> None:
        town.forget()
        said = town.types("people", "status", "--json").data
        (shown,) = [one for one in said["courses"][0]["people"] if one["email"] == FIRST]
        assert shown["joining"] == "left out"
        assert "asked to be forgotten" in json.dumps(shown)
        town.types("people", "invite", "--yes")
        with town.ledger() as ledger:
            assert FIRST not in {address for _, address in ledger.people.records()}

    def test_a_restored_backup_is_rid_of_them(self, town: Town) -> None:
        answered(town)
        pseudonym = town.pseudonym()
        copy = town.folder / "copies" / "before.db"
        copy.parent.mkdir()
        town.types("ledger", "backup", str(copy))
        town.forget()
        seen = town.read()
        said = town.types("ledger", "restore", str(copy))
        assert said.code == 0
        assert "The backup itself still holds them" in said.err
        nothing_is_left(town, pseudonym)
        town.sync()
        nothing_is_left(town, pseudonym)
        assert town.read() == seen
        assert town.organiser.plans()["changes"] == []

    def test_an_answer_given_after_the_backup_stays_too(self, town: Town) -> None:
        town.ask(ASKED)
        town.sync()
        copy = town.folder / "copy.db"
        town.types("ledger", "backup", str(copy))
        key = answered(town)
        town.forget()
        seen = town.read()
        town.types("ledger", "restore", str(copy))
        copy.unlink()
        town.sync()
        assert town.read() == seen
        assert key in {one["key"] for one in town.listed()}

    def test_a_backup_made_afterwards_knows_it(self, town: Town) -> None:
        answered(town)
        pseudonym = town.pseudonym()
        town.forget()
        copy = town.folder / "copy.db"
        town.types("ledger", "backup", str(copy))
        for ending in ("", "-wal", "-shm"):
            (town.folder / f"ledger.db{ending}").unlink(missing_ok=True)
        assert town.types("ledger", "restore", str(copy)).code == 0
        assert town.sync()["new_questions"] == 0
        nothing_is_left(town, pseudonym)

    def test_a_rebuilt_ledger_knows_it_and_keeps_the_answer(self, town: Town) -> None:
        answered(town)
        pseudonym = town.pseudonym()
        town.forget()
        seen = town.read()
        assert town.types("ledger", "rebuild", "--set-aside").code == 0
        town.sync()
        nothing_is_left(town, pseudonym)
        assert town.read() == seen
        assert town.organiser.plans()["changes"] == []


class TestFiles:
    def test_the_experts_files_beside_the_programme_are_rid_of_them(self, town: Town) -> None:
        key = answered(town)
        town.types("questions", "export")
        file = town.folder / "questions" / "lauri-sock.csv"
        lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        drafted = [line.replace(",,,", ",,draft,veel mõtlen") if "millal algab" in line else line for line in lines]
        assert drafted != lines
        file.write_text("".join(drafted), encoding="utf-8-sig")
        town.forget()
        left = file.read_text(encoding="utf-8-sig")
        assert ASKED not in left
        assert "millal algab" not in left
        assert ANSWER in left
        assert key in left
        assert "Kas andmed on avalikud?" in left

    def test_a_file_from_before_is_taken_without_complaint_and_brings_nothing_back(self, town: Town) -> None:
        answered(town)
        town.types("questions", "export")
        file = town.folder / "questions" / "lauri-sock.csv"
        old = town.folder / "old.csv"
        old.write_bytes(file.read_bytes().replace(b",,,\r\n", b",publish,Kell kaks,public\r\n"))
        pseudonym = town.pseudonym()
        town.forget()
        said = town.types("answers", "import", str(old))
        assert said.code == 0
        assert "asker was forgotten" in said.err
        old.unlink()
        town.sync()
        nothing_is_left(town, pseudonym)
        assert ANSWER in town.read()

    def test_the_answer_may_be_corrected_afterwards(self, town: Town) -> None:
        key = answered(town)
        town.forget()
        town.answer(key, "Parem vastus.")
        town.sync()
        assert "Parem vastus." in town.read()
        assert GONE["birmingham"] in town.read()


class TestMoves:
    def test_a_merged_question_goes_and_the_one_that_stands_for_it_stays(self, town: Town) -> None:
        town.ask(ASKED)
        town.ask("Kuidas kvaliteeti mõõta?", THIRD)
        town.sync()
        target = town.key_of("Kuidas kvaliteeti mõõta?")
        town.types("questions", "merge", town.key_of(ASKED), "--into", target)
        town.answer(target)
        town.sync()
        pseudonym = town.pseudonym()
        assert str(pseudonym) in town.read()
        town.forget()
        nothing_is_left(town, pseudonym)
        assert "Kuidas kvaliteeti mõõta?" in town.read()
        assert ANSWER in town.read()

    def test_where_the_question_that_stood_for_others_goes_the_next_one_stands_for_them(self, town: Town) -> None:
        town.ask(ASKED)
        town.ask("Kuidas kvaliteeti mõõta?", THIRD)
        town.ask("How is quality measured?", SECOND)
        town.sync()
        heir, other = town.key_of("Kuidas kvaliteeti mõõta?"), town.key_of("How is quality measured?")
        town.types("questions", "merge", heir, other, "--into", town.key_of(ASKED))
        town.forget()
        found = {one["key"]: one for one in town.listed()}
        assert (found[heir]["status"], found[heir]["merged"]) == ("assigned", [other])
        assert found[other]["status"] == "merged"

    def test_an_answered_question_that_stands_for_others_shows_their_words(self, town: Town) -> None:
        town.ask(ASKED)
        town.ask("Kuidas kvaliteeti mõõta?", THIRD)
        town.sync()
        target = town.key_of(ASKED)
        town.types("questions", "merge", town.key_of("Kuidas kvaliteeti mõõta?"), "--into", target)
        town.answer(target)
        town.sync()
        pseudonym = town.pseudonym()
        town.forget()
        nothing_is_left(town, pseudonym)
        assert "Kuidas kvaliteeti mõõta?" in town.read()
        assert GONE["birmingham"] not in town.read()
        town.forget(THIRD)
        assert ANSWER in town.read()
        assert GONE["birmingham"] in town.read()

    def test_both_parts_of_a_split_question_go(self, town: Town) -> None:
        town.ask(ASKED)
        town.sync()
        town.ask(ASKED + "\n\nJa kes maksab?")
        town.sync()
        key = next(one["key"] for one in town.listed())
        town.types("questions", "split", key)
        town.answer(town.key_of("Ja kes maksab?"), "Linn.")
        town.sync()
        pseudonym = town.pseudonym()
        assert "Ja kes maksab?" in town.read()
        town.forget()
        assert town.in_the_files("Ja kes maksab?") == []
        assert "Linn." in town.read()
        town.ask(ASKED + "\n\nJa kes maksab? Ja miks?")
        assert town.sync()["new_questions"] == 0
        nothing_is_left(town, pseudonym)

    def test_answers_to_two_parts_stay_and_one_that_a_new_text_pushed_out_does_not_come_back(self, town: Town) -> None:
        town.ask("Hoopis muu küsimus?")
        town.sync()
        key = town.key_of("Hoopis muu küsimus?")
        town.answer(key, "Vana vastus.")
        for text, answer in ((ASKED, ANSWER), (ASKED + " Ja kes maksab?", "Linn.")):
            town.ask(text)
            town.sync()
            town.answer(key, answer)
        town.sync()
        assert "Vana vastus." not in town.read()
        town.forget()
        assert "Vana vastus." not in town.read()
        assert ANSWER in town.read()
        assert "Linn." in town.read()

    def test_a_question_that_grew_after_its_answer_waits_for_nobody(self, town: Town) -> None:
        town.ask(ASKED)
        town.sync()
        town.answer(town.key_of(ASKED))
        town.ask(ASKED + " Ja kes maksab?")
        assert town.sync()["unanswered_questions"] == 1
        town.forget()
        assert town.sync()["unanswered_questions"] == 0
        assert [one["status"] for one in town.listed()] == ["answered"]


class TestSessions:
    def test_who_asked_in_a_session_is_forgotten_by_name_and_a_second_import_brings_nothing(self, town: Town) -> None:
        file = town.folder / "chat.csv"
        file.write_text(f"name,question\nOsaleja Üks,{ASKED}\nKülaline,Kes maksab?\n", encoding="utf-8")
        take = ("questions", "import", str(file), "--seminar", "seminar-1", "--course", "tartu")
        town.types(*take)
        town.types(*take)
        assert town.forget(FIRST).code == 0
        said = town.types(*take)
        assert "0 new questions" in said.out
        assert "1 from people who were forgotten" in said.out
        assert [one["texts"][0]["text"] for one in town.listed()] == ["Kes maksab?"]
        assert town.forget("Külaline").code == 0
        assert town.listed() == []
        assert "forgotten already" in town.forget("Külaline").out

    def test_an_answer_spoken_in_the_session_does_not_stop_a_second_import(self, town: Town) -> None:
        file = town.folder / "chat.csv"
        file.write_text(f"name,question,answer\nOsaleja Üks,{ASKED},Jah\n", encoding="utf-8")
        take = ("questions", "import", str(file), "--seminar", "seminar-1", "--course", "tartu")
        town.types(*take)
        town.forget(FIRST)
        assert town.types(*take).code == 0


def test_the_one_who_stands_for_all_forgotten_is_nobody(town: Town) -> None:
    answered(town)
    town.forget()
    with town.ledger() as ledger:
        assert ledger.questions.numbers()[NOBODY] == 0
    assert town.forget(NOBODY).code == 2
    assert town.forget("0").code == 2
