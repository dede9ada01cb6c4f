"""Whatever is sent to the sandbox, it answers as Google would, or refuses as Google would; it never breaks.

The calls are made up from Google's discovery documents (``fuzzing.py``), for every method of them. Here they are few;
``scripts/fuzz-sandbox`` makes as many as one likes.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fuzzing
from fuzzing import Described, Pool, Shot
from talking import Answer, Control, Wire

OWNER = "korraldaja@tartu.example"
FIRST = "osaleja.uks@tartu.example"
ELSEWHERE = "partecipante.due@genova.example"
COURSE = "604567890123"
SCOPES = (
    "classroom.courses",
    "classroom.topics",
    "classroom.courseworkmaterials",
    "classroom.announcements",
    "classroom.coursework.students",
    "classroom.coursework.me",
    "classroom.rosters",
    "classroom.profile.emails",
    "drive",
    "spreadsheets",
)

quick = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,  # the same tries each time: the script is for finding more
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Range:
    """A small world to shoot at: something of everything, and the names of it all."""

    def __init__(self, url: str, control: Control) -> None:
        self.url = url
        self.control = control
        control.post("reset", {"now": "2020-06-01T08:00:00Z"})
        control.seed(
            users=[{"email": OWNER, "admin": True}, {"email": FIRST}, {"email": ELSEWHERE}],
            courses=[{"id": COURSE, "name": "BETTER: Tartu", "owner": OWNER, "students": [FIRST]}],
        )
        self.wires = [Wire(url, control.token(who, *SCOPES)) for who in (OWNER, FIRST, ELSEWHERE)]
        self.pool: Pool = {
            "courseId": [COURSE, "p:kursus"],
            "userId": ["me", OWNER, FIRST, ELSEWHERE],
            "ownerId": ["me", OWNER],
            "alias": ["p:kursus", "d:kursus"],
            "courseWorkId": ["-"],
            "revisionId": ["head"],
            "fileId": ["root"],
            "role": ["reader", "writer", "owner"],
            "type": ["user", "group", "domain", "anyone"],
        }
        self.sessions: list[str] = []
        self._furnish()

    def _furnish(self) -> None:
        course = f"/v1/courses/{COURSE}"
        self.pool["courses.id"] = [COURSE, "p:kursus"]
        self._made("alias", f"{course}/aliases", {"alias": "p:kursus"})
        topic = self._made("topics.id", f"{course}/topics", {"name": "Partnerlus"})
        self.pool["topicId"] = [topic]
        self._made("courseWorkMaterials.id", f"{course}/courseWorkMaterials", {"title": "Ettekanne", "topicId": topic})
        question = {"title": "Küsimused", "workType": "SHORT_ANSWER_QUESTION", "state": "PUBLISHED", "maxPoints": 5}
        work = self._made("courseWork.id", f"{course}/courseWork", question)
        self.pool["courseWorkId"].append(work)
        self._made(
            "courseWork.id", f"{course}/courseWork", {"title": "Töö", "workType": "ASSIGNMENT", "state": "PUBLISHED"}
        )
        self._made(
            "announcements.id", f"{course}/announcements", {"text": "Tere", "scheduledTime": "2020-06-02T08:00:00Z"}
        )
        self._made("invitations.id", "/v1/invitations", {"userId": ELSEWHERE, "courseId": COURSE, "role": "STUDENT"})
        said = {"courseId": COURSE, "courseWorkId": work, "userId": FIRST, "answer": "Miks?"}
        self.pool["studentSubmissions.id"] = [self.control.post("submissions", said)["id"]]
        self._furnish_drive()

    def _furnish_drive(self) -> None:
        file = self._made("fileId", "/upload/drive/v3/files?uploadType=media", b"%PDF-1.7")
        self._made("fileId", "/drive/v3/files", {"name": "Kaust", "mimeType": "application/vnd.google-apps.folder"})
        reader = {"type": "user", "role": "reader", "emailAddress": FIRST}
        self._made("permissionId", f"/drive/v3/files/{file}/permissions", reader)
        comment = self._made("commentId", f"/drive/v3/files/{file}/comments?fields=*", {"content": "Miks?"})
        self._made("replyId", f"/drive/v3/files/{file}/comments/{comment}/replies?fields=*", {"content": "Sest."})
        self._made("spreadsheetId", "/v4/spreadsheets", {})
        begun = self.wires[0].ask("POST", "/upload/drive/v3/files?uploadType=resumable")
        location = urlsplit(begun.headers["location"])
        self.sessions.append(f"{location.path}?{location.query}")

    def _made(self, name: str, path: str, body: Any) -> str:
        answer = self.wires[0].ask("POST", path, body)
        if answer.status == 501:
            return ""
        assert answer.status == 200, answer
        made = answer.json
        identity = str(made.get("id") or made.get(name) or made.get("topicId"))
        self.pool.setdefault(name, []).append(identity)
        return identity

    def fire(self, wire: Wire, shot: Shot) -> Answer:
        """Send a call and hold its answer against the rules."""
        answer = wire.ask(shot.verb, shot.target, shot.body, **shot.headers)
        wrong = fuzzing.complaints(shot, answer)
        assert not wrong, (shot, answer, wrong)
        return answer

    def close(self) -> None:
        for wire in self.wires:
            wire.close()


@contextlib.contextmanager
def shooting(url: str, control: Control) -> Any:
    """A fresh world for one example."""
    made = Range(url, control)
    try:
        yield made
    finally:
        made.close()


def _routed() -> list[Described]:
    return fuzzing.methods()


def _with_uploads() -> list[Described]:
    return [one for one in fuzzing.methods() if one.upload]


Trial = Callable[[str, Control, Any], None]


def any_call(url: str, control: Control, data: Any) -> None:
    """A few calls of any methods by any of three people."""
    with shooting(url, control) as world:
        for _ in range(data.draw(st.integers(1, 8))):
            described = data.draw(st.sampled_from(_routed()))
            shot = data.draw(fuzzing.shots(described, world.pool))
            world.fire(data.draw(st.sampled_from(world.wires)), shot)


def any_upload(url: str, control: Control, data: Any) -> None:
    """A few requests of uploads, whole and torn."""
    with shooting(url, control) as world:
        for _ in range(data.draw(st.integers(1, 6))):
            described = data.draw(st.sampled_from(_with_uploads()))
            shot = data.draw(fuzzing.uploads(described, world.pool, world.sessions))
            answer = world.fire(world.wires[0], shot)
            if "location" in answer.headers:
                location = urlsplit(answer.headers["location"])
                world.sessions.append(f"{location.path}?{location.query}")


def any_batch(url: str, control: Control, data: Any) -> None:
    """A batch of any calls to one API, or to two."""
    with shooting(url, control) as world:
        api = data.draw(st.sampled_from(["classroom", "drive"]))
        among = [one for one in _routed() if one.api == api or data.draw(st.integers(0, 99)) == 0]
        inner = [
            data.draw(fuzzing.shots(data.draw(st.sampled_from(among)), world.pool))
            for _ in range(data.draw(st.integers(0, 4)))
        ]
        end = data.draw(st.sampled_from([b"\r\n", b"\n"]))
        body = fuzzing.batch(inner, end=end, closed=data.draw(st.integers(0, 9)) > 0)
        path = {"classroom": "/batch", "drive": "/batch/drive/v3"}[api]
        answer = world.wires[0].ask("POST", path, body, content_type="multipart/mixed; boundary=b")
        assert answer.status in {200, 400}, answer
        if answer.status == 400:
            assert answer.error["status"] == "INVALID_ARGUMENT"
        assert b"HTTP/1.1 500" not in answer.body
        assert answer.status == 400 or answer.body.count(b"Content-Type: application/http") == len(inner)


def any_bytes(url: str, control: Control, data: Any) -> None:
    """A request of which some bytes are others, or are not there."""
    token = control.token(OWNER, *SCOPES)
    body = b'{"name": "Partnerlus"}'
    whole = (
        b"POST /v1/courses/%s/topics?fields=name HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    ) % (COURSE.encode(), token.encode(), len(body), body)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        gone = data.draw(st.integers(0, 12))
        whole = whole[:at] + data.draw(st.binary(max_size=12)) + whole[at + gone :]
    said = _said(url, whole)
    assert not said or said.startswith(b"HTTP/1.1 "), said
    assert not said.startswith(b"HTTP/1.1 5"), said


def _said(url: str, sent: bytes) -> bytes:
    """All that the server says to these bytes, after which nothing more comes."""
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=10) as sock:
        said = b""
        with contextlib.suppress(ConnectionError):
            sock.sendall(sent)
            sock.shutdown(socket.SHUT_WR)
            while piece := sock.recv(65536):
                said += piece
    return said


_CONTROL = {
    "seed": ["users", "courses", "clients", "serviceAccounts", "email", "name", "owner", "id", "students", "publicKey"],
    "clock": ["now"],
    "tokens": ["user", "scopes", "project", "access_token", "expiresIn"],
    "submissions": ["courseId", "courseWorkId", "userId", "answer"],
    "comments": ["fileId", "userId", "content", "quoted"],
    "faults": ["method", "when", "do", "reason", "retryAfter", "delayMs", "times", "skip"],
    "faults/release": [],
    "reset": ["now"],
    "calls": [],
}
_SENSIBLE = st.sampled_from(
    [
        COURSE,
        OWNER,
        FIRST,
        "p:kursus",
        "2020-06-09T09:00:00Z",
        "classroom.courses.topics.create",
        "503",
        "drop",
        "before",
    ]
)


def any_control(url: str, control: Control, data: Any) -> None:
    """Whatever to the control surface: it says in a sentence what is wrong."""
    with shooting(url, control) as world:
        wire = world.wires[0]
        for _ in range(data.draw(st.integers(1, 5))):
            what = data.draw(st.sampled_from(sorted(_CONTROL)))
            leaf = fuzzing.JSON | _SENSIBLE
            names = st.sampled_from([*_CONTROL[what], "x"])
            inner = st.dictionaries(names, leaf, max_size=5)
            body = data.draw(
                st.dictionaries(names, leaf | st.lists(inner | leaf, max_size=2), max_size=6) | fuzzing.JSON
            )
            verb = data.draw(st.sampled_from(["POST", "POST", "POST", "GET", "DELETE"]))
            answer = wire.ask(verb, f"/_sandbox/{what}", body)
            assert answer.status in {200, 400, 403, 404, 405, 409}, (what, body, answer)
            assert answer.status == 200 or answer.json["error"], answer


def any_grant(url: str, control: Control, data: Any) -> None:
    """Whatever to the OAuth endpoints."""
    with shooting(url, control) as world:
        grants = ["refresh_token", "authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer", "password"]
        names = [
            "code",
            "refresh_token",
            "assertion",
            "client_id",
            "redirect_uri",
            "code_verifier",
            "login_hint",
            "token",
        ]
        form = {"grant_type": data.draw(st.sampled_from(grants))}
        leaf = _SENSIBLE | fuzzing.WORDS | st.sampled_from(["http://localhost:1/", "a.b.c", "e30.e30.e30", "http://["])
        form |= data.draw(st.dictionaries(st.sampled_from(names), leaf, max_size=5))
        path = data.draw(st.sampled_from(["/token", "/revoke", "/o/oauth2/auth"]))
        kind = "application/x-www-form-urlencoded"
        if path == "/o/oauth2/auth":
            answer = world.wires[0].ask("GET", f"{path}?{urlencode(form)}")
        else:
            body = data.draw(st.just(urlencode(form).encode()) | st.binary(max_size=30))
            answer = world.wires[0].ask("POST", path, body, content_type=kind)
        assert answer.status in {200, 302, 400, 401, 403, 404}, (form, answer)


TRIALS: dict[str, Trial] = {
    trial.__name__: trial for trial in (any_call, any_upload, any_batch, any_bytes, any_control, any_grant)
}


@pytest.mark.unstruck
@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS)
def test_nothing_that_is_sent_breaks_the_sandbox(trial: Trial, sandbox_url: str, control: Control) -> None:
    @quick
    @given(st.data())
    def held(data: Any) -> None:
        trial(sandbox_url, control, data)
        assert not [call for call in control.calls() if call["status"] == 500]

    held()


def test_after_all_that_an_ordinary_call_is_answered(sandbox_url: str, control: Control) -> None:
    for sent in (b"", b"\0" * 100, b"GET / HTTP/9.9\r\n\r\n", b"POST /token HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
        said = _said(sandbox_url, sent)
        assert not said.startswith(b"HTTP/1.1 5"), said
    with shooting(sandbox_url, control) as world:
        assert world.wires[0].ask("GET", "/v1/courses").status == http.client.OK
