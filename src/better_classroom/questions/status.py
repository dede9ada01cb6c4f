"""How far a question has come, and which status may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Status(StrEnum):
    """How far a question has come; that its asker took it back is a mark beside it, not a status."""

    NEW = "new"
    """Nobody is to answer it yet: its seminar names no expert."""
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    DECLINED = "declined"
    FOLLOW_UP = "follow-up"
    """Its asker wrote more after an expert had decided."""
    HIDDEN = "hidden"
    MERGED = "merged"
    UNDELIVERABLE = "undeliverable"
    """Answered in private or declined, and the asker has left the course, or cannot be told anything alone."""


SET_ASIDE = frozenset({Status.HIDDEN.value, Status.MERGED.value})
"""Statuses of a question of which no answer goes out, nor waits for approval, and which no expert is shown."""


class Event(StrEnum):
    """What can happen to a question."""

    ROUTED = "routed"
    EDITED = "edited"
    ANSWERED = "answered"
    ANSWERED_EARLIER = "answered as it stood earlier"
    DECLINED = "declined"
    TAKEN_BACK = "taken back"
    HIDDEN = "hidden"
    UNHIDDEN = "unhidden"
    MERGED = "merged"
    UNMERGED = "unmerged"
    SPLIT = "split"
    """What its asker added has become a question of its own."""
    ASKER_LEFT = "asker left"
    """Or cannot be reached at all: who asked in the online session has no place where one alone could be told."""
    REJECTED = "sent back to its expert"
    """By an organiser, whose approval answers need."""


_NEW, _ASSIGNED, _ANSWERED, _DECLINED = Status.NEW, Status.ASSIGNED, Status.ANSWERED, Status.DECLINED
_FOLLOW_UP, _HIDDEN, _MERGED, _LOST = Status.FOLLOW_UP, Status.HIDDEN, Status.MERGED, Status.UNDELIVERABLE
_WITH_EXPERTS = (_NEW, _ASSIGNED, _ANSWERED, _DECLINED, _FOLLOW_UP, _LOST)

MOVES: Mapping[Event, Mapping[Status, Status]] = MappingProxyType(
    {
        Event.ROUTED: {_NEW: _ASSIGNED, _ASSIGNED: _ASSIGNED, _FOLLOW_UP: _FOLLOW_UP},
        Event.EDITED: {
            _NEW: _NEW,
            _ASSIGNED: _ASSIGNED,
            _ANSWERED: _FOLLOW_UP,
            _DECLINED: _FOLLOW_UP,
            _FOLLOW_UP: _FOLLOW_UP,
            _LOST: _FOLLOW_UP,
            # What an organiser has set aside stays aside, however often it is rewritten.
            _HIDDEN: _HIDDEN,
            _MERGED: _MERGED,
        },
        Event.ANSWERED: dict.fromkeys(_WITH_EXPERTS, _ANSWERED),
        Event.ANSWERED_EARLIER: dict.fromkeys(_WITH_EXPERTS, _FOLLOW_UP),
        Event.DECLINED: dict.fromkeys(_WITH_EXPERTS, _DECLINED),
        Event.TAKEN_BACK: dict.fromkeys(_WITH_EXPERTS, _ASSIGNED),
        Event.HIDDEN: dict.fromkeys(_WITH_EXPERTS, _HIDDEN),
        Event.UNHIDDEN: {_HIDDEN: _NEW},
        Event.MERGED: dict.fromkeys(_WITH_EXPERTS, _MERGED),
        Event.UNMERGED: {_MERGED: _NEW},
        # An answer covers the whole text that it was given to, so an answered one cannot be divided.
        Event.SPLIT: {_NEW: _NEW, _ASSIGNED: _ASSIGNED, _FOLLOW_UP: _ASSIGNED},
        Event.ASKER_LEFT: {_ANSWERED: _LOST, _DECLINED: _LOST},
        Event.REJECTED: {
            _NEW: _NEW,
            _ASSIGNED: _ASSIGNED,
            _ANSWERED: _ASSIGNED,
            _DECLINED: _ASSIGNED,
            _FOLLOW_UP: _FOLLOW_UP,
            _LOST: _ASSIGNED,
        },
    }
)
"""What follows when something happens to a question of some status; what does not stand here is not allowed."""


def after(event: Event, status: str) -> Status | None:
    """Status that follows; None where the table does not allow it."""
    return MOVES[event].get(Status(status))
