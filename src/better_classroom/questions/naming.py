"""Askers by name, where the programme says so: names are asked for once, and forgotten as soon as it says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from better_classroom.errors import OUT_OF_REACH, BetterClassroomError
from better_classroom.ledger import Ledger
from better_classroom.programme import Programme
from better_classroom.questions.found import OWN, storable
from better_classroom.reports.questions import printable

LONGEST = 200
"""Characters of a name; it stands in one line."""


def learn(
    ledger: Ledger, programme: Programme, participants: Callable[[str], Iterable[tuple[str, str, str]]]
) -> Mapping[str, BetterClassroomError]:
    """Have the ledger know the names of all who asked; the courses in which they could not be read, and why.

    ``participants`` lists the id, name and address of everyone in the course of a given key. It is called only for a
    course in which somebody has asked whose name was never looked for. Whoever has left by then stays a number.
    """
    if programme.questions.askers != "named":
        ledger.names.forget_all()
        return {}
    failed: dict[str, BetterClassroomError] = {}
    for course, lacking in ledger.names.lacking(own=OWN).items():
        if course not in programme.courses:
            continue
        try:
            found = {user: name for user, name, _ in participants(course)}
        except OUT_OF_REACH as error:
            failed[course] = error
            continue
        ledger.names.remember({asker: tidied(found.get(asker, "")) for asker in lacking})
    return failed


def tidied(name: str) -> str:
    """A name in one line, without what could steer a terminal or be in no database: people choose their own."""
    return " ".join(printable(storable(name)).split())[:LONGEST]
