"""A programme at a glance, for the organiser who has just checked it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from better_classroom.programme.model import Programme, Seminar, topic_name

_NAMES = {"materials": "material", "question_boxes": "question box", "reminders": "reminder"}


def text(programme: Programme) -> str:
    """Tell the courses and the seminars, by the programme's clocks, in a few lines."""
    return "\n".join(_lines(programme))


def data(programme: Programme) -> dict[str, Any]:
    """Return the same for programs; times are ISO 8601 with the offset of the programme's zone."""
    zone, language = programme.time_zone, programme.languages[0]
    return {
        "programme": programme.key,
        "title": programme.title.say(language),
        "time_zone": zone.key,
        "languages": list(programme.languages),
        "courses": [
            {
                "key": course.key,
                "language": course.language,
                "time_zone": course.time_zone.key,
                "account": course.account,
                "participants": None if course.participants is None else len(course.participants),
            }
            for course in programme.courses.values()
        ],
        "seminars": [
            {
                "key": seminar.key,
                "name": topic_name(seminar, language),
                "starts": seminar.starts.astimezone(zone).isoformat(),
                "ends": seminar.ends.astimezone(zone).isoformat(),
                "experts": list(seminar.experts),
                "cancelled": seminar.cancelled is not None,
                **_counts(seminar),
            }
            for seminar in programme.seminars.values()
        ],
        "welcome": programme.welcome.publish.astimezone(zone).isoformat() if programme.welcome else None,
    }


def _lines(programme: Programme) -> Iterator[str]:
    zone, language = programme.time_zone, programme.languages[0]
    yield programme.title.say(language)
    yield ""
    yield f"{_count(len(programme.courses), 'course')}:"
    for course in programme.courses.values():
        known = "" if course.participants is None else f", {_count(len(course.participants), 'participant')}"
        clocks = "" if course.time_zone == zone else f", {course.time_zone.key}"
        yield f"  {course.key} ({course.language}{clocks}{known})"
    yield f"{_count(len(programme.seminars), 'seminar')}, by the clocks of {zone.key}:"
    for seminar in programme.seminars.values():
        yield f"  {_span(seminar, zone)}  {topic_name(seminar, language)}"
        counted = [_count(number, _NAMES[what]) for what, number in _counts(seminar).items() if number]
        yield f"    {'CANCELLED; ' if seminar.cancelled else ''}{', '.join(counted) or 'nothing but its details'}"
    if programme.welcome:
        yield f"Welcome in every course: {_day(programme.welcome.publish.astimezone(zone))}"


def _counts(seminar: Seminar) -> dict[str, int]:
    boxes = seminar.questions
    return {
        "materials": len(seminar.materials or {}),
        "question_boxes": sum(1 for box in (boxes.before, boxes.after) if box) if boxes else 0,
        "reminders": len(seminar.reminders or ()),
    }


def _count(number: int, what: str) -> str:
    if what.endswith("box"):
        return f"{number} {what}" if number == 1 else f"{number} {what}es"
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _day(local: datetime) -> str:
    return f"{local:%a} {local.day} {local:%B %Y, %H:%M}"


def _span(seminar: Seminar, zone: ZoneInfo) -> str:
    starts, ends = seminar.starts.astimezone(zone), seminar.ends.astimezone(zone)
    return f"{_day(starts)}–{ends:%H:%M}" if starts.date() == ends.date() else f"{_day(starts)} – {_day(ends)}"
