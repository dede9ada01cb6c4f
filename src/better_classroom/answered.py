"""Answers that are ready to be told, to everybody or to the one who asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

FORGOTTEN = 0
"""Number of the one asker who stands for everybody whose data were forgotten; nobody's pseudonym."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A public answer that is ready to be published, with the question it belongs to."""

    question: str
    """Key of the question."""
    seminar: str
    course: str
    """Course in which it was asked."""
    asker: str
    """Pseudonym number, such as ``4827``."""
    question_text: str
    answer_text: str
    expert: str
    """Key of the expert."""
    answered_at: datetime
    """When it was first ready to be published; a correction does not move it."""
    askers: tuple[tuple[str, str], ...] = ()
    """Pseudonym number and course of everyone who asked, where it is more than the one ``asker``."""
    threads: tuple[tuple[str, str, str], ...] = ()
    """Course, key and thread of each question among these that was asked in a comment on slides."""
    names: Mapping[str, str] = field(default_factory=dict)
    """By pseudonym number, the names of those who are shown by name."""
    quiet: bool = False
    """It is no news: read again after the loss of a ledger."""


@dataclass(frozen=True, slots=True)
class Confided:
    """What one asker alone is told: a private answer, or why there is none."""

    question: str
    """Key of the question that they asked."""
    slot: str
    """The end of the item's key: the same for the same words, so that other words make another item."""
    seminar: str
    course: str
    """Course in which they asked."""
    asker: str
    """Pseudonym number."""
    question_text: str
    answer_text: str
    """Of a declined question, the reason; it may be empty."""
    expert: str
    """Key of the expert."""
    declined: bool
    answered_at: datetime
    """When it was first ready to be told."""

    @property
    def key(self) -> str:
        """Key of the item."""
        return f"{self.course}/{self.seminar}/{self.slot}"
