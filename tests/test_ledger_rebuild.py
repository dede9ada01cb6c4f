"""A lost ledger made anew: everything of ours is found again, and participants see no difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from builders import ACCOUNT, a_programme
from talking import Control
from test_questions_cli import ASKERS, YES, Stage
from worlds import Organiser, Organising, token, world, writes

Look = Callable[[], Mapping[str, Any]]


@pytest.fixture
def organiser(organising: Organising) -> Organiser:
    return organising(a_programme())


@pytest.fixture
def look(google: Callable[[str, str, str], Any], control: Control) -> Look:
    def see() -> Mapping[str, Any]:
        access = token(control, ACCOUNT)
        return world(google("classroom", "v1", access), google("drive", "v3", access))

    return see


@pytest.fixture
def stage(tmp_path: Path, control: Any, google: Callable[[str, str, str], Any], sandbox_url: str) -> Stage:
    return Stage(tmp_path, control, google, sandbox_url)


def lose(ledger: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        ledger.with_name(ledger.name + ending).unlink(missing_ok=True)


def test_everything_is_found_again_and_the_plan_is_empty(organiser: Organiser, control: Control, look: Look) -> None:
    organiser.applies()
    held = organiser.types("ledger", "backup", "--json").data["items"]
    before = look()
    lose(organiser.ledger)
    control.delete("calls")
    said = organiser.types("ledger", "rebuild", "--json")
    assert (said.code, said.data["items"], said.data["set_aside"]) == (0, held, None)
    assert {method.rpartition(".")[2] for method in writes(control)} == {"patch"}  # titles, to themselves
    assert look() == before
    assert organiser.plans()["changes"] == []


def test_nothing_is_published_that_was_not_there(organiser: Organiser, control: Control, look: Look) -> None:
    said = organiser.types("ledger", "rebuild")
    assert (said.code, writes(control)) == (0, [])
    assert "files" in look()
    assert organiser.plans()["changes"] != []


def test_questions_come_back_under_their_keys_and_their_askers_numbers(stage: Stage) -> None:
    stage.ask("Mis on avaandmed?")
    stage.ask("Kas?", asker=ASKERS[1])
    stage.sync()

    def asked() -> set[tuple[str, ...]]:
        return {(one["key"], str(one["asker"]), one["texts"][-1]["text"]) for one in stage.listed()}

    before = asked()
    lose(stage.organiser.ledger)
    said = stage.organiser.types("ledger", "rebuild")
    assert (said.code, asked()) == (0, before)
    assert "2 questions, 0 answers" in said.out
    assert "have other numbers" not in said.err


def test_published_answers_stay_until_they_are_imported_and_then_are_kept_again(stage: Stage) -> None:
    stage.ask("Mis on avaandmed?")
    stage.sync()
    stage.answer(**YES)
    stage.sync()
    published = stage.published()
    assert YES["answer"] in published
    lose(stage.organiser.ledger)
    said = stage.organiser.types("ledger", "rebuild")
    assert (said.code, stage.published()) == (0, published)
    assert "answers import" in said.err
    stage.sync()
    assert stage.published() == published
    (note,) = stage.organiser.plans()["notes"]
    assert note["key"] == "tartu/seminar-1/answers"
    assert stage.organiser.types("answers", "import", str(stage.answers)).code == 0
    stage.sync()
    assert stage.published() == published
    plan = stage.organiser.plans()
    assert (plan["changes"], plan["notes"]) == ([], [])
    stage.answer(**(YES | {"answer": "Andmed, mida kõik tohivad kasutada."}))
    stage.sync()
    assert "kõik tohivad" in stage.published()


def test_a_new_answer_alone_does_not_push_out_those_published_before(stage: Stage, tmp_path: Path) -> None:
    stage.ask("Mis on avaandmed?")
    stage.sync()
    stage.answer(**YES)
    stage.sync()
    published = stage.published()
    lose(stage.organiser.ledger)
    stage.organiser.types("ledger", "rebuild")
    stage.ask("Kas?", asker=ASKERS[1])
    stage.sync()
    (key,) = [one["key"] for one in stage.listed() if one["texts"][0]["text"] == "Kas?"]
    later = tmp_path / "vastused.csv"
    later.write_text(f"key,status,answer,visibility\n{key},publish,Jah,public\n", encoding="utf-8")
    assert stage.organiser.types("answers", "import", str(later)).code == 0
    stage.sync()
    assert stage.published() == published
    assert stage.organiser.types("answers", "import", str(stage.answers)).code == 0
    stage.sync()
    assert YES["answer"] in stage.published()
    assert "Jah" in stage.published()


def test_a_lost_key_is_told(stage: Stage) -> None:
    stage.ask("Mis?")
    stage.sync()
    lose(stage.organiser.ledger)
    stage.organiser.ledger.with_name("ledger.db.key").unlink()
    assert "have other numbers" in stage.organiser.types("ledger", "rebuild").err


def test_a_ledger_that_is_there_is_replaced_only_when_permitted_and_set_aside(
    organiser: Organiser, control: Control, tmp_path: Path
) -> None:
    organiser.applies()
    control.delete("calls")
    said = organiser.types("ledger", "rebuild")
    assert (said.code, writes(control)) == (6, [])
    assert "--set-aside" in said.err
    said = organiser.types("ledger", "rebuild", "--set-aside")
    (aside,) = tmp_path.glob("ledger.*Z.set-aside.db")
    assert said.code == 0
    assert str(aside) in said.out
    assert organiser.plans()["changes"] == []


def test_a_rebuild_that_breaks_off_leaves_the_ledger_that_was_there(organiser: Organiser, control: Control) -> None:
    organiser.applies()
    # Where the one listing that all stages share is refused, the stage that cannot do without it asks once more.
    control.post("faults", {"method": "drive.files.list", "when": "before", "do": 403, "times": 2})
    assert organiser.types("ledger", "rebuild", "--set-aside").code == 5
    assert not list(organiser.ledger.parent.glob("*rebuilding*"))
    assert organiser.plans()["changes"] == []


def test_a_rebuild_lists_each_drive_once(organiser: Organiser, control: Control) -> None:
    organiser.applies()
    lose(organiser.ledger)
    control.delete("calls")
    assert organiser.types("ledger", "rebuild").code == 0
    assert len(control.calls("drive.files.list")) == 1


def test_a_course_whose_questions_cannot_be_read_is_named_and_the_rest_is_rebuilt(
    organiser: Organiser, control: Control
) -> None:
    organiser.applies()
    lose(organiser.ledger)
    method = "classroom.courses.courseWork.studentSubmissions.list"
    control.post("faults", {"method": method, "when": "before", "do": 403, "times": 1})
    said = organiser.types("ledger", "rebuild")
    assert said.code == 7
    assert "questions could not be read" in said.err
    assert organiser.plans()["changes"] == []
