"""What Google does not let us do is said before it is tried, and holds up nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from breaking_off import WAITS, Children, killed
from builders import ACCOUNT, a_programme, a_seminar, written
from talking import Control
from worlds import PROJECT, Organiser, Organising, listed, posts, token, writes

GENOA = "604567890123"
PERSONAL = "organizza@genova.example"
Google = Callable[[str, str, str], Any]


def existing(**genoa: Any) -> dict[str, Any]:
    """A programme whose second course was made by hand."""
    programme = a_programme()
    programme["courses"]["birmingham"] = {"language": "en", "id": GENOA} | genoa
    return programme


@pytest.fixture
def organiser(organising: Organising) -> Organiser:
    return organising(existing())


def seeded(control: Control, state: str = "ACTIVE", owner: str = ACCOUNT) -> None:
    course = {"id": GENOA, "name": "BETTER Genova", "owner": owner, "state": state, "project": PROJECT}
    control.post("seed", {"courses": [course]})


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("PROVISIONED", ("waits to be accepted", "accept it")),
        ("ARCHIVED", ("is archived", "Restore it in Classroom")),
        ("SUSPENDED", ("has suspended it", "administrator")),
        ("DECLINED", ("declined it", "another course")),
    ],
)
def test_a_course_that_is_not_active_is_left_alone_and_the_others_go_on(
    organiser: Organiser, control: Control, state: str, words: tuple[str, str]
) -> None:
    seeded(control, state)
    told = organiser.types("plan").out
    assert all(word in told for word in words)
    assert "held back" in told
    said = organiser.applies()
    assert said.code == 7
    assert all(word in said.err for word in words)
    refused = [call for call in control.calls() if call["status"] >= 400 and call["status"] != 404]
    assert refused == []
    plan = organiser.plans()
    assert plan["changes"] == []
    assert [(blocker["course"], len(blocker["held"]) > 5) for blocker in plan["blockers"]] == [("birmingham", True)]
    assert organiser.types("plan", "--exit-code").code == 10
    for command in (("apply", "--yes"), ("sync",)):
        again = organiser.types(*command)
        assert again.code == 5  # nothing else is left to do
        assert f"birmingham: {plan['blockers'][0]['reason']}" in again.err
        assert again.err.count("birmingham") == 1
    assert f"BLOCKED    {plan['blockers'][0]['reason']}" in organiser.types("status").out


def test_a_restored_course_is_made_good_by_the_next_run(organiser: Organiser, control: Control, google: Google) -> None:
    seeded(control)
    assert organiser.applies().code == 0
    courses = google("classroom", "v1", token(control, ACCOUNT)).courses()
    written(organiser.programme.parent, existing() | {"seminars": {"seminar-1": a_seminar(1, summary={"en": "Anew"})}})
    courses.patch(id=GENOA, updateMask="courseState", body={"courseState": "ARCHIVED"}).execute()
    assert organiser.applies().code == 7
    courses.patch(id=GENOA, updateMask="courseState", body={"courseState": "ACTIVE"}).execute()
    assert organiser.applies().code == 0
    plan = organiser.plans()
    assert (plan["changes"], plan["blockers"]) == ([], [])


def test_an_archived_course_that_holds_what_it_should_is_no_trouble(
    organiser: Organiser, control: Control, google: Google
) -> None:
    seeded(control)
    organiser.applies()
    courses = google("classroom", "v1", token(control, ACCOUNT)).courses()
    courses.patch(id=GENOA, updateMask="courseState", body={"courseState": "ARCHIVED"}).execute()
    assert organiser.applies().code == 0
    assert organiser.types("plan", "--exit-code").code == 0


def test_a_presentation_stays_as_long_as_an_archived_course_shows_it(
    organiser: Organiser, control: Control, google: Google
) -> None:
    seeded(control)
    organiser.applies()
    services = [
        google(api, version, token(control, ACCOUNT)) for api, version in (("classroom", "v1"), ("drive", "v3"))
    ]
    services[0].courses().patch(id=GENOA, updateMask="courseState", body={"courseState": "ARCHIVED"}).execute()
    seminar = a_seminar(1)
    seminar["materials"] = {}
    written(organiser.programme.parent, existing() | {"seminars": {"seminar-1": seminar}})
    assert organiser.applies("--allow-many").code == 7
    assert [file["name"] for file in listed(services[1].files().list, "files")] == ["1.pdf"]


@pytest.mark.parametrize("owner", [None, "somebody.else@genova.example"])
def test_a_course_that_cannot_be_seen_holds_up_no_other(
    organiser: Organiser, control: Control, owner: str | None
) -> None:
    if owner:
        control.post("seed", {"users": [{"email": owner, "name": "Somebody"}]})
        seeded(control, owner=owner)
    said = organiser.applies()
    assert said.code == 7
    assert "birmingham: " in said.err
    assert "teach" in said.err
    assert organiser.plans()["changes"] == []
    assert organiser.applies().code == 5  # nothing else is left to do
    assert "BLOCKED" in organiser.types("status").out


def test_a_course_out_of_sight_is_not_forgotten(organiser: Organiser, control: Control) -> None:
    seeded(control)
    organiser.applies()
    fault = {"method": "classroom.courses.courseWork.list", "do": 403, "times": 2, "skip": 0}
    control.post("faults", fault)
    written(organiser.programme.parent, existing() | {"seminars": {"seminar-1": a_seminar(1, summary={"en": "Anew"})}})
    assert organiser.applies().code == 7
    control.delete("calls")
    assert organiser.applies().code == 0
    assert not [method for method in writes(control) if method.endswith(("create", "delete"))]


def test_a_personal_account_is_told_to_make_its_course_by_hand(
    organiser: Organiser, control: Control, folder: Path
) -> None:
    control.post("seed", {"users": [{"email": PERSONAL, "name": "Organizza", "consumer": True}]})
    programme = existing(account=PERSONAL, alias="p:genoa")
    del programme["courses"]["birmingham"]["id"]
    written(folder, programme)
    told = organiser.types("plan").out
    assert f"{PERSONAL} is a personal account" in told
    assert "write “id:” with its number" in told
    assert organiser.applies().code == 7
    assert len(control.calls("classroom.courses.create")) == 1  # Tartu's
    seeded(control, owner=PERSONAL)
    written(folder, existing(account=PERSONAL))
    assert organiser.applies().code == 0
    assert organiser.plans()["changes"] == []


def test_a_course_has_room_for_200_topics(organiser: Organiser, control: Control, folder: Path, google: Google) -> None:
    seeded(control)
    topics = google("classroom", "v1", token(control, ACCOUNT)).courses().topics()
    made = [topics.create(courseId=GENOA, body={"name": f"Teema {number}"}).execute() for number in range(198)]
    written(folder, existing() | {"seminars": {f"seminar-{number}": a_seminar(number) for number in (1, 2, 3)}})
    (blocker,) = organiser.plans()["blockers"]
    assert "holds 198 topics, and 3 more are wanted; Google allows 200" in blocker["reason"]
    assert {key.split("/")[1] for key in blocker["held"]} == {"seminar-3"}
    assert organiser.applies().code == 7
    assert all(call["status"] < 400 for call in control.calls("classroom.courses.topics.create"))
    topics.delete(courseId=GENOA, id=made[0]["topicId"]).execute()
    assert organiser.applies().code == 0
    assert organiser.plans()["blockers"] == []


def test_a_post_that_participants_see_is_not_taken_back(
    organiser: Organiser, control: Control, folder: Path, google: Google
) -> None:
    seeded(control)
    control.post("clock", {"now": "2020-06-05T08:00:00Z"})
    organiser.applies()
    moved = {"seminar-1": a_seminar(1, starts="2020-06-23 11:30", ends="2020-06-23 13:00")}
    written(folder, existing() | {"seminars": moved})
    plan = organiser.plans()
    late = {note["key"] for note in plan["notes"] if note["remark"] == "already seen by participants"}
    assert "tartu/seminar-1/materials.presentation" in late
    assert "Classroom cannot take a post back" in organiser.types("plan").out
    assert organiser.applies().code == 0
    courses = google("classroom", "v1", token(control, ACCOUNT)).courses()
    states = {post.get("title"): post["state"] for _, post in posts(courses, GENOA)}
    assert states["Seminar 1: presentation"] == "PUBLISHED"
    control.post("clock", {"now": "2020-06-09T08:30:00Z"})
    assert organiser.plans()["notes"] == []


# A programme cannot ask for work of another kind either: tests/broken/box-of-another-kind.yaml.
def test_all_work_that_is_made_is_a_question_to_be_answered_in_words(
    organiser: Organiser, control: Control, google: Google
) -> None:
    seeded(control)
    assert organiser.applies().code == 0
    work = google("classroom", "v1", token(control, ACCOUNT)).courses().courseWork()
    states = ["DRAFT", "PUBLISHED"]
    found = [listed(work.list, "courseWork", courseId=course, courseWorkStates=states) for course in ("p:tartu", GENOA)]
    assert [len(boxes) for boxes in found] == [2, 2]
    assert {box["workType"] for boxes in found for box in boxes} == {"SHORT_ANSWER_QUESTION"}


MATERIALS = "classroom.courses.courseWorkMaterials"
WRITTEN = [
    (f"{MATERIALS}.create", 0),
    (f"{MATERIALS}.delete", 0),
    *((f"{MATERIALS}.patch", number) for number in range(4)),
]
"""Where a run is killed: the details of the seminar are patched as well."""


@pytest.mark.parametrize("cancelled", [False, True], ids=["moved", "cancelled"])
@pytest.mark.parametrize(
    ("method", "number", "when"),
    [("", 0, ""), *((method, number, when) for method, number in WRITTEN for when in ("before", "after"))],
)
def test_what_replaces_a_post_that_participants_see_does_not_wait_for_a_later_time(  # noqa: PLR0917 - fixtures
    organiser: Organiser,
    control: Control,
    folder: Path,
    google: Google,
    monkeypatch: pytest.MonkeyPatch,
    children: Children,
    *,
    method: str,
    number: int,
    when: str,
    cancelled: bool,
) -> None:
    for name, value in WAITS.items():
        monkeypatch.setenv(name, value)
    seeded(control)
    control.post("clock", {"now": "2020-06-05T08:00:00Z"})
    organiser.applies()
    moved = a_seminar(1, starts="2020-06-23 11:30", ends="2020-06-23 13:00")
    moved["materials"]["presentation"]["attachments"].append({"youtube": "dQw4w9WgXcQ"})
    if cancelled:
        moved["cancelled"] = {"text": "It will not take place."}
    written(folder, existing() | {"seminars": {"seminar-1": moved}})
    if method:
        control.post("faults", {"method": method, "when": when, "do": "hang", "skip": number, "times": 1})
        killed(children.begin(organiser, "apply", "--yes", "--allow-many"), control)
    assert organiser.applies("--allow-many").code == 0
    courses = google("classroom", "v1", token(control, ACCOUNT)).courses()
    for course in (GENOA, "p:tartu"):
        shown = [post for _, post in posts(courses, course) if post.get("materials")]
        assert [(post["state"], len(post["materials"])) for post in shown] == [("PUBLISHED", 3)], course
    assert organiser.plans()["changes"] == []


@pytest.mark.parametrize("kind", ["ASSIGNMENT", "MULTIPLE_CHOICE_QUESTION", "SHORT_ANSWER_QUESTION"])
def test_a_topic_with_work_made_by_hand_is_left_standing(
    organiser: Organiser, control: Control, folder: Path, google: Google, kind: str
) -> None:
    seeded(control)
    written(folder, existing() | {"seminars": {f"seminar-{number}": a_seminar(number) for number in (1, 2)}})
    organiser.applies()
    courses = google("classroom", "v1", token(control, ACCOUNT, project="classroom-page")).courses()
    topics = {topic["name"]: topic["topicId"] for topic in listed(courses.topics().list, "topic", courseId=GENOA)}
    body: dict[str, Any] = {"title": "Homework", "workType": kind, "topicId": topics["Seminar 2: Working with data 2"]}
    if kind == "MULTIPLE_CHOICE_QUESTION":
        body["multipleChoiceQuestion"] = {"choices": ["yes", "no"]}
    work = courses.courseWork().create(courseId=GENOA, body=body).execute()
    written(folder, existing())
    notes = organiser.plans()["notes"]
    assert [(note["key"], note["remark"]) for note in notes] == [
        ("birmingham/seminar-2/topic", "the topic holds other people's posts")
    ]
    assert organiser.applies("--allow-many").code == 0
    left = {topic["name"] for topic in listed(courses.topics().list, "topic", courseId=GENOA)}
    assert left == set(topics)
    assert courses.courseWork().get(courseId=GENOA, id=work["id"]).execute() == work
    assert organiser.plans()["changes"] == []
