"""Batches: multipart/mixed in both directions (google-apis.md C, "Batch fact"; F.4)."""

from __future__ import annotations

import email
import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from talking import Answer, Control, Wire

ORGANISER = "korraldaja@tartu.example"
CREATE = "classroom.courses.topics.create"


@pytest.fixture
def course(control: Control) -> str:
    made = control.seed(courses=[{"name": "Tartu", "owner": ORGANISER}])
    return str(made["courses"][0]["id"])


@pytest.fixture
def wire(sandbox_url: str) -> Iterator[Wire]:
    with Wire(sandbox_url) as wire:
        yield wire


@pytest.fixture
def token(control: Control, course: str) -> str:  # noqa: ARG001 - the course is theirs
    return control.token(ORGANISER, "classroom.topics", "drive")


def part(inner: str, *, content_id: str = "", kind: str = "application/http") -> str:
    headers = (f"Content-Type: {kind}\r\n" if kind else "") + (f"Content-ID: {content_id}\r\n" if content_id else "")
    return f"{headers}\r\n{inner}"


def batch(wire: Wire, parts: list[str], *, token: str = "", path: str = "/batch", end: str = "--b--\r\n") -> Answer:
    body = "".join(f"--b\r\n{one}\r\n" for one in parts) + end
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return wire.ask("POST", path, body, content_type="multipart/mixed; boundary=b", **headers)


def parts_of(answer: Answer) -> list[tuple[str, int, Any]]:
    """Content-ID, status and JSON of each part."""
    message = email.message_from_bytes(
        b"Content-Type: " + answer.headers["content-type"].encode() + b"\n\n" + answer.body
    )
    found = []
    for one in message.get_payload():
        assert isinstance(one, email.message.Message)
        head, _, body = str(one.get_payload()).partition("\r\n\r\n")
        found.append((one["Content-ID"], int(head.split()[1]), json.loads(body) if body.startswith("{") else body))
    return found


def get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\n\r\n"


def test_googles_own_client_batches(google: Callable[[str, str, str], Any], course: str, token: str) -> None:
    service = google("classroom", "v1", token)
    answers: dict[str, Any] = {}
    requests = service.new_batch_http_request(
        callback=lambda name, reply, error: answers.update({name: error or reply})
    )
    for name in ("Partnerlus", "Kaasamine", "Partnerlus"):
        requests.add(service.courses().topics().create(courseId=course, body={"name": name}))
    requests.execute()
    assert [answers["1"]["name"], answers["2"]["name"], answers["3"].status_code] == ["Partnerlus", "Kaasamine", 409]


def test_answers_come_in_the_order_of_the_parts_with_their_ids(wire: Wire, course: str, token: str) -> None:
    answer = batch(
        wire,
        [
            part(get(f"/v1/courses/{course}/topics"), content_id="<one + 1>"),
            part(get("/v1/courses/none/topics"), content_id="<two + 2>"),
            part(get(f"/v1/courses/{course}/topics"), content_id="bare"),
            part(get(f"/v1/courses/{course}/topics")),
        ],
        token=token,
    )
    assert answer.status == 200
    assert [(name, status) for name, status, _ in parts_of(answer)] == [
        ("<response-one + 1>", 200),
        ("<response-two + 2>", 404),
        ("response-bare", 200),
        (None, 200),
    ]


def test_each_part_has_its_own_credentials(wire: Wire, control: Control, course: str, token: str) -> None:
    other = control.token("osaleja.uks@tartu.example", "classroom.topics")
    own = f"GET /v1/courses/{course}/topics HTTP/1.1\r\nAuthorization: Bearer {other}\r\n\r\n"
    answer = batch(wire, [part(get(f"/v1/courses/{course}/topics")), part(own)], token=token)
    assert [status for _, status, _ in parts_of(answer)] == [200, 403]
    assert [call["user"] for call in control.calls()] == [ORGANISER, "osaleja.uks@tartu.example"]


def test_a_part_without_any_credentials_is_401_by_itself(wire: Wire, course: str, token: str) -> None:
    own = f"GET /v1/courses/{course}/topics HTTP/1.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    answer = batch(wire, [part(get(f"/v1/courses/{course}/topics")), part(own)])
    assert [status for _, status, _ in parts_of(answer)] == [401, 200]


def test_the_log_knows_the_batch_of_a_call(wire: Wire, control: Control, course: str, token: str) -> None:
    one = part(get(f"/v1/courses/{course}/topics"))
    batch(wire, [one, one], token=token)
    batch(wire, [one], token=token)
    wire.ask("GET", f"/v1/courses/{course}/topics", authorization=f"Bearer {token}")
    assert [call["batch"] for call in control.calls()] == [1, 1, 2, None]


@pytest.mark.parametrize(("parts", "status"), [(50, 200), (51, 400)])
def test_classroom_takes_fifty_calls(wire: Wire, course: str, token: str, parts: int, status: int) -> None:
    assert batch(wire, [part(get(f"/v1/courses/{course}/topics"))] * parts, token=token).status == status


@pytest.mark.parametrize(("parts", "status"), [(100, 200), (101, 400)])
def test_drive_takes_a_hundred(wire: Wire, token: str, parts: int, status: int) -> None:
    answer = batch(wire, [part(get("/drive/v3/files?pageSize=1"))] * parts, token=token, path="/batch/drive/v3")
    assert answer.status == status


def test_parts_of_two_apis_are_refused(wire: Wire, control: Control, course: str, token: str) -> None:
    answer = batch(wire, [part(get(f"/v1/courses/{course}/topics")), part(get("/drive/v3/files"))], token=token)
    assert answer.status == 400
    assert control.calls() == []


def test_each_api_has_its_own_path(wire: Wire, course: str, token: str) -> None:
    assert batch(wire, [part(get("/drive/v3/files"))], token=token).status == 400
    assert batch(wire, [part(get(f"/v1/courses/{course}"))], token=token, path="/batch/drive/v3").status == 400


@pytest.mark.parametrize(
    "inner",
    [
        "GET http://localhost/v1/courses HTTP/1.1\r\n\r\n",
        "POST /upload/drive/v3/files?uploadType=media HTTP/1.1\r\n\r\nbytes",
        "POST /batch HTTP/1.1\r\n\r\n",
        "nonsense",
        "",
        "GET /v1/nothing HTTP/1.1\r\n\r\n",
        "BREW /v1/courses HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_call_is_that_parts_own_error(wire: Wire, course: str, token: str, inner: str) -> None:
    answer = batch(wire, [part(inner), part(get(f"/v1/courses/{course}/topics"))], token=token)
    assert answer.status == 200
    (_, first, _), (_, second, _) = parts_of(answer)
    assert (first in {400, 404}, second) == (True, 200)


def test_bare_line_feeds_folded_headers_and_missing_types_are_read(wire: Wire, course: str, token: str) -> None:
    body = (
        "preamble\n--b\nContent-ID:\n <folded\n\t+ 1>\n\n"
        f"POST /v1/courses/{course}/topics HTTP/1.1\nContent-Type: application/json\n\n"
        '{"name": "Partnerlus"}\n\n--b--'
    )
    kind = 'multipart/mixed; boundary="b"'
    answer = wire.ask("POST", "/batch", body, content_type=kind, authorization=f"Bearer {token}")
    assert [(name, status, found["name"]) for name, status, found in parts_of(answer)] == [
        ("<response-folded + 1>", 200, "Partnerlus")
    ]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", "{}"),
        ("multipart/mixed", "--b\r\n\r\n--b--"),
        ("multipart/mixed; boundary=b", ""),
        ("multipart/mixed; boundary=b", "--b--"),
        ("multipart/mixed; boundary=b", "--b\r\n\r\nGET /v1/courses HTTP/1.1\r\n\r\n"),
        ("multipart/mixed; boundary=b", "--c\r\n\r\n--c--"),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(wire: Wire, token: str, kind: str, body: str) -> None:
    assert wire.ask("POST", "/batch", body, content_type=kind, authorization=f"Bearer {token}").status == 400


def test_a_reply_dropped_inside_a_batch_drops_the_batch(wire: Wire, control: Control, course: str, token: str) -> None:
    control.post("faults", {"method": CREATE, "when": "after", "do": "drop", "skip": 1})
    made = [
        part(f"POST /v1/courses/{course}/topics HTTP/1.1\r\nContent-Type: application/json\r\n\r\n" + json.dumps(body))
        for body in ({"name": "Partnerlus"}, {"name": "Kaasamine"}, {"name": "Andmed"})
    ]
    with pytest.raises(http.client.RemoteDisconnected):
        batch(wire, made, token=token)
    assert [call["status"] for call in control.calls(CREATE)] == [200, 200, 200]


def test_a_status_inside_a_batch_is_that_parts(wire: Wire, control: Control, course: str, token: str) -> None:
    control.post("faults", {"method": "classroom.courses.topics.list", "do": 503})
    one = part(get(f"/v1/courses/{course}/topics"))
    assert [status for _, status, _ in parts_of(batch(wire, [one, one], token=token))] == [503, 200]


def test_c_a_call_to_drive_in_a_batch_has_a_url_of_8000_characters_at_most(wire: Wire, token: str) -> None:
    start = "/drive/v3/files?q=name%3D'"
    urls = [start + "x" * (length - len(start) - 1) + "'" for length in (8000, 8001)]
    answer = batch(wire, [part(get(url)) for url in urls], token=token, path="/batch/drive/v3")
    assert [status for _, status, _ in parts_of(answer)] == [200, 400]
