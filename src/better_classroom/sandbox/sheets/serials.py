"""Dates and times as numbers: days since 30 December 1899, and the day's part behind the point (E.1, the document)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from better_classroom.sandbox.sheets import locales

_ORIGIN = date(1899, 12, 30).toordinal()
_MIDNIGHT = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's time belongs to no zone
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(?:\s?([AaPp][Mm]))?", re.ASCII)
_DAY_AND_TIME = re.compile(r"(.*?[\d.])(?:\s+|T)(\d{1,2}:.*)", re.ASCII | re.DOTALL)
_HALF, _HOURS, _SIXTY = 12, 24, 60
_CENTURY = 100
_PIVOT = 30  # of two digits: 29 is 2029, 30 is 1930


def read(text: str, locale: str) -> tuple[float, str, str] | None:
    """What a typed date, time or both is: serial number, type of number format, pattern. None if it is none."""
    parted = _DAY_AND_TIME.fullmatch(text)
    day = _day(parted[1] if parted else text, locale)
    time = _time(parted[2] if parted else text)
    if day and time and parted:
        return day[0] + time[0], "DATE_TIME", f"{day[1]} {time[1]}"
    if day and not parted:
        return float(day[0]), "DATE", day[1]
    if time and not parted:
        return time[0], "TIME", time[1]
    return None


def _day(text: str, locale: str) -> tuple[int, str] | None:
    iso = _ISO.fullmatch(text)
    if iso:
        return _serial(int(iso[1]), int(iso[2]), int(iso[3]), "yyyy-mm-dd")
    found = _NUMBERS.fullmatch(text)
    if not found:
        return None
    numbers = dict(zip(locales.order(locale), (found[1], found[3], found[4]), strict=True))
    if any(len(numbers[part]) > 2 for part in "md") or len(numbers["y"]) not in {2, 4}:  # noqa: PLR2004 - digits
        return None
    year = int(numbers["y"])
    if len(numbers["y"]) == 2:  # noqa: PLR2004 - digits
        year += 2000 if year < _PIVOT else 1900
    return _serial(year, int(numbers["m"]), int(numbers["d"]), locales.date_pattern(locale))


def _serial(year: int, month: int, day: int, pattern: str) -> tuple[int, str] | None:
    try:
        return date(year, month, day).toordinal() - _ORIGIN, pattern
    except ValueError:
        return None


def _time(text: str) -> tuple[float, str] | None:
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[5] or "").lower()
    if minutes >= _SIXTY or seconds >= _SIXTY or hours >= _HOURS or (half and not 1 <= hours <= _HALF):
        return None
    if half:
        hours = hours % _HALF + (_HALF if half == "pm" else 0)
    thousandths = int((found[4] or "").ljust(3, "0"))
    part = (((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths) / 86_400_000
    pattern = ("h:mm" if half else "hh:mm") + (":ss" if found[3] else "") + (" am/pm" if half else "")
    return part, pattern


def moment(serial: float) -> datetime | None:
    """The day and time of a serial number, without a zone; None where no calendar reaches."""
    try:
        return _MIDNIGHT + timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return None
