"""The plan as a letter to the organiser. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from better_classroom.change import Change, Note, Plan, Remark
from better_classroom.course import POSTS, Kind
from better_classroom.keys import asker_of, is_file
from better_classroom.reports import comments, obstacles, visibility
from better_classroom.reports.changes import change_lines, file_line, share_lines, value_text
from better_classroom.reports.obstacles import Obstacles
from better_classroom.reports.questions import participant
from better_classroom.reports.visibility import Box
from better_classroom.reports.wording import counted, short

FEW = 3
"""So many question boxes are shown with their links; in a large programme there are dozens."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the organiser is looking at."""

    programme: str
    """Its title."""
    target: str
    """``google`` or a sandbox's address."""
    courses: Mapping[str, tuple[str, ZoneInfo]]
    """Name and time zone by course key, in the programme's order."""
    fingerprint: str
    unchecked: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)
    """By course, the question boxes that a person has yet to look at in Classroom."""
    obstacles: Obstacles = field(default_factory=Obstacles)
    """Who may not get in, and what participants may not get to see."""


def text(plan: Plan, heading: Heading) -> str:
    """The whole letter."""
    return "\n".join(_lines(plan, heading)) + "\n"


def target_line(target: str) -> str:
    """Which world this is about: said loudly, for one of them has real participants."""
    if target == "google":
        return "THIS IS GOOGLE: real participants will see what is done here."
    return f"This is a rehearsal in the sandbox {target}: it is not Google, nobody sees it."


def _lines(plan: Plan, heading: Heading) -> Iterator[str]:
    yield f"{heading.programme}"
    yield target_line(heading.target)
    yield ""
    yield from _files(plan)
    for course, (name, zone) in heading.courses.items():
        yield from _course(plan, course, name, zone)
    yield from _blockers(plan)
    yield from obstacles.lines(heading.obstacles)
    yield from comments.lines(plan)
    yield from _notes(plan, heading)
    yield from _unchecked(heading)
    if plan.is_empty:
        yield "Nothing to do: every course holds what it should."
    if plan.changes:
        yield f"{counted(len(plan.changes), 'change')} in all. Fingerprint of this plan: {heading.fingerprint}"


def _files(plan: Plan) -> Iterator[str]:
    changes = [change for change in plan.changes if change.kind is Kind.FILE]
    if changes:
        yield "Presentations in Drive"
        yield from (f"  {file_line(change)}" for change in _in_reading_order(plan, changes))
        yield ""


def _course(plan: Plan, course: str, name: str, zone: ZoneInfo) -> Iterator[str]:
    changes = [change for change in plan.changes if change.course == course]
    if not changes:
        return
    yield f"{name}  [{course}]"
    told = _in_reading_order(plan, changes)
    for kinds in ({Kind.COURSE}, {Kind.SHARE}, {Kind.TOPIC, *POSTS}, {Kind.REPLY}):
        part = [change for change in told if change.kind in kinds]
        lines = (
            share_lines(part, by_us=course not in plan.unshared)
            if Kind.SHARE in kinds
            else (line for one in part for line in change_lines(one, plan.now, zone))
        )
        yield from (f"  {line}" for line in lines)
    notified, alone = plan.notifications.get(course, 0), plan.notifications_alone.get(course, 0)
    if notified:
        yield f"  Each participant gets {counted(notified, 'notification')} from this, as the posts appear."
    if alone:
        yield f"  Besides, {counted(alone, 'notification')} {'goes' if alone == 1 else 'go'} to those alone who asked."
    unmanaged = plan.unmanaged.get(course, 0)
    if unmanaged:
        yield f"  {counted(unmanaged, 'post')} in this course {'is' if unmanaged == 1 else 'are'} not ours and will not be touched."
    yield ""


def _in_reading_order(plan: Plan, changes: list[Change]) -> list[Change]:
    """As participants will read it: courses and topics are made the other way round."""
    places = {item.key: number for number, item in enumerate(plan.desired.items)}
    return sorted(changes, key=lambda change: places.get(change.key, len(places)))


def undeliverable(key: str) -> str:
    """That something could not be told to the one it was for."""
    asker = participant(asker_of(key))
    return f"{asker} has left the course, so their answer cannot be delivered; the question counts as undeliverable"


_REMARKS = {
    Remark.DRIFT: "was changed by hand in Classroom, and stays so. To take the programme's: apply --restore {key}",
    Remark.CONFLICT: "was changed by hand and in the programme; what the hand wrote stays. "
    "To take the programme's: apply --restore {key}",
    Remark.MISSING: "was deleted by hand, and is not put back by itself. To put it back: apply --restore {key}",
    Remark.TOPIC_KEPT: "is left standing: other people's posts are under it",
    Remark.TOO_LATE: "is to appear later now, but participants see it already: Classroom cannot take a post back",
    Remark.ANSWERS: "holds answers that this ledger does not know, and is left as it is until they are imported again. "
    "To write over them: apply --restore {key}",
    Remark.THREAD_GONE: "cannot be put there: the comment that it answers is gone, or cannot be read. "
    "The answer stands in “Questions and answers”",
    Remark.NOT_MANAGED: "is no longer in the programme, and is left as it is",
    Remark.ASKER_LEFT: "cannot be delivered: {asker} has left the course. With the next apply or sync the question counts "
    "as undeliverable",
}


_FIELDS = {"publish": "appears", "sha256": "content"}
"""How people call a field, where it is not by its name."""


def _blockers(plan: Plan) -> Iterator[str]:
    if plan.blockers:
        yield "What Google does not let us do"
        for blocker in plan.blockers:
            held = f"; {counted(len(blocker.changes), 'change')} held back" if blocker.changes else ""
            yield f"  {blocker.course}: {blocker.reason}{held}"
            yield f"      {blocker.advice}"
        yield ""


def _unchecked(heading: Heading) -> Iterator[str]:
    boxes = [box for boxes in heading.unchecked.values() for box in boxes]
    if boxes:
        yield "To look at in Classroom"
        yield f"  W{visibility.UNKNOWN[1:]}."
        yield f"  {visibility.REMEDY}"
        yield from (f"      {box_line(box)}" for box in boxes[:FEW])
        if len(boxes) > FEW:
            yield f"      and {len(boxes) - FEW} more: doctor lists them all"
        yield ""


def box_line(box: Box) -> str:
    """A question box and where to find it."""
    return f"“{short(box.title)}” {box.link}"


def _notes(plan: Plan, heading: Heading) -> Iterator[str]:
    if plan.notes:
        yield "To know"
        for note in plan.notes:
            yield f"  {note.course or 'Drive'}: “{short(note.title)}” {_remark(note)}"
            zone = heading.courses[note.course][1] if note.course in heading.courses else ZoneInfo("UTC")
            yield from (
                f"      {_FIELDS.get(field.name, field.name)}: {value_text(field.have, zone, field.name)}"
                for field in note.fields
            )
        yield ""


def _remark(note: Note) -> str:
    if note.remark is Remark.MISSING and is_file(note.key):
        return f"was deleted in Drive by hand: participants cannot open it. To put it back: apply --restore {note.key}"
    if note.remark is Remark.DRIFT and [field.name for field in note.fields] == ["topic"]:
        return (
            "was taken out of its topic by hand, and stays so. To put all of that topic's posts back: "
            f"apply --restore {note.fields[0].want}"
        )
    return _REMARKS[note.remark].format(key=note.key, asker=participant(asker_of(note.key)))
