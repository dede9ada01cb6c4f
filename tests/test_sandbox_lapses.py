"""Faults that are no refusals: stale reads, late submissions, empty pages (google-apis.md A.8, A.11, A.13, G.1, G.11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from talking import Control, ControlRefused, Wire

ORGANISER = "korraldaja@tartu.example"
PARTICIPANT = "osaleja.uks@tartu.example"
COURSE = "604567890123"
PLACE = f"/v1/courses/{COURSE}"
TOPICS = "classroom.courses.topics"
SUBMISSIONS = "classroom.courses.courseWork.studentSubmissions"


@pytest.fixture
def wire(sandbox_url: str, control: Control) -> Iterator[Wire]:
    control.seed(courses=[{"id": COURSE, "name": "Tartu", "owner": ORGANISER, "students": [PARTICIPANT]}])
    scopes = ("classroom.courses", "classroom.topics", "classroom.coursework.students", "drive")
    with Wire(sandbox_url, control.token(ORGANISER, *scopes)) as wire:
        yield wire


def topics(wire: Wire) -> list[str]:
    return [topic["name"] for topic in wire.ask("GET", f"{PLACE}/topics").json.get("topic", [])]


def add_topics(wire: Wire, names: str) -> list[str]:
    return [wire.ask("POST", f"{PLACE}/topics", {"name": name}).json["topicId"] for name in names]


def test_a13_a_stale_read_does_not_see_the_latest_write(wire: Wire, control: Control) -> None:
    control.post("faults", {"method": f"{TOPICS}.list", "do": "stale", "times": 2})
    add_topics(wire, "AB")
    assert [topics(wire) for _ in range(3)] == [["A"], ["A"], ["B", "A"]]


def test_a13_what_was_just_made_cannot_be_found_yet(wire: Wire, control: Control) -> None:
    (topic,) = add_topics(wire, "A")
    control.post("faults", {"method": f"{TOPICS}.get", "do": "stale"})
    assert [wire.ask("GET", f"{PLACE}/topics/{topic}").status for _ in range(2)] == [404, 200]


def test_a13_a_stale_read_shows_what_was_deleted_or_changed(wire: Wire, control: Control) -> None:
    first, second = add_topics(wire, "AB")
    control.post("faults", {"method": f"{TOPICS}.list", "do": "stale", "times": 2})
    wire.ask("PATCH", f"{PLACE}/topics/{first}?updateMask=name", {"name": "C"})
    assert topics(wire) == ["B", "A"]
    wire.ask("DELETE", f"{PLACE}/topics/{second}")
    assert topics(wire) == ["B", "C"]
    assert topics(wire) == ["C"]


def test_a_token_given_meanwhile_is_no_write(wire: Wire, control: Control) -> None:
    control.post("faults", {"method": f"{TOPICS}.list", "do": "stale"})
    add_topics(wire, "A")
    control.token(PARTICIPANT, "classroom.courses")
    assert topics(wire) == []


def test_a13_drive_reads_can_be_stale_too(wire: Wire, control: Control) -> None:
    wire.ask("POST", "/drive/v3/files", {"name": "a"})
    file = wire.ask("POST", "/drive/v3/files", {"name": "b"}).json["id"]
    control.post("faults", {"method": "drive.files.list", "do": "stale", "times": 2})
    assert [one["name"] for one in wire.ask("GET", "/drive/v3/files").json["files"]] == ["a"]
    wire.ask("DELETE", f"/drive/v3/files/{file}")
    assert len(wire.ask("GET", "/drive/v3/files").json["files"]) == 2


def box(wire: Wire) -> str:
    body = {"title": "Küsimused", "workType": "SHORT_ANSWER_QUESTION", "state": "PUBLISHED"}
    answer = wire.ask("POST", f"{PLACE}/courseWork", body)
    return str(answer.json["id"])


def submissions(wire: Wire, work: str) -> list[dict[str, Any]]:
    answer = wire.ask("GET", f"{PLACE}/courseWork/{work}/studentSubmissions")
    found: list[dict[str, Any]] = answer.json.get("studentSubmissions", [])
    return found


def test_g11_submissions_appear_late(wire: Wire, control: Control) -> None:
    control.post("faults", {"method": f"{SUBMISSIONS}.list", "do": "late"})
    work = box(wire)
    assert submissions(wire, work) == []
    assert [one["state"] for one in submissions(wire, work)] == ["NEW"]


def test_a8_an_answer_appears_late(wire: Wire, control: Control) -> None:
    work = box(wire)
    control.post("faults", {"method": f"{SUBMISSIONS}.list", "do": "late"})
    answer = {"courseId": COURSE, "courseWorkId": work, "userId": PARTICIPANT, "answer": "Miks?"}
    control.post("submissions", answer)
    add_topics(wire, "A")
    assert [one["state"] for one in submissions(wire, work)] == ["NEW"]
    assert [one["shortAnswerSubmission"] for one in submissions(wire, work)] == [{"answer": "Miks?"}]


def test_g1_an_empty_page_may_carry_a_token(wire: Wire, control: Control) -> None:
    add_topics(wire, "ABC")
    control.post("faults", {"method": f"{TOPICS}.list", "do": "empty", "times": 2, "skip": 1})
    found, token, pages = [], "", []
    while True:
        page = wire.ask("GET", f"{PLACE}/topics?pageSize=2&pageToken={token}").json
        found += [topic["name"] for topic in page.get("topic", [])]
        pages.append(len(page.get("topic", [])))
        if not (token := page.get("nextPageToken", "")):
            break
    assert (found, pages) == (["C", "B", "A"], [2, 0, 0, 1])


def test_g1_the_first_page_may_be_empty_and_lead_on(wire: Wire, control: Control) -> None:
    wire.ask("POST", "/drive/v3/files", {"name": "a"})
    control.post("faults", {"method": "drive.files.list", "do": "empty"})
    empty = wire.ask("GET", "/drive/v3/files?fields=nextPageToken,files(name)").json
    assert (empty["files"], set(empty)) == ([], {"files", "nextPageToken"})
    token = empty["nextPageToken"]
    page = wire.ask("GET", f"/drive/v3/files?fields=nextPageToken,files(name)&pageToken={token}").json
    assert page == {"files": [{"name": "a"}]}


@pytest.mark.parametrize(
    "fault",
    [
        {"method": f"{TOPICS}.create", "do": "stale"},
        {"method": f"{TOPICS}.get", "do": "empty"},
        {"method": f"{TOPICS}.list", "do": "late"},
        {"method": f"{TOPICS}.list", "do": "partial"},
        {"method": f"{TOPICS}.list", "do": "stale", "when": "after"},
        {"method": f"{TOPICS}.list", "do": "stale", "keep": 3},
    ],
)
def test_a_lapse_is_scripted_where_it_can_happen(control: Control, fault: object) -> None:
    with pytest.raises(ControlRefused, match=r"400: .+\."):
        control.post("faults", fault)


def test_the_mails_that_google_would_have_sent(wire: Wire, control: Control) -> None:
    file = wire.ask("POST", "/drive/v3/files", {"name": "a"}).json["id"]
    for query in ("", "?sendNotificationEmail=false"):
        body = {"type": "user", "role": "reader", "emailAddress": PARTICIPANT}
        wire.ask("POST", f"/drive/v3/files/{file}/permissions{query}", body)
    (mail,) = control.get("mails")["mails"]
    assert (mail["from"], mail["to"], mail["fileId"]) == (ORGANISER, PARTICIPANT, file)
