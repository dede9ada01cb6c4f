"""Writing a plan down: which changes, records and notes follow once it is decided what becomes of an item. Pure.

``plan`` decides about whole items, ``compare`` about their fields; here nothing is decided anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from better_classroom import compare, difference
from better_classroom.change import Change, Note, Record, Remark, kind_of, title_of
from better_classroom.compare import FieldChange, Verdict
from better_classroom.course import POSTS, Action, Item, Kind, ObservedPost, Post, Standing, Value, World
from better_classroom.desired import Desired
from better_classroom.desired.scene import AT_ONCE
from better_classroom.keys import account_of, course_of, file_key, is_file, target_of
from better_classroom.memory import SEEN, Entry, Memory, Pending
from better_classroom.sighting import Seen, Sighting, Sightings


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the organiser wants a plan to be made."""

    accounts: Mapping[str, str]
    """Account by course key."""
    restore_drift: bool = False
    """Write back what was changed by hand, except attachments and deleted posts."""
    restore: frozenset[str] = frozenset()
    """Keys of items that are to be put back as the programme has them, whatever happened to them."""


@dataclass(frozen=True, slots=True)
class Case:
    """One item, and what each side knows of it."""

    key: str
    item: Item | None
    """As it should be; None where the programme does not want it."""
    entry: Entry | None
    pending: Pending | None
    seen: Sighting

    @property
    def kind(self) -> Kind:
        """Kind of the item, from whichever side knows it."""
        if self.item:
            return kind_of(self.item)
        known = self.entry or self.pending
        assert known
        return known.kind

    @property
    def standing(self) -> Standing | None:
        """How far the post has come that was found."""
        return self.seen.actual.standing if isinstance(self.seen.actual, ObservedPost) else None


class Draft:
    """What a plan is put together from: what is known on one side, what was decided on the other."""

    def __init__(self, desired: Desired, world: World, memory: Memory, wishes: Wishes, now: datetime) -> None:
        self.wanted = {item.key: item for item in desired.items}
        self.keys = list(dict.fromkeys((*self.wanted, *memory.entries, *memory.pendings)))
        self.memory = memory
        self.wishes = wishes
        self.now = now
        self.sightings = Sightings(self.wanted, world, memory, wishes.accounts, wishes.restore)
        self.handed_in = world.handed_in
        self.changes: list[Change] = []
        self.records: list[Record] = []
        self.notes: list[Note] = []

    def case(self, key: str) -> Case:
        """All that is known of one item."""
        entry, pending = self.memory.entries.get(key), self.memory.pendings.get(key)
        if entry:
            entry = difference.marked(entry, pending)
        return Case(key, self.wanted.get(key), entry, pending, self.sightings.of(key))

    def is_seen(self, case: Case) -> bool:
        """Whether participants see the post, or saw the one whose place it takes."""
        return difference.is_public(case.seen) or self._replaces_public(case)

    def _replaces_public(self, case: Case) -> bool:
        """Whether participants see the post whose place this one takes, or saw it until a run of ours was broken off."""
        entry = case.entry
        if entry is None:
            return False
        if self.sightings.is_public(entry.remote_id if case.seen.seen is Seen.SUCCESSOR else entry.superseded):
            return True
        return SEEN in entry.sent and case.seen.seen in {Seen.KNOWN, Seen.SUCCESSOR}

    def is_attached(self, file: str) -> bool:
        """Whether a post that stays holds a file."""
        going = {change.remote_id for change in self.changes if change.action in {Action.DELETE, Action.REPLACE}}
        return bool(self.sightings.attaching(file) - going)

    def create(self, case: Case) -> None:
        """Make what is not there."""
        self._change(Action.CREATE, case, item=case.item)

    def adopt(self, case: Case) -> None:
        """Take over what was found, then compare it as if it had been ours all along."""
        assert case.item
        key, seen = case.key, case.seen
        told = isinstance(seen.actual, ObservedPost) and seen.actual.ours
        # A pending row proves that we were about to make it, not that this is what we made.
        probe = case.kind in POSTS and not told
        self._change(
            Action.ADOPT,
            case,
            item=case.item,
            remote_id=seen.remote_id,
            probe=probe,
            values=seen.values,
            standing=case.standing,
        )
        superseded = case.entry.remote_id if case.entry and seen.seen is Seen.SUCCESSOR else ""
        blank = Entry(key, case.kind, course_of(key), self._account(key), seen.remote_id, {}, {}, superseded)
        adopted = difference.adopt(blank, case.item, seen.values, self.now, pending=case.pending)
        self._write_down(case, case.item, adopted)

    def compare(self, case: Case) -> None:
        """Hold what is there against what should be, field by field."""
        assert case.item
        assert case.entry
        self._write_down(case, case.item, case.entry)

    def _write_down(self, case: Case, item: Item, entry: Entry) -> None:
        item, is_known = self._seen_stays_seen(case, item), entry is case.entry
        entry = difference.arrived(entry, case.seen.values, case.pending)
        fields = difference.fields(item, entry, case.seen, case.pending, self.now)
        writes = tuple(change for change in fields if self._is_written(change, case))
        if entry.superseded and self.sightings.is_there(entry.superseded):
            standing = self.sightings.standing(entry.superseded)
            self._change(Action.DELETE, case, remote_id=entry.superseded, title=title_of(item), standing=standing)
        self._write(case, item, writes)
        for remark, verdict in ((Remark.DRIFT, Verdict.DRIFT), (Remark.CONFLICT, Verdict.CONFLICT)):
            kept = tuple(change for change in fields if change.verdict is verdict and change not in writes)
            if kept:
                self.remark(remark, case, kept)
        # What is adopted only apply may record: it asks first.
        if is_known and not writes:
            self._record(case, item, entry, fields)
        elif is_known and entry != case.entry:
            self.records.append(Record(case.key, entry))

    def _seen_stays_seen(self, case: Case, item: Item) -> Item:
        """What takes the place of a post that participants see appears at once, even where it is to come later now."""
        if not isinstance(item, Post) or not compare.due(item.publish, self.now):
            return item
        if difference.is_public(case.seen):
            self.remark(Remark.TOO_LATE, case)
        elif not self._replaces_public(case):
            return item
        return replace(item, publish=AT_ONCE)

    def _is_written(self, change: FieldChange, case: Case) -> bool:
        asked = case.key in self.wishes.restore or self._hangs_on_restored(change.name, case)
        return compare.is_written(change, asked=asked, restoring=self.wishes.restore_drift)

    def _hangs_on_restored(self, field: str, case: Case) -> bool:
        """Whether the field says where a post stands, or what it carries, and just that is put back."""
        if not isinstance(case.item, Post) or not self.wishes.restore:
            return False
        if field == "topic":
            return case.item.topic in self.wishes.restore
        account = self._account(case.key)
        return field == "attachments" and any(
            attachment.kind == "file" and file_key(account, attachment.target) in self.wishes.restore
            for attachment in case.item.attachments
        )

    def _write(self, case: Case, item: Item, writes: tuple[FieldChange, ...]) -> None:
        """Put the writes of one item into changes: a replacement does everything at once."""
        shown: dict[str, Any] = {"item": item, "remote_id": case.seen.remote_id, "standing": case.standing}
        if any(change.name in compare.FIXED for change in writes):
            self._change(Action.REPLACE, case, fields=writes, questions=self._asked(case, case.seen.remote_id), **shown)
            return
        updates = tuple(change for change in writes if change.name != "publish")
        if updates:
            self._change(Action.UPDATE, case, fields=updates, **shown)
        times = tuple(change for change in writes if change.name == "publish")
        if times:
            self._change(Action.RELEASE, case, fields=times, **shown)

    def _record(self, case: Case, item: Item, entry: Entry, fields: tuple[FieldChange, ...]) -> None:
        """Have the ledger remember what a lost reply kept from it."""
        superseded = entry.superseded if self.sightings.is_there(entry.superseded) else ""
        row = replace(difference.recorded(entry, item, case.seen, fields), superseded=superseded)
        if row != entry or case.pending:
            self.records.append(Record(case.key, row))

    def delete(self, case: Case) -> None:
        """Delete what is there, and first the post that it was to replace."""
        entry = case.entry
        title = _called(case.key, case.seen.values, entry.sent if entry else {})
        # A replacement that was broken off goes with the post that it was to replace, and that one goes first.
        former = entry.superseded if entry and self.sightings.is_there(entry.superseded) else ""
        for remote_id in dict.fromkeys((former, entry.remote_id if entry else "", case.seen.remote_id)):
            if remote_id:
                self._change(
                    Action.DELETE,
                    case,
                    remote_id=remote_id,
                    title=title,
                    standing=case.standing,
                    questions=self._asked(case, remote_id),
                )

    def _asked(self, case: Case, box_id: str) -> int:
        """How many questions go with a box: those that were pulled, or those that stand there now, if they are more."""
        return max(self.memory.asked.get(case.key, 0), self.handed_in.get(box_id, 0))

    def delete_repeats(self, case: Case) -> None:
        """Delete the drafts that repeat what stands for an item."""
        for draft in case.seen.repeats:
            self._change(
                Action.DELETE, case, remote_id=draft.remote_id, title=draft.title, standing=draft.standing, repeat=True
            )

    def forget(self, case: Case) -> None:
        """Have the ledger drop an item."""
        self.records.append(Record(case.key, None))

    def remark(self, remark: Remark, case: Case, fields: tuple[FieldChange, ...] = ()) -> None:
        """Tell the organiser something."""
        title = title_of(case.item) if case.item else _called(case.key, case.seen.values)
        self.notes.append(Note(remark, case.key, course_of(case.key), title, fields))

    def _change(self, action: Action, case: Case, *, item: Item | None = None, title: str = "", **others: Any) -> None:
        """Add a change; ``others`` are further fields of ``Change``."""
        key, called = case.key, title or (title_of(item) if item else "")
        change = Change(action, key, case.kind, course_of(key), self._account(key), item=item, title=called, **others)
        self.changes.append(change)

    def _account(self, key: str) -> str:
        course = course_of(key)
        return self.wishes.accounts[course] if course else account_of(key)


def _called(key: str, *values: Mapping[str, Value]) -> str:
    """How people know an item that the programme does not know: by its title or name, or the first line of its text."""
    for known in values:
        found = known.get("title") or known.get("name") or str(known.get("text") or "").partition("\n")[0]
        if found:
            return str(found)
    return target_of(key) if is_file(key) else key
