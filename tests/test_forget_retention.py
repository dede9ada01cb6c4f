"""Time forgets too: when the programme keeps nobody's questions any more, sync forgets everybody who asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import worlds
from talking import Control
from town import ANSWER, ASKED, FIRST, GONE, PEOPLE, THIRD, Town, answered, nothing_is_left

ENDS = "2020-07-16T10:00:00Z"
LATER = "2020-07-16T10:00:01Z"


@pytest.fixture
def town(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Town:
    town = Town(tmp_path, control, google, sandbox_url)
    town.rewrite(questions={"retention": "30 days"})
    return town


def test_nobody_is_forgotten_before_and_everybody_afterwards(town: Town) -> None:
    answered(town)
    pseudonym = town.pseudonym()
    town.types("questions", "export")
    town.clock(ENDS)
    assert town.sync()["people_forgotten"] == 0
    assert ASKED in town.read()
    town.clock(LATER)
    said = town.types("sync")
    assert said.code == 0
    assert "2 people forgotten, as their time is up" in said.out
    nothing_is_left(town, pseudonym)
    assert "avalikud" not in str(town.listed())
    assert ANSWER in town.read()
    assert GONE["birmingham"] in town.read()
    assert town.organiser.plans()["changes"] == []


def test_it_is_done_once_and_what_comes_later_is_not_kept_either(town: Town) -> None:
    answered(town)
    town.clock(LATER)
    town.sync()
    town.control.delete("calls")
    assert town.sync()["people_forgotten"] == 0
    assert worlds.writes(town.control) == []
    town.clock("2020-07-20T10:00:00Z")
    town.ask("Veel üks küsimus?", THIRD, slot="after")
    assert town.sync()["people_forgotten"] == 1
    assert town.in_the_files("Veel üks") == []
    assert town.sync()["new_questions"] == 0


def test_rows_about_participants_go_and_status_makes_none(town: Town) -> None:
    town.types("people", "status")
    with town.ledger() as ledger:
        assert ledger.people.records()
    town.clock(LATER)
    town.sync()
    shown = town.types("people", "status", "--json").data["courses"][0]["people"]
    assert {one["joining"] for one in shown} == {"joined"}
    with town.ledger() as ledger:
        assert ledger.people.records() == {}
    assert town.in_the_files(PEOPLE[FIRST][0]) == []


def test_who_was_invited_since_is_remembered_so_that_nobody_is_invited_twice(town: Town) -> None:
    town.clock(LATER)
    with (town.folder / "tartu.csv").open("a", encoding="utf-8") as file:
        file.write("Osaleja Neli,osaleja.neli@tartu.example\n")
    town.control.seed(users=[{"email": "osaleja.neli@tartu.example", "name": "Osaleja Neli"}])
    town.types("people", "invite", "--yes")
    town.sync()
    with town.ledger() as ledger:
        assert [address for _, address in ledger.people.records()] == ["osaleja.neli@tartu.example"]


def test_a_post_that_a_hand_changed_is_written_all_the_same(town: Town) -> None:
    answered(town)
    materials = town.services["organiser@tartu.example"].courses().courseWorkMaterials()
    where = {"courseId": town.ids["birmingham/course"], "id": town.ids["birmingham/seminar-1/answers"]}
    text = materials.get(**where).execute()["description"] + "\nFrom the organiser."
    materials.patch(**where, updateMask="description", body={"description": text}).execute()
    town.clock(LATER)
    town.sync()
    assert ASKED not in town.read()


def test_status_and_doctor_tell_when(town: Town) -> None:
    assert "Questions are kept until" in town.types("status").out
    assert town.types("status", "--json").data["questions_kept_until"].startswith("2020-07-16T10:00")
    assert "Questions are kept until 2020-07-16 13:00" in town.types("doctor").out
    town.clock(LATER)
    assert "Questions were kept until" in town.types("status").out
    assert "Questions were kept until" in town.types("doctor").out


def test_a_file_that_cannot_be_read_is_told_and_the_rest_is_done(town: Town) -> None:
    answered(town)
    town.types("questions", "export")
    (town.folder / "questions" / "lauri-sock.csv").write_text("no header\n", encoding="utf-8")
    town.clock(LATER)
    said = town.types("sync")
    assert said.code == 7
    assert "forgetting those whose time is up" in said.err
    assert "no column called" in said.err
    assert ASKED not in town.read()
