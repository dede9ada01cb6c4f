"""What stands in the sandbox, told without Google's ids, so that two worlds can be compared; and an organiser to act."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from better_classroom import cli

SCOPES = tuple(
    f"https://www.googleapis.com/auth/{scope}"
    for scope in (
        "classroom.courses",
        "classroom.rosters",
        "classroom.topics",
        "classroom.courseworkmaterials",
        "classroom.coursework.students",
        "classroom.announcements",
        "drive",
    )
)
PROJECT = "better-classroom"
READS = (".list", ".get", ".generateIds")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Organiser:
    """Types commands about one programme, in this process, as on a command line."""

    programme: Path
    target: str
    ledger: Path

    def types(self, *arguments: str) -> Said:
        out, err = io.StringIO(), io.StringIO()
        where = ("--programme", str(self.programme), "--target", self.target, "--ledger", str(self.ledger))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.suppress(SystemExit))
            code = 0
            try:
                cli.main([*arguments, *where])
            except SystemExit as leaving:
                code = leaving.code if isinstance(leaving.code, int) else 0
        return Said(code, out.getvalue(), err.getvalue())

    def applies(self, *arguments: str) -> Said:
        return self.types("apply", "--yes", *arguments)

    def plans(self, *arguments: str) -> Any:
        return self.types("plan", "--json", *arguments).data


Organising = Callable[[Mapping[str, Any]], Organiser]
"""Writes a programme down for an organiser whose account is known to the sandbox: the fixture ``organising``."""


def token(control: Any, user: str, project: str = PROJECT) -> str:
    given = control.post("tokens", {"user": user, "scopes": list(SCOPES), "project": project})
    return str(given["access_token"])


def join(participant: Any, organiser: Any, alias: str) -> None:
    """Have a participant join a course with its code; both are Classroom as that person sees it."""
    course = organiser.courses().get(id=alias).execute()
    students = participant.courses().students()
    students.create(courseId=course["id"], enrollmentCode=course["enrollmentCode"], body={"userId": "me"}).execute()


def writes(control: Any) -> list[str]:
    """Method ids of every call that changed something."""
    return [call["method"] for call in control.get("calls")["calls"] if not call["method"].endswith(READS)]


def listed(call: Callable[..., Any], key: str, **parameters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = call(pageSize=100, **parameters).execute()
    found += page.get(key, [])
    while page.get("nextPageToken"):
        page = call(pageSize=100, pageToken=page["nextPageToken"], **parameters).execute()
        found += page.get(key, [])
    return found


def posts(courses: Any, course_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Every post of a course, drafts included, with its kind."""
    kinds = (
        ("material", courses.courseWorkMaterials(), "courseWorkMaterial", "courseWorkMaterialStates"),
        ("box", courses.courseWork(), "courseWork", "courseWorkStates"),
        ("announcement", courses.announcements(), "announcements", "announcementStates"),
    )
    return [
        (kind, post)
        for kind, resource, key, states in kinds
        for post in listed(resource.list, key, courseId=course_id, **{states: ["DRAFT", "PUBLISHED"]})
    ]


def world(classroom: Any, drive: Any) -> Mapping[str, Any]:
    """Everything the account sees, by name: courses with their topics in order and their posts, and files."""
    courses = classroom.courses()
    found: dict[str, Any] = {}
    for course in listed(courses.list, "courses", teacherId="me"):
        topics = {t["topicId"]: t["name"] for t in listed(courses.topics().list, "topic", courseId=course["id"])}
        found[course["name"]] = {
            "state": course["courseState"],
            "topics": list(topics.values()),
            "posts": sorted((_told(kind, post, topics) for kind, post in posts(courses, course["id"])), key=str),
        }
    files = listed(drive.files().list, "files", fields="nextPageToken,files(name,sha256Checksum)")
    found["files"] = sorted((file["name"], file["sha256Checksum"]) for file in files)
    return found


def _told(kind: str, post: dict[str, Any], topics: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": kind,
        "topic": topics.get(post.get("topicId", ""), ""),
        "title": post.get("title", ""),
        "text": post.get("description", post.get("text", "")),
        "state": post["state"],
        "scheduled": post.get("scheduledTime"),
        "attachments": [_attachment(part) for part in post.get("materials", [])],
        "alone": post.get("individualStudentsOptions", {}).get("studentIds", []),
    }


def _attachment(part: dict[str, Any]) -> str:
    if "driveFile" in part:
        return str(part["driveFile"]["driveFile"]["title"])
    if "youtubeVideo" in part:
        return "youtube:" + str(part["youtubeVideo"]["id"])
    return str(part["link"]["url"])
