"""The sandbox as a server: many at once, slow ones, idle ones, and a kill in the middle of it all."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from talking import Control, Wire

COURSE = "604567890123"
ORGANISER = "korraldaja@tartu.example"
SCOPES = ("classroom.courses", "classroom.topics", "classroom.rosters", "drive")
IDLE = 1_000
MANY = 100
LARGE = 32 * 1024 * 1024


class Process:
    """A sandbox in a process of its own, which may open no more than ``files`` files unless it asks for more."""

    def __init__(self, *arguments: str, files: int = 256) -> None:
        command = [sys.executable, "-m", "better_classroom", "sandbox", *arguments]
        limited = ["sh", "-c", f'ulimit -Sn {files}; exec "$@"', "sh", *command]
        self.process = subprocess.Popen(limited, stderr=subprocess.PIPE, text=True)
        self.url = self._told()
        self.port = urlsplit(self.url).port or 0
        self.control = Control(self.url)

    def _told(self) -> str:
        """Its address, as it says it once it listens."""
        assert self.process.stderr
        for line in self.process.stderr:
            if found := re.search(r"http://[\d.]+:\d+", line):
                return found[0]
        raise AssertionError("it stopped before it listened")

    def begin(self) -> str:
        """Put a course there; gives its organiser's token."""
        self.control.seed(courses=[{"id": COURSE, "name": "BETTER: Tartu", "owner": ORGANISER}])
        return self.control.token(ORGANISER, *SCOPES)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def memory(self) -> int:
        """Bytes of memory held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.control.close()
        os.kill(self.process.pid, how)
        self.process.wait(timeout=10)
        assert self.process.stderr
        self.process.stderr.close()


@pytest.fixture(scope="module")
def _process() -> Iterator[Process]:
    process = Process()
    yield process
    process.stop()


@pytest.fixture
def alone(_process: Process) -> Process:
    """A sandbox in a process of its own, emptied."""
    _process.control.post("reset")
    return _process


# --- many at once


def _at_once(url: str, token: str, path: str, body: Any) -> list[int]:
    """The statuses of a hundred threads that make the same call."""
    statuses: list[int] = []
    together = threading.Barrier(MANY)

    def call() -> None:
        with Wire(url, token) as wire:
            together.wait()
            statuses.append(wire.ask("POST", path, body).status)

    threads = [threading.Thread(target=call) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/v1/courses/{COURSE}/topics", {"name": "Partnerlus"}),
        (f"/v1/courses/{COURSE}/aliases", {"alias": "p:tartu"}),
        ("/v1/courses", {"name": "Võru", "ownerId": "me", "id": "p:voru"}),
        ("/v1/invitations", {"courseId": COURSE, "userId": "osaleja.uks@tartu.example", "role": "STUDENT"}),
    ],
)
def test_of_a_hundred_who_make_the_same_thing_one_succeeds(
    sandbox_url: str, control: Control, path: str, body: Any
) -> None:
    control.seed(
        users=[{"email": "osaleja.uks@tartu.example"}],
        courses=[{"id": COURSE, "name": "BETTER: Tartu", "owner": ORGANISER}],
    )
    token = control.token(ORGANISER, *SCOPES)
    assert _at_once(sandbox_url, token, path, body) == [200] + [409] * (MANY - 1)


def test_of_a_hundred_who_upload_under_one_id_one_succeeds(sandbox_url: str, control: Control) -> None:
    token = control.token(ORGANISER, "drive")
    with Wire(sandbox_url, token) as wire:
        [file_id] = wire.ask("GET", "/drive/v3/files/generateIds?count=1").json["ids"]
        statuses = _at_once(sandbox_url, token, "/drive/v3/files", {"id": file_id, "name": "Ettekanne"})
        assert statuses == [200] + [409] * (MANY - 1)
        assert len(wire.ask("GET", "/drive/v3/files").json["files"]) == 1


def test_requests_sent_without_waiting_are_answered_in_their_order(sandbox_url: str, control: Control) -> None:
    control.seed(courses=[{"id": COURSE, "name": "BETTER: Tartu", "owner": ORGANISER}])
    head = f"Host: localhost\r\nAuthorization: Bearer {control.token(ORGANISER, *SCOPES)}\r\n"
    paths = [f"/v1/courses/{COURSE}", "/v1/courses/1", "/v1/nothing", f"/v1/courses/{COURSE}?fields=id"]
    requests = [f"GET {path} HTTP/1.1\r\n{head}\r\n" for path in paths[:-1]]
    requests.append(f"GET {paths[-1]} HTTP/1.1\r\n{head}Connection: close\r\n\r\n")
    with socket.create_connection(("127.0.0.1", urlsplit(sandbox_url).port or 0), timeout=10) as sock:
        sock.sendall("".join(requests).encode())
        said = b""
        while piece := sock.recv(65_536):
            said += piece
    lines = [line for line in said.split(b"\r\n") if b"HTTP/1.1 " in line]
    assert [int(line.rpartition(b"HTTP/1.1 ")[2][:3]) for line in lines] == [200, 404, 404, 200]
    assert said.endswith(b'{"id":"604567890123"}')


# --- slow and idle ones


def test_a_thousand_idle_connections_are_no_matter(alone: Process) -> None:
    token = alone.begin()
    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(alone.connect()) for _ in range(IDLE)]
        with Wire(alone.url, token) as wire:
            assert wire.ask("GET", "/v1/courses").status == 200
        for sock in (idle[0], idle[IDLE // 2], idle[-1]):
            sock.sendall(
                f"GET /v1/courses HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
            )
            assert sock.recv(65_536).startswith(b"HTTP/1.1 200")


def test_who_sends_slowly_holds_nobody_up_and_is_answered_in_the_end(alone: Process) -> None:
    token = alone.begin()
    body = b'{"name": "Partnerlus"}'
    head = f"POST /v1/courses/{COURSE}/topics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    whole = head.encode() + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with contextlib.ExitStack() as stack:
        slow = {cut: stack.enter_context(alone.connect()) for cut in range(1, len(whole), 5)}
        for cut, sock in slow.items():
            sock.sendall(whole[:cut])
        with Wire(alone.url, token) as wire:
            assert wire.ask("GET", "/v1/courses").status == 200
        statuses = []
        for cut, sock in slow.items():
            sock.sendall(whole[cut:])
            statuses.append(sock.recv(65_536).split(b" ")[1])
    assert sorted(statuses) == [b"200"] + [b"409"] * (len(slow) - 1)


def test_who_does_not_read_a_download_holds_nobody_up_and_costs_no_memory(alone: Process) -> None:
    token = alone.begin()
    with Wire(alone.url, token) as wire:
        content = bytes(LARGE)
        begun = wire.ask("POST", "/upload/drive/v3/files?uploadType=resumable")
        made = wire.ask("PUT", begun.headers["location"].removeprefix(alone.url), content).json
        before = alone.memory()
        asked = f"GET /drive/v3/files/{made['id']}?alt=media HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        with contextlib.ExitStack() as stack:
            for _ in range(8):
                stack.enter_context(alone.connect()).sendall(asked.encode())
            assert wire.ask("GET", "/v1/courses").status == 200
            assert alone.memory() - before < LARGE
        assert wire.ask("GET", f"/drive/v3/files/{made['id']}?alt=media").body == content


def test_who_goes_away_in_the_middle_leaves_nothing(alone: Process) -> None:
    token = alone.begin()
    head = f"Host: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    starts = [
        f"POST /v1/courses/{COURSE}/topics HTTP/1.1\r\n{head}Content-Length: 22\r\n\r\n" + '{"name": "Pa',
        f"POST /upload/drive/v3/files?uploadType=media HTTP/1.1\r\n{head}Content-Length: 500000\r\n\r\n"
        + "x" * 300_000,
        f"POST /batch HTTP/1.1\r\n{head}Content-Length: 500\r\n\r\n--b",
    ]
    for start in starts:
        with alone.connect() as sock:
            sock.sendall(start.encode())
    with Wire(alone.url, token) as wire:
        assert wire.ask("GET", f"/v1/courses/{COURSE}/topics").json == {}
        assert wire.ask("GET", "/drive/v3/files").json["files"] == []


# --- whom it lets in


def test_it_listens_on_one_address_of_this_machine_alone(alone: Process) -> None:
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", alone.port), timeout=10):
        pass


def test_a_browsers_question_whether_it_may_is_answered_by_silence(sandbox_url: str) -> None:
    with Wire(sandbox_url) as wire:
        for origin in ("http://localhost:3000", "https://evil.example", "null"):
            asked = {"origin": origin, "access_control_request_method": "POST"}
            answer = wire.ask("OPTIONS", f"/v1/courses/{COURSE}/topics", None, **asked)
            assert answer.status in {403, 404}
            assert not [name for name in answer.headers if name.startswith("access-control")]


# --- a kill


class Writer(threading.Thread):
    """Does a deed again and again, until the sandbox is killed; ``enough`` is set after so many."""

    def __init__(self, url: str, token: str, deed: Callable[[Wire, int], Any], enough: int) -> None:
        super().__init__()
        self._wire = Wire(url, token)
        self._deed = deed
        self._wanted = enough
        self.enough = threading.Event()
        self.done: list[Any] = []

    def run(self) -> None:
        with self._wire, contextlib.suppress(OSError, http.client.HTTPException):
            for number in itertools.count():
                self.done.append(self._deed(self._wire, number))
                if number == self._wanted:
                    self.enough.set()


def test_a_kill_in_the_middle_of_many_writes_loses_none_that_was_acknowledged(tmp_path: Path) -> None:
    data = str(tmp_path / "world")
    first = Process("--data", data)
    token = first.begin()

    def make_topic(wire: Wire, number: int) -> Any:
        body = {"name": f"Teema {number}"}
        made = wire.ask("POST", f"/v1/courses/{COURSE}/topics", body).json
        if number % 3:  # there can be 200, so most are deleted again
            assert wire.ask("DELETE", f"/v1/courses/{COURSE}/topics/{made['topicId']}").status == 200
            return None
        made = wire.ask(
            "PATCH", f"/v1/courses/{COURSE}/topics/{made['topicId']}?updateMask=name", {"name": f"t{number}"}
        )
        return made.json

    def make_file(wire: Wire, number: int) -> Any:
        content = f"%PDF {number}".encode() * 100
        made = wire.ask("POST", "/upload/drive/v3/files?uploadType=media", content, content_type="application/pdf")
        return made.json["id"], content

    topics, files = Writer(first.url, token, make_topic, 30), Writer(first.url, token, make_file, 10)
    for writer in (topics, files):
        writer.start()
    for writer in (topics, files):
        assert writer.enough.wait(timeout=20)
    first.stop(signal.SIGKILL)
    for writer in (topics, files):
        writer.join()

    second = Process("--data", data)
    with Wire(second.url, token) as wire:
        for made in filter(None, topics.done):
            assert wire.ask("GET", f"/v1/courses/{COURSE}/topics/{made['topicId']}").json == made
        for file_id, content in files.done:
            assert wire.ask("GET", f"/drive/v3/files/{file_id}?alt=media").body == content
        # What was under way at the kill is done or not done; there is no third.
        assert wire.ask("POST", f"/v1/courses/{COURSE}/topics", {"name": "Pärast"}).status == 200
    second.stop()
