"""How numbers and instants are told, and texts of others: on one line, and without what could steer a terminal. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def counted(number: int, word: str) -> str:
    """A number with its noun: "1 change", "2 changes"."""
    return f"1 {word}" if number == 1 else f"{number} {'people' if word == 'person' else word + 's'}"


def megabytes(size: int) -> str:
    """A number of bytes as people compare it with what a Drive can hold."""
    return f"{size / 1_000_000:,.1f} MB"


def short(title: str, most: int = 70) -> str:
    """A title on one line, without what could steer a terminal: some come from people we do not know."""
    flat = " ".join("".join(sign if sign.isprintable() else " " for sign in title).split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def local(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as an organiser in that zone reads it: "Tue 16 Jun 2020, 11:30 (Tallinn)"."""
    local = instant.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} ({zone.key.rpartition('/')[2].replace('_', ' ')})"
