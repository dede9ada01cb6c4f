"""A programme with participants, and what its participants and co-organisers do in Classroom themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from better_classroom.cli.people import continue_invitations
from better_classroom.cli.wiring import session
from better_classroom.people import Summary
from better_classroom.settings import load
from builders import ACCOUNT, a_programme, written
from talking import Control
from worlds import Organiser, listed, token

FIRST = "osaleja.uks@city.example"
SECOND = "osaleja.kaks@city.example"
PERSONAL = "resztvevo+better@personal.example"
"""Hides its address from everybody."""
UNKNOWN = "puudub@nowhere.example"
"""No Google account."""
COURSES = {"tartu": "604567890121", "birmingham": "604567890122"}
"""Courses that were made by hand: whom they are opened to does not depend on who made them."""


@dataclass
class People:
    """The organiser, the world, and everybody in it."""

    organiser: Organiser
    control: Control
    google: Callable[[str, str, str], Any]

    def names(self, course: str, *people: tuple[str, str]) -> None:
        """Write a course's participants."""
        lines = ["name,email", *(f"{name},{address}" for name, address in people)]
        self.file(course).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def file(self, course: str) -> Path:
        return self.organiser.programme.with_name(f"{course}.csv")

    def classroom(self, person: str = ACCOUNT) -> Any:
        """Classroom as that person sees it."""
        return self.google("classroom", "v1", token(self.control, person))

    def course_id(self, course: str) -> str:
        return COURSES[course]

    def invited(self, course: str = "tartu") -> list[str]:
        """Numbers of those with an open invitation, in the order in which they were sent."""
        rows = listed(self.classroom().invitations().list, "invitations", courseId=self.course_id(course))
        return [row["userId"] for row in rows]

    def members(self, course: str = "tartu") -> list[str]:
        students = self.classroom().courses().students()
        return [row["userId"] for row in listed(students.list, "students", courseId=self.course_id(course))]

    def accept(self, person: str) -> None:
        """The person accepts every invitation."""
        invitations = self.classroom(person).invitations()
        for row in listed(invitations.list, "invitations", userId="me"):
            invitations.accept(id=row["id"]).execute()

    def decline(self, course: str = "tartu") -> None:
        """Every open invitation of a course is taken away, as declining does."""
        invitations = self.classroom().invitations()
        for row in listed(invitations.list, "invitations", courseId=self.course_id(course)):
            invitations.delete(id=row["id"]).execute()

    def leave(self, person: str, course: str = "tartu") -> None:
        self.classroom(person).courses().students().delete(courseId=self.course_id(course), userId="me").execute()

    def clock(self, now: str) -> None:
        self.control.post("clock", {"now": now})

    def sent(self) -> int:
        """Invitations that Google accepted."""
        calls = self.control.calls("classroom.invitations.create")
        return sum(call["status"] == 200 for call in calls)

    def continues(self) -> Summary:
        """What ``sync`` does about people."""
        where = self.organiser
        settings = load(programme=where.programme, target=where.target, ledger=str(where.ledger))
        with session(settings, writing=True) as run:
            return continue_invitations(run)

    def joinings(self, course: str = "tartu") -> dict[str, str]:
        """How far everybody has come, by address."""
        found = self.organiser.types("people", "status", "--json").data
        people = next(one["people"] for one in found["courses"] if one["course"] == course)
        return {person["email"]: person["joining"] for person in people}


def begun(
    organiser: Organiser, control: Control, google: Callable[[str, str, str], Any], courses: Sequence[str] = ("tartu",)
) -> People:
    """A world in which the courses stand, and four people have accounts."""
    control.seed(
        users=[
            {"email": ACCOUNT, "name": "Organiser"},
            {"id": "201", "email": FIRST, "name": "Osaleja Üks"},
            {"id": "202", "email": SECOND, "name": "Osaleja Kaks"},
            {"id": "203", "email": PERSONAL, "name": "Résztvevő Öt", "consumer": True},
        ],
        courses=[{"id": COURSES[course], "name": f"BETTER {course}", "owner": ACCOUNT} for course in courses],
    )
    people = People(organiser, control, google)
    programme = a_programme(courses=tuple(courses))
    for course in courses:
        programme["courses"][course] |= {"id": COURSES[course], "participants": f"{course}.csv"}
        del programme["courses"][course]["alias"]
        organiser.programme.parent.mkdir(parents=True, exist_ok=True)
        people.names(course, ("Osaleja Üks", FIRST), ("Osaleja Kaks", SECOND))
    written(organiser.programme.parent, programme)
    return people
