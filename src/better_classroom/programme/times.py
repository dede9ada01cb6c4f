"""Times as people write them: ``2020-06-16 11:30``, ``14 days before``, ``at end``, ``365 days``.

Reading a time says only what was meant; which instant that is, ``clock`` says, once zone and seminar are known.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from better_classroom.programme.words import shown

MONTHS, HOURS, MINUTES = 12, 24, 60
YEARS = (2000, 2199)
"""Years that a programme may speak of; others are slips of the finger."""
FURTHEST = timedelta(days=3660)
"""The longest way before or after a seminar."""

ABSOLUTE_PATTERN = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}( ?(Z|[+-]\d{2}:\d{2}))?$"
RELATIVE_PATTERN = r"^(\d+ (minutes?|hours?|days?|weeks?) (before|after)( the (first|last) seminar)?|at (start|end))$"

_ABSOLUTE = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?: ?(Z|([+-])(\d{2}):(\d{2})))?", re.ASCII)
_RELATIVE = re.compile(
    r"(\d{1,7}) (minute|hour|day|week)s? (before|after)(?: the (first|last) seminar)?|at (start|end)", re.ASCII
)
_DURATION = re.compile(r"(\d{1,5}) (day|week)s?", re.ASCII)

ABSOLUTE_FORM = "write `YYYY-MM-DD HH:MM`, such as `2020-06-16 11:30`"
RELATIVE_FORM = "write `2020-06-16 11:30`, `14 days before`, `1 hour after`, `at start` or `at end`"


class NotATime(ValueError):
    """What was written is no time; ``remedy`` says what to write."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Absolute:
    """A wall clock's date and time, in the programme's zone unless an offset from UTC was written."""

    text: str
    local: datetime
    offset: timedelta | None

    says_after = False


@dataclass(frozen=True, slots=True)
class Relative:
    """A distance from a seminar: ``before`` counts from its start, ``after`` from its end."""

    text: str
    amount: int
    unit: Literal["minute", "hour", "day", "week"]
    side: Literal["before", "after"]
    anchor: Literal["", "first", "last"]
    """Empty for the seminar in which it is written."""

    @property
    def says_after(self) -> bool:
        """Whether the words themselves put it after a seminar's end."""
        return self.side == "after"


When: TypeAlias = Absolute | Relative


def when(text: str) -> When:
    """Read an absolute or a relative time; raises NotATime."""
    text = " ".join(text.split())
    if found := _RELATIVE.fullmatch(text):
        return _relative(text, found)
    if found := _ABSOLUTE.fullmatch(text):
        return _absolute(text, found)
    raise NotATime(f"{shown(text)} is not a time", _guess_relative(text) or _guess_absolute(text) or RELATIVE_FORM)


def moment(text: str) -> Absolute:
    """Read a date with its time of day; raises NotATime."""
    text = " ".join(text.split())
    if found := _ABSOLUTE.fullmatch(text):
        return _absolute(text, found)
    if _RELATIVE.fullmatch(text):
        raise NotATime("a seminar's own time must be a date and a time of day", ABSOLUTE_FORM)
    raise NotATime(f"{shown(text)} is not a date with a time of day", _guess_absolute(text) or ABSOLUTE_FORM)


def duration(text: str) -> timedelta:
    """Read a number of days or weeks; raises NotATime."""
    text = " ".join(text.split())
    found = _DURATION.fullmatch(text)
    if not found or not int(found[1]):
        raise NotATime(f"{shown(text)} is not a number of days", "write a number of days or weeks, such as `365 days`")
    return timedelta(days=int(found[1]) * (7 if found[2] == "week" else 1))


def _relative(text: str, found: re.Match[str]) -> Relative:
    if found[5]:
        return Relative(text, 0, "minute", "before" if found[5] == "start" else "after", "")
    distance = Relative(text, int(found[1]), found[2], found[3], found[4] or "")  # type: ignore[arg-type]  # the pattern allows no others
    if distance.amount * timedelta(**{f"{distance.unit}s": 1}) > FURTHEST:
        raise NotATime(f"{shown(text)} is further than {FURTHEST.days} days away", "write a nearer time")
    return distance


def _absolute(text: str, found: re.Match[str]) -> Absolute:
    try:
        local = datetime(*(int(part) for part in found.groups()[:5]))  # type: ignore[arg-type]  # noqa: DTZ001 - a wall clock's
    except ValueError:
        raise NotATime(f"{shown(text)} does not exist: {_impossible(found)}", "correct it") from None
    if not YEARS[0] <= local.year <= YEARS[1]:
        raise NotATime(f"the year {local.year:04} cannot be meant", f"write a year from {YEARS[0]} to {YEARS[1]}")
    offset = None
    if found[6]:
        offset = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0)) * (-1 if found[7] == "-" else 1)
        if abs(offset) > timedelta(hours=14) or int(found[9] or 0) >= MINUTES:
            raise NotATime(f"no place on earth has the offset {found[6]}", "write one such as +03:00, or none at all")
    return Absolute(text, local, offset)


def _impossible(found: re.Match[str]) -> str:
    """Say which part of a date and time is impossible."""
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    if not 1 <= month <= MONTHS:
        return f"there is no month {month:02}"
    if not year or not 1 <= day <= monthrange(year, month)[1]:
        return f"that month has no day {day:02}"
    return f"the day has no hour {hour:02}" if hour >= HOURS else f"the hour has no minute {minute:02}"


def _guess_absolute(text: str) -> str:
    """Guess the date and time that something nearly right may mean; empty if nothing comes to mind."""
    date, clock = r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", r"[ T,]+(?:at )?(\d{1,2})[:.](\d{2})"
    if found := re.fullmatch(rf"{date}{clock}(:\d{{2}})?(.*)", text):
        year, month, day, hour, minute, _, rest = found.groups()
    elif found := re.fullmatch(rf"(\d{{1,2}})[-./](\d{{1,2}})[-./](\d{{4}}){clock}(:\d{{2}})?(.*)", text):
        day, month, year, hour, minute, _, rest = found.groups()
    elif re.fullmatch(date, text) or re.fullmatch(r"\d{1,2}[-./]\d{1,2}[-./]\d{4}", text):
        return "add the time of day: `YYYY-MM-DD HH:MM`, such as `2020-06-16 11:30`"
    elif re.fullmatch(r"\d{1,2}[:.]\d{2}(:\d{2})?", text):
        return "put the date before it: `YYYY-MM-DD HH:MM`, such as `2020-06-16 11:30`"
    else:
        return ""
    remedy = f"write `{year}-{int(month):02}-{int(day):02} {int(hour):02}:{minute}`"
    return f"{remedy}; an offset from UTC looks like +03:00" if rest else remedy


def _guess_relative(text: str) -> str:
    """Guess what a nearly right relative time may mean; empty if nothing comes to mind."""
    low = text.lower()
    if re.search(r"\b(months?|years?)\b", low):
        return "months and years differ in length: count days or weeks, such as `30 days before`"
    if re.search(r"\d[.,]\d", low) and re.search(r"\b(hour|day|week)s?\b", low):
        return "write a whole number of a smaller unit, such as `90 minutes before`"
    if found := re.search(r"(?:\b(\d+|an?|one) ?|\b)(minute|min|hour|h|day|d|week|w)s?\b", low):
        side = "after" if "after" in low or "later" in low else "before"
        unit = {"m": "minute", "h": "hour", "d": "day", "w": "week"}[found[2][0]]
        number = found[1] if (found[1] or "").isdigit() else "1"
        return f"write `{int(number)} {unit}{'' if int(number) == 1 else 's'} {side}`"
    if found := re.search(r"\b(start|beginning|end)\b", low):
        return f"write `at {'end' if found[1] == 'end' else 'start'}`"
    return ""
