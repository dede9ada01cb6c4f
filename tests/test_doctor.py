"""doctor: every reason why publishing would fail, each with its remedy, and nothing changed by looking."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from better_classroom.ledger import lock
from better_classroom.reports import doctor as report
from better_classroom.reports.doctor import Check, State
from between import between
from builders import ACCOUNT, a_programme, written
from talking import Control
from worlds import PROJECT, Organiser, Organising, Said, token, writes

Google = Callable[[str, str, str], Any]
GENOA = "604567890123"
PERSONAL = "organizza@genova.example"


@pytest.fixture
def organiser(organising: Organising) -> Organiser:
    return organising(a_programme(courses=("tartu",)))


def with_course(folder: Path, **course: Any) -> None:
    programme = a_programme(courses=("tartu",))
    programme["courses"]["genoa"] = {"language": "en", "id": GENOA} | course
    written(folder, programme)


def seeded(control: Control, state: str = "ACTIVE", owner: str = ACCOUNT, **more: Any) -> None:
    course = {"id": GENOA, "name": "BETTER Genova", "owner": owner, "state": state, "project": PROJECT}
    control.post("seed", {"courses": [course | more]})


def in_the_way(said: Said) -> list[str]:
    return [line for line in said.out.splitlines() if line.startswith("✗")]


def test_where_nothing_is_wrong_everything_is_ticked(organiser: Organiser, control: Control) -> None:
    said = organiser.types("doctor")
    assert (said.code, in_the_way(said)) == (0, [])
    assert "Nothing stands in the way of publishing." in said.out
    for words in (
        "✓ the programme is valid: 1 seminar in 1 course",
        "✓ 1 presentation can be read",
        "✓ no other run works on this programme",
        "✓ the ledger is this programme's",
        f"✓ {ACCOUNT} is signed in (a school's account), in the name of the Cloud project {PROJECT}",
        f"✓ the Drive of {ACCOUNT} has room",
        f"✓ tartu: apply makes the course p:tartu, and {ACCOUNT} owns it",
    ):
        assert words in said.out
    assert writes(control) == []


def test_after_publishing_it_says_what_only_a_person_can_look_at(organiser: Organiser, folder: Path) -> None:
    organiser.applies()
    said = organiser.types("doctor")
    assert said.code == 0
    assert f"✓ tartu: the course “BETTER: proov” is active, and {ACCOUNT} teaches it" in said.out
    assert "✓ tartu: everyone in the course may open the presentations" in said.out
    assert f"✓ everything was made in the name of the Cloud project {PROJECT}" in said.out
    assert "! tartu: whether classmates see each other's questions" in said.out
    assert "→ “Seminar 1: Küsimused enne seminari” http" in said.out
    assert "“Seminar 1: Küsimused enne seminari” http" in organiser.types("plan").out
    assert len(organiser.plans()["unchecked"]["tartu"]) == 2
    written(folder, a_programme(courses=("tartu",)) | {"questions": {"visibility_checked": True}})
    assert "classmates" not in organiser.types("doctor").out + organiser.types("plan").out


def test_it_speaks_to_programs_too(organiser: Organiser) -> None:
    data = organiser.types("doctor", "--json").data
    assert data["exit_code"] == 0
    assert {check["state"] for check in data["checks"]} == {"good"}


def test_every_mistake_of_the_programme_is_listed(organiser: Organiser) -> None:
    text = organiser.programme.read_text(encoding="utf-8")
    organiser.programme.write_text(text.replace("Europe/Tallinn", "Europe/Nowhere"), encoding="utf-8")
    said = organiser.types("doctor")
    assert said.code == 3
    assert "programme.yaml:" in said.out


def test_a_missing_presentation_is_a_mistake(organiser: Organiser, folder: Path) -> None:
    (folder / "slides/1.pdf").unlink()
    assert organiser.types("doctor").code == 3


def test_a_run_that_holds_the_ledger_is_named(organiser: Organiser) -> None:
    with lock(str(organiser.ledger)):
        said = organiser.types("doctor")
    assert said.code == 8
    assert "Another run works on this programme" in in_the_way(said)[0]


def test_a_ledger_of_another_world_is_told(organiser: Organiser) -> None:
    organiser.types("plan")
    said = replace(organiser, target="http://127.0.0.1:1").types("doctor")
    assert said.code == 6
    assert "→ Name another ledger with --ledger" in said.out


def test_a_world_that_cannot_be_reached_is_told(
    organiser: Organiser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BETTER_CLASSROOM_DEADLINE", "0")
    said = replace(organiser, target="http://127.0.0.1:1", ledger=tmp_path / "other.db").types("doctor")
    assert said.code == 9
    assert f"✗ {ACCOUNT} cannot work" in said.out
    assert "! the courses were not looked at" in said.out


def test_an_account_that_is_not_signed_in_is_told(organiser: Organiser, tmp_path: Path) -> None:
    client = tmp_path / "client.json"
    client.write_text(json.dumps({"installed": {"client_id": "1", "client_secret": "2", "project_id": "better"}}))
    said = organiser.types("doctor", "--credentials", str(client))
    assert said.code == 4
    assert f"login --account {ACCOUNT}" in said.out


def test_what_the_administrator_forbids_is_told(organiser: Organiser, control: Control) -> None:
    fault = {"method": "classroom.userProfiles.get", "do": 403, "reason": "ClassroomApiDisabled", "times": 9}
    control.post("faults", fault)
    said = organiser.types("doctor")
    assert said.code == 5
    assert "Data access" in said.out


@pytest.mark.parametrize("state", ["PROVISIONED", "ARCHIVED", "SUSPENDED", "DECLINED"])
def test_a_course_that_is_not_active_is_told(organiser: Organiser, control: Control, folder: Path, state: str) -> None:
    seeded(control, state)
    with_course(folder)
    said = organiser.types("doctor")
    assert said.code == 5
    (line,) = in_the_way(said)
    assert line.startswith("✗ genoa: ")
    assert "✓ tartu: " in said.out


def test_an_archived_course_that_holds_what_it_should_is_no_obstacle(
    organiser: Organiser, control: Control, folder: Path, google: Google
) -> None:
    seeded(control)
    with_course(folder)
    organiser.applies()
    courses = google("classroom", "v1", token(control, ACCOUNT)).courses()
    courses.patch(id=GENOA, updateMask="courseState", body={"courseState": "ARCHIVED"}).execute()
    said = organiser.types("doctor")
    assert said.code == 0
    assert "! genoa: it is archived" in said.out


def test_a_course_that_is_not_there_is_told(organiser: Organiser, folder: Path) -> None:
    with_course(folder)
    said = organiser.types("doctor")
    assert said.code == 5
    assert f"✗ genoa: there is no course {GENOA}" in said.out


def test_an_administrator_who_does_not_teach_is_told(organiser: Organiser, control: Control, folder: Path) -> None:
    owner = "opetaja@tartu.example"
    control.post("seed", {"users": [{"email": ACCOUNT, "name": "Organiser", "admin": True}, {"email": owner}]})
    seeded(control, owner=owner)
    with_course(folder)
    said = organiser.types("doctor")
    assert said.code == 5
    assert f"✗ genoa: {ACCOUNT} does not teach the course" in said.out


def test_a_personal_account_is_told_to_make_its_course_by_hand(
    organiser: Organiser, control: Control, folder: Path
) -> None:
    control.post("seed", {"users": [{"email": PERSONAL, "name": "Organizza", "consumer": True}]})
    programme = a_programme(courses=("tartu",))
    programme["courses"]["genoa"] = {"language": "en", "alias": "p:genoa", "account": PERSONAL}
    written(folder, programme)
    said = organiser.types("doctor")
    assert said.code == 5
    assert f"{PERSONAL} is signed in (a personal account)" in said.out
    assert "→ Make it by hand" in said.out
    assert "✓ all accounts use one Cloud project" in said.out


def test_invitations_that_wait_are_told(organiser: Organiser, control: Control, folder: Path, google: Google) -> None:
    seeded(control)
    with_course(folder)
    control.post("seed", {"users": [{"email": "osaleja.1@tartu.example", "name": "Osaleja Üks"}]})
    invitations = google("classroom", "v1", token(control, ACCOUNT)).invitations()
    body = {"courseId": GENOA, "userId": "osaleja.1@tartu.example", "role": "STUDENT"}
    invitations.create(body=body).execute()
    assert "! genoa: 1 invitation not accepted yet" in organiser.types("doctor").out


def test_a_permission_that_is_gone_is_told(organiser: Organiser, control: Control, google: Google) -> None:
    organiser.applies()
    drive = google("drive", "v3", token(control, ACCOUNT))
    (file,) = drive.files().list(fields="files(id,permissions(id,type))").execute()["files"]
    (group,) = [entry["id"] for entry in file["permissions"] if entry["type"] == "group"]
    drive.permissions().delete(fileId=file["id"], permissionId=group).execute()
    said = organiser.types("doctor")
    assert "! tartu: participants cannot open slides/1.pdf" in said.out
    organiser.applies()
    assert "✓ tartu: everyone in the course may open the presentations" in organiser.types("doctor").out


def test_a_full_drive_is_told(organiser: Organiser) -> None:
    full = json.dumps({"storageQuota": {"limit": "1000", "usage": "990"}}).encode()
    with between(organiser.target) as wire:
        wire.rewrite = lambda _verb, path, body: full if "/about?" in path else body
        said = replace(organiser, target=wire.url).types("doctor")
    assert said.code == 5
    assert f"✗ the Drive of {ACCOUNT} has 0.0 MB free, and the presentations need" in in_the_way(said)[0]
    assert "domain-wide delegation" in said.out


def test_what_a_brake_would_refuse_is_told(organiser: Organiser, folder: Path) -> None:
    written(folder, a_programme(seminars=2, courses=("tartu",)))
    organiser.applies()
    written(folder, a_programme(seminars=1, courses=("tartu",)))
    said = organiser.types("doctor")
    assert said.code == 6
    assert "→ If that is what you want: apply --allow-many" in said.out


def test_a_course_without_room_for_its_topics_is_told(
    organiser: Organiser, control: Control, folder: Path, google: Google
) -> None:
    seeded(control)
    with_course(folder, language="en")
    topics = google("classroom", "v1", token(control, ACCOUNT)).courses().topics()
    for number in range(200):
        topics.create(courseId=GENOA, body={"name": f"Teema {number}"}).execute()
    said = organiser.types("doctor")
    assert said.code == 5
    assert "Google allows 200" in in_the_way(said)[0]


def test_a_write_that_was_broken_off_is_told(organiser: Organiser, control: Control) -> None:
    control.post("faults", {"method": "classroom.courses.topics.create", "when": "after", "do": "drop"})
    organiser.applies()
    said = organiser.types("doctor")
    assert said.code == 0
    assert "! 1 write of an earlier run may have been carried out or not" in said.out


def test_the_first_thing_in_the_way_gives_the_exit_code() -> None:
    checks = [
        Check(State.GOOD, "a"),
        Check(State.NOTE, "b"),
        Check(State.BAD, "c", code=6),
        Check(State.BAD, "d", code=5),
    ]
    assert report.exit_code(checks) == 6
    assert report.exit_code(checks[:2]) == 0
    assert "2 things stand in the way of publishing." in report.text(checks, "google")


def test_the_same_checks_are_the_same_text() -> None:
    checks = [Check(State.BAD, "one\ntwo", "do this\nor that", 5)]
    told = report.text(checks, "google")
    assert told == report.text(list(checks), "google")
    assert told.splitlines()[2:6] == ["✗ one", "  two", "    → do this", "    → or that"]
