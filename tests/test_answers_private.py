"""What one asker alone is told: as they read it in Classroom, and as nobody else does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import worlds
from answering import COURSES, KAKS, TAKE_BACK, THREE, UKS, Cities, Row, declined, everybody_asks, private, public
from builders import ACCOUNT
from talking import Control

Making = Callable[..., Cities]
CREATE = "classroom.courses.announcements.create"
AFTERWARDS = "2020-06-17T08:00:00Z"
STUDENTS = "classroom.courses.students.list"


@pytest.fixture
def making(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Making:
    def make(**settings: Any) -> Cities:
        return Cities(tmp_path, control, google, sandbox_url, {"announce": "never", **settings})

    return make


@pytest.fixture
def cities(making: Making) -> Cities:
    return everybody_asks(making())


def test_a_private_answer_is_read_by_its_asker_and_by_nobody_else(cities: Cities) -> None:
    cities.answer(Mis=private("Ainult teile."))
    cities.sync()
    (text,) = cities.reads(UKS)
    assert text.startswith("Teie küsimusele on vastatud. Seminar: „Seminar 1: Töö andmetega 1“.")
    for part in ("Mis on avaandmed?", "Vastus (Lauri Sock):\nAinult teile.", "„Seminar 1: Küsimused pärast seminari“"):
        assert part in text
    assert cities.reads(KAKS) == cities.reads(THREE) == []
    assert "Ainult teile." not in cities.answers_post(UKS)


def test_why_a_question_is_declined_is_told_to_its_asker_alone(cities: Cities) -> None:
    cities.answer(Why=declined("This is for a lawyer."), Kas=declined())
    cities.sync()
    (text,) = cities.reads(THREE)
    assert text.startswith("Your question about “Seminar 1: Working with data 1” will not be answered here.")
    assert "Why (Lauri Sock):\nThis is for a lawyer." in text
    (kind,) = cities.reads(KAKS)
    assert "Täname küsimast! Kahjuks ei saa Lauri Sock sellele küsimusele siin vastata." in kind
    assert cities.reads(UKS) == []


def test_a_corrected_answer_is_a_new_announcement_and_the_old_one_goes(cities: Cities) -> None:
    cities.answer(Mis=private("Esimene."))
    cities.sync()
    (before,) = cities.announcements(UKS)
    cities.answer(Mis=private("Teine."))
    cities.sync()
    (after,) = cities.announcements(UKS)
    assert "Teine." in after["text"]
    assert "Esimene." not in after["text"]
    assert after["id"] != before["id"]


def test_an_answer_taken_back_disappears_everywhere(cities: Cities) -> None:
    cities.answer(Mis=private("Ainult teile."), Kas=public("Kõigile."), Why=declined("No."))
    cities.sync()
    cities.answer(Mis=TAKE_BACK, Kas=TAKE_BACK, Why=TAKE_BACK)
    cities.sync()
    assert cities.reads(UKS) == cities.reads(THREE) == []
    assert "Kõigile." not in cities.answers_post(KAKS)


def test_made_public_it_is_no_longer_told_alone_and_made_private_no_longer_to_all(cities: Cities) -> None:
    cities.answer(Mis=private("Vastus."))
    cities.sync()
    cities.answer(Mis=public("Vastus."))
    cities.sync()
    assert cities.reads(UKS) == []
    assert "Vastus." in cities.answers_post(THREE)
    cities.answer(Mis=private("Vastus."))
    cities.sync()
    assert len(cities.reads(UKS)) == 1
    assert "Vastus." not in cities.answers_post(THREE)


def test_everyone_who_asked_a_merged_question_is_told_in_their_own_course_with_their_own_words(cities: Cities) -> None:
    keys = cities.keys()
    assert (
        cities.organiser.types("questions", "merge", keys["Why open them?"], "--into", keys["Mis on avaandmed?"]).code
        == 0
    )
    cities.answer(Mis=private("For both."))
    cities.sync()
    assert [("Mis on" in text, "Why open" in text) for text in cities.reads(UKS)] == [(True, False)]
    assert [("Mis on" in text, "Why open" in text) for text in cities.reads(THREE)] == [(False, True)]
    assert cities.reads(KAKS) == []


def test_one_person_whose_two_questions_are_merged_is_told_once(cities: Cities) -> None:
    cities.at(AFTERWARDS)
    cities.ask("Mis need siis on?", slot="after")
    cities.sync()
    keys = cities.keys()
    cities.organiser.types("questions", "merge", keys["Mis need siis on?"], "--into", keys["Mis on avaandmed?"])
    cities.answer(**{"Mis on": private("Korra.")})
    cities.sync()
    assert len(cities.reads(UKS)) == 1


def test_an_asker_who_left_makes_it_undeliverable_and_the_others_are_told(cities: Cities) -> None:
    cities.leaves(UKS)
    cities.answer(Mis=private("Ainult teile."), Kas=private("Ja teile."))
    planned = cities.organiser.plans()
    assert [(change["action"], change["asker"] is not None) for change in planned["changes"]] == [("create", True)]
    assert [note["remark"] for note in planned["notes"]] == ["not made: the one it is for has left the course"]
    cities.sync()
    assert len(cities.reads(KAKS)) == 1
    assert cities.statuses()["Mis on avaandmed?"] == "undeliverable"
    assert cities.organiser.plans()["notes"] == []


def test_who_left_with_a_question_that_was_merged_holds_nothing_up(cities: Cities, control: Control) -> None:
    keys = cities.keys()
    cities.organiser.types("questions", "merge", keys["Why open them?"], "--into", keys["Mis on avaandmed?"])
    cities.leaves(THREE)
    cities.answer(Mis=private("For both."))
    cities.sync()
    assert len(cities.reads(UKS)) == 1
    assert cities.statuses()["Mis on avaandmed?"] == "answered"
    control.delete("calls")
    cities.sync()
    assert control.calls(STUDENTS) == []


def test_leaving_after_it_was_told_changes_nothing(cities: Cities, control: Control) -> None:
    cities.answer(Mis=private("Ainult teile."))
    cities.sync()
    cities.leaves(UKS)
    control.delete("calls")
    cities.sync()
    assert cities.statuses()["Mis on avaandmed?"] == "answered"
    assert control.calls(STUDENTS) == []
    assert worlds.writes(control) == []


def test_a_correction_for_one_who_left_is_undeliverable_and_the_old_answer_goes(cities: Cities) -> None:
    cities.answer(Mis=private("Vale vastus."))
    cities.sync()
    cities.leaves(UKS)
    cities.answer(Mis=private("Õige vastus."))
    cities.sync()
    assert cities.statuses()["Mis on avaandmed?"] == "undeliverable"
    assert cities.reads(ACCOUNT, "tartu") == []


def test_participants_are_listed_only_before_something_is_told_alone(cities: Cities, control: Control) -> None:
    control.delete("calls")
    cities.answer(Mis=private("Ainult teile."))
    cities.organiser.types("sync")
    assert len(control.calls(STUDENTS)) == 1  # Tartu's; nobody in Birmingham is told anything
    control.delete("calls")
    cities.organiser.types("sync")
    assert control.calls(STUDENTS) == []


def test_one_who_leaves_while_it_is_written_ends_as_undeliverable_too(cities: Cities, control: Control) -> None:
    cities.answer(Mis=private("Ainult teile."), Kas=private("Ja teile."))
    # Google does not let us list the participants, so only the creation shows that one has left.
    control.post("faults", {"method": STUDENTS, "when": "before", "do": 403, "times": 1})
    cities.leaves(UKS)
    said = cities.organiser.types("sync")
    assert said.code == 0
    assert "has left the course" in said.err
    assert len(cities.reads(KAKS)) == 1
    assert cities.statuses() == {
        "Mis on avaandmed?": "undeliverable",
        "Kas need on tasuta?": "answered",
        "Why open them?": "assigned",
    }
    assert cities.organiser.plans()["changes"] == []


def test_any_other_refusal_of_it_is_a_failure_that_is_told(cities: Cities, control: Control) -> None:
    cities.answer(Mis=private("Ainult teile."))
    control.post("faults", {"method": CREATE, "when": "before", "do": 400, "times": 1})
    said = cities.organiser.types("sync")
    assert said.code == 5
    assert cities.statuses()["Mis on avaandmed?"] == "answered"
    cities.sync()
    assert len(cities.reads(UKS)) == 1


@pytest.mark.parametrize("words", [TAKE_BACK, private("Õige vastus.")])
def test_a_lost_creation_leaves_no_draft_though_the_answer_changed_meanwhile(
    cities: Cities, control: Control, monkeypatch: pytest.MonkeyPatch, words: Row
) -> None:
    monkeypatch.setenv("BETTER_CLASSROOM_SETTLE", "0")
    cities.answer(Mis=private("Vale vastus."))
    control.post("faults", {"method": CREATE, "when": "after", "do": "drop", "times": 1})
    assert cities.organiser.types("sync").code in {7, 9}
    assert len(cities.drafts("tartu")) == 1
    cities.answer(Mis=words)
    cities.sync()
    assert cities.drafts("tartu") == []
    assert ["Õige vastus." in text for text in cities.reads(UKS)] == [True] * (words is not TAKE_BACK)


def test_who_asked_in_the_session_cannot_be_told_anything_alone(cities: Cities, control: Control) -> None:
    chat = cities.folder / "chat.csv"
    chat.write_text("name,question\nOsaleja Üks,Millal lõuna on?\n", encoding="utf-8")
    cities.organiser.types("questions", "import", str(chat), "--seminar", "seminar-1", "--course", "tartu")
    cities.answer(Millal=private("Kell üks."))
    control.delete("calls")
    plan = cities.organiser.plans()
    assert (plan["changes"], plan["notes"], control.calls(STUDENTS)) == ([], [], [])
    cities.sync()
    assert cities.statuses()["Millal lõuna on?"] == "undeliverable"
    assert cities.reads(UKS) == []
    cities.answer(Millal=public("Kell üks."))
    cities.sync()
    assert cities.statuses()["Millal lõuna on?"] == "answered"
    assert "Kell üks." in cities.answers_post(UKS)


def test_a_private_answer_is_known_again_when_the_ledger_came_back_from_a_backup(cities: Cities) -> None:
    backup = cities.folder / "backup.db"
    cities.answer(Mis=private("Ainult teile."), Why=declined("No."))
    shutil.copy(cities.organiser.ledger, backup)
    cities.sync()
    before = cities.announcements(UKS)[0]["id"], cities.announcements(THREE)[0]["id"]
    assert replace(cities.organiser, ledger=backup).applies().code == 0
    assert [post["id"] for person in (UKS, THREE) for post in cities.announcements(person)] == list(before)
    assert replace(cities.organiser, ledger=backup).plans()["changes"] == []


def test_a_lost_ledger_leaves_it_alone_and_knows_it_again_when_the_answer_is_read_again(cities: Cities) -> None:
    cities.answer(Mis=private("Ainult teile."))
    cities.sync()
    before = cities.announcements(UKS)
    cities.organiser.ledger.unlink()
    assert cities.organiser.types("ledger", "rebuild").code == 0
    cities.sync()
    assert cities.announcements(UKS) == before
    cities.answer(Mis=private("Ainult teile."))
    cities.sync()
    assert [post["id"] for post in cities.announcements(UKS)] == [post["id"] for post in before]


def test_an_announcement_that_a_hand_made_for_one_is_never_touched(cities: Cities) -> None:
    courses, where = cities.service(ACCOUNT).courses(), COURSES["tartu"]
    (uks,) = [
        one["userId"]
        for one in courses.students().list(courseId=where).execute()["students"]
        if one["profile"]["name"]["fullName"] == "Osaleja Üks"
    ]
    cities.answer(Mis=private("Ainult teile."))
    cities.sync()
    (ours,) = cities.announcements(UKS)
    elsewhere = cities.google("classroom", "v1", worlds.token(cities.control, ACCOUNT, project="by-hand"))
    body = {
        "text": ours["text"],
        "state": "PUBLISHED",
        "assigneeMode": "INDIVIDUAL_STUDENTS",
        "individualStudentsOptions": {"studentIds": [uks]},
    }
    by_hand = elsewhere.courses().announcements().create(courseId=where, body=body).execute()
    cities.answer(Mis=TAKE_BACK)
    cities.sync()
    (left,) = cities.announcements(UKS)
    assert left["id"] == by_hand["id"]


def test_one_opened_to_everybody_by_hand_is_reported(cities: Cities) -> None:
    cities.answer(Mis=private("Ainult teile."))
    cities.sync()
    (post,) = cities.announcements(UKS)
    announcements = cities.service(ACCOUNT).courses().announcements()
    announcements.modifyAssignees(
        courseId=COURSES["tartu"], id=post["id"], body={"assigneeMode": "ALL_STUDENTS"}
    ).execute()
    (note,) = cities.organiser.plans()["notes"]
    assert note["remark"] == "changed by hand, kept"
    assert list(note["fields"]) == ["asker"]
    assert cities.organiser.applies("--restore", note["key"]).code == 0
    assert len(cities.alone(UKS)) == 1
    assert cities.reads(KAKS) == []


def test_the_plan_says_to_whom_alone_it_goes_and_counts_no_notification_for_the_others(cities: Cities) -> None:
    cities.answer(Mis=private("Ainult teile."))
    (asker,) = (str(one["asker"]) for one in cities.listed() if one["texts"][0]["text"].startswith("Mis"))
    plan = cities.organiser.plans()
    assert (plan["notifications"], plan["notifications_alone"]) == ({}, {"tartu": 1})
    said = cities.organiser.types("plan").out
    assert f"to Participant {asker} alone — appears at once" in said
    assert "Besides, 1 notification goes to those alone who asked." in said
    assert "Mis on avaandmed?" not in said
    cities.sync()
    assert "; 1 of them for one participant alone" in cities.organiser.types("status").out
    cities.answer(Mis=TAKE_BACK)
    assert f"to Participant {asker} alone" in cities.organiser.types("plan").out


def test_a_question_of_any_length_is_cut_and_its_answer_never(cities: Cities) -> None:
    cities.ask("Mis " + "õ" * 100_000)
    cities.sync()
    cities.answer(Mis=private("ä" * 20_000))
    cities.sync()
    (text,) = cities.reads(UKS)
    assert "ä" * 20_000 in text
    assert "õ…" in text
    assert 28_000 < len(text) <= 29_000


def test_what_its_asker_took_back_is_not_answered_to_them(cities: Cities) -> None:
    cities.answer(Mis=private("Ainult teile."))
    cities.sync()
    cities.ask("\u200b")
    cities.sync()
    assert cities.reads(UKS) == []
