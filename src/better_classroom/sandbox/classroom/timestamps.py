"""Instants as Google reads and writes them: RFC 3339 in, UTC with a ``Z`` out.

google-apis.md A: output is Z-normalised with 0, 3, 6 or 9 fractional digits; other offsets are accepted on input.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from better_classroom.sandbox.errors import invalid_argument

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def normal(text: str) -> str:
    """The same instant in Google's spelling; raises 400 for what is no instant."""
    whole, fraction = _read(text)
    digits = fraction.ljust(9, "0")
    while digits.endswith("000"):
        digits = digits[:-3]
    return whole.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + (f".{digits}" if digits else "") + "Z"


def micros(instant: str | datetime) -> int:
    """Microseconds since 1970, for comparing; what is finer is cut off."""
    if isinstance(instant, datetime):
        return (instant - _EPOCH) // _MICROSECOND
    whole, fraction = _read(instant)
    return (whole - _EPOCH) // _MICROSECOND + int(fraction.ljust(6, "0")[:6])


def due_micros(row: dict[str, Any]) -> int | None:
    """When that course work is due, in microseconds since 1970; None if never. Google's due times are UTC (A.4)."""
    date, time = row.get("dueDate"), row.get("dueTime", {})
    if date is None:
        return None
    instant = datetime(
        date["year"],
        date["month"],
        date["day"],
        time.get("hours", 0),
        time.get("minutes", 0),
        time.get("seconds", 0),
        time.get("nanos", 0) // 1000,
        tzinfo=UTC,
    )
    return micros(instant)


@lru_cache(maxsize=65_536)
def _read(text: str) -> tuple[datetime, str]:
    found = _RFC3339.fullmatch(text)
    if not found:
        raise invalid_argument(f"Invalid time: {text}")
    day, time, fraction, offset = found.groups()
    try:
        whole = datetime.fromisoformat(f"{day}T{time}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid_argument(f"Invalid time: {text}") from None
    return whole, fraction or ""
