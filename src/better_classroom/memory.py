"""What the ledger remembers of the items we made, and of the writes we began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from better_classroom.course import Action, Kind, Value

SEEN = "seen"
"""In ``Entry.sent`` of a post that took the place of one that participants saw: it goes on where that one stopped."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger remembers of one item we made.

    ``sent`` holds what we last wrote, ``answered`` what Google made of it (it trims, collapses, turns one kind of link
    into another); desired is compared with the first, actual with the second.
    """

    key: str
    kind: Kind
    course: str
    """Course key; empty for files."""
    account: str
    remote_id: str
    sent: Mapping[str, Value]
    answered: Mapping[str, Value]
    superseded: str = ""
    """Remote id of the post this one replaces, as long as that one is not deleted."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A write that was begun: its row precedes the call, and goes when the reply is recorded."""

    key: str
    kind: Kind
    course: str
    account: str
    action: Action
    remote_id: str
    """Google's id where it is known beforehand: that of the item changed, or a file's pre-generated one."""
    sent: Mapping[str, Value]
    at: datetime
    """By the clock of this machine, since it measures how long a lost request may still arrive."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger knows when a plan is made."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    pendings: Mapping[str, Pending] = field(default_factory=dict)
    strangers: frozenset[str] = frozenset()
    """Remote ids of posts that Google said another project made."""
    asked: Mapping[str, int] = field(default_factory=dict)
    """How many questions hang on each question box, by its key."""
    askers: Mapping[str, str] = field(default_factory=dict)
    """Google's id by pseudonym number, of those who are told something alone."""
