"""The one way in which anything is written: announced to the ledger, sent, recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

from better_classroom.change import Change, Refused
from better_classroom.course import POSTS, Action, File, Kind, Standing, Value, World
from better_classroom.difference import adopt as entry_of
from better_classroom.difference import marked
from better_classroom.errors import NotOurs, RefusedByGoogle
from better_classroom.gateways import Account, Resuming
from better_classroom.keys import path_of, target_of
from better_classroom.ledger import Ledger
from better_classroom.memory import SEEN, Entry, Pending

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Tools:
    """What a run works with."""

    accounts: Mapping[str, Account]
    ledger: Ledger
    programme: str
    """Key of the programme."""
    aliases: Mapping[str, str]
    """Alias by course key, of the courses that we make."""
    folder: Path
    """Where the presentations are."""
    side_by_side: int
    """How many calls may be under way at once."""
    clock: Callable[[], datetime]
    """The time of this machine, for the rows of writes that are begun."""


class AskerLeft(RefusedByGoogle):
    """The one participant for whom a post is has left the course since the plan was made: there is nobody to tell."""


class Hand:
    """Makes the calls and writes the ledger's rows; knows at every moment which id stands for which key.

    Several threads share it; each deals with items that no other does at that moment.
    """

    def __init__(self, tools: Tools, world: World, now: datetime, askers: Mapping[str, str]) -> None:
        self.tools = tools
        self.now = now
        self.askers = askers
        """Google's id by pseudonym number, of those who are told something alone."""
        self._lock = Lock()
        """Held while the ledger is written; never during a call to Google."""
        self.pendings = tools.ledger.pendings()
        self.entries = {key: marked(entry, self.pendings.get(key)) for key, entry in tools.ledger.entries().items()}
        self.topics = {entry.remote_id: key for key, entry in self.entries.items() if entry.kind is Kind.TOPIC}
        """Key of each topic by its id."""
        self.files = {entry.remote_id: target_of(key) for key, entry in self.entries.items() if entry.kind is Kind.FILE}
        """Target of each presentation by its id."""
        self.courses = {key: found.course for key, found in world.snapshots.items() if found}
        self.published: dict[tuple[str, str], str] = {}
        """Account by course and target, of every file that this run showed to participants."""
        self.unconfirmed: list[Change] = []
        """What was published, as Google said, and has no link of its own yet."""

    # The one way in which anything is written

    def write(
        self,
        change: Change,
        action: Action,
        call: Callable[[], Result],
        entry: Callable[[Result], Entry | None],
        *,
        sent: Mapping[str, Value],
        remote_id: str = "",
    ) -> Result:
        """Announce a write to the ledger, make the call, record what came of it.

        A refusal proves that nothing happened, so its pending row goes; after a lost reply it stays, for the next run.
        """
        at = self.tools.clock()
        pending = Pending(change.key, change.kind, change.course, change.account, action, remote_id, sent, at)
        with self._lock:
            self.tools.ledger.begin(pending)
        try:
            result = call()
        except RefusedByGoogle as error:
            with self._lock:
                self.tools.ledger.abandon(change.key, Refused(error.message, error.advice))
            raise
        self.settle(change.key, entry(result))
        return result

    def resuming(self, change: Change, file: File, remote_id: str) -> Resuming:
        """How the upload of a file goes on where an earlier run stopped, and a later run goes on where this one does."""
        uploads, key, sha256 = self.tools.ledger.uploads, change.key, file.sha256

        def keep(session: str) -> None:
            with self._lock:
                begun_at = self.tools.clock()
                uploads.begin(key, sha256=sha256, remote_id=remote_id, session=session, begun_at=begun_at)

        def forget() -> None:
            with self._lock:
                uploads.forget(key)

        with self._lock:
            session = uploads.session(key, sha256=sha256, remote_id=remote_id, now=self.tools.clock())
        return Resuming(session, keep, forget)

    def settle(self, key: str, entry: Entry | None) -> None:
        """Record what stands now for a key; None, if nothing."""
        with self._lock:
            self.tools.ledger.settle(key, entry)
            self.pendings.pop(key, None)
            if entry is None:
                self.entries.pop(key, None)
                return
            self.entries[key] = entry
            if entry.kind is Kind.TOPIC:
                self.topics[entry.remote_id] = key
            elif entry.kind is Kind.FILE:
                self.files[entry.remote_id] = target_of(key)

    def account(self, change: Change) -> Account:
        """The account that makes a change."""
        return self.tools.accounts[change.account]

    def course_id(self, course: str) -> str:
        """Google's id of a course."""
        return self.courses[course].remote_id

    def new_entry(
        self, change: Change, remote_id: str, sent: Mapping[str, Value], answered: Mapping[str, Value]
    ) -> Entry:
        """The ledger's row for something just made."""
        return Entry(change.key, change.kind, change.course, change.account, remote_id, sent, answered)

    # Adoption and deletion, alike for all kinds

    def adopt(self, change: Change) -> None:
        """Record what was found as ours; where Google alone can tell whose it is, ask it first (design §5)."""
        if change.probe and not self._is_ours(change):
            raise self._not_ours(change)
        earlier = self.entries.get(change.key)
        superseded = earlier.remote_id if earlier and change.kind in POSTS else ""
        blank = replace(self.new_entry(change, change.remote_id, seen_before(earlier), {}), superseded=superseded)
        assert change.item
        pending = self.pendings.get(change.key)
        self.settle(change.key, entry_of(blank, change.item, change.values, self.now, pending=pending))

    def _is_ours(self, change: Change) -> bool:
        field = "text" if change.kind is Kind.ANNOUNCEMENT else "title"
        return self.account(change).classroom.probe(
            self.course_id(change.course), change.kind, change.remote_id, str(change.values[field])
        )

    def delete(self, change: Change) -> None:
        """Delete what the change names: the item, the post it replaced, or a draft that repeats it."""
        entry = self.entries.get(change.key)
        if change.repeat or entry is None:
            self._delete_unrecorded(change)
            return
        replaced, sent = change.remote_id == entry.superseded, dict(entry.sent)
        if replaced and change.standing is Standing.PUBLIC:
            sent[SEEN] = True
        kept = replace(entry, superseded="", sent=sent) if replaced else None
        self.write(
            change,
            Action.DELETE,
            lambda: self._call_delete(change),
            lambda _: kept,
            sent=sent,
            remote_id=change.remote_id,
        )

    def _delete_unrecorded(self, change: Change) -> None:
        """Delete what was begun and never recorded: its pending row stays until that is done."""
        try:
            self._call_delete(change)
        except NotOurs as error:
            # It only looks like what we were about to make.
            raise self._not_ours(change) from error
        if not change.repeat:
            self.settle(change.key, None)

    def _not_ours(self, change: Change) -> NotOurs:
        """Remember what another project made; the next plan leaves it alone."""
        with self._lock:
            self.tools.ledger.remember_stranger(change.remote_id)
        return NotOurs(
            "it was made by another Cloud project, so it is not ours to change",
            advice="Nothing was changed there. Run the same command again: it leaves that post alone, and goes on without it.",
        )

    def _call_delete(self, change: Change) -> None:
        account = self.account(change)
        if change.kind is Kind.FILE:
            account.drive.delete_file(change.remote_id)
        elif change.kind is Kind.REPLY:
            account.comments.delete(change.remote_id)
        elif change.kind is Kind.TOPIC:
            account.classroom.delete_topic(self.course_id(change.course), change.remote_id)
        else:
            account.classroom.delete_post(self.course_id(change.course), change.kind, change.remote_id)

    def file_id(self, key: str, change: Change) -> str:
        """Drive's id of a presentation."""
        entry = self.entries.get(key)
        if entry is None:
            raise RefusedByGoogle(
                f"its presentation {path_of(target_of(key))} is not in Drive",
                where=change.course,
                advice="The upload failed, or somebody deleted the file there: see the other messages.",
            )
        return entry.remote_id


def seen_before(entry: Entry | None) -> Mapping[str, Value]:
    """The mark that participants saw what stood there before: whatever takes its place does not wait."""
    return {SEEN: True} if entry and SEEN in entry.sent else {}
