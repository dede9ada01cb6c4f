"""The experts' boards in one run: read before the plan is made, brought up to date after it was carried out.

What an expert wrote is never written over, and nothing of it moves: the program reads whole boards and adds rows below.
One board that makes trouble does not hold up the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from better_classroom.board import SHEET, ObservedBoard, Tab
from better_classroom.errors import BetterClassroomError, ProgrammeInvalid, RefusedByBrake, SignInNeeded, TryLater
from better_classroom.gateways import Account
from better_classroom.gateways.drive import Listing
from better_classroom.ledger import Board, Ledger
from better_classroom.programme import Programme
from better_classroom.programme.model import Expert
from better_classroom.questions.answers import take_sheets
from better_classroom.questions.boards_advice import API_OFF, advised
from better_classroom.questions.boards_rows import Content, understood
from better_classroom.questions.forgotten import Forgotten
from better_classroom.questions.taken import Taken

DAILY = timedelta(days=1)
"""So long a board is not read while Drive says that it did not change."""
SIDE_BY_SIDE = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """A spreadsheet as it was read in this run."""

    tabs: tuple[Tab, ...]
    content: Content | None
    """What our sheet holds; None where there is none in it yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One expert's board: what the ledger knows of it, and what Drive shows."""

    expert: Expert
    board: Board | None = None
    here: ObservedBoard | None = None
    """The one that counts."""
    spare: tuple[ObservedBoard, ...] = ()
    """Others with the same mark."""
    listed: bool = False
    """Whether a listing shows it; one that was just made may be missing there."""


@dataclass(slots=True)
class Outcome:
    """What became of the boards."""

    rows: int = 0
    """Rows that were added."""
    taken: Taken = field(default_factory=Taken)
    failures: list[tuple[str, BetterClassroomError]] = field(default_factory=list)


@dataclass(slots=True)
class Desk:
    """All that reading and writing boards needs, and what was found on the way."""

    programme: Programme
    ledger: Ledger
    account: Account
    now: datetime
    settle: float
    """Seconds after which a create whose reply was lost cannot arrive any more."""
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    listing: Listing
    unread: frozenset[str] = frozenset()
    """Courses whose questions the ledger may lack, since this run could not pull them."""
    forgotten: Forgotten | None = None
    """Knows the questions that are gone for a reason."""
    standings: dict[str, Standing] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    done: Outcome = field(default_factory=Outcome)
    failed: set[str] = field(default_factory=set)
    """Experts whose board could not be dealt with; it is not tried twice in one run."""
    early: dict[str, BetterClassroomError] = field(default_factory=dict)
    """Why nothing was taken yet from a board, by expert: it shows questions that a pull has yet to bring."""

    def failure(self, expert: Expert, error: BetterClassroomError) -> None:
        """Keep an error with what can be done about it."""
        self.failed.add(expert.key)
        self.done.failures.append((where(expert), advised(error, expert, self.account.email)))

    def hopeless(self, error: BetterClassroomError) -> bool:
        """Whether the next board would meet the same error."""
        return isinstance(error, SignInNeeded) or type(error) is TryLater or getattr(error, "reason", "") in API_OFF

    def owns(self, expert: Expert) -> bool:
        """Whether the expert is the organiser, in whose Drive the boards are."""
        return expert.email.lower() == self.account.email.lower()

    # Which board is whose

    def match(self) -> None:
        """Find each expert's board among those that Drive shows; one that the ledger does not know is entered."""
        shown: defaultdict[str, list[ObservedBoard]] = defaultdict(list)
        for found in self.listing.boards:
            shown[found.expert].append(found)
        known = self.ledger.boards.all()
        for expert in self.programme.experts.values():
            if expert.has_sheet and expert.key not in self.failed:
                try:
                    self.standings[expert.key] = self._standing(expert, known.get(expert.key), shown[expert.key])
                except BetterClassroomError as error:
                    self.failure(expert, error)

    def _standing(self, expert: Expert, board: Board | None, shown: list[ObservedBoard]) -> Standing:
        here = next((found for found in shown if board and found.remote_id == board.remote_id), None)
        listed = here is not None
        if board and board.remote_id and here is None:
            here = self.account.drive.board(board.remote_id, item=where(expert))
        if here is None and shown:
            # The one that people know, else the one that was first.
            here = min(shown, key=lambda found: (not found.shared, found.created, found.remote_id))
            board, listed = self._enter(expert, board, here), True
        spare = tuple(found for found in shown if here and found.remote_id != here.remote_id)
        return Standing(expert, board, here, spare, listed=listed)

    def _enter(self, expert: Expert, board: Board | None, here: ObservedBoard) -> Board:
        """Record a board that was found: the ledger was lost, or the reply that told its id."""
        address = expert.email if expert.email.lower() in here.readers or self.owns(expert) else ""
        entered = Board(
            expert=expert.key,
            account=self.account.email,
            remote_id=here.remote_id,
            begun_at=board.begun_at if board else self.clock(),
            shared_with=address,
            link=here.link,
            renew=board.renew if board else False,
        )
        self.ledger.boards.put(entered)
        return entered

    # Reading

    def read(self) -> None:
        """Read every board that may have changed, and take the answers from it."""
        self.match()
        due = [one for one in self.standings.values() if self._due(one)]
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            begun = {one.expert.key: pool.submit(self.fetch, one) for one in due}
        read: dict[str, Content] = {}
        for one in due:
            try:
                reading = begun[one.expert.key].result()
            except BetterClassroomError as error:
                self.failure(one.expert, error)
                if self.hopeless(error):
                    self.failed.update(self.standings)
                    break
                continue
            self.readings[one.expert.key] = reading
            if reading.content and self._too_early(one, reading.content):
                said = "It shows questions that the ledger does not know yet, so nothing was taken from it."
                self.early[one.expert.key] = RefusedByBrake(said, advice="Pull them first: better-classroom sync")
            elif reading.content:
                read[one.expert.key] = reading.content
        self._take(read)

    def _due(self, one: Standing) -> bool:
        if one.board is None or one.here is None:
            return False
        read_at = one.board.read_at
        return read_at is None or one.here.version != one.board.version or self.now - read_at >= DAILY

    def fetch(self, one: Standing) -> Reading:
        """Read one board, whose version is known from before."""
        assert one.here is not None, "only a board that is there is read"
        assert one.board is not None, "a board that is there is in the ledger"
        tabs = self.account.sheets.tabs(one.here.remote_id, item=where(one.expert))
        tab = next((tab for tab in tabs if tab.sheet_id == SHEET), None)
        # What a ledger that was lost or put back knew already is no news to participants.
        news = one.board.read_at is not None
        content = understood(tab, expert=one.expert, where=where(one.expert), news=news) if tab else None
        return Reading(tabs, content)

    def _too_early(self, one: Standing, content: Content) -> bool:
        """Whether a board that was found shows questions that a pull has yet to bring: then a later run takes it."""
        if one.board is None or one.board.read_at is not None:
            return False
        keys = {key for key, _ in content.rows}
        missing = keys - self.ledger.questions.taken_keys(keys)
        missing -= self.forgotten.keys(missing) if self.forgotten else set()
        begins = tuple(f"{course}-{seminar}-" for course in self.unread for seminar in self.programme.seminars)
        return any(key.startswith(begins) for key in missing)

    def _take(self, read: Mapping[str, Content]) -> None:
        sheets = [content.sheet for content in read.values()]
        self.done.taken = take_sheets(
            sheets, programme=self.programme, ledger=self.ledger, now=self.now, forgotten=self.forgotten
        )
        for key, content in read.items():
            one = self.standings[key]
            complaints = tuple(found for found in self.done.taken.complaints if found.file == content.sheet.file)
            if complaints:
                self.done.failures.append((where(one.expert), ProgrammeInvalid(complaints)))
            if content.readable and one.here:
                self.ledger.boards.was_read(key, content.rows, version=one.here.version, at=self.now)
                self._renew_where_forgotten(key, content)

    def _renew_where_forgotten(self, key: str, content: Content) -> None:
        """Have a board made anew that shows a forgotten question: it was not known when that was forgotten."""
        if self.forgotten and self.forgotten.keys({name for name, _ in content.rows}):
            self.ledger.boards.change(key, renew=True)
            self.refresh(key)

    def refresh(self, key: str) -> Standing:
        """The same standing with what the ledger says now."""
        fresh = replace(self.standings[key], board=self.ledger.boards.get(key))
        self.standings[key] = fresh
        return fresh


def where(expert: Expert) -> str:
    """What a board is called in messages."""
    return f"board of {expert.name} ({expert.key})"
