"""What a course can hold: the same frozen types for what should be and for what was observed.

An item is named by its key (``keys``). Google's identifiers never stand in an item; they stand beside it, in the
observed types and in the ledger's ``Entry``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

from better_classroom.comments import ObservedComment, Reply
from better_classroom.keys import target_of

Value: TypeAlias = str | int | bool | tuple[str, ...] | None
"""What one field of an item holds; instants are RFC 3339 text in UTC, attachments a tuple of ``kind:target``."""


class Kind(StrEnum):
    """What sort of thing an item is."""

    FILE = "file"
    COURSE = "course"
    SHARE = "share"
    TOPIC = "topic"
    MATERIAL = "material"
    BOX = "question box"
    ANNOUNCEMENT = "announcement"
    REPLY = "reply to a comment"


POSTS = (Kind.MATERIAL, Kind.BOX, Kind.ANNOUNCEMENT)
"""The kinds that participants read as posts: they can be drafts, scheduled or public."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment of a material.

    ``target`` is a path of the programme for ``file``, with the course where it is that course's own copy, an address for
    ``link``, YouTube's id for ``youtube``, and Drive's id for ``drive``: a Drive file that is not one of ours, which only
    an observed post can carry.
    """

    kind: Literal["file", "link", "youtube", "drive"]
    target: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}"


@dataclass(frozen=True, slots=True)
class Bytes:
    """What a file holds: enough to tell whether it changed."""

    sha256: str
    size: int
    mime_type: str


@dataclass(frozen=True, slots=True)
class File:
    """A presentation in an account's Drive: uploaded once, attached in all the account's courses, or in one alone."""

    key: str
    path: str
    """Relative to the programme's folder, with ``/``."""
    name: str
    """As participants see it."""
    mime_type: str
    sha256: str
    size: int

    @property
    def target(self) -> str:
        """What attachments call it."""
        return target_of(self.key)


@dataclass(frozen=True, slots=True)
class Course:
    """The Classroom course of one city."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Share:
    """That everyone in a course may read a file, or comment on it as well."""

    key: str
    file: str
    """Key of the file."""
    role: Literal["reader", "commenter"] = "reader"


@dataclass(frozen=True, slots=True)
class Topic:
    """The heading of a seminar in a course."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Post:
    """A material, a question box or an announcement."""

    key: str
    kind: Kind
    title: str
    """Empty for an announcement, which has none."""
    text: str
    topic: str = ""
    """Key of the topic; empty outside topics."""
    attachments: tuple[Attachment, ...] = ()
    publish: datetime | None = None
    """When participants get to see it; None keeps it a draft."""
    later: tuple[datetime, str] | None = None
    """An instant, and the text that holds from then on: a box's closing time."""
    only_if_public: bool = False
    """Kept where participants already see it, withdrawn where they do not yet (a cancelled seminar)."""
    asker: str = ""
    """Pseudonym number of the one participant who is to see it; empty for everybody."""
    until: datetime | None = None
    """From then on it is no news any more: not made, and kept only where participants already see it."""

    def text_at(self, now: datetime) -> str:
        """The text that should stand at that instant."""
        return self.later[1] if self.later and now >= self.later[0] else self.text


Item: TypeAlias = File | Course | Share | Topic | Post | Reply


class Action(StrEnum):
    """What a change does."""

    CREATE = "create"
    ADOPT = "adopt"
    UPDATE = "update"
    REPLACE = "replace"
    RELEASE = "release"
    """Schedule, reschedule or publish."""
    DELETE = "delete"


class Standing(StrEnum):
    """How far a post has come: Google's draft without and with a time, published, deleted."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class ObservedCourse:
    """A course as Google shows it to its account."""

    remote_id: str
    name: str
    active: bool
    """False while it waits to be accepted, and once it is archived."""
    state: str
    """Google's word for it, for messages."""
    group_email: str
    """Address that stands for all members in Drive permissions; empty where Google gives none."""
    link: str


@dataclass(frozen=True, slots=True)
class ObservedTopic:
    """A topic as Google shows it."""

    remote_id: str
    name: str
    updated: datetime | None = None
    others: int = 0
    """How many posts are in it of a sort that we never keep, such as assignments."""


@dataclass(frozen=True, slots=True)
class ObservedPost:
    """A post as Google shows it; deleted ones are never observed."""

    kind: Kind
    remote_id: str
    title: str
    text: str
    topic_id: str
    attachments: tuple[Attachment, ...]
    """Never of kind ``file``: which Drive file is one of ours is for the planner to say."""
    standing: Standing
    publish: datetime | None
    """When Google will publish it; None unless scheduled."""
    creator_id: str
    created: datetime | None
    updated: datetime | None
    link: str
    """Empty until it is public."""
    ours: bool | None = None
    """Whether our Cloud project made it; None where Google does not say."""
    individual: bool = False
    """Addressed to some participants alone."""
    audience: tuple[str, ...] = ()
    """Google's ids of those it is addressed to alone."""


@dataclass(frozen=True, slots=True)
class ObservedFile:
    """A file of ours in an account's Drive."""

    remote_id: str
    key: str
    """Our key, read back from the mark we left on the file."""
    name: str
    mime_type: str
    sha256: str
    size: int
    readers: Mapping[str, str] = field(default_factory=dict)
    """Permission id by lower-case address, of those who may read."""
    commenters: frozenset[str] = frozenset()
    """Those among them who may comment, too."""
    shareable: bool = True
    """Whether the account may let others read it; true where Google does not say."""
    version: str = field(default="", compare=False)
    """Drive's count of its changes, invisible ones and comments too."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything observed in one course at one moment."""

    course: ObservedCourse
    topics: tuple[ObservedTopic, ...] = ()
    posts: tuple[ObservedPost, ...] = ()


@dataclass(frozen=True, slots=True)
class Unseen:
    """Why a course could not be looked at, and what to do."""

    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class World:
    """Everything observed at one moment in all courses and accounts of a programme."""

    snapshots: Mapping[str, Snapshot | None]
    """By course key; None where the course does not exist yet."""
    files: Mapping[str, tuple[ObservedFile, ...]]
    """By account."""
    users: Mapping[str, str]
    """Google's id of each account."""
    unseen: Mapping[str, Unseen] = field(default_factory=dict)
    """By key, the courses that could not be looked at; they are not among the snapshots."""
    personal: frozenset[str] = frozenset()
    """Which accounts are personal ones, that may do less than those of a school."""
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By course, Google's ids of its participants; listed only where one of them is to be told something alone."""
    handed_in: Mapping[str, int] = field(default_factory=dict)
    """By Google's id of a question box, how many have written into it; counted only where one is to go."""
    threads: Mapping[str, Mapping[str, ObservedComment]] = field(default_factory=dict)
    """By Drive's id of a file: its comments by their ids, of the few files whose threads were looked at."""


class Submission(NamedTuple):
    """What one participant wrote into one question box; a tuple, since a pull may meet a hundred thousand."""

    remote_id: str
    box_id: str
    asker_id: str
    text: str
    withdrawn: bool
    """Taken back by the participant: Google's RECLAIMED_BY_STUDENT."""
    at: datetime | None
    """When it was written as it stands; None where Google does not say."""
    link: str = ""
