"""Instants as Drive reads and writes them: RFC 3339, out in UTC with milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)?)?", re.ASCII)
_FRACTION = re.compile(r"(\.\d{6})\d+")


def read(text: str) -> datetime | None:
    """The instant a text names, UTC where it has no offset; None if it names none."""
    if not _RFC3339.fullmatch(text):
        return None
    try:
        instant = datetime.fromisoformat(_FRACTION.sub(r"\1", text.upper()))
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def write(instant: datetime) -> str:
    """An instant in Google's spelling."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
