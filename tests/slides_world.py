"""A published programme whose slides are commented on: participants in Drive, an expert's file, what the threads say."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from better_classroom.ledger import Ledger, Question
from builders import ACCOUNT, a_programme, written
from talking import Control
from worlds import Organiser, Said, join, token

FIRST = "osaleja.uks@tartu.example"
SECOND = "osaleja.kaks@tartu.example"
TWIN = "osaleja.uks.teine@tartu.example"
"""Has the same name as the first, and is in no course at first."""
ABROAD = "participant.three@birmingham.example"
PEOPLE = {FIRST: "Osaleja Üks", SECOND: "Osaleja Kaks", TWIN: "Osaleja Üks", ABROAD: "Participant Three"}
COURSES = {"tartu": (FIRST, SECOND), "birmingham": (ABROAD,)}
PATH = "slides/1.pdf"
ON: dict[str, Any] = {"questions": {"slide_comments": True}}
NOW = "2020-06-05T08:00:00Z"


@dataclass
class Slides:
    """The world, and what everybody does in it."""

    control: Control
    google: Callable[[str, str, str], Any]
    organiser: Organiser
    _drives: dict[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.organiser.programme.parent

    # The organiser

    def publish(self) -> None:
        said = self.organiser.applies()
        assert said.code == 0, said.err

    def sync(self) -> Any:
        said = self.organiser.types("sync", "--json")
        assert said.code == 0, said.err
        return said.data

    def ledger(self) -> Ledger:
        return Ledger.open(str(self.organiser.ledger), programme="better-test", target=self.organiser.target)

    def questions(self) -> tuple[Question, ...]:
        with self.ledger() as ledger:
            return ledger.questions.find()

    def texts(self) -> list[str]:
        """The latest text of every question, in the order of asking."""
        return [question.texts[-1].text for question in self.questions()]

    def answer(self, text: str, *, to: str = "", status: str = "publish", visibility: str = "public") -> Said:
        """The expert writes into the rows of the questions that hold some words, and the organiser imports the file."""
        self.organiser.types("questions", "export")
        path = self.folder / "questions" / "lauri-sock.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            if to in row["question"]:
                row |= {"status": status, "answer": text, "visibility": visibility}
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return self.organiser.types("answers", "import", str(path))

    # Drive, as one person sees it

    def drive(self, person: str = ACCOUNT) -> Any:
        if person not in self._drives:
            self._drives[person] = self.google("drive", "v3", token(self.control, person))
        return self._drives[person]

    def file(self, course: str = "tartu", path: str = PATH) -> str:
        """Drive's id of a course's copy."""
        with self.ledger() as ledger:
            return ledger.entries()[f"file:{ACCOUNT}/{path}//{course}"].remote_id

    def comment(self, text: str, *, by: str = FIRST, quoted: str = "", course: str = "tartu", path: str = PATH) -> Any:
        """What a participant does in Drive's page."""
        said = {"fileId": self.file(course, path), "userId": by, "content": text, "quoted": quoted}
        return self.control.post("comments", said)

    def reply(self, comment: Any, text: str = "", *, by: str, course: str = "tartu", action: str = "") -> Any:
        """A reply; with an action it resolves or reopens the thread."""
        body = {name: value for name, value in (("content", text), ("action", action)) if value}
        where = {"fileId": self.file(course), "commentId": comment["id"]}
        return self.drive(by).replies().create(**where, body=body, fields="*").execute()

    def edit(self, comment: Any, text: str, *, by: str = FIRST) -> None:
        where = {"fileId": self.file(), "commentId": comment["id"]}
        self.drive(by).comments().update(**where, body={"content": text}, fields="id").execute()

    def delete(self, comment: Any, *, by: str = FIRST) -> None:
        self.drive(by).comments().delete(fileId=self.file(), commentId=comment["id"]).execute()

    def delete_reply(self, comment: Any, reply: Any, *, by: str) -> None:
        where = {"fileId": self.file(), "commentId": comment["id"], "replyId": reply["id"]}
        self.drive(by).replies().delete(**where).execute()

    def thread(self, comment: Any, course: str = "tartu") -> list[str]:
        """The words in a thread that the account wrote, as a participant of the course reads them."""
        (reader, *_) = COURSES[course]
        where = {"fileId": self.file(course), "commentId": comment["id"], "fields": "replies(content,author)"}
        found = self.drive(reader).comments().get(**where).execute().get("replies", [])
        return [reply["content"] for reply in found if reply["author"]["displayName"] == "Organiser"]

    def published(self, course: str) -> str:
        """The "Questions and answers" post of a course."""
        materials = self.google("classroom", "v1", token(self.control, ACCOUNT)).courses().courseWorkMaterials()
        posts = materials.list(courseId=f"p:{course}").execute()["courseWorkMaterial"]
        titles = ("Küsimused ja vastused", "Questions and answers")
        return "".join(post["description"] for post in posts if any(title in post["title"] for title in titles))

    def calls(self, method: str) -> int:
        """How often a method was called since the calls were last forgotten."""
        return len(self.control.calls(method))


def seeded(control: Control) -> None:
    """Everybody with an account."""
    users = [{"email": email, "name": name} for email, name in PEOPLE.items()]
    control.seed(users=[{"email": ACCOUNT, "name": "Organiser"}, *users])
    control.post("clock", {"now": NOW})


def begun(
    folder: Path,
    control: Control,
    google: Callable[[str, str, str], Any],
    url: str,
    *,
    courses: Sequence[str] = ("tartu", "birmingham"),
    **changes: Any,
) -> Slides:
    """A programme that is published, and its participants in their courses."""
    seeded(control)
    path = written(folder / "programme", a_programme(courses=tuple(courses), **(ON | changes)))
    found = Slides(control, google, Organiser(path, url, folder / "ledger.db"))
    found.publish()
    organiser = google("classroom", "v1", token(control, ACCOUNT))
    for course in courses:
        for person in COURSES[course]:
            join(google("classroom", "v1", token(control, person)), organiser, f"p:{course}")
    return found
