"""Who takes part in a course, and how far each has come: the types that gateways, ledger and reports share. Pure.

People are known by Google's number for them: addresses change, and a personal account hides its own. A participant's
address is compared trimmed and without regard to case (``address_key``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from better_classroom.course import ObservedCourse

DAY = timedelta(hours=24)
"""What an invitation counts for. Any 24 hours, for nobody knows when Google's day begins."""

MOST_WORKSPACE = 500
MOST_PERSONAL = 100
"""Invitations that Google lets an account send in a day (google-apis.md A.1)."""

MEMBERS_WORKSPACE = 1_000
MEMBERS_PERSONAL = 250
"""People in a course, its organisers among them (google-apis.md A.1)."""


def address_key(address: str) -> str:
    """The form in which two spellings of one address are equal."""
    return tidy(address).casefold()


def tidy(address: str) -> str:
    """An address without blanks around it, its letters with marks spelt in the one usual way."""
    return unicodedata.normalize("NFC", address.strip())


def domain_of(address: str) -> str:
    """What stands behind the ``@``."""
    return address_key(address).rpartition("@")[2]


class State(StrEnum):
    """What we last did about a participant; the ledger keeps it."""

    QUEUED = "queued"
    """The organiser said yes; nothing was sent."""
    SENDING = "sending"
    """A call was begun, and nobody knows what came of it."""
    INVITED = "invited"
    ADDED = "added"
    """By the administrator's right, without an invitation."""
    MET = "met"
    """Found in the course, where we had not brought them."""
    REFUSED = "refused"


class Joining(StrEnum):
    """How far a participant has come; ``--json`` shows these words."""

    JOINED = "joined"
    WAITING = "waiting"
    """Invited; has not accepted."""
    QUEUED = "queued"
    """To be invited as soon as there is room."""
    NEW = "not invited"
    REFUSED = "refused"
    """Google refused the invitation."""
    GONE = "gone"
    """Invited once; neither in the course nor waiting: declined, or taken back."""
    LEFT = "left"
    """Was in the course once."""
    LEFT_OUT = "left out"
    """Never to be invited by us."""


TO_INVITE = frozenset({Joining.NEW, Joining.QUEUED, Joining.REFUSED})
"""Whom ``people invite`` invites without being told to."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the ledger remembers of one participant of one course."""

    course: str
    address: str
    """As ``address_key`` has it."""
    account: str
    state: State
    user_id: str = ""
    """Google's number for the person; empty until Google has told it."""
    sent_at: datetime | None = None
    """When we sent an invitation, by the target's clock; None for one that others had sent."""
    joined_at: datetime | None = None
    """When we first saw them in the course."""
    reason: str = ""
    """Why Google refused: its own short name, or the HTTP status."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a course, as Google shows them."""

    user_id: str
    address: str
    """Empty where Google hides it."""
    organises: bool
    """Has Google's role of a teacher there."""


@dataclass(frozen=True, slots=True)
class Door:
    """How to get into a course without an invitation."""

    link: str
    code: str
    """Empty where it was switched off by hand."""

    @property
    def join_link(self) -> str:
        """What the course's own page gives out as its invite link; empty without a code."""
        return f"{self.link}?cjc={self.code}" if self.link and self.code else ""


@dataclass(frozen=True, slots=True)
class Person:
    """One participant of one course, as the programme names them, and how far they have come."""

    course: str
    name: str
    address: str
    joining: Joining
    since: datetime | None = None
    """When they were invited, or first seen in the course; None where we cannot know."""
    reason: str = ""
    """For those refused, Google's; for those left out, ours in words."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in one course and who is invited, as Google shows it at one moment."""

    members: Mapping[str, Member] = field(default_factory=dict)
    """By Google's number."""
    waiting: frozenset[str] = frozenset()
    """Google's numbers of those with an open invitation."""

    def find(self, address: str, known_id: str) -> Member | None:
        """The member with that number, or with that address where Google shows it."""
        key = address_key(address)
        shown = (member for member in self.members.values() if address_key(member.address) == key)
        return self.members.get(known_id) or next(shown, None)


@dataclass(frozen=True, slots=True)
class CoursePeople:
    """One course and its participants."""

    course: str
    account: str
    observed: ObservedCourse | None
    """None where the course does not exist yet."""
    people: tuple[Person, ...]
    others: int = 0
    """Participants in the course whom the programme does not name."""
    strangers: int = 0
    """Open invitations that we know nothing of."""
    members: int = 0
    """Everybody in the course, organisers too."""
    seats: int = MEMBERS_WORKSPACE
    """How many the course takes."""

    def those(self, *joinings: Joining) -> tuple[Person, ...]:
        """The participants who have come as far as one of these, in the programme's order."""
        return tuple(person for person in self.people if person.joining in joinings)


def how_far(roster: Roster, record: Record | None, address: str) -> tuple[Joining, datetime | None]:
    """How far somebody has come, and since when, as far as we know."""
    if roster.find(address, record.user_id if record else ""):
        return Joining.JOINED, record.joined_at if record else None
    if record is None:
        return Joining.NEW, None
    if record.user_id in roster.waiting:
        return Joining.WAITING, record.sent_at
    if record.joined_at:
        return Joining.LEFT, record.joined_at
    return _AFTER[record.state], record.sent_at


_AFTER = {
    # state of one who is neither in the course nor waiting: how far that is
    State.QUEUED: Joining.QUEUED,
    State.SENDING: Joining.QUEUED,
    State.INVITED: Joining.GONE,
    State.ADDED: Joining.LEFT,
    State.MET: Joining.LEFT,
    State.REFUSED: Joining.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Limit:
    """How many invitations an account sends in a day."""

    most: int
    """What may be sent at all."""
    reserve: int
    """Of these, what is left for invitations made by hand, of which Google tells us nothing."""

    @property
    def ours(self) -> int:
        """How many we send."""
        return max(0, self.most - self.reserve)

    def room(self, sent: Iterable[datetime], now: datetime) -> int:
        """How many more may go out now, after those that were sent at these instants."""
        return max(0, self.ours - len(_counting(sent, now)))

    def next_room(self, sent: Iterable[datetime], now: datetime) -> datetime | None:
        """When the next invitation may go out; None where the reserve takes all."""
        counting = _counting(sent, now)
        if not self.ours or len(counting) < self.ours:
            return now if self.ours else None
        return counting[len(counting) - self.ours] + DAY


def _counting(sent: Iterable[datetime], now: datetime) -> list[datetime]:
    """Those of the last day, the oldest first; one of the future counts too, should the target's clock go back."""
    return sorted(instant for instant in sent if instant > now - DAY)


def limit(*, personal: bool, most: int | None, reserve: int | None) -> Limit:
    """The limit of an account. ``most`` can only lower Google's own; unless told, a tenth is held in reserve."""
    google = MOST_PERSONAL if personal else MOST_WORKSPACE
    lowered = google if most is None else min(most, google)
    return Limit(lowered, lowered // 10 if reserve is None else reserve)
