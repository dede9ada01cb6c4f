"""What goes when one person is forgotten, and what only they, or Google, can remove. Pure.

No name and no address stands here: what a command prints is kept in logs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from better_classroom.reports.questions import participant, printable
from better_classroom.reports.wording import counted


@dataclass(frozen=True, slots=True)
class Handed:
    """A question as it stays in Google's hands: in which box of which course, and where to open it."""

    box: str
    """Its title; empty for what was asked elsewhere."""
    city: str
    source: str
    link: str


@dataclass(frozen=True, slots=True)
class Farewell:
    """What goes with one person, counted before it goes."""

    pseudonyms: tuple[int, ...] = ()
    already: bool = False
    """They were forgotten before, and nothing of them has come since."""
    deleted: int = 0
    """Questions that nobody had answered."""
    kept: int = 0
    """Questions whose answers stay."""
    heirs: int = 0
    """Questions that stand for themselves, or for others, in place of one that goes."""
    participations: int = 0
    announcements: int = 0
    """Made to them alone."""
    handed: tuple[Handed, ...] = ()
    listed: tuple[str, ...] = ()
    """Courses whose participants' file names them."""
    member_of: tuple[str, ...] = ()
    mailed: bool = False
    """Whether a digest has told anybody of their questions."""
    experts: tuple[str, ...] = ()
    """Who was to answer them."""
    naming: tuple[str, ...] = ()
    """Keys of the questions whose answers name the person or repeat their words."""
    copies: tuple[str, ...] = ()
    """Copies of the ledger that were made earlier."""


def before(farewell: Farewell) -> str:
    """What will go, in numbers."""
    if farewell.already:
        return "This person is forgotten already. Whatever was left of that is done now.\n"
    called = f" ({', '.join(map(participant, farewell.pseudonyms))})" if farewell.pseudonyms else ""
    lines = [f"This forgets one person{called}:"]
    going = (
        (farewell.deleted, "unanswered", "deleted, with every text"),
        (farewell.kept, "answered", "left without text and asker; the answer stays"),
    )
    for number, kind, what in going:
        if number:
            lines.append(f"  {_questions(number, kind)} {'is' if number == 1 else 'are'} {what}")
    if farewell.heirs:
        lines.append(f"  {_questions(farewell.heirs, 'merged')} will be on their own, or stand for the others")
    if farewell.announcements:
        told = counted(farewell.announcements, "announcement")
        lines.append(f"  {told} to them alone {'is' if farewell.announcements == 1 else 'are'} deleted")
    if farewell.participations:
        lines.append(f"  who invited them when, and when they came, in {counted(farewell.participations, 'course')}")
    lines.append("  They are never invited again, and what they asked so far is never taken again.")
    return "\n".join(lines) + "\n"


def _questions(number: int, kind: str) -> str:
    return f"{number} {kind} question{'' if number == 1 else 's'}"


def after(farewell: Farewell, *, changed: int) -> str:
    """What was done, and what is left to others."""
    lines = [f"Forgotten. {counted(changed, 'change')} made in the courses."]
    if farewell.naming:
        lines += ["An answer names the person or repeats their words. Only its expert can change that:"]
        lines += [f"  {key}" for key in farewell.naming]
    lines += ["What only the person, you or Google can remove:", *(f"  {line}" for line in _left(farewell))]
    return "\n".join(lines) + "\n"


def _left(farewell: Farewell) -> Iterator[str]:
    submitted = [one for one in farewell.handed if one.source == "submissions"]
    for one in submitted:
        yield f"what they handed in to “{printable(one.box)}” in {one.city}: they take it back there. {one.link}".rstrip()
    if not submitted:
        yield "what they handed in to a question box, if anything: they take it back there, in Classroom"
    if any(one.source == "slides" for one in farewell.handed):
        yield "their comments on slides: they delete them in Drive"
    if any(one.source == "session" for one in farewell.handed):
        yield "the file of the session's chat or Q&A, and the recording: yours to delete"
    for city in farewell.member_of:
        yield f"their place in the course of {city}: remove them under People in Classroom, if they want that"
    for course in farewell.listed:
        yield f"their line in the participants' file of {course}: delete it"
    if farewell.mailed or farewell.experts:
        yield "digests that were mailed, and files that were given to experts: have them deleted"
    yield "earlier versions of a board, which Google keeps for a while, and what somebody has copied from Classroom"
    for copy in farewell.copies:
        yield f"a copy of the ledger from before: {copy}"
    yield "any other backup made before: one that is put back is rid of them by “ledger restore”, itself it is not"


def numbers(farewell: Farewell, *, changed: int) -> dict[str, Any]:
    """The same as data."""
    return {
        "forgotten_already": farewell.already,
        "questions_deleted": farewell.deleted,
        "answers_kept": farewell.kept,
        "announcements": farewell.announcements,
        "participations": farewell.participations,
        "changes": changed,
        "answers_naming_the_person": list(farewell.naming),
        "left_to_others": list(_left(farewell)),
    }
