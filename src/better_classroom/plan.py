"""What has to be done so that every course holds what it should: values in, a plan out. Pure.

Three decisions are made here, in this order. ``_STEPS`` decides about a whole item from four facts: whether it is
wanted, whether the ledger knows it, whether a write of it was begun and never recorded, and whether it is there.
``compare`` decides about each field of an item that stays. ``_stage`` decides the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from better_classroom import compare, difference, limits
from better_classroom.change import Change, Note, Plan, Record, Remark, kind_of, title_of
from better_classroom.compare import FieldChange, Verdict
from better_classroom.course import (
    POSTS,
    SEEN,
    Action,
    Entry,
    Item,
    Kind,
    Memory,
    ObservedPost,
    Post,
    Standing,
    Value,
    World,
    course_of,
)
from better_classroom.desired import AT_ONCE, Desired
from better_classroom.sighting import Seen, Sighting, Sightings


class Wanted(StrEnum):
    """Whether the programme wants an item."""

    YES = "yes"
    IF_PUBLIC = "only if participants have seen it"
    NO = "no"


class Begun(StrEnum):
    """Which write of the item was begun and never recorded."""

    NONE = "nothing"
    MAKING = "making it"
    REPLACING = "making what takes its place"
    DELETING = "deleting it"
    CHANGING = "changing it"


class Step(StrEnum):
    """What becomes of a whole item."""

    CREATE = "create"
    ADOPT = "adopt"
    COMPARE = "compare field by field"
    MISSING = "report that it was deleted by hand"
    DELETE = "delete"
    FORGET = "drop from the ledger"
    LEAVE = "leave as it is, and say so"
    CLOSED = "say that there is no place for it any more"
    NOTHING = "nothing"


FRAME = frozenset({Kind.TOPIC, Kind.SHARE})
"""Kinds that are put back at once when they vanish: nobody is notified, and posts need them."""

ANY = None

# The decision table of design §5: the first row that fits decides; ANY fits everything.
# (frame, wanted, known to the ledger, begun, seen, public) → step
_STEPS: tuple[tuple[bool | None, Wanted | None, bool | None, Begun | None, Seen | None, bool | None, Step], ...] = (
    (ANY, ANY, ANY, ANY, Seen.ANSWERS, ANY, Step.LEAVE),
    (ANY, Wanted.YES, ANY, ANY, Seen.CLOSED, ANY, Step.CLOSED),
    (ANY, ANY, ANY, ANY, Seen.CLOSED, ANY, Step.FORGET),
    (ANY, Wanted.YES, False, ANY, Seen.LOOKALIKE, ANY, Step.ADOPT),
    (ANY, Wanted.YES, False, ANY, Seen.ABSENT, ANY, Step.CREATE),
    (ANY, Wanted.YES, True, ANY, Seen.SUCCESSOR, ANY, Step.ADOPT),
    (ANY, Wanted.YES, True, ANY, Seen.LOOKALIKE, ANY, Step.ADOPT),
    (ANY, Wanted.YES, True, ANY, Seen.KNOWN, ANY, Step.COMPARE),
    (ANY, Wanted.YES, True, Begun.DELETING, Seen.ABSENT, ANY, Step.CREATE),
    (ANY, Wanted.YES, True, Begun.MAKING, Seen.ABSENT, ANY, Step.CREATE),
    (True, Wanted.YES, True, ANY, Seen.ABSENT, ANY, Step.CREATE),
    (False, Wanted.YES, True, ANY, Seen.ABSENT, ANY, Step.MISSING),
    (ANY, Wanted.IF_PUBLIC, ANY, ANY, Seen.SUCCESSOR, True, Step.ADOPT),
    (ANY, Wanted.IF_PUBLIC, ANY, ANY, Seen.SUCCESSOR, ANY, Step.DELETE),
    (ANY, Wanted.IF_PUBLIC, ANY, ANY, Seen.LOOKALIKE, True, Step.ADOPT),
    (ANY, Wanted.IF_PUBLIC, ANY, ANY, Seen.LOOKALIKE, ANY, Step.DELETE),
    (ANY, Wanted.IF_PUBLIC, True, ANY, Seen.KNOWN, True, Step.COMPARE),
    (ANY, Wanted.IF_PUBLIC, True, ANY, Seen.KNOWN, False, Step.DELETE),
    (ANY, Wanted.NO, ANY, ANY, Seen.SUCCESSOR, ANY, Step.DELETE),
    (ANY, Wanted.NO, ANY, ANY, Seen.LOOKALIKE, ANY, Step.DELETE),
    (ANY, Wanted.NO, True, ANY, Seen.KNOWN, ANY, Step.DELETE),
    (ANY, ANY, True, ANY, Seen.ABSENT, ANY, Step.FORGET),
    (ANY, ANY, ANY, Begun.MAKING, Seen.ABSENT, ANY, Step.FORGET),
    (ANY, ANY, ANY, ANY, ANY, ANY, Step.NOTHING),
)


def step(*, frame: bool, wanted: Wanted, known: bool, begun: Begun, seen: Seen, public: bool) -> Step:
    """What becomes of an item about which these facts hold."""
    facts = (frame, wanted, known, begun, seen, public)
    return next(
        row[-1] for row in _STEPS if all(rule in (ANY, fact) for rule, fact in zip(row[:-1], facts, strict=True))
    )


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the organiser wants a plan to be made."""

    accounts: Mapping[str, str]
    """Account by course key."""
    restore_drift: bool = False
    """Write back what was changed by hand, except attachments and deleted posts."""
    restore: frozenset[str] = frozenset()
    """Keys of items that are to be put back as the programme has them, whatever happened to them."""


def make(*, desired: Desired, world: World, memory: Memory, wishes: Wishes, now: datetime) -> Plan:
    """The plan that brings every course to what it should hold."""
    desk = _Desk(desired, world, memory, wishes, now)
    files = [key for key in desk.keys if key.startswith("file:")]
    for key in desk.keys:
        if not key.startswith("file:") and course_of(key) not in world.unseen:
            desk.decide(key)
    desk.changes, blockers = limits.hold_back(desk.changes, world=world, accounts=wishes.accounts, order=desk.order)
    # Files last: whether one may go depends on the posts that stay.
    for key in files:
        desk.decide(key)
    changes = sorted(desk.changes, key=desk.stage)
    return Plan(
        changes=tuple(changes),
        records=tuple(desk.records),
        notes=tuple(desk.notes),
        desired=desired,
        now=now,
        unmanaged=desk.sightings.unmanaged(),
        unshared=frozenset(key for key, seen in world.snapshots.items() if seen and not seen.course.group_email),
        blockers=tuple(blockers),
    )


class _Desk:
    """Where one plan is put together: what is known on one side, what was decided on the other."""

    def __init__(self, desired: Desired, world: World, memory: Memory, wishes: Wishes, now: datetime) -> None:
        self.wanted = {item.key: item for item in desired.items}
        self.unmanaged = desired.unmanaged
        self.memory = memory
        self.members = world.members
        self.wishes = wishes
        self.now = now
        self.sightings = Sightings(self.wanted, world, memory, wishes.accounts)
        self.keys = list(dict.fromkeys((*self.wanted, *memory.entries, *memory.pendings)))
        self.order = {key: number for number, key in enumerate(self.keys)}
        self.courses = {course: number for number, course in enumerate(wishes.accounts)}
        self.changes: list[Change] = []
        self.records: list[Record] = []
        self.notes: list[Note] = []

    def decide(self, key: str) -> None:
        """Decide about one item by the table, and note down what follows."""
        entry, item, seen = self._entry(key), self.wanted.get(key), self.sightings.of(key)
        if item is None and self._is_not_managed(key):
            if entry:
                self._remark(Remark.NOT_MANAGED, key, seen)
            return
        decided = step(
            frame=self.kind(key) in FRAME,
            wanted=_wanted(item, self.now),
            known=entry is not None,
            begun=self._begun(key),
            seen=seen.seen,
            public=difference.is_public(seen) or self._replaces_public(key, seen),
        )
        if decided is Step.MISSING and key in self.wishes.restore:
            decided = Step.CREATE
        if decided is Step.LEAVE and key in self.wishes.restore:
            decided = Step.ADOPT
        for draft in seen.repeats:
            self._change(
                Action.DELETE, key, remote_id=draft.remote_id, title=draft.title, standing=draft.standing, repeat=True
            )
        self._follow(decided, key, item, entry, seen)

    def _follow(self, decided: Step, key: str, item: Item | None, entry: Entry | None, seen: Sighting) -> None:
        if decided is Step.CREATE and self._has_left(item):
            self._remark(Remark.ASKER_LEFT, key, seen)
        elif decided is Step.CREATE:
            self._change(Action.CREATE, key, item=item)
        elif decided is Step.ADOPT:
            self._adopt(key, item, entry, seen)
        elif decided is Step.COMPARE:
            assert item
            assert entry
            self._compare(key, item, entry, seen)
        elif decided is Step.MISSING:
            self._remark(Remark.MISSING, key, seen)
        elif decided is Step.LEAVE:
            self._remark(Remark.ANSWERS, key, seen)
        elif decided is Step.CLOSED:
            self._remark(Remark.THREAD_GONE, key, seen)
        elif decided is Step.DELETE:
            self._delete(key, entry, seen)
        elif decided is Step.FORGET:
            self.records.append(Record(key, None))

    def _has_left(self, item: Item | None) -> bool:
        """Whether an item is for one participant who is not in the course; where nobody was listed, Google will tell."""
        if not isinstance(item, Post) or not item.asker:
            return False
        members = self.members.get(course_of(item.key))
        return members is not None and self.memory.askers.get(item.asker) not in members

    def _replaces_public(self, key: str, seen: Sighting) -> bool:
        """Whether participants see the post whose place this one takes, or saw it until a run of ours was broken off."""
        entry = self._entry(key)
        if entry is None:
            return False
        if self.sightings.is_public(entry.remote_id if seen.seen is Seen.SUCCESSOR else entry.superseded):
            return True
        return SEEN in entry.sent and seen.seen in {Seen.KNOWN, Seen.SUCCESSOR}

    def _entry(self, key: str) -> Entry | None:
        """The ledger's row of an item, with what a write that was begun says of its past."""
        entry = self.memory.entries.get(key)
        return difference.marked(entry, self.memory.pendings.get(key)) if entry else None

    def _is_not_managed(self, key: str) -> bool:
        course = course_of(key)
        gone = bool(course) and course not in self.wishes.accounts
        # What remains is the end of a slot: "tartu/welcome" is not the beginning of the seminar "tartu/welcome-day/…".
        rests = (key.removeprefix(prefix) for prefix in self.unmanaged if key.startswith(prefix))
        return gone or any("/" not in rest for rest in rests)

    def _begun(self, key: str) -> Begun:
        entry, pending = self.memory.entries.get(key), self.memory.pendings.get(key)
        if pending is None:
            return Begun.NONE
        if pending.action is Action.DELETE and entry and pending.remote_id == entry.superseded:
            return Begun.REPLACING
        return _BEGUN[pending.action]

    def kind(self, key: str) -> Kind:
        """Kind of an item, from whichever side knows it."""
        item = self.wanted.get(key)
        return kind_of(item) if item else (self.memory.entries.get(key) or self.memory.pendings[key]).kind

    def _account(self, key: str) -> str:
        course = course_of(key)
        return self.wishes.accounts[course] if course else key.removeprefix("file:").partition("/")[0]

    def _change(self, action: Action, key: str, **rest: object) -> None:
        item = rest.get("item")
        rest.setdefault("title", title_of(item) if item else "")  # type: ignore[arg-type]  # an Item wherever it is given
        change = Change(action, key, self.kind(key), course_of(key), self._account(key), **rest)  # type: ignore[arg-type]  # Change's own fields, spelt out by the callers
        self.changes.append(change)

    def _remark(self, remark: Remark, key: str, seen: Sighting, fields: tuple[FieldChange, ...] = ()) -> None:
        item = self.wanted.get(key)
        title = title_of(item) if item else _called(key, seen.values)
        self.notes.append(Note(remark, key, course_of(key), title, fields))

    def _adopt(self, key: str, item: Item | None, entry: Entry | None, seen: Sighting) -> None:
        """Take over what was found, then compare it as if it had been ours all along."""
        assert item
        told = isinstance(seen.actual, ObservedPost) and seen.actual.ours
        # A pending row proves that we were about to make it, not that this is what we made.
        probe = self.kind(key) in POSTS and not told
        self._change(
            Action.ADOPT,
            key,
            item=item,
            remote_id=seen.remote_id,
            probe=probe,
            values=seen.values,
            standing=_standing(seen),
        )
        superseded = entry.remote_id if entry and seen.seen is Seen.SUCCESSOR else ""
        blank = Entry(key, self.kind(key), course_of(key), self._account(key), seen.remote_id, {}, {}, superseded)
        pending = self.memory.pendings.get(key)
        self._compare(key, item, difference.adopt(blank, item, seen.values, self.now, pending=pending), seen)

    def _compare(self, key: str, item: Item, entry: Entry, seen: Sighting) -> None:
        item = self._seen_stays_seen(key, item, seen)
        pending = self.memory.pendings.get(key)
        entry = difference.arrived(entry, seen.values, pending)
        fields = difference.fields(item, entry, seen, pending, self.now)
        writes = tuple(change for change in fields if self._is_written(change, key))
        if entry.superseded and self.sightings.is_there(entry.superseded):
            standing = self.sightings.standing(entry.superseded)
            self._change(Action.DELETE, key, remote_id=entry.superseded, title=title_of(item), standing=standing)
        self._write(key, item, seen, writes)
        for remark, verdict in ((Remark.DRIFT, Verdict.DRIFT), (Remark.CONFLICT, Verdict.CONFLICT)):
            kept = tuple(change for change in fields if change.verdict is verdict and change not in writes)
            if kept:
                self._remark(remark, key, seen, kept)
        if key in self.memory.entries and not writes:
            self._record(key, item, entry, seen, fields)
        elif seen.seen is Seen.KNOWN and entry != self._entry(key):
            self.records.append(Record(key, entry))

    def _seen_stays_seen(self, key: str, item: Item, seen: Sighting) -> Item:
        """What takes the place of a post that participants see appears at once, even where it is to come later now."""
        if not isinstance(item, Post) or not compare.due(item.publish, self.now):
            return item
        if difference.is_public(seen):
            self._remark(Remark.TOO_LATE, key, seen)
        elif not self._replaces_public(key, seen):
            return item
        return replace(item, publish=AT_ONCE)

    def _record(self, key: str, item: Item, entry: Entry, seen: Sighting, fields: tuple[FieldChange, ...]) -> None:
        """Have the ledger remember what a lost reply kept from it."""
        superseded = entry.superseded if self.sightings.is_there(entry.superseded) else ""
        row = replace(difference.recorded(entry, item, seen, fields), superseded=superseded)
        if row != entry or key in self.memory.pendings:
            self.records.append(Record(key, row))

    def _is_written(self, change: FieldChange, key: str) -> bool:
        if change.verdict is Verdict.WRITE or (change.verdict in _BY_HAND and key in self.wishes.restore):
            return True
        return change.verdict in _BY_HAND and self.wishes.restore_drift and change.name not in compare.FIXED

    def _write(self, key: str, item: Item, seen: Sighting, writes: tuple[FieldChange, ...]) -> None:
        """Put the writes of one item into changes: a replacement does everything at once."""
        shown = {"item": item, "remote_id": seen.remote_id, "standing": _standing(seen)}
        if any(change.name in compare.FIXED for change in writes):
            self._change(Action.REPLACE, key, fields=writes, questions=self.memory.asked.get(key, 0), **shown)
            return
        updates = tuple(change for change in writes if change.name != "publish")
        if updates:
            self._change(Action.UPDATE, key, fields=updates, **shown)
        times = tuple(change for change in writes if change.name == "publish")
        if times:
            self._change(Action.RELEASE, key, fields=times, **shown)

    def _delete(self, key: str, entry: Entry | None, seen: Sighting) -> None:
        if self.kind(key) is Kind.SHARE:
            # What participants may read, they keep; the file itself goes when no post needs it any more.
            self.records.append(Record(key, None))
            return
        if self.kind(key) is Kind.TOPIC and self.sightings.holds_others(key):
            self._remark(Remark.TOPIC_KEPT, key, seen)
            return
        if self.kind(key) is Kind.FILE and self._is_still_attached(key):
            self._remark(Remark.NOT_MANAGED, key, seen)
            return
        title = _called(key, seen.values, entry.sent if entry else {})
        # A replacement that was broken off goes with the post that it was to replace, and that one goes first.
        former = entry.superseded if entry and self.sightings.is_there(entry.superseded) else ""
        for remote_id in dict.fromkeys((former, entry.remote_id if entry else "", seen.remote_id)):
            if remote_id:
                self._change(
                    Action.DELETE,
                    key,
                    remote_id=remote_id,
                    title=title,
                    standing=_standing(seen),
                    questions=self.memory.asked.get(key, 0),
                )

    def _is_still_attached(self, key: str) -> bool:
        going = {change.remote_id for change in self.changes if change.action in {Action.DELETE, Action.REPLACE}}
        return bool(self.sightings.attaching(key) - going)

    def stage(self, change: Change) -> tuple[int, int, int]:
        """Where a change stands in the plan.

        Files first; then course by course: the course, who may read its files, topics, posts, deletions; files that
        nobody needs any more last. Classroom shows the newest first, so topics and posts are made in reverse reading
        order (google-apis.md A.2).
        """
        course = self.courses.get(change.course, len(self.courses) if change.action is Action.DELETE else -1)
        kind = _STAGES[change.kind]
        place = self.order[change.key]
        making = change.action is Action.CREATE
        leaving = change.action is Action.DELETE and change.key not in self.wanted
        return course, (100 - kind if leaving else kind), (-place if making else place)


def _wanted(item: Item | None, now: datetime) -> Wanted:
    if item is None:
        return Wanted.NO
    if not isinstance(item, Post):
        return Wanted.YES
    is_old = item.until is not None and now >= item.until
    return Wanted.IF_PUBLIC if item.only_if_public or is_old else Wanted.YES


def _called(key: str, *values: Mapping[str, Value]) -> str:
    """How people know an item that the programme does not know: by its title or name, or the first line of its text."""
    for known in values:
        found = known.get("title") or known.get("name") or str(known.get("text") or "").partition("\n")[0]
        if found:
            return str(found)
    return key.partition("/")[2] if key.startswith("file:") else key


def _standing(seen: Sighting) -> Standing | None:
    return seen.actual.standing if isinstance(seen.actual, ObservedPost) else None


_BY_HAND = frozenset({Verdict.DRIFT, Verdict.CONFLICT})
_BEGUN = {
    Action.CREATE: Begun.MAKING,
    Action.REPLACE: Begun.REPLACING,
    Action.ADOPT: Begun.CHANGING,
    Action.UPDATE: Begun.CHANGING,
    Action.RELEASE: Begun.CHANGING,
    Action.DELETE: Begun.DELETING,
}
_STAGES = {
    Kind.FILE: 0,
    Kind.COURSE: 1,
    Kind.SHARE: 2,
    Kind.TOPIC: 3,
    Kind.MATERIAL: 4,
    Kind.BOX: 4,
    Kind.ANNOUNCEMENT: 5,
    Kind.REPLY: 6,
}
