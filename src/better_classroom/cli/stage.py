"""The sandbox as a stage: starts it, and plays the people who would sit in front of Classroom's and Sheets' pages.

Everything goes over HTTP, as a person's browser would send it; the application is not involved.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from better_classroom.errors import BetterClassroomError

SCOPES = [
    f"https://www.googleapis.com/auth/{scope}"
    for scope in (
        "classroom.courses.readonly",
        "classroom.rosters",
        "classroom.topics.readonly",
        "classroom.courseworkmaterials.readonly",
        "classroom.coursework.me",
        "classroom.announcements.readonly",
        "drive.readonly",
        "spreadsheets",
    )
]
SPREADSHEETS = "mimeType='application/vnd.google-apps.spreadsheet' and trashed=false"
STARTED_WITHIN = 20.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What a participant sees in a course, in the order of Classroom's page read upwards: the oldest first."""

    topics: tuple[str, ...]
    posts: dict[str, list[str]]
    """Titles by topic."""
    stream: list[str]
    texts: dict[str, str]
    """Text by title."""
    boxes: dict[str, str]
    """Id of each question box by its title."""
    files: dict[str, str]
    """Name by Drive id."""


@dataclass(frozen=True, slots=True)
class Page:
    """A spreadsheet as somebody sees it who may open it."""

    id: str
    name: str
    tab: str
    header: list[str]
    rows: list[dict[str, str]]
    """Cells by header, of every row below."""


@dataclass
class Stage:
    """A running sandbox."""

    url: str
    _tokens: dict[str, str] = field(default_factory=dict)

    def control(self, path: str, body: Any = None) -> Any:
        """One call to the control surface."""
        return _send(f"{self.url}/_sandbox/{path}", body=body)

    def set_clock(self, now: datetime) -> None:
        """Let time pass: scheduled posts appear."""
        self.control("clock", {"now": now.isoformat()})

    def ask(self, course_id: str, box_id: str, person: str, text: str) -> None:
        """Write into a question box and hand it in."""
        self.control("submissions", {"courseId": course_id, "courseWorkId": box_id, "userId": person, "answer": text})

    def join(self, course_id: str, code: str, people: list[str]) -> int:
        """Have people join a course with its code, as they would on Classroom's page; returns how many did."""
        for person in people:
            self._api(person, f"v1/courses/{course_id}/students?enrollmentCode={code}", {"userId": "me"})
        return len(people)

    def code(self, organiser: str, name: str) -> tuple[str, str]:
        """Id and code of the organiser's course of that name."""
        courses = self._listed(organiser, "v1/courses?teacherId=me", "courses")
        found = next(course for course in courses if course["name"] == name)
        return found["id"], found["enrollmentCode"]

    def shown(self, course_id: str, person: str) -> Shown:
        """What a person sees in a course at this moment."""
        root = f"v1/courses/{course_id}"
        topics = {topic["topicId"]: topic["name"] for topic in self._listed(person, f"{root}/topics", "topic")}
        materials = self._listed(person, f"{root}/courseWorkMaterials", "courseWorkMaterial")
        boxes = self._listed(person, f"{root}/courseWork", "courseWork")
        stream = self._listed(person, f"{root}/announcements", "announcements")
        posts: dict[str, list[str]] = {}
        for post in sorted((*materials, *boxes), key=lambda post: post["creationTime"], reverse=True):
            posts.setdefault(topics.get(post.get("topicId", ""), ""), []).append(post["title"])
        drive = [
            part["driveFile"]["driveFile"]
            for post in materials
            for part in post.get("materials", [])
            if "driveFile" in part
        ]
        return Shown(
            topics=tuple(topics.values()),
            posts=posts,
            stream=[post["text"] for post in reversed(stream)],
            texts={post["title"]: post.get("description", "") for post in (*materials, *boxes)},
            boxes={post["title"]: post["id"] for post in boxes},
            files={file["id"]: file["title"] for file in drive},
        )

    def download(self, person: str, file_id: str) -> bytes:
        """The bytes of a file, as that person gets them."""
        return _fetch(f"{self.url}/drive/v3/files/{file_id}?alt=media", headers=self._signed(person))

    def pages(self, person: str) -> list[Page]:
        """Every spreadsheet that a person may open."""
        query = urlencode({"q": SPREADSHEETS, "fields": "files(id,name)"})
        return [self._page(person, file) for file in self._api(person, f"drive/v3/files?{query}")["files"]]

    def _page(self, person: str, file: dict[str, Any]) -> Page:
        root = f"v4/spreadsheets/{file['id']}"
        tab = self._api(person, f"{root}?fields=sheets.properties.title")["sheets"][0]["properties"]["title"]
        values = self._api(person, f"{root}/values/{quote(tab)}").get("values", [[]])
        header: list[str] = values[0]
        cells = ([*row, *[""] * (len(header) - len(row))] for row in values[1:])
        return Page(file["id"], file["name"], tab, header, [dict(zip(header, row, strict=True)) for row in cells])

    def type_into(self, person: str, page: Page, row: int, header: str, text: str) -> None:
        """Type into one cell; rows count from 0 below the header."""
        place = f"{quote(page.tab)}!{chr(ord('A') + page.header.index(header))}{row + 2}"
        path = f"v4/spreadsheets/{page.id}/values/{place}?valueInputOption=USER_ENTERED"
        self._api(person, path, {"values": [[text]]}, method="PUT")

    def _listed(self, person: str, path: str, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        token = ""
        while True:
            more = f"pageSize=100&pageToken={token}" if token else "pageSize=100"
            page = self._api(person, f"{path}{'&' if '?' in path else '?'}{more}")
            found += page.get(key, [])
            token = page.get("nextPageToken", "")
            if not token:
                return found

    def _api(self, person: str, path: str, body: Any = None, *, method: str | None = None) -> Any:
        return _send(f"{self.url}/{path}", body=body, headers=self._signed(person), method=method)

    def _signed(self, person: str) -> dict[str, str]:
        if person not in self._tokens:
            given = self.control("tokens", {"user": person, "scopes": SCOPES, "project": "classroom-page"})
            self._tokens[person] = given["access_token"]
        return {"authorization": f"Bearer {self._tokens[person]}"}


@contextmanager
def started(now: datetime) -> Iterator[Stage]:
    """A sandbox of its own process, gone when the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "better_classroom", "sandbox", "--port", "0", "--ready-file", str(ready)]
        process = subprocess.Popen(  # noqa: S603 - our own program, with arguments of our own
            [*command, "--now", now.isoformat()], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        try:
            yield Stage(_wait(process, ready))
        finally:
            process.terminate()
            process.communicate()


def _wait(process: subprocess.Popen[str], ready: Path) -> str:
    until = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < until and process.poll() is None:
        if ready.exists():
            url: str = json.loads(ready.read_text(encoding="utf-8"))["url"]
            return url
        time.sleep(0.02)  # noqa: TID251 - the operating system has no other way to wait for a file
    process.kill()
    raise BetterClassroomError("the sandbox did not start", advice=process.communicate()[1])


def _send(url: str, *, body: Any = None, headers: dict[str, str] | None = None, method: str | None = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    told = {"content-type": "application/json", **(headers or {})}
    return json.loads(_fetch(url, body=content, headers=told, method=method))


def _fetch(url: str, *, headers: dict[str, str], body: bytes | None = None, method: str | None = None) -> bytes:
    request = urllib.request.Request(url, data=body, headers=headers, method=method)  # noqa: S310 - the address that our own sandbox has told: always http
    try:
        with urllib.request.urlopen(request) as reply:  # noqa: S310 - of our own sandbox, always http
            content: bytes = reply.read()
    except urllib.error.HTTPError as error:
        raise BetterClassroomError(f"the sandbox refused {url}: {error.read().decode()}") from error
    return content
