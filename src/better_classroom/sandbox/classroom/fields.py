"""Readers of single body fields, shared by the resources.

A reader takes ``(store, course, body)`` and returns the value to keep, or None for "not set": in Google's JSON an
empty string is the same as an absent one. It raises 400 INVALID_ARGUMENT for what may not be said at all.
"""

from __future__ import annotations

import sys
from calendar import monthrange
from collections.abc import Callable
from typing import Any

from better_classroom.sandbox.classroom import timestamps
from better_classroom.sandbox.classroom.membership import Row
from better_classroom.sandbox.errors import invalid_argument
from better_classroom.sandbox.handler import Body
from better_classroom.sandbox.store import Store

Reader = Callable[[Store, Row, Body], Any]

_TIME_LIMITS = {"hours": 23, "minutes": 59, "seconds": 59, "nanos": 999_999_999}


def text(name: str, most: int) -> Reader:
    """A reader of plain text of at most ``most`` characters."""

    def read(_store: Store, _course: Row, body: Body) -> str | None:
        value: str = body.get(name, "")
        if len(value) > most:
            raise invalid_argument(f"{name} must not be longer than {most} characters.")
        return value or None

    return read


def one_of(name: str, unspecified: str, *refused: str) -> Reader:
    """A reader of an enum: ``unspecified`` means not set; ``refused`` values are Google's to give, not the caller's."""

    def read(_store: Store, _course: Row, body: Body) -> str | None:
        value: str | None = body.get(name)
        if value in refused:
            raise invalid_argument(f"{name} cannot be set to {value}.")
        return None if value == unspecified else value

    return read


def topic(store: Store, course: Row, body: Body) -> str | None:
    """``topicId``: an existing topic of the course (google-apis.md A.3); empty means none (A.2)."""
    topic_id: str = body.get("topicId", "")
    if not topic_id:
        return None
    row = store.get("topics", course["id"], topic_id)
    if row is None or "_deleted" in row:
        raise invalid_argument("topicId must match an existing topic in the course.")
    return topic_id


def scheduled_time(store: Store, _course: Row, body: Body) -> str | None:
    """``scheduledTime``: an instant that is still to come; a past one is unknown (H.2) and so refused."""
    value: str = body.get("scheduledTime", "")
    if not value:
        return None
    if timestamps.micros(value) <= timestamps.micros(store.now):
        raise invalid_argument("scheduledTime must be in the future.")
    return timestamps.normal(value)


def max_points(_store: Store, _course: Row, body: Body) -> float | None:
    """``maxPoints``: a non-negative integer; zero is the same as none (google-apis.md A.4)."""
    value = body.get("maxPoints", 0)
    if not 0 <= value <= sys.float_info.max or value != int(value):
        raise invalid_argument("maxPoints must be a non-negative integer.")
    return int(value) or None


def grading_period(_store: Store, _course: Row, body: Body) -> None:
    """``gradingPeriodId``: must match one of the course; courses here have none, so only "none" fits."""
    if body.get("gradingPeriodId"):
        raise invalid_argument("gradingPeriodId must match an existing grading period in the course.")


def due_date(_store: Store, _course: Row, body: Body) -> Row | None:
    """``dueDate``: a whole calendar date."""
    date = body.get("dueDate")
    if date is None:
        return None
    year, month, day = (date.get(part, 0) for part in ("year", "month", "day"))
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):  # noqa: PLR2004 - the calendar
        raise invalid_argument("dueDate must be a full, valid date.")
    return {"year": year, "month": month, "day": day}


def due_time(_store: Store, _course: Row, body: Body) -> Row | None:
    """``dueTime``: a time of day, in UTC; what is zero is left out of the answer, as in all of Google's JSON."""
    time = body.get("dueTime")
    if time is None:
        return None
    if any(not 0 <= time.get(part, 0) <= most for part, most in _TIME_LIMITS.items()):
        raise invalid_argument("dueTime must be a valid time of day.")
    return {part: time[part] for part in _TIME_LIMITS if time.get(part)}
