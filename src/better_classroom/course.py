"""What a course can hold: the same frozen types for what should be and for what was observed.

An item is named by its key, which lasts: ``<course>/<seminar>/<slot>`` for what belongs to a seminar (the slots are
``topic``, ``session``, ``materials.<material>``, ``before``, ``after``, ``answers``, ``reminders.<when>`` and
``private.<question>-<asker>-<content>``), ``<course>/course``, ``<course>/welcome``, ``<course>/news.<date>``,
``file:<account>/<target>``, ``share:<course>/<target>`` and ``reply:<course>/<question>-<expert>``. A file's target is its
path, and ``<path>//<course>`` where each course has a copy of its own, so that it can be commented on.
Google's identifiers never stand in an item; they stand beside it, in ``Observed`` and in the ledger's ``Entry``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

from better_classroom.comments import ObservedComment, Reply

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


def course_of(key: str) -> str:
    """Key of the course that an item belongs to; empty for files, which belong to an account."""
    if key.startswith("file:"):
        return ""
    return key.removeprefix("share:").removeprefix("reply:").partition("/")[0]


def asker_of(key: str) -> str:
    """Pseudonym number of the one participant for whom an item is; empty where it is for everybody."""
    slot = key.rpartition("/")[2]
    return slot.split("-")[1] if slot.startswith("private.") else ""


def copy_for(path: str, course: str) -> str:
    """Target of the copy of a file that one course alone has: ``//`` never occurs in a path."""
    return f"{path}//{course}"


def course_of_copy(target: str) -> str:
    """The course that alone has this copy of a file; empty for a file that all have in common."""
    return target.partition("//")[2]


def is_copy(target: str) -> bool:
    """Whether a file is one course's own copy."""
    return course_of_copy(target) != ""


def path_of(target: str) -> str:
    """Path of a file in the programme's folder, by its target."""
    return target.partition("//")[0]


def file_mark(target: str) -> str:
    """The mark that a file carries in Drive, by which it is found again.

    A hash, since Google allows an appProperty 124 bytes for key and value together (google-apis.md D.2).
    """
    return hashlib.sha256(target.encode()).hexdigest()[:32]


POSTS = (Kind.MATERIAL, Kind.BOX, Kind.ANNOUNCEMENT)
"""The kinds that participants read as posts: they can be drafts, scheduled or public."""


FORGOTTEN = 0
"""Number of the one asker who stands for everybody whose data were forgotten; nobody's pseudonym."""


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
        return self.key.removeprefix("file:").partition("/")[2]


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
    owner_id: str
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
