"""A plan that was reviewed in a file is the one that is carried out, or none is."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from builders import ACCOUNT, a_programme, a_seminar, written
from talking import Control
from worlds import Organiser, Organising, token, writes


@pytest.fixture
def organiser(organising: Organising) -> Organiser:
    return organising(a_programme())


@pytest.fixture
def reviewed(organiser: Organiser, tmp_path: Path) -> Path:
    path = tmp_path / "reviewed.json"
    assert organiser.types("plan", "--out", str(path)).code == 0
    return path


def edited(organiser: Organiser, **changes: Any) -> None:
    programme = yaml.safe_load(organiser.programme.read_text(encoding="utf-8"))
    text = yaml.safe_dump(programme | changes, allow_unicode=True, sort_keys=False)
    organiser.programme.write_text(text, encoding="utf-8")


def changed(path: Path, **values: Any) -> None:
    found = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(found | values), encoding="utf-8")


def test_the_reviewed_plan_is_carried_out(organiser: Organiser, reviewed: Path) -> None:
    planned = len(json.loads(reviewed.read_text(encoding="utf-8"))["changes"])
    said = organiser.types("apply", str(reviewed), "--yes")
    assert said.code == 0, said.err
    assert f"Done: {planned} changes made." in said.out
    assert organiser.plans()["changes"] == []


def test_a_plan_is_for_its_owner_alone_and_holds_no_texts(organiser: Organiser, tmp_path: Path) -> None:
    path = tmp_path / "reviewed.json"
    path.write_text("older", encoding="utf-8")
    path.chmod(0o644)
    assert organiser.types("plan", "--out", str(path)).code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = path.read_text(encoding="utf-8")
    assert "webex" not in held
    assert "What cities can do" not in held


def test_the_same_plan_is_the_same_file(organiser: Organiser, reviewed: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.json"
    organiser.types("plan", "--out", str(again))
    assert again.read_bytes() == reviewed.read_bytes()


def test_a_plan_is_still_the_same_when_only_time_has_passed(
    organiser: Organiser, reviewed: Path, control: Control
) -> None:
    control.post("clock", {"now": "2020-06-10T08:00:00Z"})
    assert organiser.types("apply", str(reviewed), "--yes").code == 0


def test_an_edited_programme_is_refused_and_what_moved_is_said(
    organiser: Organiser, reviewed: Path, control: Control
) -> None:
    seminar = a_seminar(1)
    seminar["materials"]["presentation"]["title"]["et"] = "Seminar 1: uus ettekanne"
    seminar["materials"]["recording"] = {
        "title": "Seminar 1: salvestus",
        "publish": "1 day after",
        "attachments": [{"link": "https://better.example/1"}],
    }
    del seminar["reminders"]
    edited(organiser, seminars={"seminar-1": seminar})
    control.delete("calls")
    said = organiser.types("apply", str(reviewed), "--yes")
    assert (said.code, writes(control)) == (6, [])
    told = [line.strip() for line in said.err.splitlines()]
    assert (
        "to be done otherwise: create material “Seminar 1: ettekanne” (tartu/seminar-1/materials.presentation)" in told
    )
    new = "create material “Seminar 1: salvestus” (tartu/seminar-1/materials.recording)"
    assert f"to be done now, and not in the plan: {new}" in told
    assert "no longer to be done: create announcement “Homme!” (tartu/seminar-1/reminders.1-day-before)" in told
    assert "plan --out" in said.err


def test_a_hand_in_the_course_since_the_review_is_noticed(
    organiser: Organiser, control: Control, google: Callable[[str, str, str], Any], tmp_path: Path
) -> None:
    organiser.applies()
    edited(organiser, seminars={"seminar-1": a_seminar(1, title={"en": "New", "et": "Uus"})})
    reviewed = tmp_path / "reviewed.json"
    organiser.types("plan", "--out", str(reviewed))
    topics = google("classroom", "v1", token(control, ACCOUNT)).courses().topics()
    (topic,) = topics.list(courseId="p:tartu").execute()["topic"]
    topics.patch(courseId="p:tartu", id=topic["topicId"], updateMask="name", body={"name": "Käsitsi"}).execute()
    said = organiser.types("apply", str(reviewed), "--yes")
    assert said.code == 6
    assert "no longer to be done: update topic “Seminar 1: Uus” (tartu/seminar-1/topic)" in said.err


def test_a_plan_that_puts_something_back_says_so_itself(
    organiser: Organiser, control: Control, google: Callable[[str, str, str], Any], tmp_path: Path
) -> None:
    organiser.applies()
    materials = google("classroom", "v1", token(control, ACCOUNT)).courses().courseWorkMaterials()
    found = materials.list(courseId="p:tartu", courseWorkMaterialStates=["DRAFT"]).execute()["courseWorkMaterial"]
    (gone,) = [post["id"] for post in found if "ettekanne" in post["title"]]
    materials.delete(courseId="p:tartu", id=gone).execute()
    reviewed, key = tmp_path / "reviewed.json", "tartu/seminar-1/materials.presentation"
    organiser.types("plan", "--restore", key, "--out", str(reviewed))
    assert organiser.types("apply", str(reviewed), "--restore", "tartu/welcome", "--yes").code == 2
    assert organiser.types("apply", str(reviewed), "--yes").code == 0
    assert organiser.plans()["notes"] == []


def test_a_plan_permits_nothing_by_itself(organiser: Organiser, tmp_path: Path) -> None:
    written(organiser.programme.parent, a_programme(seminars=2))
    organiser.applies()
    written(organiser.programme.parent, a_programme(seminars=1))
    reviewed = tmp_path / "reviewed.json"
    organiser.types("plan", "--out", str(reviewed))
    refused = organiser.types("apply", str(reviewed), "--yes")
    assert refused.code == 6
    assert "--allow-many" in refused.err
    assert organiser.types("apply", str(reviewed), "--yes", "--allow-many").code == 0


def test_nobody_to_ask_means_nothing_is_done(organiser: Organiser, reviewed: Path) -> None:
    said = organiser.types("apply", str(reviewed))
    assert said.code == 2
    assert "--yes" in said.err


@pytest.mark.parametrize(
    ("values", "words"),
    [({"programme": "another"}, "programme another"), ({"target": "google"}, "target google")],
)
def test_a_plan_of_another_programme_or_world_is_refused(
    organiser: Organiser, reviewed: Path, control: Control, values: dict[str, Any], words: str
) -> None:
    changed(reviewed, **values)
    control.delete("calls")
    said = organiser.types("apply", str(reviewed), "--yes")
    assert (said.code, writes(control)) == (6, [])
    assert words in said.err


@pytest.mark.parametrize("content", [b"", b"not a plan", b"[]", b'{"version": 1}', b"\xff\xfe", b"{}" * 9])
def test_what_is_no_plan_is_told_kindly(organiser: Organiser, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    said = organiser.types("apply", str(path), "--yes")
    assert said.code == 2
    assert str(path) in said.err
    assert "plan --out" in said.err


def test_a_plan_of_a_later_version_is_told_kindly(organiser: Organiser, reviewed: Path) -> None:
    changed(reviewed, version=2)
    said = organiser.types("apply", str(reviewed), "--yes")
    assert said.code == 2
    assert "version" in said.err


def test_places_that_cannot_be_used_are_told_kindly(organiser: Organiser, tmp_path: Path) -> None:
    assert organiser.types("apply", str(tmp_path / "nowhere.json"), "--yes").code == 2
    said = organiser.types("plan", "--out", str(tmp_path / "no" / "folder.json"))
    assert (said.code, "cannot be written" in said.err) == (2, True)


def test_a_plan_is_of_its_own_target(organiser: Organiser, reviewed: Path, tmp_path: Path) -> None:
    other = replace(organiser, ledger=tmp_path / "other.db")
    changed(reviewed, target="http://127.0.0.1:1")
    assert other.types("apply", str(reviewed), "--yes").code == 6
