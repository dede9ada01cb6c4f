"""What must stand in the sandbox after a run that nothing disturbed: what the programme says, once, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from better_classroom.change import Plan, Remark
from better_classroom.compare import LEAD
from better_classroom.course import File, Kind, Post, Topic
from better_classroom.memory import Entry
from better_classroom.sandbox.store import Row, Store
from machine_programmes import PROGRAMME
from machine_world import TABLES, Place, content, files, instant, is_ours, rows, wanted_content

FIELDS = ("kind", "topic", "title", "text", "attachments")


@dataclass(frozen=True)
class Truth:
    """One look at everything; each method asserts."""

    store: Store
    plan: Plan
    """The empty plan that was made after the run: what is wanted, and what the organiser is told about hands."""
    entries: Mapping[str, Entry]
    by_hand: AbstractSet[Place]
    let_go: AbstractSet[Place]
    """Posts of ours that a lost ledger knew, and nothing else can tell."""
    seen_before: AbstractSet[Place]
    """Posts that participants saw before the run."""
    seen_keys: AbstractSet[str]
    """Items that participants saw before the run: what takes the place of their posts does not wait."""

    def holds(self) -> None:
        self._nothing_is_doubled()
        self._notes_are_about_hands()
        # Without the ledger that knew it, a public answers post that a hand has written in may hold anybody's answers.
        left = self._keys(Remark.MISSING, Remark.ANSWERS)
        for item in self.plan.desired.items:
            if isinstance(item, Post) and item.key not in left:
                self._is_there(item)
        self._files_are_there_once()

    @cached_property
    def _there(self) -> dict[Place, Row]:
        return dict(rows(self.store))

    @cached_property
    def _places(self) -> dict[str, Place]:
        return {place[2]: place for place in self._there}

    @cached_property
    def _topics(self) -> dict[str, Topic]:
        return {item.key: item for item in self.plan.desired.items if isinstance(item, Topic)}

    @cached_property
    def _noted(self) -> set[tuple[str, str]]:
        return {(note.key, field.name) for note in self.plan.notes for field in note.fields}

    def _keys(self, *remarks: Remark) -> set[str]:
        return {note.key for note in self.plan.notes if note.remark in remarks}

    def _nothing_is_doubled(self) -> None:
        """Every post of ours, drafts among them, stands for one key, and no two for the same."""
        named: dict[str, str] = {}
        for key, entry in self.entries.items():
            if entry.kind in TABLES:
                assert entry.remote_id not in named, f"{key} and {named[entry.remote_id]} are one post"
                named[entry.remote_id] = key
        for place, row in self._there.items():
            assert place[2] in named or place in self.let_go or not is_ours(row), f"a post too many: {row}"

    def _notes_are_about_hands(self) -> None:
        for key in self._keys(Remark.DRIFT, Remark.CONFLICT):
            entry = self.entries[key]
            assert entry.kind not in TABLES or self._places[entry.remote_id] in self.by_hand, f"no hand changed {key}"
        gone = {place[2] for place in self.by_hand if place not in self._there}
        for key in self._keys(Remark.MISSING):
            assert self.entries[key].kind not in TABLES or self.entries[key].remote_id in gone, f"no hand deleted {key}"

    def _is_there(self, item: Post) -> None:
        entry = self.entries.get(item.key)
        if entry is None:
            assert item.only_if_public, f"{item.key} is not there"
            return
        place = self._places[entry.remote_id]
        have = content(self.store, place, self._there[place])
        want = wanted_content(item, self._topics.get(item.topic), item.text_at(self.store.now))
        for name, left, right in zip(FIELDS, have, want, strict=True):
            told = (item.key, name) in self._noted or (name == "topic" and (item.topic, "name") in self._noted)
            assert told or left == right, f"{item.key}: {name}"
        if place not in self.by_hand:
            self._appears_in_time(item, place)

    def _appears_in_time(self, item: Post, place: Place) -> None:
        row, seen = self._there[place], place in self.seen_before or item.key in self.seen_keys
        if item.publish is None:
            assert seen or row["state"] == "DRAFT", f"{item.key} should be a draft"
            assert "scheduledTime" not in row, f"{item.key} has a time"
        elif row["state"] == "DRAFT":
            assert instant(row) == item.publish > self.store.now, f"{item.key} comes at another time"
        else:
            assert seen or item.publish <= self.store.now + LEAD, f"{item.key} is public too early"

    def _files_are_there_once(self) -> None:
        found = files(self.store, PROGRAMME)
        assert all(len(same) == 1 for same in found.values()), "a file twice"
        contents = {row["id"]: row["content"] for (row,) in found.values()}
        for item in self.plan.desired.items:
            if isinstance(item, File):
                assert contents[self.entries[item.key].remote_id]["sha256"] == item.sha256, item.path
        assert {entry.remote_id for entry in self.entries.values() if entry.kind is Kind.FILE} <= set(contents)
