"""What hangs on an item that somebody deleted by hand: posts under a topic, and posts that carry a presentation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from better_classroom import brakes
from between import between
from breaking_off import FAULTS
from builders import ACCOUNT, a_programme, written
from talking import Control
from worlds import Organiser, listed, token, world, writes

FILE = f"file:{ACCOUNT}/slides/1.pdf"
TOPIC = "tartu/seminar-1/topic"
PERMITS = tuple(f"--{permit}" for permit in brakes.Permit)


@pytest.fixture
def organiser(tmp_path: Path, sandbox_url: str, control: Control) -> Organiser:
    control.post("seed", {"users": [{"email": ACCOUNT, "name": "Korraldaja"}]})
    made = Organiser(written(tmp_path / "programme", a_programme()), sandbox_url, tmp_path / "ledger.db")
    assert made.applies().code == 0
    return made


@pytest.fixture
def services(google: Callable[[str, str, str], Any], organiser: Organiser, control: Control) -> tuple[Any, Any]:  # noqa: ARG001 - the organiser's account is seeded first
    access = token(control, ACCOUNT)
    return google("classroom", "v1", access), google("drive", "v3", access)


def is_trashed(drive: Any) -> None:
    for file in listed(drive.files().list, "files", fields="nextPageToken,files(id)"):
        drive.files().update(fileId=file["id"], body={"trashed": True}).execute()


def is_deleted(drive: Any) -> None:
    for file in listed(drive.files().list, "files", fields="nextPageToken,files(id)"):
        drive.files().delete(fileId=file["id"]).execute()


def topic_deleted(classroom: Any) -> None:
    topics = classroom.courses().topics()
    there = classroom.courses().get(id="p:tartu").execute()["id"]
    (topic,) = (found for found in listed(topics.list, "topic", courseId=there) if "Seminar 1" in found["name"])
    topics.delete(courseId=there, id=topic["topicId"]).execute()


@pytest.mark.parametrize("gone", [is_trashed, is_deleted])
def test_a_presentation_that_is_gone_is_told_once_and_nothing_is_tried_with_it(
    organiser: Organiser, services: tuple[Any, Any], control: Control, gone: Callable[[Any], None]
) -> None:
    gone(services[1])
    plan = organiser.plans()
    assert plan["changes"] == []
    assert [(note["remark"], note["key"]) for note in plan["notes"]] == [("deleted by hand", FILE)]
    assert f"participants cannot open it. To put it back: apply --restore {FILE}" in organiser.types("plan").out
    control.delete("calls")
    assert (organiser.applies().code, writes(control)) == (0, [])


def test_a_presentation_that_a_listing_is_slow_to_show_is_not_taken_for_deleted(
    tmp_path: Path, sandbox_url: str, control: Control
) -> None:
    control.post("seed", {"users": [{"email": ACCOUNT, "name": "Korraldaja"}]})
    programme = a_programme()
    with between(sandbox_url) as wire:
        organiser = Organiser(written(tmp_path, programme), wire.url, tmp_path / "ledger.db")
        assert organiser.applies().code == 0
        programme["courses"]["genoa"] = {"language": "en", "alias": "p:genoa"}
        written(tmp_path, programme)
        wire.rewrite = lambda verb, path, body: b'{"files": []}' if (verb, "/files?" in path) == ("GET", True) else body
        plan = organiser.plans()
    assert (plan["notes"], plan["blockers"]) == ([], [])
    assert {change["course"] for change in plan["changes"]} == {"genoa"}


@pytest.mark.parametrize("gone", [is_trashed, is_deleted])
def test_doctor_says_that_participants_cannot_open_a_presentation_that_is_gone(
    organiser: Organiser, services: tuple[Any, Any], gone: Callable[[Any], None]
) -> None:
    gone(services[1])
    said = organiser.types("doctor").out
    assert "! tartu: participants cannot open slides/1.pdf: it was deleted in Drive by hand" in said
    assert f"→ Put it back: apply --restore {FILE}" in said
    assert "everyone in the course may open the presentations" not in said


def test_a_presentation_that_is_put_back_stands_in_its_posts_again(
    organiser: Organiser, services: tuple[Any, Any]
) -> None:
    before = world(*services)
    is_deleted(services[1])
    applied = organiser.applies("--restore", FILE, *PERMITS)
    assert applied.code == 0
    assert "Attachments cannot be changed in Classroom: a new post takes this one's place." in applied.out
    assert world(*services) == before
    assert organiser.plans()["changes"] == organiser.plans()["notes"] == []
    assert "✓ tartu: everyone in the course may open the presentations" in organiser.types("doctor").out


def test_a_post_that_is_to_carry_a_presentation_that_is_gone_is_held_back_until_it_is_put_back(
    organiser: Organiser, services: tuple[Any, Any], control: Control
) -> None:
    is_deleted(services[1])
    programme = a_programme()
    programme["courses"]["genoa"] = {"language": "en", "alias": "p:genoa"}
    written(organiser.programme.parent, programme)
    (blocker,) = organiser.plans()["blockers"]
    assert (blocker["course"], blocker["held"]) == ("genoa", ["genoa/seminar-1/materials.presentation"])
    assert "slides/1.pdf was deleted in Drive by hand, and no post can be made with it" in blocker["reason"]
    assert blocker["advice"] == f"Put it back: apply --restore {FILE}"
    control.delete("calls")
    organiser.applies()
    made = control.calls("classroom.courses.courseWorkMaterials.create")
    assert made
    assert {call["status"] for call in made} == {200}
    assert organiser.applies("--restore", FILE, *PERMITS).code == 0
    plan = organiser.plans()
    assert plan["changes"] == plan["blockers"] == plan["notes"] == []


def test_a_topic_that_is_put_back_holds_its_posts_again(organiser: Organiser, services: tuple[Any, Any]) -> None:
    before = world(*services)
    topic_deleted(services[0])
    said = organiser.types("plan").out
    assert f"apply --restore {TOPIC}" in said
    applied = organiser.applies("--restore", TOPIC, *PERMITS)
    assert applied.code == 0
    assert "topic: nothing → that of seminar “seminar-1”" in applied.out
    assert world(*services) == before
    assert organiser.plans()["changes"] == organiser.plans()["notes"] == []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("key", [FILE, TOPIC])
def test_putting_back_that_is_broken_off_is_gone_on_with_by_the_same_command(
    organiser: Organiser, services: tuple[Any, Any], control: Control, key: str, fault: str
) -> None:
    before = world(*services)
    method = "classroom.courses.courseWorkMaterials.create" if key == FILE else "classroom.courses.courseWork.patch"
    if key == FILE:
        is_deleted(services[1])
    else:
        topic_deleted(services[0])
    control.post("faults", {**FAULTS[fault], "method": method, "times": 1})
    organiser.applies("--restore", key, *PERMITS)
    assert control.get("faults")["faults"][0]["struck"] == 1
    assert organiser.applies("--restore", key, *PERMITS).code == 0
    assert world(*services) == before
    assert organiser.plans()["changes"] == organiser.plans()["notes"] == []
