"""What a plan is made of: changes for the courses, records for the ledger, notes for the organiser. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from better_classroom.comments import Reply
from better_classroom.compare import FieldChange
from better_classroom.course import Action, Course, File, Item, Kind, Post, Share, Standing, Topic, Value
from better_classroom.desired import Desired
from better_classroom.keys import path_of, target_of
from better_classroom.memory import Entry


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a plan. It holds all that is needed to carry it out and to tell people about it."""

    action: Action
    key: str
    kind: Kind
    course: str
    """Key of the course; empty for files."""
    account: str
    item: Item | None = None
    """What should be; None where it is deleted."""
    remote_id: str = ""
    """Google's id of what is changed, replaced, adopted or deleted."""
    fields: tuple[FieldChange, ...] = ()
    title: str = ""
    """How people know the item."""
    standing: Standing | None = None
    """How far the post has come that is changed, replaced or deleted."""
    questions: int = 0
    """How many questions hang on a box that is deleted."""
    repeat: bool = False
    """The draft deleted is one too many: a create whose reply was lost was carried out twice."""
    probe: bool = False
    """Google has to be asked whether it is ours, before it is adopted."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """For an adoption: what is there, in our words."""

    @property
    def takes_box(self) -> bool:
        """Whether a question box goes that participants could write into."""
        goes = self.action in {Action.DELETE, Action.REPLACE}
        return self.kind is Kind.BOX and goes and self.standing is Standing.PUBLIC


@dataclass(frozen=True, slots=True)
class Record:
    """Something for the ledger alone, no call: what is there by now (None where the item is gone)."""

    key: str
    entry: Entry | None


class Remark(StrEnum):
    """What an organiser should know although nothing is done about it."""

    DRIFT = "changed by hand, kept"
    CONFLICT = "changed by hand and in the programme, kept"
    MISSING = "deleted by hand"
    TOO_LATE = "already seen by participants"
    TOPIC_KEPT = "the topic holds other people's posts"
    ANSWERS = "holds answers that the ledger does not know, left as it is"
    THREAD_GONE = "the comment that it answers is gone"
    NOT_MANAGED = "no longer in the programme, left as it is"
    ASKER_LEFT = "not made: the one it is for has left the course"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark about one item; ``fields`` says which of its fields it is about."""

    remark: Remark
    key: str
    course: str
    title: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why Google would refuse some changes in a course; they are held back, and all others go on."""

    course: str
    reason: str
    advice: str
    """What the organiser does about it."""
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """What Google said to a change when it was tried last."""

    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The ordered changes for all courses, and what to know beside them."""

    changes: tuple[Change, ...]
    records: tuple[Record, ...]
    notes: tuple[Note, ...]
    desired: Desired
    now: datetime
    unmanaged: Mapping[str, int]
    """By course: how many posts are in it that are not ours."""
    unshared: frozenset[str] = frozenset()
    """Courses without an address to share files with: there Classroom alone shares them, as it publishes a post."""
    blockers: tuple[Blocker, ...] = ()
    """What would have to be done besides, and cannot."""

    @property
    def is_empty(self) -> bool:
        """Whether every course holds what it should."""
        return not self.changes and not self.blockers

    @property
    def notifications(self) -> Mapping[str, int]:
        """By course: how many notifications a participant will get from this plan, at once or when posts appear."""
        return self._appearing(alone=False)

    @property
    def notifications_alone(self) -> Mapping[str, int]:
        """By course: how many more go to one participant each, who alone sees the post."""
        return self._appearing(alone=True)

    def _appearing(self, *, alone: bool) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for change in self.changes:
            item = change.item
            if isinstance(item, Post) and item.publish and change.action in _APPEARING and bool(item.asker) is alone:
                counts[change.course] = counts.get(change.course, 0) + (change.standing is not Standing.SCHEDULED)
        return counts


_APPEARING = frozenset({Action.CREATE, Action.REPLACE, Action.RELEASE})


def kind_of(item: Item) -> Kind:
    """Kind of an item."""
    if isinstance(item, Post):
        return item.kind
    return _KINDS[type(item)]


_KINDS: Mapping[type, Kind] = {
    File: Kind.FILE,
    Course: Kind.COURSE,
    Share: Kind.SHARE,
    Topic: Kind.TOPIC,
    Reply: Kind.REPLY,
}


def title_of(item: Item) -> str:
    """How people know an item: a post's title (an announcement's first line), a file's path, a name."""
    if isinstance(item, Post):
        return item.title or item.text.partition("\n")[0]
    if isinstance(item, File):
        return item.path
    if isinstance(item, Reply):
        return item.text.partition("\n")[0]
    if isinstance(item, Share):
        return path_of(target_of(item.key))
    return item.name
