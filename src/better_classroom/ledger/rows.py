"""What the ledger holds about questions, as frozen values; entries and pending writes are in ``course``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Account:
    """Who an account was when we first met it."""

    account: str
    """Its address, as the programme writes it."""
    remote_user_id: str
    project: str
    """Cloud project of the sign-in; empty where the sign-in does not say."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a question, as a pull saw it."""

    n: int
    """Counts from 1 within the question."""
    text: str
    seen_at: datetime
    updated_at: datetime | None
    """When its asker wrote it, by Google's clock."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing an expert decided about a question; a later one corrects it, none is overwritten."""

    n: int
    """Counts from 1 within the question."""
    revision: int
    """Which text of the question it answers."""
    expert: str
    outcome: str
    """``publish``, ``decline`` or ``take back``."""
    visibility: str
    """``public`` or ``private``."""
    text: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What an organiser decided about one answer, where answers need approval."""

    n: int
    """Of the answer."""
    approved: bool
    reason: str
    """Why it was sent back to its expert; empty where it was approved."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What one participant asked in one place, with every text and every answer."""

    key: str
    source: str
    """Where it came from: ``submissions``, ``session`` for what was asked in the online session, ``slides`` for comments."""
    source_id: str
    """Its lasting name at the source, unique within the course."""
    course: str
    seminar: str
    slot: str
    """The question box it was asked in, ``before`` or ``after``; ``during`` for the online session, ``slides`` for comments."""
    phase: str
    """``before``, ``during`` or ``after`` the seminar."""
    late: bool
    """Its latest text came after the box had closed."""
    asker_id: str
    asker: int
    """Number of the asker's pseudonym."""
    asked_at: datetime
    status: str
    withdrawn_at: datetime | None
    """When a pull first saw that the asker had taken it back; None while it stands."""
    link: str
    experts: tuple[str, ...] = ()
    texts: tuple[Text, ...] = ()
    """Every text but those that a split has divided; never empty."""
    answers: tuple[Answer, ...] = ()
    merged_into: str = ""
    """Key of the question that stands for it; empty while it stands by itself."""
    merged_version: int = 0
    """Its text when it was merged: what an organiser judged to be the same question."""
    merged: tuple[str, ...] = ()
    """Keys of the questions that it stands for."""
    spoken: str = ""
    """What was answered in the online session itself."""
    asker_name: str = ""
    """Empty where it is not kept or not known."""
    decisions: Mapping[int, Decision] = field(default_factory=dict)
    """What an organiser decided, by the number of the answer."""
    quiet: frozenset[int] = frozenset()
    """Numbers of the answers that were read again after the loss of a ledger."""

    def is_rejected(self, answer: Answer) -> bool:
        """Whether an organiser sent an answer back to its expert."""
        decided = self.decisions.get(answer.n)
        return decided is not None and not decided.approved


@dataclass(frozen=True, slots=True)
class Cut:
    """Where an organiser split a text that had grown; the asker's text at the source still holds both parts."""

    question: str
    """Key of the question that keeps the beginning."""
    part: str
    """Key of the question that the addition became."""
    part_id: str
    """Id of the addition at the source: of our making, as the source knows of no parts."""
    since: int
    until: int
    """The question's texts from ``since`` to ``until`` held the addition."""
    head: str
    added: str
    split_at: datetime


class Known(NamedTuple):
    """The little that a pull needs about a question it has met before; a tuple, since there may be a hundred thousand."""

    key: str
    revision: int
    digest: str
    """Of the latest text, or of what a split has left of it."""
    late: bool
    status: str
    withdrawn_at: datetime | None
