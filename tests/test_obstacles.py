"""What plan tells about people who may not get in and posts that participants may not get to see, before anything is written."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from better_classroom import joining
from better_classroom.change import Change, Plan, Refused
from better_classroom.course import Action, Attachment, File, Kind, Post, World
from better_classroom.desired import Desired
from better_classroom.joining import CoursePeople, Joining, Person
from better_classroom.reports import foreseen, obstacles
from better_classroom.reports.foreseen import Asked
from better_classroom.reports.obstacles import Obstacle
from between import between
from builders import ACCOUNT, a_programme, a_seminar, written
from people_world import FIRST, PERSONAL, SECOND, UNKNOWN, People, begun
from talking import Control
from worlds import Organiser, listed, token, writes

Google = Callable[[str, str, str], Any]
NOW = datetime(2020, 6, 1, 9, tzinfo=UTC)


@pytest.fixture
def organiser(tmp_path: Path, sandbox_url: str) -> Organiser:
    return Organiser(tmp_path / "programme" / "programme.yaml", sandbox_url, tmp_path / "ledger.db")


@pytest.fixture
def people(organiser: Organiser, control: Control, google: Google) -> People:
    return begun(organiser, control, google)


@pytest.fixture
def alone(organiser: Organiser, control: Control) -> Organiser:
    """An organiser whose programme names no participants."""
    control.post("seed", {"users": [{"email": ACCOUNT, "name": "Organiser"}]})
    written(organiser.programme.parent, a_programme(courses=("tartu",)))
    return organiser


def told(organiser: Organiser, which: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = organiser.plans()["obstacles"][which]
    return found


# Who may not get in


def test_plan_names_who_could_not_be_invited_and_what_to_do(people: People) -> None:
    people.names("tartu", ("Osaleja Üks", FIRST), ("Puudub Siin", UNKNOWN))
    assert people.organiser.types("people", "invite", "--yes").code == 7
    people.control.delete("calls")
    (found,) = [one for one in told(people.organiser, "joining") if "no Google account" in one["reason"]]
    assert found["place"] == "tartu"
    assert found["people"] == [{"name": "Puudub Siin", "email": UNKNOWN}]
    assert "people links" in found["remedy"]
    letter = people.organiser.types("plan").out
    assert "Who may not get in\n  tartu: 1 person could not be invited: there is no Google account" in letter
    assert f"Puudub Siin <{UNKNOWN}>" in letter
    assert writes(people.control) == []


def test_plan_names_who_may_come_from_a_domain_that_the_school_does_not_trust(people: People) -> None:
    people.control.seed(users=[{"email": "kohalik@tartu.example"}])
    people.names("tartu", ("Osaleja Üks", FIRST), ("Kohalik", "kohalik@tartu.example"), ("Résztvevő Öt", PERSONAL))
    (found,) = told(people.organiser, "joining")
    assert "2 people outside tartu.example" in found["reason"]
    assert "city.example (1), personal.example (1)" in found["reason"]
    assert [person["email"] for person in found["people"]] == [FIRST, PERSONAL]
    people.organiser.types("people", "invite", "--yes")
    assert told(people.organiser, "joining") == []  # Google has let them be invited


def test_who_has_joined_all_the_same_is_named_no_more(people: People) -> None:
    people.control.seed(domains=[{"name": "tartu.example", "trusts": []}])
    people.names("tartu", ("Osaleja Üks", FIRST))
    people.organiser.types("people", "invite", "--yes")
    (found,) = told(people.organiser, "joining")
    assert "not trusted by the school" in found["reason"]
    link = people.organiser.types("people", "links", "--json").data
    students = people.classroom(FIRST).courses().students()
    students.create(courseId=people.course_id("tartu"), enrollmentCode=link[0]["code"], body={"userId": "me"}).execute()
    with closing(sqlite3.connect(people.organiser.ledger)) as ledger:
        before = list(ledger.iterdump())
        assert told(people.organiser, "joining") == []
        assert list(ledger.iterdump()) == before  # to look is not to record


def person(number: int, come: Joining = Joining.NEW, reason: str = "") -> Person:
    return Person("tartu", f"Osaleja {number}", f"osaleja.{number}@tartu.example", come, reason=reason)


def course(people: Sequence[Person], **more: Any) -> CoursePeople:
    return CoursePeople("tartu", ACCOUNT, None, tuple(people), **more)


def a_plan(*changes: Change) -> Plan:
    return Plan(changes, (), (), Desired((), ()), NOW, {})


def a_world(**more: Any) -> World:
    return World(**({"snapshots": {}, "files": {}, "users": {}} | more))


@pytest.mark.parametrize(
    ("seats", "members", "named", "surplus"),
    [
        (joining.MEMBERS_PERSONAL, 1, 249, 0),
        (joining.MEMBERS_PERSONAL, 1, 250, 1),
        (joining.MEMBERS_PERSONAL, 0, 250, 1),  # not looked at: the account itself is in the course
        (joining.MEMBERS_WORKSPACE, 900, 100, 0),
        (joining.MEMBERS_WORKSPACE, 900, 103, 3),
    ],
)
def test_plan_names_those_for_whom_the_course_has_no_room(seats: int, members: int, named: int, surplus: int) -> None:
    people = [person(number) for number in range(named)]
    asked = Asked([course(people, seats=seats, members=members)])
    found = foreseen.find(a_plan(), a_world(), asked).joining
    if not surplus:
        assert found == ()
        return
    assert [one.people for one in found] == [tuple(people[-surplus:])]
    assert f"Google lets {seats:,} into one" in found[0].reason


def test_a_personal_account_has_no_domain_of_its_own_to_trust_others() -> None:
    asked = Asked([course([Person("tartu", "Osaleja", "osaleja@elsewhere.example", Joining.NEW)])])
    assert foreseen.find(a_plan(), a_world(), asked).joining != ()
    assert foreseen.find(a_plan(), a_world(personal=frozenset({ACCOUNT})), asked).joining == ()


# What participants may not get to see


def test_plan_names_what_google_refused_to_share_and_the_posts_that_wait_for_it(
    alone: Organiser, control: Control
) -> None:
    fault = {"method": "drive.permissions.create", "do": 403, "reason": "insufficientFilePermissions"}
    control.post("faults", fault)
    assert alone.applies().code == 7
    control.delete("calls")
    (found,) = told(alone, "showing")
    assert found["place"] == "tartu"
    assert found["reason"].startswith("slides/1.pdf could not be shared the last time: Google refused: ")
    assert "Sharing settings" in found["remedy"]
    assert found["posts"] == ["tartu/seminar-1/materials.presentation"]
    letter = alone.types("plan").out
    assert "What participants may not get to see\n  tartu: slides/1.pdf could not be shared" in letter
    assert "        “Seminar 1: ettekanne”\n" in letter
    assert writes(control) == []
    assert alone.applies().code == 0
    assert told(alone, "showing") == []


def test_plan_names_what_google_refused_to_make(alone: Organiser, control: Control) -> None:
    fault = {"method": "classroom.courses.courseWorkMaterials.create", "do": 400, "reason": "AttachmentNotVisible"}
    control.post("faults", fault)
    assert alone.applies().code == 7
    (found,) = told(alone, "showing")
    assert "could not be made the last time: Google refused: " in found["reason"]
    assert "cannot see one of the attached files" in found["reason"]


def test_plan_names_a_presentation_that_its_account_may_not_share(alone: Organiser) -> None:
    assert alone.applies().code == 0
    with between(alone.target) as wire:

        def closed(_verb: str, path: str, body: bytes) -> bytes:
            if not path.startswith("/drive/v3/files?"):
                return body
            found = json.loads(body)
            for file in found["files"]:
                file["capabilities"] = {"canShare": False}
                file["permissions"] = []
            return json.dumps(found).encode()

        here = replace(alone, target=wire.url, ledger=alone.ledger.with_name("second.db"))
        wire.rewrite = closed
        (found,) = told(here, "showing")
    assert found["reason"] == f"slides/1.pdf may not be shared by {ACCOUNT}, as Drive says"


def test_plan_names_what_participants_see_and_cannot_open(alone: Organiser, control: Control, google: Google) -> None:
    control.post("clock", {"now": "2020-06-05T08:00:00Z"})
    assert alone.applies().code == 0
    drive = google("drive", "v3", token(control, ACCOUNT))
    (file,) = listed(drive.files().list, "files", fields="nextPageToken,files(id,permissions)")
    for permission in file["permissions"]:
        if permission["type"] == "group":
            drive.permissions().delete(fileId=file["id"], permissionId=permission["id"]).execute()
    (found,) = told(alone, "showing")
    assert "participants see “Seminar 1: ettekanne” and cannot open slides/1.pdf" in found["reason"]
    assert alone.applies().code == 0
    assert told(alone, "showing") == []


def told_with(alone: Organiser, quota: dict[str, str]) -> list[dict[str, Any]]:
    """What participants may not get to see while Drive says that of the account's storage."""
    with between(alone.target) as wire:

        def drive(_verb: str, path: str, body: bytes) -> bytes:
            about = path.startswith("/drive/v3/about")
            return json.dumps({"storageQuota": quota}).encode() if about else body

        wire.rewrite = drive
        return told(replace(alone, target=wire.url), "showing")


@pytest.mark.parametrize(
    "quota",
    [{"limit": "100", "usage": "90"}, {"limit": "0", "usage": "0"}, {"limit": "0"}],
    ids=["nearly full", "none at all, as a service account has", "none, and nothing said of what is used"],
)
def test_plan_names_the_posts_for_whose_presentations_drive_has_no_room(
    alone: Organiser, quota: dict[str, str]
) -> None:
    (found,) = told_with(alone, quota)
    assert found["place"] == ACCOUNT
    assert "domain-wide delegation" in found["remedy"]
    assert "its Drive has 0.0 MB free" in found["reason"]
    assert found["posts"] == ["tartu/seminar-1/materials.presentation"]


# Drive's discovery document, About: the limit "will not be present if the user has unlimited storage".
@pytest.mark.parametrize("quota", [{"usage": "90"}, {}, {"limit": "100000", "usage": "90"}])
def test_where_drive_names_no_limit_or_has_room_nothing_stands_in_the_way(
    alone: Organiser, quota: dict[str, str]
) -> None:
    assert told_with(alone, quota) == []


def test_plan_names_links_to_files_in_drive_that_are_not_ours(alone: Organiser) -> None:
    seminar = a_seminar(1)
    address = "https://drive.google.com/file/d/1A2b3C4d5E6f7G8h/view"
    seminar["materials"]["presentation"]["attachments"] = [
        {"link": address},
        {"link": "https://www.interregeurope.eu/"},
    ]
    written(alone.programme.parent, a_programme(courses=("tartu",)) | {"seminars": {"seminar-1": seminar}})
    (found,) = told(alone, "showing")
    assert address in found["reason"]
    assert f"{ACCOUNT} may share it" in found["remedy"]


def a_file(size: int) -> Change:
    item = File(f"file:{ACCOUNT}/film.mp4", "film.mp4", "film.mp4", "video/mp4", "ab", size)
    return Change(Action.CREATE, item.key, Kind.FILE, "", ACCOUNT, item, title="film.mp4")


def a_post(where: str) -> Change:
    item = Post(f"{where}/s/materials.film", Kind.MATERIAL, "Film", "", attachments=(Attachment("file", "film.mp4"),))
    return Change(Action.CREATE, item.key, Kind.MATERIAL, where, ACCOUNT, item, title="Film")


def test_plan_names_a_file_that_is_too_large_for_drive() -> None:
    posts = (a_post("tartu"), a_post("genoa"))
    (found,) = foreseen.find(a_plan(a_file(foreseen.LARGEST + 1), *posts), a_world(), Asked()).showing
    assert found == Obstacle(ACCOUNT, found.reason, found.remedy, (), posts)
    assert "takes 5,497,558,138,880 at most" in found.reason
    assert foreseen.find(a_plan(a_file(foreseen.LARGEST), *posts), a_world(), Asked()).showing == ()


def test_many_are_counted_and_a_few_are_named() -> None:
    refused = [person(number, Joining.REFUSED, "404") for number in range(7)]
    found = foreseen.find(a_plan(), a_world(), Asked([course(refused)]))
    letter = list(obstacles.lines(found))
    assert "  tartu: 7 people could not be invited: there is no Google account with this address" in letter
    assert sum("<osaleja." in line for line in letter) == obstacles.SHOWN
    assert "        … and 2 more (--json names all)" in letter
    assert len(obstacles.data(found)["joining"][0]["people"]) == 7


def test_what_google_refused_is_of_no_interest_once_it_is_not_to_be_done() -> None:
    asked = Asked(refused={"tartu/s/materials.film": Refused("Google refused: no", "Ask.")})
    assert foreseen.find(a_plan(), a_world(), asked).showing == ()
    assert len(foreseen.find(a_plan(a_post("tartu")), a_world(), asked).showing) == 1


# What it costs


def test_apply_and_sync_ask_nothing_for_it(people: People) -> None:
    people.names("tartu", ("Osaleja Üks", FIRST), ("Osaleja Kaks", SECOND), ("Puudub Siin", UNKNOWN))
    people.organiser.types("people", "invite", "--yes")
    people.organiser.applies()
    for command in (("apply", "--yes"), ("sync", "--no-mail")):
        people.control.delete("calls")
        said = people.organiser.types(*command)
        asked = {call["method"] for call in people.control.calls()}
        assert not asked & {
            "classroom.courses.students.list",
            "classroom.courses.teachers.list",
            "classroom.invitations.list",
            "drive.about.get",
        }
        assert ("no Google account" in said.out) == (command[0] == "apply")
