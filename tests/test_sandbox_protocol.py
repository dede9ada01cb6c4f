"""The sandbox as an HTTP server and as Google's front end: what every call meets before any handler."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from talking import Control, Wire

ORGANISER = "korraldaja@tartu.example"


@pytest.fixture
def course(control: Control) -> str:
    made = control.seed(courses=[{"name": "Tartu", "owner": ORGANISER, "students": ["osaleja.uks@tartu.example"]}])
    return str(made["courses"][0]["id"])


@pytest.fixture
def organiser(sandbox_url: str, control: Control, course: str) -> Iterator[Wire]:  # noqa: ARG001 - the course is hers
    token = control.token(ORGANISER, "classroom.courses", "classroom.topics")
    with Wire(sandbox_url, token) as wire:
        yield wire


def test_googles_own_client_is_answered(google: Callable[[str, str, str], Any], control: Control, course: str) -> None:
    service = google("classroom", "v1", control.token(ORGANISER, "classroom.courses"))
    assert [found["id"] for found in service.courses().list().execute()["courses"]] == [course]


def test_a_call_without_a_token_is_401_and_says_how_to_sign_in(sandbox_url: str, course: str) -> None:
    with Wire(sandbox_url) as stranger:
        answer = stranger.ask("GET", f"/v1/courses/{course}")
    assert answer.status == 401
    assert answer.error["status"] == "UNAUTHENTICATED"
    assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_an_unknown_token_is_401(sandbox_url: str, course: str) -> None:
    with Wire(sandbox_url, "ya29.nobody") as stranger:
        answer = stranger.ask("GET", f"/v1/courses/{course}")
    assert (answer.status, answer.error["status"]) == (401, "UNAUTHENTICATED")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_an_expired_token_is_401(sandbox_url: str, control: Control, course: str) -> None:
    # google-apis.md F.2: an access token lives one hour; here it was born old
    made = control.post(
        "tokens",
        {
            "user": ORGANISER,
            "scopes": ["https://www.googleapis.com/auth/classroom.courses"],
            "access_token": "old",
            "expiresIn": 0,
        },
    )
    assert made["access_token"] == "old"
    with Wire(sandbox_url, "old") as late:
        assert late.ask("GET", f"/v1/courses/{course}").status == 401


def test_a_token_may_stand_in_the_query(sandbox_url: str, control: Control, course: str) -> None:
    # google-apis.md A: access_token and oauth_token are parameters of every method
    token = control.token(ORGANISER, "classroom.courses")
    with Wire(sandbox_url) as wire:
        assert wire.ask("GET", f"/v1/courses/{course}?access_token={token}").status == 200
        assert wire.ask("GET", f"/v1/courses/{course}?oauth_token={token}").status == 200


def test_scopes_are_checked_per_method(sandbox_url: str, control: Control, course: str) -> None:
    # google-apis.md G.17, B.1
    with Wire(sandbox_url, control.token(ORGANISER, "classroom.topics.readonly")) as reader:
        assert reader.ask("GET", f"/v1/courses/{course}/topics").status == 200
        answer = reader.ask("POST", f"/v1/courses/{course}/topics", {"name": "Partnerlus"})
    assert answer.status == 403
    assert answer.error["message"] == "Request had insufficient authentication scopes."
    assert answer.error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


def test_drive_refuses_in_its_own_style(sandbox_url: str, control: Control) -> None:
    # google-apis.md B.1: Drive adds errors:[{domain,reason,message}]
    with Wire(sandbox_url) as stranger:
        answer = stranger.ask("GET", "/drive/v3/files")
    assert answer.error["errors"][0]["domain"] == "global"
    with Wire(sandbox_url, control.token(ORGANISER, "classroom.courses")) as wire:
        answer = wire.ask("GET", "/drive/v3/files")
    assert answer.status == 403
    assert answer.error["errors"][0]["reason"] == "insufficientPermissions"


def test_a_method_that_the_sandbox_does_not_have_names_itself(sandbox_url: str, control: Control, course: str) -> None:
    with Wire(sandbox_url, control.token(ORGANISER, "classroom.courses")) as wire:
        answer = wire.ask("GET", f"/v1/courses/{course}/gradingPeriodSettings")
    assert (answer.status, answer.error["status"]) == (501, "UNIMPLEMENTED")
    assert "classroom.courses.getGradingPeriodSettings" in answer.error["message"]


def test_who_is_not_signed_in_does_not_learn_what_is_implemented(sandbox_url: str, course: str) -> None:
    with Wire(sandbox_url) as stranger:
        assert stranger.ask("GET", f"/v1/courses/{course}/gradingPeriodSettings").status == 401


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/v1/nothing"),
        ("GET", "/v1/courses/"),
        ("GET", "/v1//courses"),
        ("DELETE", "/v1/courses"),
        ("HEAD", "/v1/courses"),
        ("OPTIONS", "/v1/courses"),
        ("GET", "/batch"),
        ("GET", "/token"),
        ("GET", "/v2/courses"),
        ("PUT", "/upload/drive/v3/nothing"),
    ],
)
def test_a_path_or_verb_that_no_api_has_is_404(organiser: Wire, verb: str, path: str) -> None:
    assert organiser.ask(verb, path).status == 404


def test_an_unknown_query_parameter_is_refused(organiser: Wire) -> None:
    answer = organiser.ask("GET", "/v1/courses?pagesize=5")
    assert answer.status == 400
    assert 'Unknown name "pagesize": Cannot bind query parameter.' in answer.error["message"]


@pytest.mark.parametrize(
    "query",
    [
        "pageSize=many",
        "pageSize=1.5",
        "pageSize=99999999999",
        "pageSize=%D9%A3",
        "pageSize=-1",
        "courseStates=OPEN",
        "teacherId=me&teacherId=you",
        "prettyPrint=perhaps",
        "alt=media",
        "alt=proto",
        "alt=xml",
        "teacherId=%FF",
    ],
)
def test_a_query_value_of_the_wrong_kind_is_refused(organiser: Wire, query: str) -> None:
    answer = organiser.ask("GET", f"/v1/courses?{query}")
    assert (answer.status, answer.error["status"]) == (400, "INVALID_ARGUMENT")


def test_repeated_query_values_are_repeated_keys(organiser: Wire) -> None:
    # google-apis.md F.4
    assert "courses" in organiser.ask("GET", "/v1/courses?courseStates=ARCHIVED&courseStates=ACTIVE").json
    assert organiser.ask("GET", "/v1/courses?courseStates=ARCHIVED").json == {}


def test_an_unknown_body_field_is_refused_by_name(organiser: Wire, course: str) -> None:
    # google-apis.md B.1
    answer = organiser.ask("POST", f"/v1/courses/{course}/topics", {"name": "Partnerlus", "colour": "red"})
    assert answer.status == 400
    assert answer.error["message"] == 'Invalid JSON payload received. Unknown name "colour": Cannot find field.'
    assert answer.error["details"][0]["fieldViolations"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": 5},
        {"name": ["Partnerlus"]},
        {"name": {"et": "Partnerlus"}},
        [],
        "Partnerlus",
        None,
        {"name": "x", "updateTime": "yesterday"},
    ],
)
def test_a_body_of_the_wrong_shape_is_refused(organiser: Wire, course: str, body: object) -> None:
    import json

    answer = organiser.ask("POST", f"/v1/courses/{course}/topics", json.dumps(body), content_type="application/json")
    assert (answer.status, answer.error["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"name": "x"',
        b'{"name": NaN}',
        b"\xff\xfe",
        b'{"name": "\\ud800"}',
        b'{"name": "\\uD83D"}',
        b"[" * 100_000,
        b'{"name": ' + b"9" * 5000 + b"}",
        b"name=x",
    ],
)
def test_what_is_no_json_is_refused(organiser: Wire, course: str, raw: bytes) -> None:
    answer = organiser.ask("POST", f"/v1/courses/{course}/topics", raw, content_type="application/json")
    assert answer.status == 400
    assert answer.error["message"].startswith("Invalid JSON payload received.")


def test_a_form_where_json_belongs_is_read_as_more_of_the_query(organiser: Wire, course: str) -> None:
    answer = organiser.ask(
        "POST", f"/v1/courses/{course}/topics", b'{"name":"x"}', content_type="application/x-www-form-urlencoded"
    )
    assert answer.status == 400
    assert "Cannot bind query parameter" in answer.error["message"]


def test_read_only_fields_are_read_and_left_out(organiser: Wire, course: str) -> None:
    made = organiser.ask("POST", f"/v1/courses/{course}/topics", {"name": "Partnerlus", "topicId": "1"})
    assert made.status == 200
    assert made.json["topicId"] != "1"


def test_a_null_is_the_same_as_nothing(organiser: Wire, course: str) -> None:
    assert organiser.ask("POST", f"/v1/courses/{course}/topics", {"name": "A", "updateTime": None}).status == 200


def test_a_percent_encoded_alias_is_split_before_it_is_decoded(organiser: Wire, course: str) -> None:
    # google-apis.md F.4: an alias p:a b/c travels as p%3Aa%20b%2Fc
    alias = "p:better 2020/tartu"
    assert organiser.ask("POST", f"/v1/courses/{course}/aliases", {"alias": alias}).status == 200
    assert organiser.ask("GET", f"/v1/courses/{quote(alias, safe='')}").json["id"] == course
    assert organiser.ask("GET", f"/v1/courses/{quote(alias, safe=':')}").json["id"] == course


def test_a_path_that_is_no_utf8_is_refused(organiser: Wire) -> None:
    assert organiser.ask("GET", "/v1/courses/%FF").status == 400


def test_a_get_too_long_for_a_uri_comes_as_a_post(google: Callable[[str, str, str], Any], control: Control) -> None:
    # google-apis.md F.4: beyond 2048 characters the client sends x-http-method-override: GET and a form body
    control.seed(courses=[{"name": "Tartu", "owner": ORGANISER}])
    service = google("classroom", "v1", control.token(ORGANISER, "classroom.courses"))
    fields = "courses(" + ",".join(["id", "name"] * 300) + ")"
    assert set(service.courses().list(fields=fields).execute()["courses"][0]) == {"id", "name"}


def test_replies_are_zipped_for_who_asks_twice(organiser: Wire, course: str) -> None:
    # google-apis.md A.11: it needs Accept-Encoding: gzip and a User-Agent that contains "gzip"
    for number in range(30):
        organiser.ask("POST", f"/v1/courses/{course}/topics", {"name": f"Teema number {number}"})
    path = f"/v1/courses/{course}/topics"
    plain = organiser.ask("GET", path, accept_encoding="gzip")
    zipped = organiser.ask("GET", path, accept_encoding="gzip, deflate", user_agent="tests (gzip)")
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert len(zipped.body) < len(plain.body) / 3


def test_the_date_header_carries_the_sandboxs_clock(organiser: Wire, control: Control) -> None:
    control.post("clock", {"now": "2020-06-16T08:30:00Z"})
    assert organiser.ask("GET", "/v1/courses").headers["date"] == "Tue, 16 Jun 2020 08:30:00 GMT"


def test_the_server_says_that_it_is_not_google(organiser: Wire) -> None:
    assert "not Google" in organiser.ask("GET", "/v1/courses").headers["server"]
    assert b"This is not Google" in organiser.ask("GET", "/").body


@pytest.mark.parametrize("host", ["better.example", "classroom.googleapis.com", "127.0.0.1.better.example", ""])
def test_another_host_name_is_refused(organiser: Wire, host: str) -> None:
    assert organiser.ask("GET", "/v1/courses", host=host).status == 403


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8080", "LOCALHOST"])
def test_this_machine_has_several_names(organiser: Wire, host: str) -> None:
    assert organiser.ask("GET", "/v1/courses", host=host).status == 200


def test_pages_of_others_are_refused_and_never_told_that_they_may(organiser: Wire) -> None:
    answer = organiser.ask("POST", "/_sandbox/reset", {}, origin="https://better.example")
    assert answer.status == 403
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_a_body_that_is_too_large_is_413(organiser: Wire, course: str) -> None:
    answer = organiser.ask("POST", f"/v1/courses/{course}/topics", content_length=str(10**9))
    assert answer.status == 413


def _raw(url: str, sent: bytes) -> bytes:
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=5) as connection:
        connection.sendall(sent)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET  HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /v1/courses HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/courses HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /v1/\xc3\xa4 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_malformed_http_is_400_and_the_end_of_the_connection(sandbox_url: str, organiser: Wire, sent: bytes) -> None:
    assert _raw(sandbox_url, sent).startswith(b"HTTP/1.1 400 ")
    assert organiser.ask("GET", "/v1/courses").status == 200


def test_headers_without_end_are_431(sandbox_url: str, organiser: Wire) -> None:
    head = b"GET /v1/courses HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n"
    assert _raw(sandbox_url, head).startswith(b"HTTP/1.1 431 ")
    assert organiser.ask("GET", "/v1/courses").status == 200


def test_a_chunked_body_is_read(sandbox_url: str, control: Control, course: str) -> None:
    token = control.token(ORGANISER, "classroom.topics")
    head = f"POST /v1/courses/{course}/topics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    rest = 'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n8\r\n{"name":\r\n4\r\n"A"}\r\n0\r\n\r\n'
    assert _raw(sandbox_url, (head + rest).encode()).startswith(b"HTTP/1.1 200 ")


def test_the_log_says_who_called_what_and_what_came_of_it(organiser: Wire, control: Control, course: str) -> None:
    organiser.ask("POST", f"/v1/courses/{course}/topics", {"name": "A"})
    organiser.ask("POST", f"/v1/courses/{course}/topics", {"name": "A"})
    first, second = control.calls("classroom.courses.topics.create")
    assert first == {
        "method": "classroom.courses.topics.create",
        "user": ORGANISER,
        "project": "better",
        "status": 200,
        "batch": None,
        "bytesIn": len('{"name": "A"}'),
        "bytesOut": first["bytesOut"],
        "at": first["at"],
    }
    assert second["status"] == 409
    control.delete("calls")
    assert control.calls() == []
