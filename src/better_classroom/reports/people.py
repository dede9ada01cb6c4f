"""Participants as an organiser reads them: whom an invitation would reach, who joined, how to get in. Pure.

Addresses stand here because the organiser needs them, on the organiser's own screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from better_classroom.joining import CoursePeople, Door, Joining, Person
from better_classroom.reports.plan import Heading, target_line
from better_classroom.reports.remedies import meaning
from better_classroom.reports.wording import counted, local, short

SHOWN = 20
"""People listed by name under one heading; ``--json`` lists all."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an account may still send, and what it would send now."""

    account: str
    most: int
    reserve: int
    sent: int
    """In the last 24 hours."""
    due: int
    """How many people it is to invite."""
    room: int
    more_at: datetime | None
    """When the next one may go out after these."""
    adds: str
    """Domain whose people it first tries to add directly; empty where there are none to invite."""

    @property
    def later(self) -> int:
        """How many are left to later runs."""
        return max(0, self.due - self.room)


# What would be done


def before(
    courses: Sequence[CoursePeople],
    chosen: Mapping[str, Sequence[Person]],
    allowances: Sequence[Allowance],
    heading: Heading,
) -> str:
    """Whom ``invite`` would invite, for people; ``chosen`` by course."""
    return "\n".join(_before(courses, chosen, allowances, heading)) + "\n"


def _before(
    courses: Sequence[CoursePeople],
    chosen: Mapping[str, Sequence[Person]],
    allowances: Sequence[Allowance],
    heading: Heading,
) -> Iterator[str]:
    yield from _head(heading)
    for course in courses:
        name, zone = heading.courses[course.course]
        yield ""
        yield f"{name}  [{course.course}]"
        yield from _obstacle(course)
        yield from _listed("to invite", chosen[course.course], zone)
        rest = [person for person in course.people if person not in chosen[course.course]]
        for joining in (Joining.WAITING, Joining.GONE, Joining.LEFT, Joining.LEFT_OUT):
            yield from _listed(_WORDS[joining], [one for one in rest if one.joining is joining], zone)
        yield from _numbers(course, len(chosen[course.course]))
    for allowance in allowances:
        yield ""
        yield from _allowance(
            allowance, next(heading.courses[one.course][1] for one in courses if one.account == allowance.account)
        )


def _head(heading: Heading) -> Iterator[str]:
    yield heading.programme
    yield target_line(heading.target)


def _obstacle(course: CoursePeople) -> Iterator[str]:
    if course.observed is None:
        yield "  The course is not made yet: nobody can be invited before “apply” makes it."
    elif course.observed.state == "PROVISIONED":
        yield "  The course waits to be accepted: open Classroom and accept it; then people can be invited."
    elif not course.observed.active:
        yield f"  The course is {course.observed.state.lower()}: nobody can be invited before it is restored in Classroom."


def _numbers(course: CoursePeople, chosen: int) -> Iterator[str]:
    joined = len(course.those(Joining.JOINED))
    if joined:
        yield f"  {'joined':<12} {joined}"
    if course.strangers:
        yield (
            f"  {counted(course.strangers, 'open invitation')} we did not send: whoever below has one of them "
            "already gets no second one."
        )
    after = course.members + chosen
    if chosen and after > course.seats:
        yield f"  That makes {after} people; a course of this account takes {course.seats}."


def _listed(words: str, people: Sequence[Person], zone: ZoneInfo) -> Iterator[str]:
    if not people:
        return
    yield f"  {words:<12} {len(people)}"
    for person in people[:SHOWN]:
        yield f"    {_named(person)}{_remark(person, zone)}"
    if len(people) > SHOWN:
        yield f"    … and {len(people) - SHOWN} more (--json lists all)"


def _named(person: Person) -> str:
    return f"{short(person.name)} <{short(person.address)}>"


def _remark(person: Person, zone: ZoneInfo) -> str:
    if person.joining is Joining.REFUSED:
        return f": {meaning(person.reason)[0]}"
    if person.reason:
        return f": {person.reason}"
    if person.joining is Joining.WAITING:
        return f", invited {local(person.since, zone)}" if person.since else ", invited by hand or earlier"
    if person.joining is Joining.GONE:
        when = f" {local(person.since, zone)}" if person.since else ""
        return f": invited{when}, then declined or taken back; --again {short(person.address)} invites once more"
    return ""


def _allowance(allowance: Allowance, zone: ZoneInfo) -> Iterator[str]:
    ours = allowance.most - allowance.reserve
    yield (
        f"{allowance.account} sends at most {counted(max(0, ours), 'invitation')} in 24 hours "
        f"(of {allowance.most}, it leaves {allowance.reserve} for you to send by hand); {allowance.sent} sent so far."
    )
    if allowance.adds:
        yield f"If it administers {allowance.adds}, people of that domain are added directly, without an invitation."
    if allowance.later:
        when = f" from {local(allowance.more_at, zone)}" if allowance.more_at else ""
        follow = (
            f"follow{when}, with “sync” or this command" if allowance.more_at else "cannot: the reserve leaves no room"
        )
        yield f"{min(allowance.due, allowance.room)} can go out now; the other {allowance.later} {follow}."


# What was done


def after(refused: Sequence[Person], *, invited: int, added: int, already: int, unsent: int) -> str:
    """What came of it, for people."""
    parts = [
        f"{invited} invited",
        *([f"{added} added directly"] if added else []),
        *([f"{already} had joined or been invited already"] if already else []),
    ]
    lines = [f"Done: {', '.join(parts)}."]
    if unsent:
        lines.append(f"{unsent} follow on later runs: “sync” sends them, or this command again.")
    lines += _refusals(refused)
    return "\n".join(lines) + "\n"


def _refusals(refused: Sequence[Person]) -> Iterator[str]:
    """Those refused, under what Google said about them and what to do."""
    for reason in dict.fromkeys(person.reason for person in refused):
        people = [person for person in refused if person.reason == reason]
        what, remedy = meaning(reason)
        yield f"{len(people)} could not be invited: {what}."
        yield f"  {remedy}"
        yield from (f"    {_named(person)}  [{person.course}]" for person in people[:SHOWN])
        if len(people) > SHOWN:
            yield f"    … and {len(people) - SHOWN} more (“people status --json” lists all)"


# Who joined


def status(courses: Sequence[CoursePeople], heading: Heading, now: datetime) -> str:
    """How far the participants of every course have come, for people."""
    return "\n".join(_status(courses, heading, now)) + "\n"


def _status(courses: Sequence[CoursePeople], heading: Heading, now: datetime) -> Iterator[str]:
    yield from _head(heading)
    for course in courses:
        name, zone = heading.courses[course.course]
        expected = [person for person in course.people if person.joining is not Joining.LEFT_OUT]
        yield ""
        yield f"{name}  [{course.course}], {local(now, zone)}"
        yield from _obstacle(course)
        yield f"  {'joined':<12} {len(course.those(Joining.JOINED))} of {len(expected)}"
        for joining in (Joining.WAITING, Joining.QUEUED, Joining.NEW, Joining.GONE, Joining.LEFT, Joining.LEFT_OUT):
            yield from _listed(_WORDS[joining], course.those(joining), zone)
        yield from (f"  {line}" for line in _refusals(course.those(Joining.REFUSED)))
        if course.others:
            yield f"  {'others':<12} {course.others} in the course, not named in the programme"
        if course.strangers:
            yield f"  {counted(course.strangers, 'open invitation')} we did not send"


_WORDS = {
    Joining.WAITING: "waiting",
    Joining.QUEUED: "in line",
    Joining.NEW: "not invited",
    Joining.GONE: "gone",
    Joining.LEFT: "left",
    Joining.LEFT_OUT: "left out",
}


def links(doors: Mapping[str, Door | None], heading: Heading) -> str:
    """How to get into each course without an invitation, for people."""
    return "\n".join(_links(doors, heading)) + "\n"


def _links(doors: Mapping[str, Door | None], heading: Heading) -> Iterator[str]:
    yield from _head(heading)
    for course, door in doors.items():
        yield ""
        yield f"{heading.courses[course][0]}  [{course}]"
        if door is None:
            yield "  not made yet; apply makes it"
        elif not door.code:
            yield f"  course  {door.link}"
            yield "  Its code is switched off: switch it on in the course's settings in Classroom."
        else:
            yield f"  link    {door.join_link}"
            yield f"  code    {door.code}"


# For programs


def data(courses: Sequence[CoursePeople], heading: Heading, now: datetime) -> dict[str, Any]:
    """Every participant of every course."""
    return {
        "target": heading.target,
        "now": now.isoformat(),
        "courses": [
            {
                "course": course.course,
                "state": course.observed.state if course.observed else "",
                "joined": len(course.those(Joining.JOINED)),
                "others": course.others,
                "unknown_invitations": course.strangers,
                "people": [person_data(person) for person in course.people],
            }
            for course in courses
        ],
    }


def person_data(person: Person) -> dict[str, Any]:
    """One participant."""
    refused = person.joining is Joining.REFUSED
    return {
        "course": person.course,
        "name": person.name,
        "email": person.address,
        "joining": person.joining.value,
        "since": person.since.isoformat() if person.since else None,
        "reason": person.reason,
        "advice": meaning(person.reason)[1] if refused else "",
    }


def allowance_data(allowance: Allowance) -> dict[str, Any]:
    """What an account may still send."""
    return {
        "account": allowance.account,
        "allowed": allowance.most,
        "reserve": allowance.reserve,
        "sent": allowance.sent,
        "room": allowance.room,
        "to_invite": allowance.due,
        "later": allowance.later,
        "more_at": allowance.more_at.isoformat() if allowance.more_at else None,
    }


def links_data(doors: Mapping[str, Door | None]) -> list[dict[str, Any]]:
    """How to get into each course."""
    return [
        {"course": course, "link": door.join_link or door.link, "code": door.code}
        if door
        else {"course": course, "link": "", "code": ""}
        for course, door in doors.items()
    ]
