"""One change of a plan as the organiser reads it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from difflib import ndiff
from typing import Any
from zoneinfo import ZoneInfo

from better_classroom.change import Change
from better_classroom.compare import FieldChange, due
from better_classroom.course import Action, File, Kind, Post, Share, Standing
from better_classroom.keys import asker_of, course_of_copy, path_of, target_of
from better_classroom.reports.questions import participant
from better_classroom.reports.wording import counted, local, short


def file_line(change: Change) -> str:
    """What happens to a presentation in Drive."""
    size = f" ({_size(change.item.size)})" if isinstance(change.item, File) else ""
    target = target_of(change.key)
    course = course_of_copy(target)
    whose = f"for {course} alone, to be commented on" if course else f"for all courses of {change.account}"
    if change.action is Action.CREATE:
        return f"upload   {change.title}{size}, {whose}"
    if change.action is Action.UPDATE:
        return f"upload   {change.title}{size} again: the new version appears behind the same link, nobody is notified"
    if change.action is Action.DELETE:
        lost = f"; what participants of {course} wrote on it goes with it" if course else ""
        return f"delete   {path_of(target)}: no post needs it any more{lost}"
    return f"adopt    {change.title}: it is in Drive already"


def share_lines(changes: list[Change], *, by_us: bool) -> Iterator[str]:
    """One line for all: a course has as many of them as it has presentations."""
    paths = ", ".join(change.title for change in changes)
    may = (
        "comment on" if any(isinstance(one.item, Share) and one.item.role == "commenter" for one in changes) else "read"
    )
    if changes and not by_us:
        yield f"share   {paths}: the course has no address to share with; Classroom shares it with the post"
    elif changes:
        yield f"share   {paths}: everyone in the course may {may} {'it' if len(changes) == 1 else 'them'}"


def change_lines(change: Change, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    """What happens to an item of a course, and what follows from it for participants."""
    shown = f"{_SIGNS[change.action]} {_place(change)}{_named(change)}"
    appears = _appears(change, now, zone)
    yield f"{shown}{' — ' + appears if appears else ''}"
    for line in _consequences(change):
        yield f"      {line}"
    if change.action is Action.UPDATE:
        yield from (f"      {line}" for field in change.fields for line in _field(field, zone))


_SIGNS = {
    Action.CREATE: "new    ",
    Action.ADOPT: "adopt  ",
    Action.UPDATE: "change ",
    Action.REPLACE: "replace",
    Action.RELEASE: "time   ",
    Action.DELETE: "delete ",
}


def _place(change: Change) -> str:
    """Posts stand indented under their topic."""
    return "  " if isinstance(change.item, Post) and change.item.topic else ""


def _named(change: Change) -> str:
    title = short(change.title)
    if change.kind is Kind.COURSE:
        return f"course “{title}”"
    if change.kind is Kind.TOPIC:
        return f"topic “{title}”"
    asker = asker_of(change.key)
    return f"{change.kind} “{title}”" + (f" to {participant(asker)} alone" if asker else "")


def _appears(change: Change, now: datetime, zone: ZoneInfo) -> str:
    if not isinstance(change.item, Post) or change.action not in {Action.CREATE, Action.REPLACE, Action.RELEASE}:
        return ""
    if change.item.publish is None:
        return "a draft until there is something to show"
    when = due(change.item.publish, now)
    if not when:
        return "appears at once"
    earlier = next((field.have for field in change.fields if field.name == "publish" and field.have), None)
    instead = (
        f", no longer {value_text(earlier, zone, 'publish')}" if change.action is Action.RELEASE and earlier else ""
    )
    return f"appears {local(when, zone)}{instead}"


def _consequences(change: Change) -> Iterator[str]:
    """What participants lose, in words."""
    if change.action is Action.REPLACE:
        yield "Attachments cannot be changed in Classroom: a new post takes this one's place."
        if change.standing is Standing.PUBLIC:
            yield "Participants lose the link to the old post, and are notified of the new one."
    if change.action is Action.DELETE and change.repeat:
        yield "A draft that an earlier run left behind; nobody has seen it."
    elif change.action is Action.DELETE and asker_of(change.key):
        yield "Its answer was corrected or taken back, or the question was; the one whom it was for sees it no more."
    elif change.action is Action.DELETE and change.standing is Standing.PUBLIC:
        yield "Participants see it now; its link will stop working."
    if change.questions:
        yield f"{counted(change.questions, 'question')} of participants hang on it and go with it."
    if change.probe:
        yield "It looks like ours; it is adopted if Google confirms that our project made it."


def _field(field: FieldChange, zone: ZoneInfo) -> Iterator[str]:
    """What changes in a field; of a text only the lines that do."""
    if field.name != "text":
        have, want = (value_text(value, zone, field.name) for value in (field.have, field.want))
        yield f"{field.name}: {have} → {want}"
        return
    before, after = (str(value or "").splitlines() for value in (field.have, field.want))
    for line in ndiff(before, after):
        if line[:2] in {"- ", "+ "} and line[2:].strip():
            yield f"{'was' if line[0] == '-' else 'now'}: {short(line[2:], 100)}"


def value_text(value: Any, zone: ZoneInfo, name: str = "") -> str:
    """What a field holds; of a field of that name, where it tells more than its value."""
    if isinstance(value, tuple):
        return ", ".join(_attached(one) for one in value) or "none"
    if name == "publish" and value:
        return local(datetime.fromisoformat(value), zone)
    if name == "topic" and value:
        _, _, rest = str(value).partition("/")
        return f"that of seminar “{rest.removesuffix('/topic')}”" if rest else "one that is not ours"
    return f"“{short(str(value))}”" if value else "nothing"


def _attached(attachment: str) -> str:
    """An attachment as people know it: ours by its path, all others by where they are."""
    kind, _, target = attachment.partition(":")
    if kind == "drive":
        return f"a file in Drive that is not ours ({target})"
    return f"YouTube {target}" if kind == "youtube" else target


def _size(number: int) -> str:
    if number < 1_000_000:  # noqa: PLR2004 - a megabyte, as Drive counts it
        return f"{max(1, number // 1000)} kB"
    return f"{number / 1_000_000:.1f} MB"
