"""Everything that is kept about one person, and nothing about anybody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from talking import Control
from town import ANSWER, ASKED, FIRST, PEOPLE, THIRD, Town, answered


@pytest.fixture
def town(tmp_path: Path, control: Control, google: Callable[[str, str, str], Any], sandbox_url: str) -> Town:
    return Town(tmp_path, control, google, sandbox_url)


def export(town: Town, person: str) -> Any:
    said = town.types("people", "export", person)
    assert (said.code, said.err) == (0, "")
    return said.data


def test_it_holds_who_they_are_what_they_asked_and_what_was_answered(town: Town) -> None:
    key = answered(town)
    found = export(town, FIRST)
    number, name = PEOPLE[FIRST]
    assert found["person"] == {
        "names": [name],
        "addresses": [FIRST],
        "google_ids": [number],
        "pseudonyms": [town.pseudonym()],
    }
    assert found["participation"]["in_courses"] == ["tartu"]
    assert found["participation"]["in_participants_files"] == [{"course": "tartu", "name": name, "email": FIRST}]
    (record,) = found["participation"]["in_the_ledger"]
    assert (record["address"], record["user_id"], record["state"]) == (FIRST, number, "met")
    first, second = found["questions"]
    assert (first["key"], first["texts"][0]["text"], first["status"]) == (key, ASKED, "answered")
    assert (first["answers"][0]["text"], first["answers"][0]["expert"]) == (ANSWER, "lauri-sock")
    assert first["assigned_to"][0]["expert"] == "lauri-sock"
    assert first["link"].startswith("http")
    assert second["texts"][0]["text"] == "Ja millal algab teine osa?"
    assert found["forgotten_at"] is None
    assert "Kas andmed on avalikud?" not in json.dumps(found, ensure_ascii=False)


def test_every_name_of_a_person_gives_the_same_bytes(town: Town) -> None:
    answered(town)
    names = (FIRST, PEOPLE[FIRST][0], PEOPLE[FIRST][1], f"Participant {town.pseudonym()}")
    assert len({town.types("people", "export", name).out for name in names}) == 1


def test_every_text_merge_and_split_is_told(town: Town) -> None:
    town.ask(ASKED)
    town.ask("Kas sama?", THIRD)
    town.sync()
    town.ask(f"{ASKED}\n\nJa kes maksab?")
    town.sync()
    key = next(one["key"] for one in town.listed() if one["texts"][0]["text"] == ASKED)
    town.types("questions", "split", key)
    town.types("questions", "merge", key, "--into", town.key_of("Kas sama?"))
    whole, part = sorted(export(town, FIRST)["questions"], key=lambda one: one["key"] != key)
    assert whole["merged_into"] == town.key_of("Kas sama?")
    assert whole["splits"][0]["part"] == part["key"]
    assert part["splits"][0]["added"] == "Ja kes maksab?"


def test_what_was_asked_in_a_session_under_their_name_is_theirs(town: Town) -> None:
    file = town.folder / "chat.csv"
    file.write_text(f"name,question\nOSALEJA ÜKS,{ASKED}\nKülaline,Kes maksab?\n", encoding="utf-8")
    town.types("questions", "import", str(file), "--seminar", "seminar-1", "--course", "tartu")
    (mine,) = export(town, FIRST)["questions"]
    assert (mine["source"], mine["texts"][0]["text"]) == ("session", ASKED)
    (theirs,) = export(town, "külaline")["questions"]
    assert theirs["texts"][0]["text"] == "Kes maksab?"


def test_an_expert_s_answers_and_no_participant_s_words(town: Town) -> None:
    key = answered(town)
    found = export(town, "lauri-sock")
    (expert,) = found["as_expert"]
    assert (expert["email"], expert["leads"]) == ("lauri.sock@tartu.example", ["seminar-1"])
    assert [answer["text"] for answer in expert["answers"]] == [ANSWER]
    assert key in {one["question"] for one in expert["assigned"]}
    assert ASKED not in json.dumps(found, ensure_ascii=False)


def test_after_forgetting_it_holds_nothing_but_when(town: Town) -> None:
    answered(town)
    town.forget()
    found = export(town, FIRST)
    assert found["questions"] == []
    assert found["participation"]["in_the_ledger"] == []
    assert found["forgotten_at"].startswith("2020-06-16T11:00")


def test_nobody_and_two_people_are_refused(town: Town) -> None:
    said = town.types("people", "export", "9999")
    assert said.code == 2
    assert "full name" in said.err


def test_a_course_that_cannot_be_asked_is_told_after_what_is_known(town: Town) -> None:
    answered(town)
    method = "classroom.courses.students.list"
    town.control.post("faults", {"method": method, "when": "before", "do": 403, "times": 1})
    said = town.types("people", "export", FIRST)
    assert said.code == 7
    assert said.data["questions"]
