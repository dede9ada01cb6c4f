"""Wires the experts' boards into a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from better_classroom.cli.pulling import Listings
from better_classroom.cli.wiring import Session, connect_account, forgotten, wall_clock
from better_classroom.errors import BetterClassroomError
from better_classroom.gateways import Account
from better_classroom.questions import boards_making
from better_classroom.questions.boards import Desk, Outcome, where


@dataclass(slots=True)
class Boards:
    """The experts' boards in one ``sync``; a failure in one stage leaves the other stages' work standing."""

    run: Session
    listed: Listings
    account: Callable[[], Account]
    """In whose Drive the boards are."""
    failures: list[tuple[str, BetterClassroomError]] = field(default_factory=list)
    _desk: Desk | None = None

    @property
    def done(self) -> Outcome:
        """What became of the boards; nothing where they could not be looked at."""
        found = self._desk.done if self._desk else Outcome()
        return Outcome(found.rows, found.taken, [*self.failures, *found.failures])

    @property
    def early(self) -> list[tuple[str, BetterClassroomError]]:
        """Boards of which nothing was taken yet, and why."""
        early = self._desk.early if self._desk else {}
        return [(where(self.run.programme.experts[expert]), error) for expert, error in early.items()]

    def read(self, unread: Collection[str]) -> None:
        """Take the answers from every board that may have changed; ``unread`` are courses whose questions are not in."""
        with self._failing("boards: they cannot be read"):
            if any(expert.has_sheet for expert in self.run.programme.experts.values()):
                self._desk = self._opened(frozenset(unread))
                self._desk.read()

    def write(self) -> None:
        """Put new questions on the boards, and make those that are missing."""
        with self._failing("boards: they cannot be brought up to date"):
            if self._desk:
                boards_making.write(self._desk)

    def _opened(self, unread: frozenset[str]) -> Desk:
        run, account = self.run, self.account()
        listed = self.listed.get(account.email)
        return Desk(
            programme=run.programme,
            ledger=run.ledger,
            account=account,
            now=run.now,
            settle=run.settings.settle,
            clock=wall_clock,
            sleep=time.sleep,  # noqa: TID251 - how long is a setting: settle
            listing=listed.result() if listed else account.drive.listing(run.programme.key),
            unread=unread,
            forgotten=forgotten(run.settings, run.programme, run.ledger),
        )

    @contextmanager
    def _failing(self, where: str) -> Iterator[None]:
        try:
            yield
        except BetterClassroomError as error:
            self.failures.append((where, error))


@contextmanager
def boards(run: Session, listed: Listings) -> Iterator[Boards]:
    """The boards of a run that has begun to list the Drives of its accounts."""
    own = run.accounts.get(run.programme.account)
    made: list[Account] = []

    def account() -> Account:
        # Where other accounts teach all courses, the programme's own is needed for the boards alone.
        if own is None and not made:
            made.append(connect_account(run.settings, run.programme, run.programme.account))
        return own or made[0]

    try:
        yield Boards(run, listed, account)
    finally:
        for one in made:
            one.close()
