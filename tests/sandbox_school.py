"""A small school in the sandbox, for the tests of its Classroom: who is there, and how each of them calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from googleapiclient.errors import HttpError

START = "2020-06-01T08:00:00Z"
COURSE = "604567890123"
PREFIX = "https://www.googleapis.com/auth/"

OWNER = "korraldaja@tartu.example"
CO_TEACHER = "abi.korraldaja@tartu.example"
FIRST = "osaleja.uks@tartu.example"
SECOND = "osaleja.kaks@tartu.example"
INVITED = "osaleja.kolm@tartu.example"
ADMIN = "haldur@tartu.example"
OUTSIDER = "partecipante.due@genova.example"
CONSUMER = "resztvevo.ot@personal.example"

SCOPES = [
    PREFIX + name
    for name in (
        "classroom.courses",
        "classroom.topics",
        "classroom.courseworkmaterials",
        "classroom.announcements",
        "classroom.coursework.students",
        "classroom.coursework.me",
        "classroom.rosters",
        "classroom.profile.emails",
        "drive",
    )
]


class School:
    """Calls the sandbox as this or that person. ``control`` and ``google`` are the fixtures of those names."""

    def __init__(self, control: Any, google: Any) -> None:
        self.control = control
        self._google = google
        self._services: dict[Any, Any] = {}
        users = [
            {"email": OWNER, "name": "Korraldaja Üks"},
            {"email": CO_TEACHER, "name": "Abi Korraldaja"},
            {"email": FIRST, "name": "Osaleja Üks"},
            {"email": SECOND, "name": "Osaleja Kaks"},
            {"email": INVITED, "name": "Osaleja Kolm"},
            {"email": ADMIN, "name": "Haldur Üks", "admin": True},
            {"email": OUTSIDER, "name": "Partecipante Due"},
            {"email": CONSUMER, "name": "Résztvevő Öt", "consumer": True},
        ]
        course = {"id": COURSE, "name": "BETTER: Tartu", "owner": OWNER, "teachers": [CO_TEACHER]}
        control.post("clock", {"now": START})
        control.post("seed", {"users": users, "courses": [course | {"students": [FIRST, SECOND]}]})

    def by(self, who: str, *, project: str = "better", scopes: list[str] | None = None, api: str = "classroom") -> Any:
        """Google's client, signed in as that person through an app of that project."""
        granted = SCOPES if scopes is None else [PREFIX + scope for scope in scopes]
        key = (who, project, tuple(granted), api)
        if key not in self._services:
            answer = self.control.post("tokens", {"user": who, "scopes": granted, "project": project})
            version = {"classroom": "v1", "drive": "v3"}[api]
            self._services[key] = self._google(api, version, answer["access_token"])
        return self._services[key]

    def courses(self, who: str = OWNER, **more: Any) -> Any:
        """``courses()`` of that person's client."""
        return self.by(who, **more).courses()

    def id_of(self, who: str) -> str:
        """Google's numeric id of a person."""
        return str(self.by(who).userProfiles().get(userId="me").execute()["id"])

    def invite(self, who: str, role: str = "STUDENT", course: str = COURSE) -> Any:
        """Invite somebody, as the course's owner."""
        body = {"userId": who, "courseId": course, "role": role}
        return self.by(OWNER).invitations().create(body=body).execute()

    def material(self, who: str = OWNER, **body: Any) -> Any:
        """Create a material post."""
        return (
            self.courses(who)
            .courseWorkMaterials()
            .create(courseId=COURSE, body={"title": "Ettekanne"} | body)
            .execute()
        )

    def question(self, **body: Any) -> Any:
        """Create a published short answer question that may be answered again."""
        whole = {"title": "Küsimused", "workType": "SHORT_ANSWER_QUESTION", "state": "PUBLISHED"}
        whole |= {"submissionModificationMode": "MODIFIABLE"} | body
        return self.courses().courseWork().create(courseId=COURSE, body=whole).execute()

    def answer(self, work: Any, who: str = FIRST, answer: str = "Millal saame andmed?") -> Any:
        """What a participant does in Classroom's page."""
        said = {"courseId": COURSE, "courseWorkId": work["id"], "userId": who, "answer": answer}
        return self.control.post("submissions", said)

    def submissions(self, work_id: str = "-", who: str = OWNER, **query: Any) -> Any:
        """The submissions that somebody sees."""
        listing = self.courses(who).courseWork().studentSubmissions()
        answer = listing.list(courseId=COURSE, courseWorkId=work_id, **query).execute()
        return answer.get("studentSubmissions", [])

    def archive(self) -> None:
        """Archive the course."""
        self.courses().patch(id=COURSE, updateMask="courseState", body={"courseState": "ARCHIVED"}).execute()

    def tick(self, now: str) -> None:
        """Set the sandbox's clock."""
        self.control.post("clock", {"now": now})


@contextmanager
def refused(code: int, status: str, reason: str = "") -> Iterator[None]:
    """What happens inside is refused by Google with that code, status and ``@Reason``."""
    with pytest.raises(HttpError) as caught:
        yield
    error = json.loads(caught.value.content)["error"]
    assert (error["code"], error["status"]) == (code, status), error
    assert error["message"].partition(" ")[0] == f"@{reason}" if reason else not error["message"].startswith("@"), error


def names(rows: list[dict[str, Any]], key: str = "title") -> list[str]:
    """One field of each row."""
    return [row[key] for row in rows]
