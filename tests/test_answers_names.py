"""Whether people read who asked: pseudonyms, unless the programme says otherwise, and for as long as it does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from answering import COURSES, KAKS, NAMES, THREE, UKS, Cities, private, public
from talking import Control

Making = Callable[..., Cities]
STUDENTS = "classroom.courses.students.list"
NAMED = {"askers": "named"}


@pytest.fixture
def making(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Making:
    def make(**settings: Any) -> Cities:
        found = Cities(tmp_path, control, google, sandbox_url, settings)
        found.ask("Mis on avaandmed?")
        found.ask("Why open them?", asker=THREE)
        found.sync()
        return found

    return make


def kept(cities: Cities) -> list[str]:
    with closing(sqlite3.connect(cities.organiser.ledger)) as found:
        return sorted(name for (name,) in found.execute("SELECT name FROM asker_names"))


def everything_said(cities: Cities) -> str:
    """All that the commands print about questions and answers, and what stands in the experts' file."""
    key = cities.keys()["Mis on avaandmed?"]
    cities.organiser.types("questions", "export")
    commands = (
        ("questions", "list", "--json"),
        ("questions", "show", key),
        ("answers", "list", "--all"),
        ("plan",),
        ("plan", "--json"),
        ("status",),
        ("sync",),
    )
    said = [cities.organiser.types(*command) for command in commands]
    exported = (cities.folder / "questions" / "lauri-sock.csv").read_text(encoding="utf-8-sig")
    return "\n".join([exported, *(text for one in said for text in (one.out, one.err))])


def test_names_are_nowhere_by_default(making: Making, control: Control) -> None:
    cities = making()
    cities.answer(Mis=public("Andmed."))
    control.delete("calls")
    cities.sync()
    shown = [cities.answers_post(THREE), *cities.reads(UKS), everything_said(cities)]
    assert not [text for text in shown for name in NAMES.values() if name in text]
    assert kept(cities) == []
    assert control.calls(STUDENTS) == []


def test_named_askers_are_called_by_name_in_all_that_people_read(making: Making) -> None:
    cities = making(**NAMED)
    cities.answer(Mis=public("Andmed."), Why=public("Because."))
    cities.sync()
    post = cities.answers_post(THREE)
    assert "Question (Osaleja Üks, Tartu):\nMis on avaandmed?" in post
    assert "Question (Participant Three, Birmingham):" in post
    said = everything_said(cities)
    assert "Osaleja Üks, Tartu, before" in said  # questions show
    assert '"asker_name": "Osaleja Üks"' in said  # questions list
    assert ",Osaleja Üks,Mis on avaandmed?" in said  # the expert's file
    assert "Osaleja Üks, Tartu asked:" in said  # answers list


def test_a_question_box_says_whether_names_are_published(making: Making) -> None:
    for askers, promise in (("hidden", "without your name"), ("named", "with your name")):
        cities = making(askers=askers)
        courses = cities.service(THREE).courses()
        boxes = courses.courseWork().list(courseId=COURSES["birmingham"]).execute()["courseWork"]
        assert [promise in box["description"] for box in boxes] == [True]
        cities.control.post("reset")
        cities.organiser.ledger.unlink()


def test_participants_are_listed_once_and_again_only_when_somebody_new_has_asked(
    making: Making, control: Control
) -> None:
    cities = making(**NAMED)
    assert len(control.calls(STUDENTS)) == 2
    control.delete("calls")
    cities.sync()
    assert control.calls(STUDENTS) == []
    cities.ask("Kas need on tasuta?", asker=KAKS)
    cities.sync()
    assert len(control.calls(STUDENTS)) == 1
    assert kept(cities) == ["Osaleja Kaks", "Osaleja Üks", "Participant Three"]


def test_turned_back_to_hidden_the_names_go_from_everything_and_are_not_kept(making: Making) -> None:
    cities = making(**NAMED)
    cities.answer(Mis=public("Andmed."))
    cities.sync()
    assert "Osaleja Üks" in cities.answers_post(THREE)
    cities.write(askers="hidden")
    cities.sync()
    shown = [cities.answers_post(THREE), *cities.reads(UKS), everything_said(cities)]
    assert not [text for text in shown for name in NAMES.values() if name in text]
    assert kept(cities) == []


def test_one_whose_name_is_not_to_be_had_stays_a_number_and_is_not_asked_for_again(
    making: Making, control: Control
) -> None:
    cities = making(askers="hidden")
    cities.answer(Mis=public("Andmed."))
    cities.leaves(UKS)
    cities.write(**NAMED)
    cities.sync()
    assert "Question (Participant " in cities.answers_post(THREE)
    assert kept(cities) == ["", "Participant Three"]
    control.delete("calls")
    cities.sync()
    assert control.calls(STUDENTS) == []


def test_a_course_whose_names_cannot_be_read_does_not_hold_up_the_rest(making: Making, control: Control) -> None:
    cities = making(askers="hidden")
    cities.answer(Mis=public("Andmed."))
    cities.write(**NAMED)
    control.post("faults", {"method": STUDENTS, "when": "before", "do": 403, "times": 1})
    said = cities.organiser.types("sync")
    assert said.code == 7
    assert "the names of who asked could not be read" in said.err
    assert not [name for name in NAMES.values() if name in said.out + said.err]
    cities.sync()
    assert len(kept(cities)) == 2


def test_apply_alone_knows_the_names_too(making: Making) -> None:
    cities = making(askers="hidden")
    cities.answer(Mis=public("Andmed."))
    cities.write(**NAMED)
    assert cities.organiser.applies().code == 0
    assert "Osaleja Üks, Tartu" in cities.answers_post(THREE)


@pytest.mark.parametrize(("askers", "names"), [("named", ["Osaleja Üks", "Éva"]), ("hidden", [])])
def test_a_session_s_file_gives_names_only_where_askers_are_named(
    tmp_path: Path, making: Making, askers: str, names: list[str]
) -> None:
    cities = making(askers=askers)
    cities.leaves(THREE)
    before = set(kept(cities))
    chat = tmp_path / "chat.csv"
    chat.write_text("name,question\n Osaleja  Üks,Millal?\nÉva,Miért?\nAnonymous,Why?\n", encoding="utf-8")
    cities.organiser.types("questions", "import", str(chat), "--seminar", "seminar-1", "--course", "tartu")
    assert sorted({*kept(cities)} - before | {name for name in names if name in before}) == names
    cities.answer(Miért=public("Azért."))
    cities.sync()
    assert ("(Éva, Tartu)" in cities.answers_post(UKS)) is (askers == "named")


def test_a_name_that_could_mislead_is_tidied(making: Making, control: Control) -> None:
    odd = "odd.one@tartu.example"
    cities = making(**NAMED)
    control.post("seed", {"users": [{"email": odd, "name": "Odd\x1b[2J\n\u202eenO"}]})
    assert cities.organiser.plans()["changes"] == []
    with cities.ledger() as ledger:
        from better_classroom.questions.naming import tidied

        assert tidied("Odd\x1b[2J\n\u202eenO" + "x" * 500)[:12] == "Odd[2J enOxx"
        assert len(tidied("x" * 500)) == 200
        assert ledger.names.lacking(own=":") == {}


def test_what_one_alone_is_told_names_nobody(making: Making) -> None:
    cities = making(**NAMED)
    cities.answer(Mis=private("Teile."))
    cities.sync()
    assert not [name for text in cities.alone(UKS) for name in NAMES.values() if name in text]
