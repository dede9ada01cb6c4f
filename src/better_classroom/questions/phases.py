"""When a question was asked: before, during or after its seminar, and whether its box had closed."""

from __future__ import annotations

from datetime import datetime

from better_classroom.programme import Seminar

DURING = "during"
"""Slot of what was asked in the online session."""

SLIDES = "slides"
"""Slot of what was asked in comments on slides."""


def is_late(seminar: Seminar | None, slot: str, written_at: datetime) -> bool:
    """Whether a text came after its box had closed; the session itself and the slides have none that closes."""
    if seminar is None or seminar.questions is None or slot in {DURING, SLIDES}:
        return False
    window = seminar.questions.before if slot == "before" else seminar.questions.after
    return window is not None and written_at > window.closes


def phase(seminar: Seminar | None, slot: str, asked_at: datetime) -> str:
    """``before``, ``during`` or ``after``; by where it was asked in the session and in a seminar that left the programme."""
    if seminar is None or slot == DURING:
        return slot
    if asked_at < seminar.starts:
        return "before"
    return "during" if asked_at < seminar.ends else "after"
