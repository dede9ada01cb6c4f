"""Several courses, accounts and domains in one run; seminars that are cancelled; what a participant is told of it all."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from between import between, without_group
from builders import ACCOUNT, a_programme, a_seminar, written
from talking import Control
from worlds import PROJECT, Organiser, Organising, join, listed, posts, token, world, writes

Google = Callable[[str, str, str], Any]
PERSONAL = "organizza@genova.example"
SCHOOL = "organiser@birmingham.example"
GENOA = "604567890123"


@pytest.fixture
def organiser(organising: Organising) -> Organiser:
    return organising(a_programme())


def three_accounts(control: Control) -> dict[str, Any]:
    """A programme with a course in each of two domains, and a personal account's that was made by hand."""
    users = [{"email": SCHOOL, "name": "Organiser"}, {"email": PERSONAL, "name": "Organizza", "consumer": True}]
    genoa = {"id": GENOA, "name": "BETTER Genova", "owner": PERSONAL, "state": "ACTIVE", "project": PROJECT}
    control.post("seed", {"users": users, "courses": [genoa]})
    programme = a_programme()
    programme["courses"]["birmingham"]["account"] = SCHOOL
    programme["courses"]["genoa"] = {"language": "en", "id": GENOA, "account": PERSONAL}
    return programme


def test_one_course_that_fails_does_not_hold_up_the_others(
    organiser: Organiser, control: Control, google: Google
) -> None:
    control.post(
        "faults", {"method": "classroom.courses.topics.create", "do": 400, "reason": "CourseTopicLimitReached"}
    )
    said = organiser.applies()
    assert said.code == 7
    failed = [line for line in said.err.splitlines() if "Google refused" in line]
    assert len(failed) == 1
    assert "more were not tried" in said.err
    classroom = google("classroom", "v1", token(control, ACCOUNT))
    made = {alias: posts(classroom.courses(), alias) for alias in ("p:tartu", "p:birmingham")}
    failing = f"p:{failed[0].strip().partition(':')[0]}"
    kinds = {alias: Counter(kind for kind, _ in found) for alias, found in made.items()}
    (whole,) = set(made) - {failing}
    assert kinds[whole] == {"box": 2, "material": 3, "announcement": 2}
    assert kinds[failing] == {"announcement": 2}  # these stand in no topic
    assert organiser.applies().code == 0
    assert organiser.plans()["changes"] == []


def test_several_accounts_upload_a_file_once_each_in_the_name_of_one_project(
    organiser: Organiser, control: Control, folder: Path
) -> None:
    written(folder, three_accounts(control))
    assert organiser.applies().code == 0
    uploads = [call["user"] for call in control.calls("drive.files.create")]
    assert len(set(uploads)) == 3
    assert {call["project"] for call in control.calls()} == {PROJECT}
    assert organiser.plans()["changes"] == []
    control.delete("calls")
    assert (organiser.applies().code, writes(control)) == (0, [])


def test_a_file_of_two_seminars_is_uploaded_once_and_no_later_run_or_seminar_sends_it_again(
    organiser: Organiser, control: Control, folder: Path
) -> None:
    several = {f"seminar-{number}": a_seminar(number) for number in (1, 2, 3)}
    for seminar in several.values():
        seminar["materials"]["presentation"]["attachments"] = [{"file": "slides/1.pdf"}]
    third = several.pop("seminar-3")
    written(folder, a_programme() | {"seminars": several})
    assert organiser.applies().code == 0
    assert Counter(writes(control))["drive.files.create"] == 2  # where to send it is asked, and then it is sent
    control.delete("calls")
    os.utime(folder / "slides/1.pdf", (0, 0))
    written(folder, a_programme() | {"seminars": several | {"seminar-3": third}})
    assert organiser.applies().code == 0
    assert not [method for method in writes(control) if method.startswith("drive.files.")]
    assert organiser.plans()["changes"] == []


def test_participants_of_every_domain_open_what_they_see(
    organiser: Organiser, control: Control, folder: Path, google: Google
) -> None:
    control.post("clock", {"now": "2020-06-05T08:00:00Z"})
    written(folder, three_accounts(control))
    organiser.applies()
    for number, (owner, course) in enumerate({ACCOUNT: "p:tartu", SCHOOL: "p:birmingham", PERSONAL: GENOA}.items()):
        participant = token(control, f"participant.{number}@elsewhere.example")
        classroom, teacher = (google("classroom", "v1", one) for one in (participant, token(control, owner)))
        join(classroom, teacher, course)
        course_id = teacher.courses().get(id=course).execute()["id"]
        seen = listed(classroom.courses().courseWorkMaterials().list, "courseWorkMaterial", courseId=course_id)
        (file,) = [
            part["driveFile"]["driveFile"]["id"]
            for post in seen
            for part in post.get("materials", [])
            if "driveFile" in part
        ]
        drive = google("drive", "v3", participant)
        assert drive.files().get_media(fileId=file).execute() == (folder / "slides/1.pdf").read_bytes(), owner


def test_a_file_of_any_kind_and_name_arrives_as_it_is(organiser: Organiser, control: Control, google: Google) -> None:
    names = ("Ettekanne õpetajatele.pptx", "előadás „2020”.odp", "видео.mp4", "講演 1.pdf", "lecture's notes.pdf")
    seminar = a_seminar(1)
    seminar["materials"]["presentation"]["attachments"] = [{"file": f"slides/{name}"} for name in names]
    written(organiser.programme.parent, a_programme() | {"seminars": {"seminar-1": seminar}})
    assert organiser.applies().code == 0
    drive = google("drive", "v3", token(control, ACCOUNT))
    found = listed(drive.files().list, "files", fields="nextPageToken,files(id,name)")
    assert sorted(file["name"] for file in found) == sorted(names)
    for file in found:
        content = (organiser.programme.parent / "slides" / file["name"]).read_bytes()
        assert drive.files().get_media(fileId=file["id"]).execute() == content
    assert organiser.plans()["changes"] == []


def test_a_cancelled_seminar_is_withdrawn_where_unseen_rewritten_where_seen_and_announced(
    organiser: Organiser, control: Control, google: Google
) -> None:
    control.post("clock", {"now": "2020-06-05T08:00:00Z"})
    organiser.applies()
    seminar = a_seminar(1, cancelled={"text": {"en": "The hall is closed.", "et": "Saal on suletud."}})
    written(organiser.programme.parent, a_programme() | {"seminars": {"seminar-1": seminar}})
    assert organiser.applies("--allow-many").code == 0
    services = [
        google(api, version, token(control, ACCOUNT)) for api, version in (("classroom", "v1"), ("drive", "v3"))
    ]
    found = world(*services)["BETTER: a test"]["posts"]
    public = [post for post in found if post["state"] == "PUBLISHED"]
    assert all("The hall is closed." in post["text"] for post in public if "Welcome!" not in post["text"])
    assert {post["kind"] for post in public} == {"material", "box", "announcement"}
    assert not [post for post in found if post["scheduled"]]  # the later box and the reminder are gone
    assert len([post for post in found if post["kind"] == "box"]) == 1
    assert organiser.plans()["changes"] == []


@pytest.mark.parametrize(("opened", "left"), [("2020-05-18T08:00:00Z", 0), ("2020-06-05T08:00:00Z", 1)])
def test_a_seminar_cancelled_amid_a_replacement_shows_no_more_than_was_seen(
    organiser: Organiser, control: Control, google: Google, opened: str, left: int
) -> None:
    control.post("clock", {"now": opened})
    organiser.applies()
    seminar = a_seminar(1)
    seminar["materials"]["presentation"]["attachments"].append({"youtube": "dQw4w9WgXcQ"})
    written(organiser.programme.parent, a_programme() | {"seminars": {"seminar-1": seminar}})
    method = "classroom.courses.courseWorkMaterials.delete"
    control.post("faults", {"method": method, "do": 403, "times": 2})  # a draft stands ready in each course
    assert organiser.applies().code == 7
    seminar["cancelled"] = {"text": {"en": "The hall is closed.", "et": "Saal on suletud."}}
    written(organiser.programme.parent, a_programme() | {"seminars": {"seminar-1": seminar}})
    assert organiser.applies("--allow-many").code == 0
    services = [google(*api, token(control, ACCOUNT)) for api in (("classroom", "v1"), ("drive", "v3"))]
    found = world(*services)["BETTER: a test"]["posts"]
    shown = [post for post in found if post["title"].startswith("Seminar 1: presentation")]
    assert [(post["state"], "The hall is closed." in post["text"]) for post in shown] == [("PUBLISHED", True)] * left
    assert organiser.plans()["changes"] == []


def test_what_participants_saw_of_a_cancelled_seminar_stays_even_where_it_is_replaced_before_its_time(
    organiser: Organiser, control: Control, google: Google
) -> None:
    control.post("clock", {"now": "2020-06-05T08:00:00Z"})
    organiser.applies()
    seminar = a_seminar(1, cancelled={"text": {"en": "The hall is closed.", "et": "Saal on suletud."}})
    seminar["materials"]["presentation"]["publish"] = "1 day after"  # seen already, and moved all the same
    seminar["materials"]["presentation"]["attachments"].append({"youtube": "dQw4w9WgXcQ"})
    written(organiser.programme.parent, a_programme() | {"seminars": {"seminar-1": seminar}})
    said = organiser.applies("--allow-many")
    assert said.code == 0, said.err
    services = [google(*api, token(control, ACCOUNT)) for api in (("classroom", "v1"), ("drive", "v3"))]
    found = world(*services)["BETTER: a test"]["posts"]
    shown = [post for post in found if post["title"].startswith("Seminar 1: presentation")]
    assert [(post["state"], len(post["attachments"])) for post in shown] == [("PUBLISHED", 3)]
    assert organiser.plans()["changes"] == []


def test_a_material_that_leaves_amid_its_replacement_leaves_whole(
    organiser: Organiser, control: Control, google: Google
) -> None:
    control.post("clock", {"now": "2020-06-05T08:00:00Z"})
    organiser.applies()
    seminar = a_seminar(1)
    seminar["materials"]["presentation"]["attachments"].append({"youtube": "dQw4w9WgXcQ"})
    written(organiser.programme.parent, a_programme() | {"seminars": {"seminar-1": seminar}})
    control.post("faults", {"method": "classroom.courses.courseWorkMaterials.delete", "do": 403, "times": 2})
    assert organiser.applies().code == 7
    seminar["materials"] = {}
    written(organiser.programme.parent, a_programme() | {"seminars": {"seminar-1": seminar}})
    assert organiser.applies("--allow-many").code == 0
    courses = google("classroom", "v1", token(control, ACCOUNT)).courses()
    assert not [post for _, post in posts(courses, "p:tartu") if "ettekanne" in post.get("title", "")]
    assert organiser.plans()["changes"] == []


def test_the_plan_counts_the_notifications_that_a_participant_gets(organiser: Organiser, control: Control) -> None:
    control.post("clock", {"now": "2020-05-18T08:00:00Z"})
    plan = organiser.plans()
    assert plan["notifications"] == {"tartu": 6, "birmingham": 6}
    assert "Each participant gets 6 notifications from this" in organiser.types("plan").out


def test_where_a_course_has_no_address_to_share_with_classroom_shares_and_the_plan_says_so(
    organiser: Organiser, control: Control
) -> None:
    with between(organiser.target) as wire:
        wire.rewrite = without_group
        here = replace(organiser, target=wire.url)
        assert here.applies().code == 0
        assert control.calls("drive.permissions.create") == []
        assert here.plans()["changes"] == []
        (organiser.programme.parent / "slides/2.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
        seminar = a_seminar(1)
        seminar["materials"]["notes"] = {
            "title": "Notes",
            "publish": "1 day after",
            "attachments": [{"file": "slides/2.pdf"}],
        }
        written(organiser.programme.parent, a_programme() | {"seminars": {"seminar-1": seminar}})
        told = here.types("plan").out
        assert "slides/2.pdf: the course has no address to share with; Classroom shares it with the post" in told
        assert "everyone in the course may read" not in told
        assert here.applies().code == 0
        assert here.plans()["changes"] == []
