"""Two cities in the sandbox whose participants ask, an expert who answers, and what each person then reads."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import worlds
from better_classroom.ledger import Ledger
from builders import ACCOUNT, a_programme, written
from worlds import Organiser, Said

UKS, KAKS, THREE = "osaleja.uks@tartu.example", "osaleja.kaks@tartu.example", "participant.three@birmingham.example"
CITY = {UKS: "tartu", KAKS: "tartu", THREE: "birmingham"}
NAMES = {UKS: "Osaleja Üks", KAKS: "Osaleja Kaks", THREE: "Participant Three"}
COURSES = {"tartu": "604567890123", "birmingham": "604567890124"}
BEGIN = "2020-06-05T08:00:00Z"

COMMON = ("Welcome", "Tere tulemast", "Tomorrow", "Homme")
"""Beginnings of the announcements that every course gets, whoever asks."""

Row = Mapping[str, str]


def public(answer: str) -> Row:
    return {"status": "publish", "answer": answer, "visibility": "public"}


def private(answer: str) -> Row:
    return {"status": "publish", "answer": answer, "visibility": "private"}


def declined(reason: str = "") -> Row:
    return {"status": "decline", "answer": reason, "visibility": ""}


TAKE_BACK: Row = {"status": "take back", "answer": "", "visibility": ""}


@dataclass
class Cities:
    """A published programme in Tartu and Birmingham, with everybody in their course."""

    folder: Path
    control: Any
    google: Callable[[str, str, str], Any]
    url: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The programme's section ``questions``."""

    def __post_init__(self) -> None:
        people = [{"id": str(n), "email": email, "name": name} for n, (email, name) in enumerate(NAMES.items(), 1001)]
        courses = [
            {"id": id_, "name": key, "owner": ACCOUNT, "students": [who for who in NAMES if CITY[who] == key]}
            for key, id_ in COURSES.items()
        ]
        self.control.post("seed", {"users": [{"email": ACCOUNT, "name": "Organiser"}, *people], "courses": courses})
        self.at(BEGIN)
        self.organiser = Organiser(self.folder / "programme.yaml", self.url, self.folder / "ledger.db")
        self.write(**self.settings)
        assert self.organiser.applies().code == 0
        self._services: dict[str, Any] = {}
        with self.ledger() as ledger:
            self.ids = {key: entry.remote_id for key, entry in ledger.entries().items()}

    def write(self, **settings: Any) -> None:
        """Write the programme with these settings for questions."""
        programme = a_programme() | ({"questions": settings} if settings else {})
        for key, id_ in COURSES.items():
            del programme["courses"][key]["alias"]
            programme["courses"][key]["id"] = id_
        written(self.folder, programme)

    def service(self, person: str) -> Any:
        """Classroom as a person has it."""
        if person not in self._services:
            self._services[person] = self.google("classroom", "v1", worlds.token(self.control, person))
        return self._services[person]

    def at(self, now: str) -> None:
        self.control.post("clock", {"now": now})

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        path = str(self.organiser.ledger)
        with Ledger.open(path, programme="better-test", target=self.url) as ledger:
            yield ledger

    # What people do

    def ask(self, text: str, *, asker: str = UKS, slot: str = "before") -> None:
        box = self.ids[f"{CITY[asker]}/seminar-1/{slot}"]
        course = COURSES[CITY[asker]]
        self.control.post("submissions", {"courseId": course, "courseWorkId": box, "userId": asker, "answer": text})

    def leaves(self, person: str) -> None:
        students = self.service(person).courses().students()
        students.delete(courseId=COURSES[CITY[person]], userId="me").execute()

    def answer(self, **answers: Row) -> Said:
        """The expert answers questions by a word of theirs, and the organiser imports the file."""
        lines = []
        for question in self.listed():
            text = question["texts"][-1]["text"]
            row = next((row for word, row in answers.items() if word in text), None)
            if row is not None:
                lines.append({"key": question["key"], "expert": "lauri-sock", **row})
        path = self.folder / "answers.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["key", "expert", "status", "answer", "visibility"])
            writer.writeheader()
            writer.writerows(lines)
        assert len(lines) == len(answers)
        said = self.organiser.types("answers", "import", str(path))
        assert said.code == 0, said.err
        return said

    def sync(self) -> Any:
        """Sync, and find that nothing is left to be done."""
        said = self.organiser.types("sync", "--json")
        assert said.code == 0, said.err
        plan = self.organiser.plans()
        assert (plan["changes"], plan["blockers"]) == ([], [])
        return said.data

    # What there is

    def listed(self, *filters: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.organiser.types("questions", "list", "--json", *filters).data
        return found

    def keys(self) -> dict[str, str]:
        return {question["texts"][-1]["text"]: question["key"] for question in self.listed()}

    def statuses(self) -> dict[str, str]:
        return {question["texts"][-1]["text"]: question["status"] for question in self.listed()}

    def announcements(self, person: str, course: str = "") -> list[dict[str, Any]]:
        """What a person finds in the stream, the oldest first; none of it is what every course gets anyway."""
        where = COURSES[course or CITY[person]]
        found = worlds.listed(self.service(person).courses().announcements().list, "announcements", courseId=where)
        return [post for post in found[::-1] if not post["text"].startswith(COMMON)]

    def reads(self, person: str, course: str = "") -> list[str]:
        """The texts that a person finds in the stream."""
        return [post["text"] for post in self.announcements(person, course)]

    def alone(self, person: str) -> list[str]:
        """What a person reads and nobody else in the course does."""
        others = {
            text for other in NAMES if other != person and CITY[other] == CITY[person] for text in self.reads(other)
        }
        return [text for text in self.reads(person) if text not in others]

    def answers_post(self, person: str) -> str:
        """The "Questions and answers" posts, as a participant reads them; empty while there is none to read."""
        materials = self.service(person).courses().courseWorkMaterials()
        found = worlds.listed(materials.list, "courseWorkMaterial", courseId=COURSES[CITY[person]])
        titles = ("Questions and answers", "Küsimused ja vastused")
        return "\n".join(
            post.get("description", "") for post in found if any(title in post["title"] for title in titles)
        )

    def drafts(self, course: str) -> list[str]:
        """Announcements that are drafts still, but for those that every course gets anyway."""
        found = worlds.posts(self.service(ACCOUNT).courses(), COURSES[course])
        texts = [post["text"] for kind, post in found if kind == "announcement" and post["state"] == "DRAFT"]
        return [text for text in texts if not text.startswith(COMMON)]


def everybody_asks(cities: Cities) -> Cities:
    """Üks asks "Mis …?" and Kaks "Kas …?" in Tartu, Three "Why …?" in Birmingham; and all of it is pulled."""
    cities.ask("Mis on avaandmed?")
    cities.ask("Kas need on tasuta?", asker=KAKS)
    cities.ask("Why open them?", asker=THREE)
    cities.sync()
    return cities
