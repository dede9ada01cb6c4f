"""Boards are made, set up, filled, shared, and made anew where they hold what was to be forgotten.

A board is asked for only after the ledger has recorded it, and shared only after a later listing has shown exactly one:
of two, which a lost reply can leave, the second was never anybody's, and goes. Killed at any instant, the next run goes
on from what it finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from better_classroom import board as boards
from better_classroom import texts
from better_classroom.board import SHEET, Column, ObservedBoard, Tab
from better_classroom.errors import BetterClassroomError, RefusedByBrake
from better_classroom.ledger import Board
from better_classroom.ledger.boards import Row
from better_classroom.programme.model import Expert
from better_classroom.questions.boards import Desk, Reading, Standing, where
from better_classroom.questions.boards_rows import Content, Lacking, complete, lacking, wanted
from better_classroom.questions.status import SET_ASIDE
from better_classroom.questions.views import find

Wanted = Sequence[Mapping[str, str]]


def write(desk: Desk) -> None:
    """Bring every board up to date; make those that are missing for experts who have questions."""
    _Making(desk, desk.ledger.boards.rows()).all()


@dataclass(slots=True)
class _Making:
    desk: Desk
    held: Mapping[str, frozenset[Row]]

    def all(self) -> None:
        desk = self.desk
        # A board that was read may lack what its expert deleted; any other lacks only what is new.
        behind = desk.ledger.boards.behind(desk.standings, set_aside=SET_ASIDE) | desk.readings.keys()
        rows = {key: self._wanted(one.expert) if key in behind else [] for key, one in desk.standings.items()}
        self._make({key: desk.standings[key] for key in rows if rows[key] and desk.standings[key].here is None})
        for key, one in list(desk.standings.items()):
            if key in desk.failed or one.here is None:
                continue
            try:
                self._bring_up(one, rows[key])
            except BetterClassroomError as error:
                desk.failure(one.expert, error)
                if desk.hopeless(error):
                    return
        self._left()

    def _wanted(self, expert: Expert) -> Wanted:
        found = find(self.desk.ledger, self.desk.programme, expert=expert.key)
        return wanted(found, expert, self.desk.programme)

    # Making

    def _make(self, missing: Mapping[str, Standing]) -> None:
        """Make boards that are not there, after the wait that a lost reply asks for, and look at Drive once more."""
        desk = self.desk
        lost = [one.board.begun_at for one in missing.values() if one.board and not one.board.remote_id]
        if lost:
            wait = desk.settle - (desk.clock() - max(lost)).total_seconds()
            if wait > 0:
                desk.sleep(min(wait, desk.settle))
            if not self._look():
                return
        made = [one for key in missing if (one := desk.standings[key]).here is None and key not in desk.failed]
        for one in made:
            try:
                self._create(one)
            except BetterClassroomError as error:
                desk.failure(one.expert, error)
                if desk.hopeless(error):
                    break
        if any(one.expert.key not in desk.failed for one in made):
            self._look()

    def _look(self) -> bool:
        """List the Drive anew."""
        desk = self.desk
        try:
            desk.listing = desk.account.drive.listing(desk.programme.key)
        except BetterClassroomError as error:
            desk.done.failures.append(("boards: the Drive cannot be looked at", error))
            desk.failed.update(desk.standings)
            return False
        desk.match()
        return True

    def _create(self, one: Standing) -> None:
        desk, expert = self.desk, one.expert
        drive = desk.account.drive
        if one.board and one.board.renew and one.board.remote_id:
            drive.delete_file(one.board.remote_id)  # from the trash: it holds what was to be forgotten
        begun = Board(expert.key, desk.account.email, "", desk.clock())
        desk.ledger.boards.put(begun)
        made = drive.create_board(self._name(expert), expert=expert.key, programme=desk.programme.key)
        desk.ledger.boards.put(replace(begun, remote_id=made.remote_id, link=made.link))

    def _name(self, expert: Expert) -> str:
        title = self.desk.programme.title.say(expert.language)
        return texts.say(expert.language, "board.file_name", name=expert.name, programme=title)

    # Bringing up to date

    def _bring_up(self, one: Standing, rows: Wanted) -> None:
        spare_gone = self._clear(one)
        assert one.board is not None, "a board that is there is in the ledger"
        if not one.board.shared_with and not (one.listed and spare_gone):
            return  # a later listing has to show that it is the only one
        if one.board.renew:
            if one.expert.key in self.desk.early:
                raise self.desk.early[one.expert.key]  # only what the ledger knows is copied
            self._renew(one)
            return
        self._fill(one, rows)
        self._share(one)

    def _clear(self, one: Standing) -> bool:
        """Delete what a lost reply or a renewal left beside the board; whether nothing is left."""
        assert one.here is not None, "only a board that is there has others beside it"
        left = []
        for other in one.spare:
            if other.remote_id == one.here.renews or self._never_used(other, one.expert):
                self.desk.account.drive.delete_file(other.remote_id)
            else:
                left.append(other)
        if left:
            links = ", ".join(other.link for other in left)
            advice = f"Look at {links}, copy what is needed into the other one, and move it into the trash."
            error = RefusedByBrake("There is a second board, and something stands on it.", advice=advice)
            self.desk.done.failures.append((where(one.expert), error))
        return not left

    def _never_used(self, other: ObservedBoard, expert: Expert) -> bool:
        """Whether nobody was ever given it: an unfinished copy, or an empty one."""
        if other.shared:
            return False
        return bool(other.renews) or all(
            tab.empty for tab in self.desk.account.sheets.tabs(other.remote_id, item=where(expert))
        )

    def _fill(self, one: Standing, rows: Wanted) -> None:
        """Set a board up, or add the rows that it lacks."""
        desk, expert, key = self.desk, one.expert, one.expert.key
        assert one.board is not None, "a board that is there is in the ledger"
        held = self.held.get(key, frozenset())
        reading = desk.readings.get(key)
        if reading is None and (one.board.read_at is None or any(lacking(rows, held, expert.language))):
            reading = desk.fetch(one)
        if reading is None:
            return
        if reading.content is None:
            self._set_up(one, reading, list(lacking(rows, (), expert.language)))
        elif reading.content.readable:
            added = list(lacking(rows, reading.content.rows, expert.language))
            if added:
                self._append(one, reading.content, added)

    def _set_up(self, one: Standing, reading: Reading, added: Sequence[Lacking]) -> None:
        desk, expert = self.desk, one.expert
        assert one.here is not None, "only a board that is there is set up"
        design = boards.design(expert.language)
        names = [column.name for column in design.columns]
        # The sheet that each new spreadsheet has; whatever an expert made stays.
        spare = None if one.here.shared else next((tab.sheet_id for tab in reading.tabs if tab.empty), None)
        desk.account.sheets.set_up(
            one.here.remote_id,
            replace(design, tab=_free(design.tab, reading.tabs)),
            [row.laid_out(names) for row in added],
            instead_of=spare,
            item=where(expert),
        )
        desk.ledger.boards.was_read(expert.key, [row.name for row in added], version="", at=desk.now)
        desk.done.rows += len(added)

    def _append(self, one: Standing, content: Content, added: Sequence[Lacking]) -> None:
        desk, expert = self.desk, one.expert
        assert one.here is not None, "only to a board that is there anything is added"
        known = {column.name: column for column in boards.design(expert.language).columns}
        columns: list[Column | None] = [known.get(name) for name in content.columns]
        rows = [row.laid_out(content.columns) for row in added]
        # Where the reply is lost, the next run reads the board before it adds anything.
        desk.account.sheets.append(one.here.remote_id, content.tab, columns, rows, item=where(expert))
        desk.ledger.boards.appended(expert.key, [row.name for row in added])
        desk.done.rows += len(added)

    def _share(self, one: Standing) -> None:
        """Share it with the expert alone, also where the expert's address has changed."""
        desk, expert = self.desk, one.expert
        assert one.here is not None, "only a board that is there is shared"
        one = desk.refresh(expert.key)
        assert one.board is not None, "a board that is there is in the ledger"
        assert one.here is not None, "a standing keeps its board"
        before, drive = one.board.shared_with, desk.account.drive
        if before != expert.email:
            self._give(expert, one.here.remote_id)
            former = one.here.readers.get(before.lower())
            if former and before.lower() != expert.email.lower():
                drive.unshare(one.here.remote_id, former, item=where(expert))
            desk.ledger.boards.change(expert.key, shared_with=expert.email, link=one.here.link)
        elif not one.here.shared and not desk.owns(expert):  # not by the address: Google may show a person's other one
            advice = f"Share it again with the address that stands in the programme, as an editor: {one.here.link}"
            error = RefusedByBrake("Somebody has taken the expert's access away.", advice=advice)
            desk.done.failures.append((where(expert), error))

    def _give(self, expert: Expert, remote_id: str) -> None:
        """Let the expert write; whoever owns the board may already."""
        if not self.desk.owns(expert):
            item = f"{where(expert)}, shared with its expert"
            self.desk.account.drive.share_board(remote_id, expert.email, item=item)

    # Making anew

    def _renew(self, one: Standing) -> None:
        """Make a board anew without what was forgotten, since no version of a file can be deleted from its history.

        Nobody else can write while it is copied: what was written then would be lost. A copy that was not finished
        is cleared away, and made again.
        """
        desk, expert = self.desk, one.expert
        old = one.here
        assert old is not None, "only a board that is there is made anew"
        drive = desk.account.drive
        for permission in (*old.readers.values(), *old.others):
            drive.unshare(old.remote_id, permission, item=where(expert))
        new = drive.create_board(
            self._name(expert), expert=expert.key, programme=desk.programme.key, renews=old.remote_id
        )
        rows = self._copy(one, old, new)
        desk.ledger.boards.was_read(
            expert.key,
            rows,
            version="",
            at=desk.now,
            remote_id=new.remote_id,
            link=new.link,
            shared_with="",
            renew=False,
        )
        # First, since a board that is shared counts as finished: what was to be forgotten has to be gone by then.
        drive.delete_file(old.remote_id)
        self._give(expert, new.remote_id)
        desk.ledger.boards.change(expert.key, shared_with=expert.email)

    def _copy(self, one: Standing, old: ObservedBoard, new: ObservedBoard) -> set[Row]:
        """Copy what may stay; the rows of questions that the new board shows."""
        desk = self.desk
        reading = desk.fetch(one)
        if reading.content is None:
            return set()
        shown = {key for key, _ in reading.content.rows} | {key for key, _ in self.held.get(one.expert.key, ())}
        living = {
            question.key
            for question in desk.ledger.questions.find(keys=shown)
            if question.texts and question.texts[-1].text.strip()
        }
        content = reading.content

        def kept(tab: Tab) -> set[int]:
            of = content if tab.sheet_id == SHEET else replace(content, columns=(), header=-1)
            return complete(tab, of, living, shown - living)

        desk.account.sheets.copy(old.remote_id, new.remote_id, kept, item=where(one.expert))
        return {row for row in content.rows if row[0] in living}

    def _left(self) -> None:
        """Boards of experts who have left the programme are left alone, unless they hold what was to be forgotten."""
        desk = self.desk
        for key, board in desk.ledger.boards.all().items():
            expert = desk.programme.experts.get(key)
            if not board.renew or (expert and expert.has_sheet):
                continue
            advice = (
                f"Delete it for good: {board.link}. Or put the expert back into the programme, and it is made anew."
            )
            error = RefusedByBrake(
                "It holds what was to be forgotten, and its expert has no board any more.", advice=advice
            )
            desk.done.failures.append((f"board of {key}", error))


def _free(title: str, tabs: Sequence[Tab]) -> str:
    """A title that no other sheet has."""
    taken = {tab.title.casefold() for tab in tabs}
    return title if title.casefold() not in taken else f"{title} ({SHEET})"
