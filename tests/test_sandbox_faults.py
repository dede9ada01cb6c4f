"""What goes wrong when it is told to, and only then (design: the table of the control surface)."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from talking import Control, ControlRefused, Wire

ORGANISER = "korraldaja@tartu.example"
CREATE = "classroom.courses.topics.create"
LIST = "classroom.courses.topics.list"


@pytest.fixture
def topics(control: Control) -> str:
    made = control.seed(courses=[{"name": "Tartu", "owner": ORGANISER}])
    return f"/v1/courses/{made['courses'][0]['id']}/topics"


@pytest.fixture
def organiser(sandbox_url: str, control: Control, topics: str) -> Iterator[Wire]:  # noqa: ARG001 - the course is theirs
    with Wire(sandbox_url, control.token(ORGANISER, "classroom.topics")) as wire:
        yield wire


def names(organiser: Wire, topics: str) -> list[str]:
    return [topic["name"] for topic in organiser.ask("GET", topics).json.get("topic", [])]


def struck(control: Control) -> list[int]:
    return [fault["struck"] for fault in control.get("faults")["faults"]]


@pytest.mark.parametrize("cut", ["drop", "reset"])
def test_a_reply_lost_after_the_effect_leaves_the_effect(
    organiser: Wire, control: Control, topics: str, cut: str
) -> None:
    control.post("faults", {"method": CREATE, "when": "after", "do": cut})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        organiser.ask("POST", topics, {"name": "Partnerlus"})
    organiser.close()
    assert names(organiser, topics) == ["Partnerlus"]
    assert control.calls(CREATE)[0]["fault"] == cut


@pytest.mark.parametrize("cut", ["drop", "reset"])
def test_a_connection_lost_before_the_effect_leaves_none(
    organiser: Wire, control: Control, topics: str, cut: str
) -> None:
    control.post("faults", {"method": CREATE, "do": cut})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        organiser.ask("POST", topics, {"name": "Partnerlus"})
    organiser.close()
    assert names(organiser, topics) == []


def test_a_reset_is_a_reset_and_a_drop_is_an_orderly_end(sandbox_url: str, control: Control, topics: str) -> None:
    token = control.token(ORGANISER, "classroom.topics")
    head = f"GET {topics} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    where = sandbox_url.removeprefix("http://").split(":")
    for cut, ends in (("drop", True), ("reset", False)):
        control.post("faults", {"method": LIST, "do": cut})
        with socket.create_connection((where[0], int(where[1])), timeout=5) as connection:
            connection.sendall(head)
            if ends:
                assert connection.recv(100) == b""
            else:
                with pytest.raises(ConnectionResetError):
                    connection.recv(100)


def test_a_truncated_reply_ends_in_the_middle(organiser: Wire, control: Control, topics: str) -> None:
    control.post("faults", {"method": CREATE, "when": "after", "do": "truncate"})
    with pytest.raises(http.client.IncompleteRead):
        organiser.ask("POST", topics, {"name": "Partnerlus"})
    organiser.close()
    assert names(organiser, topics) == ["Partnerlus"]


def test_a_status_before_the_effect_is_answered_in_googles_words(
    organiser: Wire, control: Control, topics: str
) -> None:
    # google-apis.md A.13: 503 occurs on plain reads and writes
    control.post("faults", {"method": CREATE, "do": 503, "retryAfter": 7})
    answer = organiser.ask("POST", topics, {"name": "Partnerlus"})
    assert answer.status == 503
    assert answer.error == {
        "code": 503,
        "message": "The service is currently unavailable.",
        "status": "UNAVAILABLE",
    }
    assert answer.headers["retry-after"] == "7"
    assert names(organiser, topics) == []


def test_a_500_may_have_done_it(organiser: Wire, control: Control, topics: str) -> None:
    # google-apis.md A.1, GAM issue 1161: a 500 from a create may still have created
    control.post("faults", {"method": CREATE, "when": "after", "do": "500"})
    assert organiser.ask("POST", topics, {"name": "Partnerlus"}).status == 500
    assert names(organiser, topics) == ["Partnerlus"]


def test_the_course_just_made_cannot_be_found(organiser: Wire, control: Control, topics: str) -> None:
    # google-apis.md A.13, G.13
    control.post("faults", {"method": LIST, "do": 404, "reason": "CourseNotFound"})
    assert organiser.ask("GET", topics).error["message"] == "@CourseNotFound The course was not found."


def test_quotas_are_told_in_googles_words(sandbox_url: str, control: Control, organiser: Wire, topics: str) -> None:
    # google-apis.md B.4, G.13: 429 with the quota text; for Drive a 403 rateLimitExceeded
    control.post("faults", {"method": LIST, "do": 429})
    answer = organiser.ask("GET", topics)
    assert answer.error["status"] == "RESOURCE_EXHAUSTED"
    assert answer.error["message"].startswith("Quota exceeded for quota metric")
    control.post("faults", {"method": "drive.files.list", "do": 403, "reason": "rateLimitExceeded"})
    with Wire(sandbox_url, control.token(ORGANISER, "drive")) as drive:
        error = drive.ask("GET", "/drive/v3/files").error
    assert (error["code"], error["errors"][0]["reason"]) == (403, "rateLimitExceeded")
    assert error["errors"][0]["domain"] == "usageLimits"


def test_a_fault_strikes_as_often_as_told_after_skipping_as_many(
    organiser: Wire, control: Control, topics: str
) -> None:
    control.post("faults", {"method": LIST, "do": 503, "skip": 1, "times": 2})
    assert [organiser.ask("GET", topics).status for _ in range(5)] == [200, 503, 503, 200, 200]
    assert struck(control) == [2]


def test_faults_of_one_method_strike_in_turn(organiser: Wire, control: Control, topics: str) -> None:
    control.post("faults", {"method": LIST, "do": 503})
    control.post("faults", {"method": LIST, "do": 500})
    assert [organiser.ask("GET", topics).status for _ in range(3)] == [503, 500, 200]


def test_after_the_effect_means_that_there_was_one(organiser: Wire, control: Control, topics: str) -> None:
    organiser.ask("POST", topics, {"name": "Partnerlus"})
    control.post("faults", {"method": CREATE, "when": "after", "do": 500})
    assert organiser.ask("POST", topics, {"name": "Partnerlus"}).status == 409
    assert struck(control) == [0]
    assert organiser.ask("POST", topics, {"name": "Kaasamine"}).status == 500


def test_a_delay_delays_and_changes_nothing_else(organiser: Wire, control: Control, topics: str) -> None:
    control.post("faults", {"method": LIST, "delayMs": 80})
    begun = time.monotonic()
    assert organiser.ask("GET", topics).status == 200
    assert time.monotonic() - begun >= 0.08


def _hang(organiser: Wire, control: Control, topics: str) -> tuple[threading.Thread, list[Any]]:
    """Ask for a topic in a thread, and wait until the sandbox has the call."""
    answers: list[Any] = []

    def ask() -> None:
        try:
            answers.append(organiser.ask("POST", topics, {"name": "Partnerlus"}))
        except http.client.RemoteDisconnected as gone:
            answers.append(gone)

    thread = threading.Thread(target=ask)
    thread.start()
    deadline = time.monotonic() + 5
    while struck(control) == [0]:
        assert time.monotonic() < deadline
    return thread, answers


def test_a_call_that_hangs_goes_on_when_released(organiser: Wire, control: Control, topics: str) -> None:
    control.post("faults", {"method": CREATE, "do": "hang"})
    thread, answers = _hang(organiser, control, topics)
    assert control.post("faults/release") == {"released": 1}
    thread.join()
    assert answers[0].status == 200
    assert names(organiser, topics) == ["Partnerlus"]


def test_a_call_that_hangs_is_forgotten_with_its_world(organiser: Wire, control: Control, topics: str) -> None:
    control.post("faults", {"method": CREATE, "do": "hang"})
    thread, answers = _hang(organiser, control, topics)
    control.post("reset")
    thread.join()
    assert isinstance(answers[0], http.client.RemoteDisconnected)
    assert control.calls(CREATE) == []


@pytest.mark.unstruck
def test_faults_are_listed_as_they_were_given(control: Control) -> None:
    given = {"method": CREATE, "when": "after", "do": "drop", "times": 2, "skip": 3}
    assert control.post("faults", given) == given | {"struck": 0}
    assert control.get("faults") == {"faults": [given | {"struck": 0}]}
    control.delete("faults")
    assert control.get("faults") == {"faults": []}


@pytest.mark.parametrize(
    "fault",
    [
        {"method": "classroom.courses.topics.make", "do": "drop"},
        {"do": "drop"},
        {"method": CREATE},
        {"method": CREATE, "do": "explode"},
        {"method": CREATE, "do": 200},
        {"method": CREATE, "do": True},
        {"method": CREATE, "do": "drop", "when": "during"},
        {"method": CREATE, "do": "drop", "times": 0},
        {"method": CREATE, "do": "drop", "skip": -1},
        {"method": CREATE, "do": "drop", "tmies": 2},
        {"method": CREATE, "do": "drop", "delayMs": "long"},
        [],
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_a_sentence(control: Control, fault: object) -> None:
    with pytest.raises(ControlRefused, match=r"400: .+\."):
        control.post("faults", fault)
    assert control.get("faults") == {"faults": []}


def test_an_upload_can_lose_its_reply(google: Callable[[str, str, str], Any], control: Control) -> None:
    import io

    from googleapiclient.http import MediaIoBaseUpload

    drive = google("drive", "v3", control.token(ORGANISER, "drive.file"))
    control.post("faults", {"method": "drive.files.create", "when": "after", "do": 503})
    media = MediaIoBaseUpload(io.BytesIO(b"%PDF-1.7"), mimetype="application/pdf")
    with pytest.raises(Exception, match="503"):
        drive.files().create(body={"name": "ettekanne.pdf"}, media_body=media).execute()
    assert len(drive.files().list().execute()["files"]) == 1


def test_a_client_that_breaks_off_harms_nobody(
    sandbox_url: str, organiser: Wire, control: Control, topics: str
) -> None:
    where = sandbox_url.removeprefix("http://").split(":")
    token = control.token(ORGANISER, "classroom.topics")
    head = f"POST {topics} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Length: 50\r\n\r\n"
    for _ in range(20):
        connection = socket.create_connection((where[0], int(where[1])), timeout=5)
        connection.sendall(head.encode() + b'{"name":')
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    assert names(organiser, topics) == []


@pytest.mark.parametrize("reason", ["CourseMemberLimitReached", "InactiveCourseOwner", "EmptyAssignees"])
def test_b2_a_scripted_reason_has_its_own_status(organiser: Wire, control: Control, topics: str, reason: str) -> None:
    control.post("faults", {"method": CREATE, "do": 400, "reason": reason})
    error = organiser.ask("POST", topics, {"name": "Teema"}).error
    assert (error["code"], error["status"]) == (400, "FAILED_PRECONDITION")
    assert error["message"].startswith(f"@{reason} ")


def test_b4_a_quota_names_its_service(google: Callable[[str, str, str], Any], control: Control) -> None:
    control.post("faults", {"method": "sheets.spreadsheets.get", "do": 429})
    with pytest.raises(HttpError) as refused:
        google("sheets", "v4", control.token(ORGANISER, "drive")).spreadsheets().get(spreadsheetId="x").execute()
    assert "of service 'sheets.googleapis.com'" in refused.value.reason
